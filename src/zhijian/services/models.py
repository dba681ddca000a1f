from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhijian.search.enums import Topic
from zhijian.services.enums import Audience, Health, ServiceState


class Service(models.Model):
    """One service of one body. The service itself stays where it is: `entrance_url` leads there.

    `edition` rises with every change of the words, so that two people who edit at once cannot overwrite each other.
    `words` are what citizens call it. `health` is the last look at the entrance, kept by `actions.note_health`; a new
    entrance has not been looked at.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=ServiceState, default=ServiceState.DRAFT)
    edition = models.PositiveIntegerField(default=1)
    name = models.CharField("名称", max_length=120)
    sort_key = models.CharField(max_length=200, editable=False)
    words = models.JSONField("群众的说法", default=list)
    audience = models.CharField("谁能办", max_length=16, choices=Audience, default=Audience.PERSON)
    topic = models.CharField("主题", max_length=16, choices=Topic, default=Topic.OTHER)
    entrance_url = models.URLField("网上入口", max_length=500, blank=True)
    how = models.TextField("怎么办")
    materials = models.TextField("带什么材料", blank=True)
    phone = models.CharField("咨询电话", max_length=60, blank=True)
    address = models.CharField("办理地点", max_length=200, blank=True)
    hours = models.CharField("办理时间", max_length=200, blank=True)
    fee = models.CharField("收费", max_length=200, blank=True)
    source = models.CharField("依据或出处", max_length=200)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_reason = models.CharField("停用理由", max_length=200, blank=True)
    override_reason = models.CharField(max_length=200, blank=True, db_default="")
    health = models.CharField("网上入口", max_length=16, choices=Health, default=Health.UNKNOWN)
    health_at = models.DateTimeField("查看时间", null=True)
    health_since = models.DateTimeField(null=True)
    health_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "办事服务"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=~Q(state=ServiceState.RETIRED), name="services_service_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="services_service_name"),
            models.CheckConstraint(
                condition=Q(state=ServiceState.DRAFT) | ~Q(how=""), name="services_service_says_how"
            ),
            models.CheckConstraint(
                condition=~Q(state=ServiceState.RETIRED) | ~Q(retired_reason=""), name="services_service_says_why"
            ),
            models.CheckConstraint(
                condition=Q(health=Health.UNKNOWN) | Q(health_at__isnull=False), name="services_service_looked_when"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "sort_key"], name="services_service_list"),
            models.Index(fields=["state", "topic", "sort_key"], name="services_service_topic"),
            models.Index(fields=["organisation", "health"], name="services_service_health"),
        ]

    def __str__(self) -> str:
        return self.name

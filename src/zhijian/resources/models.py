from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from zhijian.resources.enums import EntryKind, LiaisonState, Way


class Statement(models.Model):
    """What a body has for its new media in one year (保障情况). Empty fields are what is missing.

    `budget` is in yuan with whole cents. `late_reason` says why a year that was over was written or changed.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    leader_name = models.CharField("分管负责人", max_length=40, blank=True)
    leader_post = models.CharField("职务", max_length=60, blank=True)
    leader_phone = models.CharField("联系电话", max_length=40, blank=True)
    unit = models.CharField("责任科室", max_length=80, blank=True)
    budget = models.DecimalField(
        "经费", max_digits=13, decimal_places=2, null=True, validators=[MinValueValidator(Decimal(0))]
    )
    budget_source = models.CharField("经费来源", max_length=120, blank=True)
    staff_count = models.PositiveSmallIntegerField("专人", null=True)
    staff_names = models.TextField("人员", blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    late_reason = models.CharField("补记的原因", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "保障情况"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="resources_statement_once_a_year"),
            models.CheckConstraint(condition=Q(budget=None) | Q(budget__gte=0), name="resources_budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年"


class Licence(models.Model):
    """A licence a body holds. A renewed one stays, and its successor names it in `replaces`."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("许可证", max_length=40)
    number = models.CharField("编号", max_length=80)
    issuer = models.CharField("发证机关", max_length=80)
    holder = models.CharField("持证单位", max_length=120)
    begins_on = models.DateField("有效期起", null=True)
    ends_on = models.DateField("有效期止", null=True)
    note = models.CharField("说明", max_length=300, blank=True)
    paper = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="successor")
    withdrawn_on = models.DateField("不再持有", null=True)
    withdrawn_reason = models.CharField("原因", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "许可证"
        constraints = [
            models.CheckConstraint(
                condition=Q(begins_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("begins_on")),
                name="resources_licence_has_days",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | ~Q(withdrawn_reason=""), name="resources_licence_gone_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "ends_on"], name="resources_licence_body")]

    def __str__(self) -> str:
        return self.number


class RuleDocument(models.Model):
    """A rule a body made for itself (本单位制度). The one that takes its place names it in `replaces`."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("名称", max_length=120)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期")
    in_force_from = models.DateField("施行日期")
    review_by = models.DateField("复核期限", null=True)
    paper = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="successor")
    reviewed_on = models.DateField("最近复核", null=True)
    abolished_on = models.DateField("废止", null=True)
    abolished_reason = models.CharField("废止原因", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "本单位制度"
        constraints = [
            models.CheckConstraint(
                condition=Q(abolished_on=None) | ~Q(abolished_reason=""), name="resources_rule_ended_for_a_reason"
            )
        ]
        indexes = [models.Index(fields=["organisation", "kind"], name="resources_rule_body")]

    def __str__(self) -> str:
        return self.title


class LiaisonEntry(models.Model):
    """One line of the log of what was talked about with a platform; never changed.

    Lines about one thing share `matter`; the newest tells how it stands. A correction names what it puts right.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    matter = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=12, choices=EntryKind)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    platform = models.CharField("平台", max_length=32)
    day = models.DateField("日期")
    contact_name = models.CharField("平台联系人", max_length=40, blank=True)
    contact_phone = models.CharField("电话", max_length=40, blank=True)
    contact_mail = models.CharField("邮箱", max_length=120, blank=True)
    way = models.CharField("方式", max_length=12, choices=Way)
    asked = models.TextField("提了什么")
    came_of = models.TextField("结果", blank=True)
    follow_up_on = models.DateField("跟进日期", null=True)
    state = models.CharField("状态", max_length=8, choices=LiaisonState)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "平台对接记录"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EntryKind.CORRECTION, corrects__isnull=False)
                | (~Q(kind=EntryKind.CORRECTION) & Q(corrects=None)),
                name="resources_correction_names_entry",
            )
        ]
        indexes = [models.Index(fields=["organisation", "platform", "-day"], name="resources_liaison_body")]

    def __str__(self) -> str:
        return f"{self.day} {self.platform}"

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhijian.assessment.enums import BulletinState


class Bulletin(models.Model):
    """A quarterly notice (通报) of one body over itself and everything below; citizens read `published` only."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年")
    quarter = models.PositiveSmallIntegerField("季度")
    title = models.CharField("标题", max_length=120)
    state = models.CharField("状态", max_length=16, choices=BulletinState, default=BulletinState.DRAFT)
    newest = models.ForeignKey("BulletinVersion", null=True, on_delete=models.PROTECT, related_name="+")
    published = models.ForeignKey("BulletinVersion", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True)
    returned_comment = models.TextField(blank=True)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("起草时间")

    class Meta:
        verbose_name = "通报"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "quarter"], condition=~Q(state=BulletinState.WITHDRAWN),
                name="assessment_bulletin_once",
            ),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="assessment_bulletin_quarter"),
            models.CheckConstraint(
                condition=Q(state=BulletinState.PUBLISHED, published__isnull=False, published_at__isnull=False)
                | ~Q(state=BulletinState.PUBLISHED) & Q(published=None),
                name="assessment_bulletin_shows_a_version",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "-published_at"], name="assessment_bulletin_public")]

    def __str__(self) -> str:
        return self.title


class BulletinVersion(models.Model):
    """The words and figures as they stood at one saving; insert-only.

    `figures` are those of `inspection.queries.figures_of` with their inputs; `sections` = `[{"title", "text"}]`.
    """

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField("标题", max_length=120)
    sections = models.JSONField()
    figures = models.JSONField()
    content_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "通报版本"
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="assessment_version_number"),
            models.CheckConstraint(condition=~Q(figures={}), name="assessment_version_has_figures"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

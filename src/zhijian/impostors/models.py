from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijian.impostors.enums import OPEN_STATES, CaseState, EntryKind, Origin, Remedy


class Case(models.Model):
    """One suspected account (仿冒案件). `organisation` is the body it imitates, `account` that body's real account.

    `name_key` is the name as look-alikes compare it, `url_key` the address without what may vary: by both, with the
    platform, a second report finds the first. `likeness` is what the comparison told when the case was opened:
    `[{"official", "score", "reasons"}]`; `tricks` the kinds of its first one, for the figures. `version` counts every
    change: a page that shows an older one is refused. `due_at` is until when the platform should have acted.
    """

    number = models.CharField("编号", max_length=32, unique=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="被仿冒单位"
    )
    account = models.ForeignKey("registry.Account", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("可疑名称", max_length=80)
    name_key = models.CharField(max_length=80, editable=False)
    platform = models.CharField("平台", max_length=32, blank=True)
    url = models.CharField("链接", max_length=500, blank=True)
    url_key = models.CharField(max_length=200, blank=True, editable=False)
    platform_uid = models.CharField("平台账号标识", max_length=128, blank=True)
    likeness = models.JSONField(default=list)
    tricks = ArrayField(models.CharField(max_length=16), default=list)
    origin = models.CharField("来源", max_length=16, choices=Origin)
    state = models.CharField("状态", max_length=16, choices=CaseState, default=CaseState.NEW)
    version = models.PositiveIntegerField(default=1)
    opened_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("立案")
    changed_at = models.DateTimeField("最近变动")
    confirmed_at = models.DateTimeField("认定", null=True)
    requested_at = models.DateTimeField("请平台处置", null=True)
    due_at = models.DateTimeField("处置期限", null=True)
    ended_at = models.DateTimeField("办结", null=True)
    remedy = models.CharField("处置结果", max_length=16, choices=Remedy, blank=True)
    returned = models.PositiveSmallIntegerField("重新出现", default=0)

    class Meta:
        verbose_name = "仿冒案件"
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "platform", "url_key"],
                condition=~Q(state=CaseState.UNFOUNDED),
                name="impostors_one_case_of_an_account",
            ),
            models.CheckConstraint(condition=~Q(name_key=""), name="impostors_case_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-changed_at"], name="impostors_case_list"),
            models.Index(fields=["name_key"], name="impostors_case_name"),
            models.Index(fields=["url_key"], name="impostors_case_url", condition=~Q(url_key="")),
            models.Index(fields=["platform_uid"], name="impostors_case_uid", condition=~Q(platform_uid="")),
            models.Index(fields=["due_at"], name="impostors_case_due", condition=Q(state__in=[*OPEN_STATES])),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Report(models.Model):
    """What somebody told of an account; insert-only. Nothing is kept of a citizen: `by` is empty."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField("时间")
    by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("情况", blank=True)

    class Meta:
        verbose_name = "举报"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:20]


class Evidence(models.Model):
    """A snapshot kept under its SHA-256, with who brought it and when; insert-only.

    What staff bring is kept byte for byte; a citizen's picture is redrawn without place and camera (`by` is empty).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "证据"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "sha256"], name="impostors_evidence_once")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Letter(models.Model):
    """A request to the platform (处置函) as it was sent, with the clock it started; insert-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    recipient = models.CharField("致", max_length=120)
    way = models.CharField("怎么送出", max_length=200)
    text = models.TextField("内容")
    at = models.DateTimeField("时间")
    by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField("期限")
    due_text = models.TextField()
    steps = models.JSONField(default=list)

    class Meta:
        verbose_name = "处置函"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.recipient


class Entry(models.Model):
    """One line of the history; insert-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16, choices=EntryKind)
    at = models.DateTimeField()
    by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = "办理经过"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:20]}"


class AllowedName(models.Model):
    """A name that sounds or looks like an official one and may, with the reason; ended, never deleted."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    name = models.CharField("名称", max_length=80)
    name_key = models.CharField(max_length=80, db_index=True, editable=False)
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记")
    expires_on = models.DateField("有效期至", null=True, blank=True)
    ended_at = models.DateTimeField("停用", null=True)
    ended_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "可接受的名称"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name_key"], condition=Q(ended_at=None), name="impostors_allowed_once"
            ),
            models.CheckConstraint(condition=~Q(name_key="") & ~Q(reason=""), name="impostors_allowed_says_why"),
        ]

    def __str__(self) -> str:
        return self.name

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijian.lookback.enums import SEVERITIES, Cause, FindingState, Kind, LookBackState, Stage, category_label


class LookBack(models.Model):
    """One reading of everything that is out at a body and all below it, by changed rules or by all of them.

    It goes on where it was cut off: `stage` with `after_account` and `after_thing` (ids) is the last text judged.
    Without `term_ids` and `categories` it judges by the whole set. `estimate` of a proposal: `{texts, hit, whole}`,
    what the newest texts would show and whether they were all there is. `ruleset_version` is its set at the start.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    cause = models.CharField("起因", max_length=16, choices=Cause)
    title = models.CharField("回查内容", max_length=200)
    term_ids = ArrayField(models.BigIntegerField(), default=list)
    categories = ArrayField(models.CharField(max_length=32), default=list)
    state = models.CharField("状态", max_length=16, choices=LookBackState, default=LookBackState.PROPOSED)
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.ARTICLES)
    after_account = models.BigIntegerField(default=0)
    after_thing = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField("总数", null=True)
    done = models.PositiveIntegerField("已查", default=0)
    found = models.PositiveIntegerField("发现", default=0)
    ended = models.PositiveIntegerField(default=0)
    estimate = models.JSONField(default=dict)
    ruleset_version = models.CharField(max_length=64, blank=True)
    shipped_version = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("提出")
    started_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField("开始", null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField("结束", null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "回查"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="running"), name="lookback_one_running_per_body"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False, started_by__isnull=False),
                name="lookback_started_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-created_at"], name="lookback_list")]

    def __str__(self) -> str:
        return self.title


class Finding(models.Model):
    """Words of one text that a rule faults: once for each text, rule and wording, however often it was looked at.

    `thing_id` is the piece sent out (`publishing.DeliveryItem`), the entry or the post by `kind`; `version_id` the
    revision, version or post version that was read, `text_sha256` over the words that were scanned. `places` counts the
    wording in the text; `before` and `after` stand around the first. `seen_at` is the last scan that saw it.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("registry.Account", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("来源", max_length=16, choices=Kind)
    thing_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    text_sha256 = models.CharField(max_length=64)
    title = models.CharField("标题", max_length=200, blank=True)
    url = models.CharField("地址", max_length=1000, blank=True)
    desk_url = models.CharField(max_length=200)
    published_at = models.DateTimeField("发布时间", null=True)
    rule_id = models.CharField("规则", max_length=80)
    category = models.CharField("类别", max_length=32)
    severity = models.CharField("级别", max_length=16, choices=SEVERITIES)
    excerpt = models.CharField("原文", max_length=200)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    places = models.PositiveIntegerField("处数", default=1)
    message = models.CharField("说明", max_length=500)
    suggestion = models.CharField("建议", max_length=300, blank=True)
    source = models.CharField("依据", max_length=300)
    ruleset_version = models.CharField(max_length=64)
    look_back = models.ForeignKey(LookBack, on_delete=models.PROTECT, related_name="findings")
    found_at = models.DateTimeField("发现时间")
    seen_at = models.DateTimeField("最近看到")
    state = models.CharField("状态", max_length=16, choices=FindingState, default=FindingState.OPEN)
    state_at = models.DateTimeField("状态时间")
    ended_version = models.BigIntegerField(null=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    set_aside_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "回查问题"
        constraints = [
            models.UniqueConstraint(fields=["kind", "thing_id", "rule_id", "excerpt"], name="lookback_finding_once"),
            models.CheckConstraint(
                condition=~Q(state="set_aside") | Q(set_aside_by__isnull=False) & ~Q(reason=""),
                name="lookback_set_aside_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="lookback_finding_list"),
            models.Index(fields=["account", "state"], name="lookback_finding_account"),
            models.Index(fields=["rule_id", "state"], name="lookback_finding_rule"),
            models.Index(fields=["id"], condition=Q(state="open"), name="lookback_finding_open"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.excerpt}"

    @property
    def category_label(self) -> str:
        return category_label(self.category)


class RuleDay(models.Model):
    """What one rule did at one body on one day: hits in drafts and in posts, and how many were set aside. No people."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    rule_id = models.CharField("规则", max_length=80)
    category = models.CharField("类别", max_length=32, blank=True)
    day = models.DateField("日期")
    drafts = models.PositiveIntegerField("稿件命中", default=0)
    posts = models.PositiveIntegerField("已发内容命中", default=0)
    waived = models.PositiveIntegerField("认定误报", default=0)

    class Meta:
        verbose_name = "规则效果"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "rule_id", "day"], name="lookback_rule_day_once"),
        ]
        indexes = [models.Index(fields=["rule_id", "-day"], name="lookback_rule_day_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.day}"

    @property
    def category_label(self) -> str:
        return category_label(self.category)

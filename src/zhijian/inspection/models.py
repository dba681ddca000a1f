from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhijian.inspection.enums import UNFINISHED, AppealKind, AppealState, FindingState, Result, RunKind, RunState


class Run(models.Model):
    """One inspection of many accounts: all, or those of one body and below.

    It goes on where it was cut off: `after_account` is the last account judged, `after_version` and `after_check` the
    last post version and link check taken in. `rules` tells by which packs it judged: `{pack codes: version}`.
    `counts` are the standings of its accounts by result. `not_rechecked` counts the earlier findings whose
    re-check a fault of the system broke off: they stand as they were.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField("类别", max_length=16, choices=RunKind)
    state = models.CharField("状态", max_length=16, choices=RunState, default=RunState.RUNNING)
    by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True)
    beat_at = models.DateTimeField()
    after_account = models.BigIntegerField(default=0)
    after_version = models.BigIntegerField(default=0)
    after_check = models.BigIntegerField(default=0)
    accounts = models.PositiveIntegerField("账号", default=0)
    texts = models.PositiveIntegerField("内容", default=0)
    links = models.PositiveIntegerField("链接", default=0)
    counts = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    term_rules = models.JSONField(default=list)
    not_rechecked = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "巡检"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=RunState.RUNNING), name="inspection_one_run_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.RUNNING) | Q(finished_at__isnull=False), name="inspection_run_ends"
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="inspection_run_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at:%Y-%m-%d}"


class Verdict(models.Model):
    """One judgement of one account by one indicator; insert-only (migration 0002).

    `rule_*` name the rule it rests on: key, value in words, document and pack, and `rule_version`, the digest of all
    rules in force. `term_version` is the rule set a text was judged by. `evidence` is never empty: ids of looks, posts,
    versions and link checks and the SHA-256 of their snapshots, or for a hand entry the `proof`.
    """

    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="verdicts")
    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField("指标", max_length=16)
    result = models.CharField("结果", max_length=16, choices=Result)
    reason = models.CharField("说明", max_length=500)
    rule_key = models.CharField(max_length=64)
    rule_value = models.CharField(max_length=100)
    rule_document = models.CharField("依据", max_length=200)
    rule_pack = models.CharField(max_length=64)
    rule_version = models.CharField(max_length=64)
    term_version = models.CharField(max_length=64, blank=True)
    window_from = models.DateTimeField("起", null=True)
    window_to = models.DateTimeField("止", null=True)
    computed_at = models.DateTimeField("时间")
    evidence = models.JSONField()
    proof = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "结论"
        constraints = [
            models.CheckConstraint(condition=~Q(evidence={}), name="inspection_verdict_has_evidence"),
            models.CheckConstraint(
                condition=~Q(rule_document="") & ~Q(rule_version="") & ~Q(rule_value="") & ~Q(reason=""),
                name="inspection_verdict_names_its_rule",
            ),
            models.CheckConstraint(condition=Q(by=None) | ~Q(proof=""), name="inspection_hand_entry_has_proof"),
        ]
        indexes = [
            models.Index(fields=["account", "indicator", "-id"], name="inspection_verdict_account"),
            models.Index(fields=["run", "result"], name="inspection_verdict_run"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.get_result_display()}"


class Current(models.Model):
    """The verdict that stands for one account and indicator; `checked_at` is when it was last confirmed."""

    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=16)
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=16, choices=Result)
    since = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = "现行结论"
        constraints = [models.UniqueConstraint(fields=["account", "indicator"], name="inspection_current_once")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.get_result_display()}"


class Standing(models.Model):
    """How one account stands now: the worst of its veto indicators, and the clock of its updates.

    `silent_days` are whole days since the last post nobody could have missed (None: cannot be told), `left_days` what
    is left of the window, `warned_day` the day of warning it has reached.
    """

    account = models.OneToOneField("registry.Account", on_delete=models.PROTECT, related_name="+")
    result = models.CharField("结果", max_length=16, choices=Result)
    last_post_at = models.DateTimeField("最近更新", null=True)
    silent_days = models.PositiveSmallIntegerField("未更新天数", null=True)
    window_days = models.PositiveSmallIntegerField("更新期限")
    left_days = models.SmallIntegerField("还剩天数", null=True)
    warned_day = models.PositiveSmallIntegerField(null=True)
    warned_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField("检查时间")
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "账号巡检"
        indexes = [
            models.Index(fields=["result", "left_days"], name="inspection_standing_result"),
            models.Index(fields=["left_days"], name="inspection_standing_left"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.get_result_display()}"


class OutLink(models.Model):
    """An address a post leads to, remembered so that the night's link checks find the posts."""

    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    post_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    url = models.CharField(max_length=4000)
    url_sha256 = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "外链"
        constraints = [models.UniqueConstraint(fields=["post_id", "url_sha256"], name="inspection_link_once")]
        indexes = [models.Index(fields=["url_sha256"], name="inspection_link_url")]

    def __str__(self) -> str:
        return self.url


class Finding(models.Model):
    """Something that failed, from the verdict it rests on to its end; never deleted, and ended only by an act.

    `key` tells findings of one account and indicator apart (which post and wording, which link). `repeat_of`: the same
    indicator failed again soon after an earlier finding was closed (反复).
    """

    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField("指标", max_length=16)
    is_veto = models.BooleanField("单项否决")
    key = models.CharField(max_length=200)
    title = models.CharField("问题", max_length=200)
    detail = models.CharField("说明", max_length=1000)
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="+")
    rule_id = models.CharField(max_length=80, blank=True)
    state = models.CharField("状态", max_length=16, choices=FindingState, default=FindingState.OPEN)
    version = models.PositiveIntegerField(default=1)
    repeat_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeats")
    found_at = models.DateTimeField("发现时间")
    recovered_at = models.DateTimeField("恢复时间", null=True)
    ended_at = models.DateTimeField("办结时间", null=True)
    ending = models.CharField("结果说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "问题"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "indicator", "key"], condition=Q(state__in=[str(one) for one in UNFINISHED]),
                name="inspection_finding_once_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(one) for one in UNFINISHED], ended_at=None)
                | Q(ended_at__isnull=False) & ~Q(ending="") & ~Q(state__in=[str(one) for one in UNFINISHED]),
                name="inspection_finding_ends_with_a_word",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "-found_at"], name="inspection_finding_list"),
            models.Index(fields=["account", "indicator", "state"], name="inspection_finding_account"),
        ]

    def __str__(self) -> str:
        return self.title


class Order(models.Model):
    """A rectification order (整改通知) for one finding; insert-only. `steps` is its deadline day by day."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="order")
    number = models.CharField("编号", max_length=24, unique=True)
    text = models.TextField("要求")
    issued_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("下达时间")
    issuer = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField("期限")
    due_text = models.TextField()
    steps = models.JSONField(default=list)
    rule_version = models.CharField(max_length=64)

    class Meta:
        verbose_name = "整改通知"
        indexes = [models.Index(fields=["due_at"], name="inspection_order_due")]

    def __str__(self) -> str:
        return self.number


class Reply(models.Model):
    """What the host did about an order; insert-only. `link` leads to the post or page that shows it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="replies")
    by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    link = models.CharField(max_length=500, blank=True)
    proof = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "整改反馈"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


class Recheck(models.Model):
    """One look whether a finding is put right, by the machine (`by` None) or a person with a proof; insert-only."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="rechecks")
    at = models.DateTimeField()
    by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=16, choices=Result)
    reason = models.CharField(max_length=500)
    verdict = models.ForeignKey(Verdict, null=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.JSONField(default=dict)
    proof = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "复查"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__isnull=False) | ~Q(evidence={}) | ~Q(proof=""),
                name="inspection_recheck_has_evidence",
            )
        ]

    def __str__(self) -> str:
        return self.get_result_display()


class Appeal(models.Model):
    """A claim that a finding is wrong, by host or office; decided once, by a second person, with a reason."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="appeals")
    kind = models.CharField("类别", max_length=16, choices=AppealKind)
    reason = models.TextField("理由")
    proof = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("提出时间")
    state = models.CharField("状态", max_length=16, choices=AppealState, default=AppealState.OPEN)
    decided_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("裁定时间", null=True)
    decision = models.TextField("裁定理由", blank=True)

    class Meta:
        verbose_name = "申诉"
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(state=AppealState.OPEN), name="inspection_one_open_appeal"
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, decided_by=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decision="")
                & ~Q(decided_by=models.F("by")),
                name="inspection_second_person_decides",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "at"], name="inspection_appeal_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_state_display()}"

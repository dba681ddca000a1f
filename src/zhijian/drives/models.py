from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhijian.drives.enums import Act, AnswerKind, DriveState, TargetState


class Drive(models.Model):
    """A merge-and-close drive (清理整合行动) of one supervising body over accounts of its branch.

    Once it is sent only the deadline moves, and only later. `report` is the closing report as it was at the end:
    `{"at", "totals", "platforms", "branches", "rows"}` of `queries.report_of`. `warned_on` is when the bodies were
    reminded of the present deadline.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=80)
    basis = models.CharField("依据文件", max_length=200)
    guidance = models.CharField("说明", max_length=500, blank=True)
    due_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=16, choices=DriveState, default=DriveState.DRAFT)
    report = models.JSONField(default=dict)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("下发", null=True)
    closed_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("结束", null=True)
    warned_on = models.DateField(null=True)

    class Meta:
        verbose_name = "清理整合行动"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DriveState.DRAFT) | Q(sent_at__isnull=False), name="drives_sent_since"
            ),
            models.CheckConstraint(
                condition=~Q(state=DriveState.CLOSED) | Q(closed_at__isnull=False) & ~Q(report={}),
                name="drives_closed_with_a_report",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "-created_at"], name="drives_drive_list")]

    def __str__(self) -> str:
        return self.title


class Target(models.Model):
    """One account of a drive: what it is asked to do, why, and what was said. `organisation` is the host body.

    `facts` = `[{"reason", "text", "source", "links": [[label, url]]}]`, as they were when the account was put in.
    `version` counts what was said, so that two people at once do not both say something. `filing` is the one the
    answer opened; whether the thing is done is read from the account, never from here.
    """

    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="targets")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="drive_targets")
    act = models.CharField("处理", max_length=16, choices=Act)
    into = models.ForeignKey("registry.Account", null=True, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=list)
    state = models.CharField("答复", max_length=16, choices=TargetState, default=TargetState.WAITING)
    version = models.PositiveIntegerField(default=0)
    filing = models.ForeignKey("registry.Filing", null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("最近答复", null=True)
    added_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = "清理整合账号"
        constraints = [
            models.UniqueConstraint(fields=["drive", "account"], name="drives_account_once"),
            models.CheckConstraint(
                condition=Q(into=None) | Q(act=Act.MERGE) & ~Q(into=models.F("account")),
                name="drives_merged_into_another",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="drives_target_body")]

    def __str__(self) -> str:
        return f"{self.account}：{self.get_act_display()}"


class Answer(models.Model):
    """One thing said about a target, by the body or by the office that asks; insert-only."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="answers")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("答复", max_length=16, choices=AnswerKind)
    text = models.CharField("理由", max_length=500, blank=True)
    by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "清理整合答复"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[AnswerKind.AGREED, AnswerKind.ACCEPTED]) | ~Q(text=""),
                name="drives_answer_gives_its_reason",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

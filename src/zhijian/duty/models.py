from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhijian.duty.enums import AlarmKind, AlarmState, AlarmStep, ShiftKind, SwapState


class Shift(models.Model):
    """One person on duty at one body for one stretch of time. PostgreSQL refuses two that overlap (migration 0002)."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=16, choices=ShiftKind)
    person = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    backup = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "班次"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_shift_order"),
            models.CheckConstraint(
                condition=Q(backup=None) | ~Q(backup=F("person")), name="duty_shift_backup_is_another"
            ),
        ]
        indexes = [models.Index(fields=["person", "starts_at"], name="duty_shift_person")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Swap(models.Model):
    """A person asks another to take a shift; with `return_shift` they take one of the other's for it."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="swaps")
    return_shift = models.ForeignKey(Shift, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("原因", max_length=200, blank=True)
    state = models.CharField("状态", max_length=16, choices=SwapState, default=SwapState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "换班"
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=Q(state=SwapState.ASKED), name="duty_swap_one_open"),
            models.CheckConstraint(condition=~Q(asked_by=F("asked_of")), name="duty_swap_with_another"),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.get_state_display()}"


class Alarm(models.Model):
    """Something that cannot wait. `next_step_at` is when the next one is called; empty: nobody more will be.

    While it is not closed, the same `key` raises no second one at the body.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=16, choices=AlarmKind)
    title = models.CharField("内容", max_length=120)
    url = models.CharField(max_length=200)
    key = models.CharField(max_length=120)
    state = models.CharField("状态", max_length=16, choices=AlarmState, default=AlarmState.OPEN)
    step = models.PositiveSmallIntegerField(choices=AlarmStep, default=AlarmStep.DUTY)
    raised_at = models.DateTimeField("发生时间")
    next_step_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField("处理结果", max_length=400, blank=True)

    class Meta:
        verbose_name = "告警"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"], condition=~Q(state=AlarmState.CLOSED), name="duty_alarm_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-raised_at"], name="duty_alarm_list"),
            models.Index(fields=["next_step_at"], condition=Q(state=AlarmState.OPEN), name="duty_alarm_due"),
        ]

    def __str__(self) -> str:
        return self.title


class Call(models.Model):
    """Who was called for an alarm, when, and as what. Insert-only."""

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="calls")
    person = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(choices=AlarmStep)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "呼叫"
        constraints = [models.UniqueConstraint(fields=["alarm", "person"], name="duty_called_once")]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.person_id}"


class Handover(models.Model):
    """What one shift leaves to the next, signed by both. `matters` is what was open then: title, url, kind, since.

    Only the taker's signature may be added; PostgreSQL refuses every other change (migration 0002).
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    shift = models.OneToOneField(Shift, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField("交班说明", max_length=2_000)
    matters = models.JSONField(default=list)
    given_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "交接班"
        constraints = [models.CheckConstraint(condition=~Q(giver=F("taker")), name="duty_handover_two_people")]
        indexes = [models.Index(fields=["organisation", "-given_at"], name="duty_handover_list")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.given_at:%Y-%m-%d %H:%M}"


class LogEntry(models.Model):
    """One line of the duty log. Insert-only: what was wrong is corrected by a further line that names it."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    text = models.TextField("内容", max_length=1_000)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        verbose_name = "值班日志"
        indexes = [models.Index(fields=["organisation", "-at"], name="duty_log_list")]

    def __str__(self) -> str:
        return self.text[:40]

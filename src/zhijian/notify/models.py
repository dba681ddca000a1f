from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijian.notify.enums import ChannelKind, ChannelState, DispatchState, NoticeKind


class Notice(models.Model):
    """One thing told to one person, shown inside. `url` is a path of ours; the same `dedup_key` is told once."""

    person = models.ForeignKey("organisations.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("类别", max_length=16, choices=NoticeKind)
    title = models.CharField("内容", max_length=120)
    text = models.CharField("说明", max_length=400, blank=True)
    url = models.CharField(max_length=200)
    dedup_key = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    waits_for_digest = models.BooleanField(default=False)

    class Meta:
        verbose_name = "通知"
        constraints = [models.UniqueConstraint(fields=["person", "dedup_key"], name="notify_notice_once")]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notify_notice_list"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notify_notice_unread"),
            models.Index(fields=["url"], condition=Q(read_at=None), name="notify_notice_open"),
            models.Index(fields=["person"], condition=Q(waits_for_digest=True), name="notify_notice_digest"),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """What a person wants sent outside: kinds at once, kinds once a day. Inside, everything is always shown.

    In the quiet hours only alarms go out; both empty: no quiet hours.
    """

    person = models.OneToOneField("organisations.User", on_delete=models.CASCADE, related_name="+")
    at_once = ArrayField(models.CharField(max_length=16), default=list)
    in_digest = ArrayField(models.CharField(max_length=16), default=list)
    quiet_from = models.TimeField("免打扰开始", null=True)
    quiet_to = models.TimeField("免打扰结束", null=True)

    class Meta:
        verbose_name = "通知设置"

    def __str__(self) -> str:
        return str(self.person_id)


class Channel(models.Model):
    """One way out of a body: its mail server, or the bot of one of its groups.

    `settings` holds what is no secret (mail: host, port, security, username, sender), `sealed` the rest (mail:
    password; bot: url, secret), sealed for this row alone by `code`. `kinds` is what a bot's group is told.
    `resting_until`: the messenger asked us to be silent until then.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("方式", max_length=16, choices=ChannelKind)
    name = models.CharField("名称", max_length=40)
    code = models.CharField(max_length=43, unique=True)
    settings = models.JSONField(default=dict)
    sealed = models.BinaryField(default=bytes)
    kinds = ArrayField(models.CharField(max_length=16), default=list)
    state = models.CharField("状态", max_length=16, choices=ChannelState, default=ChannelState.READY)
    problem = models.CharField("说明", max_length=200, blank=True)
    resting_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "通知渠道"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(kind=ChannelKind.EMAIL) & ~Q(state=ChannelState.PAUSED),
                name="notify_one_mail_server",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Dispatch(models.Model):
    """One message on its way out: to a person by mail, or to a bot's group (`person` empty). Once per `dedup_key`.

    `lines` are (title, url) pairs; a daily summary has several. `last_attempt_at` counts against the channel's rate.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="dispatches")
    person = models.ForeignKey("organisations.User", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("类别", max_length=16, choices=NoticeKind)
    title = models.CharField("内容", max_length=120)
    lines = models.JSONField()
    dedup_key = models.CharField(max_length=120)
    state = models.CharField("状态", max_length=16, choices=DispatchState, default=DispatchState.PENDING)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "发出的通知"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "person", "dedup_key"], nulls_distinct=False, name="notify_dispatch_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=DispatchState.PENDING) | Q(next_attempt_at__isnull=False),
                name="notify_dispatch_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state=DispatchState.PENDING), name="notify_dispatch_pending"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state=DispatchState.SENDING), name="notify_dispatch_leased"
            ),
            models.Index(fields=["channel", "last_attempt_at"], name="notify_dispatch_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from zhijian.inbox.enums import (
    OPEN_STATES,
    AnswerKind,
    CaseForm,
    CaseState,
    Channel,
    EntryKind,
    MessageKind,
    OutgoingState,
    PublicationState,
    Satisfaction,
)


class Case(models.Model):
    """One matter a citizen brought. `organisation` answers for it now, `intake` is the body it came to first.

    `due_at` is that of the running clock, kept here for lists. `version` counts every change: a page that shows an
    older one is refused. `key_digest` is the digest of the key in the citizen's private link.
    """

    number = models.CharField("编号", max_length=24, unique=True)
    key_digest = models.CharField(max_length=64)
    form = models.CharField("形式", max_length=16, choices=CaseForm, default=CaseForm.MESSAGE)
    channel = models.CharField("渠道", max_length=16, choices=Channel)
    kind = models.CharField("类别", max_length=16, choices=MessageKind, default=MessageKind.CONSULT)
    title = models.CharField("标题", max_length=80)
    text = models.TextField("内容")
    place = models.CharField("地点", max_length=120, blank=True)
    division = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    is_confidential = models.BooleanField("要求保密", default=False)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    intake = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=CaseState, default=CaseState.RECEIVED)
    version = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField("收到时间")
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField("期限", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    chased_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    last_word_at = models.DateTimeField()
    sent_answer = models.ForeignKey(
        "inbox.Answer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    connection = models.ForeignKey("channels.Connection", null=True, on_delete=models.PROTECT, related_name="+")
    sender_digest = models.CharField(max_length=64, blank=True)
    contact_digest = models.CharField(max_length=64, blank=True)
    address_digest = models.CharField(max_length=64, blank=True)
    form_token = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique only where there is one
    registered_by = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "留言"
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="inbox_case_says_something"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due_at"], name="inbox_case_list"),
            models.Index(fields=["intake", "state"], name="inbox_case_intake"),
            models.Index(fields=["due_at"], condition=Q(state__in=[*OPEN_STATES]), name="inbox_case_running"),
            models.Index(fields=["address_digest", "received_at"], name="inbox_case_address"),
            models.Index(fields=["contact_digest", "received_at"], name="inbox_case_contact"),
            models.Index(fields=["connection", "sender_digest"], name="inbox_case_sender"),
            GinIndex(fields=["title"], name="inbox_case_title_trgm", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["text"], name="inbox_case_text_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class CaseSecret(models.Model):
    """The personal fields of a case, sealed under a key of its own; without the key they are gone for good.

    `sealed_key` holds the case's key under the installation's key, `sealed_fields` JSON (name, phone, address, openid)
    under the case's key, `sealed_link` the key of the private link. Destroying empties the first two.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="secret", primary_key=True)
    sealed_key = models.BinaryField(default=bytes)
    sealed_fields = models.BinaryField(default=bytes)
    sealed_link = models.BinaryField(default=bytes)
    has_contact = models.BooleanField(default=False)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "个人信息"

    def __str__(self) -> str:
        return str(self.case_id)


class Clock(models.Model):
    """The time one body has, from when the matter came to it; at most one runs. `steps` tell every day of the count.

    `computed` is the computation as data (`lib`-neutral JSON of `policy.Deadline`), so that a later holiday notice can
    be laid over it and the difference told.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    rule_days = models.PositiveIntegerField()
    extended_days = models.PositiveIntegerField(default=0)
    rule_title = models.CharField(max_length=80)
    rule_source = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    text = models.TextField()
    steps = models.JSONField(default=list)
    computed = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "办理时限"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="inbox_one_running_clock")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.due_at:%Y-%m-%d}"


class Pause(models.Model):
    """The clock stands still while the citizen is asked for something; at most one pause is open.

    `ended_by_staff`: somebody of the body went on without the citizen's word.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by_staff = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)

    class Meta:
        verbose_name = "暂停计时"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="inbox_one_open_pause")
        ]

    def __str__(self) -> str:
        return self.reason


class Entry(models.Model):
    """One line of the history; insert-only. A public one is shown to the citizen, the others to staff only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16, choices=EntryKind)
    at = models.DateTimeField()
    actor = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_public = models.BooleanField(default=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = "办理经过"
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "id"], name="inbox_entry_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:20]}"


class Photo(models.Model):
    """A picture of a case, redrawn by room `files` without its metadata."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    sha256 = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "照片"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["case", "sha256"], name="inbox_photo_once")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Incoming(models.Model):
    """A message a platform told us of, by its own id: told twice, it is answered the same and counts once."""

    connection = models.ForeignKey("channels.Connection", on_delete=models.PROTECT, related_name="+")
    dedupe_key = models.CharField(max_length=200)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = "平台来信"
        constraints = [models.UniqueConstraint(fields=["connection", "dedupe_key"], name="inbox_incoming_once")]

    def __str__(self) -> str:
        return self.dedupe_key


class Answer(models.Model):
    """One exact wording of an answer; insert-only. `content_hash` is what the reviewers sign."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=AnswerKind)
    text = models.TextField("答复")
    right_body = models.ForeignKey("organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    right_address = models.CharField("应找的单位和联系方式", max_length=300, blank=True)
    note = models.CharField("检查提示的说明", max_length=300, blank=True)
    content_hash = models.CharField(max_length=64)
    written_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = "答复"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="inbox_answer_number")]

    def __str__(self) -> str:
        return f"第 {self.number} 稿"


class Outgoing(models.Model):
    """A word to the citizen on its way by WeChat: sent once, or clearly not. A doubtful one is never sent again."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="outgoing")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outgoing")
    state = models.CharField(max_length=16, choices=OutgoingState, default=OutgoingState.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "回复送达"
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=["pending", "sending"]), name="inbox_outgoing_due")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_state_display()}"


class Rating(models.Model):
    """What the citizen thinks of the answer: once per case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating")
    satisfaction = models.PositiveSmallIntegerField(choices=Satisfaction)
    comment = models.CharField(max_length=300, blank=True)
    rated_at = models.DateTimeField()

    class Meta:
        verbose_name = "评价"

    def __str__(self) -> str:
        return self.get_satisfaction_display()


class Publication(models.Model):
    """Question and answer as the public may read them. `shown` is set only for the approved version (a trigger)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="publication")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=PublicationState, default=PublicationState.DRAFT)
    shown = models.ForeignKey(
        "inbox.PublicationVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    published_at = models.DateTimeField(null=True)
    hidden_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "公开的留言"
        indexes = [models.Index(fields=["-published_at"], condition=Q(state="shown"), name="inbox_publication_newest")]

    def __str__(self) -> str:
        return str(self.case_id)


class PublicationVersion(models.Model):
    """One exact masked text; insert-only. `photos_told`: sentences about what was found on its photos or not read."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField("标题", max_length=80)
    question = models.TextField("问")
    answer = models.TextField("答")
    place = models.CharField(max_length=120, blank=True)
    photos = models.JSONField(default=list)
    note = models.CharField("检查提示的说明", max_length=200, blank=True, db_default="")
    photos_told = models.JSONField(default=list, db_default=[])
    content_hash = models.CharField(max_length=64)
    written_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = "公开稿"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="inbox_publication_version_number")
        ]
        indexes = [
            GinIndex(fields=["title"], name="inbox_public_title_trgm", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["question"], name="inbox_public_question_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 稿"

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from zhijian.publishing.enums import DeliveryState, Verdict


class Delivery(models.Model):
    """One push to one account: an ordered list of approved revisions. The row is the truth; the queue only hurries it.

    `key` is the idempotency key: it goes out as the marker by which drafts and publications are recognised when they
    are read back. `addresses` are our own public addresses as they were when sending began, so that what is sent stays
    the same to the byte. `progress` is what the connector has done so far (uploaded pictures, draft, publication),
    saved before every change on the platform and after every step. `next_attempt_at` is when a worker looks again;
    empty: nobody needs to. `lease` keeps two workers apart; one that ran out may be taken over.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey("channels.Connection", on_delete=models.PROTECT, related_name="+")
    connector = models.CharField(max_length=32)
    state = models.CharField("状态", max_length=16, choices=DeliveryState, default=DeliveryState.PLANNED)
    key = models.CharField(max_length=64, unique=True)
    title = models.CharField("标题", max_length=120)
    planned_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    scheduled_at = models.DateTimeField("发布时间")
    started_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    addresses = models.JSONField(default=dict)
    payload_hash = models.CharField(max_length=64, blank=True)
    progress = models.JSONField(default=dict)
    receipt = models.JSONField(default=dict)
    read_back_first = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    problem_kind = models.CharField(max_length=32, blank=True)
    problem = models.CharField(max_length=400, blank=True)
    proof_url = models.URLField("发布地址", max_length=500, blank=True)
    proof_file = models.CharField("截图", max_length=64, blank=True)

    class Meta:
        verbose_name = "发布任务"
        indexes = [
            models.Index(fields=["organisation", "state", "-planned_at"], name="publishing_delivery_list"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="publishing_delivery_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"


class DeliveryItem(models.Model):
    """One piece of a push, in its place. PostgreSQL refuses a row whose revision is not approved (migration 0002).

    `files` are the pictures the revision shows: what is out on the website may be seen by everybody, these included.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey("content.Article", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey("content.Revision", on_delete=models.PROTECT, related_name="+")
    version_hash = models.CharField(max_length=64)
    title = models.CharField("标题", max_length=120)
    files = ArrayField(models.CharField(max_length=64), default=list)
    is_live = models.BooleanField(default=True)
    url = models.URLField(max_length=500, blank=True)

    class Meta:
        verbose_name = "发布内容"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "position"], name="publishing_item_position"),
            models.UniqueConstraint(
                fields=["account", "revision"], condition=Q(is_live=True), name="publishing_revision_once_per_account"
            ),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=8), name="publishing_item_place"),
        ]
        indexes = [GinIndex(fields=["files"], name="publishing_item_files")]

    def __str__(self) -> str:
        return f"{self.delivery_id}.{self.position}"


class Sighting(models.Model):
    """What one person saw on the platform of a delivery whose result reading back cannot tell; two make a verdict."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="sightings")
    person = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField("看到", max_length=8, choices=Verdict)
    url = models.URLField(max_length=500, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "人工核对"
        constraints = [models.UniqueConstraint(fields=["delivery", "person"], name="publishing_sighting_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.verdict}"


class StrayDraft(models.Model):
    """A draft of ours found on the platform that no open delivery needs: listed for a person, cleaned by an act."""

    connection = models.ForeignKey("channels.Connection", on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    draft_id = models.CharField(max_length=128)
    title = models.CharField("标题", max_length=120)
    key = models.CharField(max_length=64, blank=True)
    found_at = models.DateTimeField()
    cleaned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "滞留草稿"
        constraints = [models.UniqueConstraint(fields=["connection", "draft_id"], name="publishing_stray_once")]

    def __str__(self) -> str:
        return self.title


class PlatformEvent(models.Model):
    """A callback of a platform, kept once however often it came; events are hints, reading back is the truth."""

    connection = models.ForeignKey("channels.Connection", on_delete=models.CASCADE, related_name="+")
    dedupe_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "平台回调"
        constraints = [models.UniqueConstraint(fields=["connection", "dedupe_key"], name="publishing_event_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe_key}"

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One act. Rows are only ever inserted: a trigger refuses UPDATE, DELETE and TRUNCATE.

    `data` holds ids, codes and keyed digests, never personal text, so that erasing a person and keeping the log
    do not fight.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
    name = models.CharField(max_length=64)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=64, blank=True)
    organisation_id = models.BigIntegerField(null=True)
    thing_kind = models.CharField(max_length=64)
    thing_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    request = models.CharField(max_length=32, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = "操作记录"
        indexes = [
            models.Index(fields=["thing_kind", "thing_id", "id"], name="audit_event_thing"),
            models.Index(fields=["organisation_id", "-id"], name="audit_event_body"),
            models.Index(fields=["actor_id", "-id"], name="audit_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.thing_kind} {self.thing_id}"


class Seal(models.Model):
    """One link of the hash chain over a batch of events, in the order of `Event.id` within the batch's list.

    `digest` = SHA-256 over the previous digest and the canonical form of every event of the batch. `event_ids`
    names the batch exactly, because ids of transactions that end late may lie below ids sealed before.
    """

    id = models.BigAutoField(primary_key=True)
    sealed_at = models.DateTimeField()
    event_ids = models.JSONField()
    count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = "封存"

    def __str__(self) -> str:
        return f"{self.id} {self.digest[:12]}"


class SealedEvent(models.Model):
    """Marks which seal an event lies under; a row of its own because events never change."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT)

    class Meta:
        verbose_name = "封存明细"

    def __str__(self) -> str:
        return f"{self.event_id} → {self.seal_id}"

from __future__ import annotations

from django.db import models


class RepeatableCall(models.Model):
    """A call that carried an Idempotency-Key: what was asked, as a digest, and which thing came of it.

    `caller` is `token:<id>` or, for a browser, `person:<id>`; `thing_id` is None only inside the transaction that
    carries the call out.
    """

    caller = models.CharField(max_length=32)
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    thing_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "可重复的调用"
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="api_key_once")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"

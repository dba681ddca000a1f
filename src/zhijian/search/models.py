from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Wording(models.Model):
    """One way of asking for one thing. `thing_kind` is `room.thing`; the room above makes and drops its own rows.

    `plain` and `grams` are those of `lib.wording`. `organisation_path` is the path of the owning body. It is read far
    more often than written, so that the indexes keep no list of pending rows that every search would go through.
    """

    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    organisation_path = models.CharField(max_length=400)
    is_public = models.BooleanField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    text = models.CharField(max_length=300)
    plain = models.CharField(max_length=300)
    grams = ArrayField(models.CharField(max_length=300))
    gram_count = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "问法"
        indexes = [
            models.Index(fields=["thing_kind", "thing_id"], name="search_wording_thing"),
            GinIndex(fields=["grams"], name="search_wording_grams", fastupdate=False),
            GinIndex(fields=["plain"], name="search_wording_plain", opclasses=["gin_trgm_ops"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.text

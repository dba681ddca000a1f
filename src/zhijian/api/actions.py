"""Calls that a program may repeat without fear: what a lost answer leaves open is done once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.api.models import RepeatableCall
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = timedelta(hours=24)
SWEPT_AT_ONCE = 200


class KeyUsedOtherwise(Exception):  # noqa: N818 - reads as what happened
    """The same key came before with another body."""


@transaction.atomic
def once(*, caller: str, key: str, digest: str, act: Callable[[], int]) -> int:
    """Carry out `act` and keep the id it returns under the caller's key; a repeated call gets the same id.

    Of two calls at once the second waits at the unique key until the first is committed, then finds its id; where the
    first was refused and rolled back, the second acts. Kept for 24 hours. Raises KeyUsedOtherwise when the key was
    sent with another body, and whatever `act` raises.
    """
    _forget_old(caller, key)
    row = RepeatableCall(caller=caller, key=key, digest=digest, created_at=clock.now())
    RepeatableCall.objects.bulk_create([row], ignore_conflicts=True)
    kept = RepeatableCall.objects.select_for_update().get(caller=caller, key=key)
    if kept.digest != digest:
        raise KeyUsedOtherwise("这个 Idempotency-Key 已经用于另一个内容。内容改了，请换一个新的键。")
    if kept.thing_id is None:
        kept.thing_id = act()
        kept.save(update_fields=["thing_id"])
    return kept.thing_id


def _forget_old(caller: str, key: str) -> None:
    old = RepeatableCall.objects.filter(created_at__lt=clock.now() - KEPT)
    old.filter(caller=caller, key=key).delete()
    others = old.select_for_update(skip_locked=True).values("pk")[:SWEPT_AT_ONCE]
    RepeatableCall.objects.filter(pk__in=list(others.values_list("pk", flat=True))).delete()

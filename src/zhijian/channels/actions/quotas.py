"""The platform's daily counters, kept here as well: reserved before a call, given back when it was not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from zhijian.channels.enums import QUOTA_NAMES, STEP_QUOTAS
from zhijian.channels.models import Connection, QuotaUse
from zhijian.channels.queries import day_start, quota_limits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from zhijian.connectors.contract import QuotaLeft


class QuotaSpent(Exception):  # noqa: N818 - reads as what happened
    """A daily quota of the platform is used up; `sentence` tells a person."""

    def __init__(self, name: str) -> None:
        self.sentence = f"今天的{QUOTA_NAMES.get(name, name)}次数已用完，明天零点后自动继续。"
        super().__init__(self.sentence)


@transaction.atomic
def reserve(connection: Connection, step: str) -> int | None:
    """Take one of the quota a step of the connector uses; return the id to give it back with, None where none counts.

    Two workers cannot both take the last one: the counter is compared and raised in one statement. Raises QuotaSpent.
    """
    name = STEP_QUOTAS.get(connection.connector, {}).get(step)
    limit = quota_limits(connection).get(name) if name else None
    if name is None or limit is None:
        return None
    row = _counter(connection, name, limit, day_start())
    taken = QuotaUse.objects.filter(pk=row.pk, used__lt=limit).update(used=F("used") + 1, limit=limit)
    if not taken:
        raise QuotaSpent(name)
    return row.pk


def refund(reservation: int | None) -> None:
    """Give back what was reserved for a call that was not made."""
    if reservation is not None:
        QuotaUse.objects.filter(pk=reservation, used__gt=0).update(used=F("used") - 1)


def adopt_counts(connection: Connection, counts: Iterable[QuotaLeft]) -> None:
    """Take over what the platform itself counted today, where that is more: its console counts too."""
    for one in counts:
        row = _counter(connection, one.name, one.limit, day_start())
        QuotaUse.objects.filter(pk=row.pk).update(
            used=Greatest(F("used"), min(one.used, one.limit)), limit=Greatest(F("used"), one.limit)
        )


def _counter(connection: Connection, name: str, limit: int, since: datetime) -> QuotaUse:
    row, _ = QuotaUse.objects.get_or_create(
        connection=connection, name=name, window_start=since, defaults={"limit": limit}
    )
    return row

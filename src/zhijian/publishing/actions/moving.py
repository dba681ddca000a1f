"""The one way a delivery's row moves: by compare-and-set, with its audit row, under the guard of the database."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery
from zhijian.publishing.queries import THING_KIND
from zhijian.publishing.signals import delivery_in_trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from zhijian.organisations.models import User

LEASE: Final = timedelta(minutes=2)
"""How long a worker may be silent: renewed before and after every step; after a dead one it is waited for."""
RUN_TASK: Final = "publishing.run_delivery"
LONGEST_PROBLEM: Final = 400
EVENTS: Final = {
    DeliveryState.SENDING: EventName.DELIVERY_STARTED,
    DeliveryState.SUBMITTED: EventName.DELIVERY_SUBMITTED,
    DeliveryState.UNKNOWN: EventName.DELIVERY_UNKNOWN,
    DeliveryState.PUBLISHED: EventName.DELIVERY_PUBLISHED,
    DeliveryState.MANUAL_PENDING: EventName.DELIVERY_HANDED_OFF,
    DeliveryState.REJECTED: EventName.DELIVERY_REJECTED,
    DeliveryState.FAILED: EventName.DELIVERY_FAILED,
    DeliveryState.CANCELLED: EventName.DELIVERY_CANCELLED,
    DeliveryState.REMOVED: EventName.DELIVERY_REMOVED,
}
TROUBLE: Final = (DeliveryState.UNKNOWN, DeliveryState.REJECTED, DeliveryState.FAILED)
NOT_LIVE: Final = (DeliveryState.REJECTED, DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.REMOVED)


class Overtaken(Exception):  # noqa: N818 - reads as what happened
    """Somebody else moved the delivery, or took over the lease: this worker stops at once."""


class ApprovalGone(Exception):  # noqa: N818 - reads as what happened
    """PostgreSQL refused: a piece of the delivery is not approved any more."""


def take_lease(delivery_id: int) -> str | None:
    """Take the right to work on a due delivery; None when it is not due, or somebody works on it."""
    now, lease = clock.now(), secrets.token_hex(16)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = Delivery.objects.filter(free, pk=delivery_id, next_attempt_at__lte=now)
    return lease if rows.update(lease=lease, lease_until=now + LEASE) else None


def give_back_lease(delivery_id: int, lease: str) -> None:
    """Let others work on the delivery again."""
    Delivery.objects.filter(pk=delivery_id, lease=lease).update(lease="", lease_until=None)


def keep(delivery: Delivery, **fields: Any) -> None:
    """Save fields of a delivery this worker holds, and renew its lease. Raises Overtaken, ApprovalGone."""
    rows = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease, state=delivery.state)
    with approval_guard():
        changed = rows.update(lease_until=clock.now() + LEASE if delivery.lease else None, **fields)
    if not changed:
        raise Overtaken
    _set(delivery, fields)


@transaction.atomic
def move(
    delivery: Delivery,
    state: DeliveryState,
    *,
    actor: User | None = None,
    event: EventName | None = None,
    data: dict[str, object] | None = None,
    **fields: Any,
) -> None:
    """Move a delivery to `state` if it still stands where it stood, write it down, keep its items' places in step.

    Raises Overtaken, ApprovalGone.
    """
    rows = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease, state=delivery.state)
    with approval_guard():
        changed = rows.update(state=state, **fields)
    if not changed:
        raise Overtaken
    before, delivery.state = delivery.state, state
    _set(delivery, fields)
    if state in NOT_LIVE:
        delivery.items.filter(is_live=True).update(is_live=False)
    record(
        event or EVENTS[state],
        actor=actor,
        organisation_id=delivery.organisation_id,
        thing_kind=THING_KIND,
        thing_id=delivery.pk,
        data={"from": str(before), **(data or {})},
    )
    if state in TROUBLE:
        delivery_in_trouble.send(sender=Delivery, delivery_id=delivery.pk)


@contextmanager
def approval_guard() -> Iterator[None]:
    """Turn the refusal of the database into ApprovalGone; everything else it refuses stays what it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "is not approved" in str(error):
            raise ApprovalGone from error
        raise


def hurry(delivery_id: int, *, at: datetime | None = None) -> None:
    """Ask a worker to look at a delivery at a moment (None: now). The row says the same: a lost job loses nothing."""
    seconds = max(0, int((at - clock.now()).total_seconds()) + 1) if at else 0
    job = app.configure_task(
        RUN_TASK,
        queueing_lock=f"delivery {delivery_id} {at.isoformat() if at else 'now'}",
        schedule_in={"seconds": seconds} if seconds else None,
    )
    try:
        with transaction.atomic():
            job.defer(delivery_id=delivery_id)
    except AlreadyEnqueued:
        return


def shorten(text: str) -> str:
    """Cut a sentence to what the row holds."""
    return text[:LONGEST_PROBLEM]


def _set(delivery: Delivery, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(delivery, name, value)

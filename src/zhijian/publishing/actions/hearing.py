"""What other rooms and platforms tell: an event hurries a look, a lost approval stops what has not begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from zhijian.connectors.contract import EventKind
from zhijian.lib import clock
from zhijian.publishing.actions.moving import Overtaken, hurry, move
from zhijian.publishing.actions.planning import LOST
from zhijian.publishing.enums import ON_THE_WAY, DeliveryState
from zhijian.publishing.models import Delivery, PlatformEvent

if TYPE_CHECKING:
    from zhijian.connectors.contract import InboundEvent


@transaction.atomic
def follow_event(*, connection_id: int, event: InboundEvent) -> bool:
    """Keep a "publishing finished" once and let a worker look at what it may concern; tell whether it was new.

    Nothing it says is believed: it may be lost, repeated, late, or forged by somebody who holds the token.
    """
    if event.kind is not EventKind.PUBLISH_FINISHED:
        return False
    facts = {"publish_id": event.publish_id, "status": event.publish_status, "article_id": event.article_id}
    kept, created = PlatformEvent.objects.get_or_create(
        connection_id=connection_id,
        dedupe_key=event.dedupe_key[:200],
        defaults={"kind": event.name[:40], "payload": facts, "received_at": clock.now()},
    )
    if created:
        concerned = _concerned(connection_id, event.publish_id)
        for delivery_id in concerned:
            hurry(delivery_id)
        # A worker that holds the delivery is about to write down its own time of the next look: it asks for us then.
        if Delivery.objects.filter(pk__in=concerned, lease="").exists():
            PlatformEvent.objects.filter(pk=kept.pk).update(handled_at=clock.now())
    return created


def _concerned(connection_id: int, publish_id: str) -> list[int]:
    """Make due what carries this job's number, and what was handed over without our hearing its number."""
    named = Q(progress__publish_id=publish_id) if publish_id else Q(pk__in=[])
    nameless = Q(state__in=ON_THE_WAY) & ~Q(progress__has_key="publish_id")
    rows = Delivery.objects.filter(named | nameless, connection=connection_id)
    rows = rows.filter(state__in=[*ON_THE_WAY, DeliveryState.PUBLISHED])
    ids = list(rows.values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids).update(next_attempt_at=clock.now())
    return ids


@transaction.atomic
def follow_lost_approval(*, article_id: int, content_hash: str) -> int:
    """Cancel what was planned with a version whose approval ended; return how many.

    A delivery that a worker is beginning at this moment is left to that worker: PostgreSQL refuses it there.
    """
    concerned = Delivery.objects.filter(
        items__article=article_id, items__version_hash=content_hash, state=DeliveryState.PLANNED
    )
    locked = Delivery.objects.select_for_update(skip_locked=True).filter(pk__in=concerned.values("pk"))
    cancelled = 0
    for delivery in locked:
        try:
            move(
                delivery, DeliveryState.CANCELLED, next_attempt_at=None, lease="", lease_until=None,
                problem_kind="approval", problem=LOST,
            )  # fmt: skip
        except Overtaken:
            continue
        cancelled += 1
    return cancelled

"""Writing the log and sealing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from zhijian.audit import chain
from zhijian.audit.events import EventName
from zhijian.audit.models import Event, Seal, SealedEvent
from zhijian.audit.queries import plain_event
from zhijian.audit.request import origin
from zhijian.lib import clock
from zhijian.lib.copying import copy_rows
from zhijian.lib.digests import GENESIS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEAL_LOCK = 0x5A4A_5EA1
BATCH = 5_000


def record(
    event: EventName,
    *,
    actor: Any,
    organisation_id: int | None,
    thing_kind: str,
    thing_id: object = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Write one audit row in the caller's transaction. `actor` is a User, or None for the system itself.

    `data` holds ids, codes and digests; personal text does not belong here. Raises RuntimeError outside a
    transaction: a row that could survive an act that was rolled back would be a lie.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit row is written inside the transaction of the act it tells of.")
    where = origin()
    Event.objects.create(
        at=clock.now(),
        name=str(event),
        actor_id=getattr(actor, "pk", None),
        actor_label=getattr(actor, "username", "") if actor else "system",
        organisation_id=organisation_id,
        thing_kind=thing_kind,
        thing_id=str(thing_id),
        address=where.address,
        request=where.request,
        data=dict(data or {}),
    )


@transaction.atomic
def record_export(
    *, actor: Any, what: str, file_format: str, rows: int, narrowed: Mapping[str, object] | None = None
) -> None:
    """Write down that a list left the system as a file: which, how many rows, and what it was narrowed by.

    `what` is the stable name of the list, `narrowed` its filters by key (codes and days, never typed text).
    """
    record(
        EventName.LIST_EXPORTED, actor=actor, organisation_id=getattr(actor, "organisation_id", None),
        thing_kind="list", thing_id=what, data={"format": file_format, "rows": rows, "narrowed": dict(narrowed or {})},
    )  # fmt: skip


def record_many(
    event: EventName, *, actor: Any, thing_kind: str, rows: Iterable[tuple[int | None, object, Mapping[str, object]]]
) -> None:
    """Write one audit row for each (organisation id, thing id, data) of a bulk act, in the caller's transaction.

    The same act on each thing, so the same promises as `record`. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit row is written inside the transaction of the act it tells of.")
    where, at = origin(), clock.now()
    copy_rows(
        [
            Event(
                at=at, name=str(event), actor_id=getattr(actor, "pk", None),
                actor_label=getattr(actor, "username", "") if actor else "system",
                organisation_id=organisation_id, thing_kind=thing_kind, thing_id=str(thing_id),
                address=where.address, request=where.request, data=dict(data),
            )
            for organisation_id, thing_id, data in rows
        ]
    )  # fmt: skip


@transaction.atomic
def seal_events() -> int:
    """Seal every committed event that lies under no seal yet, at most 5,000 in one go; return how many.

    A seal names its events one by one, so a row whose transaction ends late comes under the next seal, whatever its
    id. An advisory lock keeps two sealers apart; the second returns 0.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    batch = list(Event.objects.filter(sealedevent=None).order_by("id")[:BATCH])
    if batch:
        _seal(batch)
    return len(batch)


def _seal(batch: list[Event]) -> None:
    last = Seal.objects.order_by("-id").first()
    previous = last.digest if last else GENESIS
    seal = Seal.objects.create(
        sealed_at=clock.now(),
        event_ids=[event.pk for event in batch],
        count=len(batch),
        previous=previous,
        digest=chain.seal_digest(previous, (plain_event(event) for event in batch)),
    )
    SealedEvent.objects.bulk_create(SealedEvent(event=event, seal=seal) for event in batch)

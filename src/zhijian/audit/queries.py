"""Reading the log: the time line of a thing, the list for the audit administrator, exports and verification."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.audit import chain
from zhijian.audit.models import Event, Seal
from zhijian.lib.digests import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet


def plain_event(event: Event) -> dict[str, object]:
    """Return the sealed fields of `event` as plain JSON values; times in UTC to the microsecond."""
    return {
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "name": event.name,
        "actor_id": event.actor_id,
        "actor_label": event.actor_label,
        "organisation_id": event.organisation_id,
        "thing_kind": event.thing_kind,
        "thing_id": event.thing_id,
        "address": event.address,
        "request": event.request,
        "data": event.data,
    }


def events_of(*, thing_kind: str, thing_id: object) -> QuerySet[Event]:
    """Return everything that happened to one thing, oldest first. The caller has checked that it may be seen."""
    return Event.objects.filter(thing_kind=thing_kind, thing_id=str(thing_id)).order_by("id")


def all_events() -> QuerySet[Event]:
    """Return the whole log, newest first, for those who hold `audit:seal:verify`."""
    return Event.objects.order_by("-id")


def events_at(*, organisation_ids: Iterable[int], and_unowned: bool) -> QuerySet[Event]:
    """Return what happened at these bodies (a query of ids does), newest first; on demand what belongs to no body."""
    at = Q(organisation_id__in=organisation_ids)
    return Event.objects.filter(at | Q(organisation_id=None) if and_unowned else at).order_by("-id")


def export_lines() -> Iterator[str]:
    """Yield the log as JSON lines: every event, then every seal, for the offline verifier and the archive."""
    for event in Event.objects.order_by("id").iterator(chunk_size=2_000):
        yield canonical_json({"event": plain_event(event)})
    for seal in Seal.objects.order_by("id").iterator(chunk_size=200):
        yield canonical_json({"seal": plain_seal(seal)})


def plain_seal(seal: Seal) -> dict[str, object]:
    """Return a seal as plain JSON values."""
    return {
        "id": seal.pk,
        "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "event_ids": seal.event_ids,
        "count": seal.count,
        "previous": seal.previous,
        "digest": seal.digest,
    }


def verify_database(*, anchor: str = "") -> chain.Verdict:
    """Walk the chain over the rows in the database as they are now."""
    events, seals = chain.read_export(export_lines())
    return chain.verify(events, seals, anchor=anchor)

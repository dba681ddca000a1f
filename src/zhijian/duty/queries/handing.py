"""Handing over: what is open, between whom, and the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from zhijian.duty.models import Handover, LogEntry, Shift
from zhijian.duty.queries.alarms import open_alarms
from zhijian.duty.rules import AFTERWARDS, VIEWERS
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User

MOST_MATTERS: Final = 100


@dataclass(frozen=True, slots=True)
class Matter:
    """Something open that the next on duty must know of. `url` is a path of ours; no citizen's words in the title."""

    title: str
    url: str
    kind: str
    since: datetime


_sources: list[Callable[[Organisation], Sequence[Matter]]] = []


def register_matters(source: Callable[[Organisation], Sequence[Matter]]) -> None:
    """Let a room above tell what is open at a body; called once, when the rooms are loaded."""
    if source not in _sources:
        _sources.append(source)


def open_matters(organisation: Organisation) -> list[Matter]:
    """Return what is open at a body: its alarms, then what the rooms above tell of."""
    own = [
        Matter(alarm.title, f"/desk/duty/alarms/{alarm.pk}/", f"告警（{alarm.get_state_display()}）", alarm.raised_at)
        for alarm in open_alarms(organisation)
    ]
    return [*own, *(matter for source in _sources for matter in source(organisation))][:MOST_MATTERS]


def shift_to_hand_over(*, actor: User, organisation: Organisation) -> Shift | None:
    """Return the actor's shift at a body that stands now or has just ended, and is not handed over yet."""
    rows = Shift.objects.filter(
        organisation=organisation, person=actor, cancelled_at=None, starts_at__lte=clock.now(),
        ends_at__gt=clock.now() - AFTERWARDS,
    )  # fmt: skip
    given = Handover.objects.filter(organisation=organisation).values("shift")
    return rows.exclude(pk__in=given).select_related("organisation", "person").order_by("starts_at").first()


def visible_handovers(*, actor: User) -> QuerySet[Handover]:
    """Return the hand-overs of the actor's bodies, and those between the actor and another."""
    mine = Q(giver=actor) | Q(taker=actor)
    rows = Handover.objects.filter(in_scope(actor=actor, roles=VIEWERS) | mine)
    return rows.select_related("organisation", "giver", "taker", "shift")


def find_handover(*, actor: User, handover_id: int) -> Handover:
    """Return one hand-over of the actor's scope. Raises Missing."""
    row = visible_handovers(actor=actor).filter(pk=handover_id).first()
    if row is None:
        raise Missing
    return row


def visible_log(*, actor: User) -> QuerySet[LogEntry]:
    """Return the duty log of the actor's bodies."""
    rows = LogEntry.objects.filter(in_scope(actor=actor, roles=VIEWERS))
    return rows.select_related("organisation", "person", "corrects")

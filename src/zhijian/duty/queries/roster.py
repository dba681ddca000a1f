"""The roster: whose shift it is, where nobody is on duty, with whom one may swap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.duty.enums import SwapState
from zhijian.duty.models import Shift, Swap
from zhijian.duty.rules import VIEWERS
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import bodies_in_scope, holders, in_scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is on duty, at which body, since when and until when. `organisation` may lie above the one asked for."""

    organisation: Organisation
    person: User
    backup: User | None
    starts_at: datetime
    ends_at: datetime
    shift_id: int


def on_duty(*, organisation: Organisation, at: datetime | None = None) -> OnDuty | None:
    """Return who is on duty for a body at a moment (None: now): at itself, else at the nearest body above it.

    None when nobody is on duty on the whole line. Costs one query.
    """
    line = [organisation.pk, *organisation.ancestor_ids]
    rows = [shift for shift in _standing(at or clock.now()).filter(organisation__in=line) if shift.person.is_active]
    nearest = max(rows, key=lambda shift: len(shift.organisation.path), default=None)
    if nearest is None:
        return None
    backup = nearest.backup if nearest.backup is not None and nearest.backup.is_active else None
    return OnDuty(
        nearest.organisation, nearest.person, backup, nearest.starts_at, nearest.ends_at, nearest.pk
    )  # fmt: skip


def shift_at(organisation: Organisation, at: datetime) -> Shift | None:
    """Return the shift of the body itself that stands at a moment."""
    return _standing(at).filter(organisation=organisation).first()


def _standing(at: datetime) -> QuerySet[Shift]:
    rows = Shift.objects.filter(cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    return rows.select_related("organisation", "person__organisation", "backup__organisation")


def shifts_between(organisation: Organisation, start: datetime, end: datetime) -> list[Shift]:
    """Return the shifts of a body that touch a period, in order."""
    rows = Shift.objects.filter(organisation=organisation, cancelled_at=None, starts_at__lt=end, ends_at__gt=start)
    return list(rows.select_related("person", "backup").order_by("starts_at"))


def gaps(organisation: Organisation, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the stretches of a period in which nobody is on duty at the body."""
    found: list[tuple[datetime, datetime]] = []
    covered = start
    for shift in shifts_between(organisation, start, end):
        if shift.starts_at > covered:
            found.append((covered, shift.starts_at))
        covered = max(covered, shift.ends_at)
    return [*found, (covered, end)] if covered < end else found


def next_shift(shift: Shift) -> Shift | None:
    """Return the shift that follows another one at its body, whenever it begins."""
    rows = Shift.objects.filter(
        organisation_id=shift.organisation_id, cancelled_at=None, starts_at__gte=shift.ends_at
    )  # fmt: skip
    return rows.select_related("person", "backup").order_by("starts_at").first()


def month_start(year: int, month: int) -> datetime:
    """Return the first moment of a month in Beijing; months past December count into the next year."""
    years, left = divmod(month - 1, 12)
    return datetime.combine(date(year + years, left + 1, 1), time(0, 0), tzinfo=clock.BEIJING)


def duty_bodies(*, actor: User) -> QuerySet[Organisation]:
    """Return the bodies whose roster this person may see."""
    return bodies_in_scope(actor=actor, roles=VIEWERS)


def visible_shifts(*, actor: User) -> QuerySet[Shift]:
    """Return the shifts of the actor's bodies, and the actor's own wherever they are; cancelled ones are left out."""
    rows = Shift.objects.filter(in_scope(actor=actor, roles=VIEWERS) | Q(person=actor), cancelled_at=None)
    return rows.select_related("organisation", "person", "backup")


def find_shift(*, actor: User, shift_id: int) -> Shift:
    """Return one shift of the actor's scope. Raises Missing."""
    row = visible_shifts(actor=actor).filter(pk=shift_id).first()
    if row is None:
        raise Missing
    return row


def find_swap(*, actor: User, swap_id: int) -> Swap:
    """Return a swap the actor asked for, is asked for, or may see by its shift. Raises Missing."""
    mine = Q(asked_by=actor) | Q(asked_of=actor) | Q(shift__in=visible_shifts(actor=actor))
    rows = Swap.objects.filter(mine, pk=swap_id)
    row = rows.select_related(
        "shift__organisation", "shift__person", "return_shift__person", "asked_by", "asked_of"
    ).first()
    if row is None:
        raise Missing
    return row


def candidates(organisation: Organisation) -> QuerySet[User]:
    """Return who can be put on the roster of a body: whoever works there."""
    return holders(organisation=organisation, roles=VIEWERS).order_by("display_name", "pk")


def swappable(shift: Shift) -> list[Shift]:
    """Return the coming shifts of others at the same body that could be taken in return."""
    rows = Shift.objects.filter(
        organisation_id=shift.organisation_id, cancelled_at=None, starts_at__gt=clock.now()
    ).exclude(person_id=shift.person_id)
    rows = rows.exclude(swaps__state=SwapState.ASKED)
    return list(rows.select_related("person").order_by("starts_at")[:60])

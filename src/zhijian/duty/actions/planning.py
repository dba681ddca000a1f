"""Turning an ordered list of people into shifts: pure, so that it can be tried with every list and every month."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from zhijian.duty.enums import ShiftKind
from zhijian.lib import clock
from zhijian.policy.enums import DayKind
from zhijian.policy.queries import load_calendars

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS = {DayKind.WEEKEND: ShiftKind.WEEKEND, DayKind.HOLIDAY: ShiftKind.HOLIDAY}


@dataclass(frozen=True, slots=True)
class Planned:
    """One shift to be: people by id; `backup` None with one person alone."""

    person: int
    backup: int | None
    kind: ShiftKind
    starts_at: datetime
    ends_at: datetime


def day_kinds(first: date, last: date) -> dict[date, ShiftKind]:
    """Return what each day is by the holiday notices; a make-up day (调休上班) is a working day like any other.

    Days of a year without a notice are guessed by weekends and fixed holidays, as the calendar tells them.
    """
    calendar = load_calendars(settings.ZHIJIAN_CALENDARS)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: KINDS.get(calendar.estimate(day).kind, ShiftKind.WORKING) for day in days}


def estimated_years(years: Iterable[int]) -> list[int]:
    """Return those years, in order, for which no holiday notice is stored: `day_kinds` only guesses their days."""
    return sorted(set(years) - load_calendars(settings.ZHIJIAN_CALENDARS).years)


def plan_days(
    *,
    people: Sequence[int],
    days: Mapping[date, ShiftKind],
    handover: time,
    before: Sequence[tuple[ShiftKind, int]] = (),
) -> list[Planned]:
    """Give every day to one person, each from `handover` to the next day's.

    Working days, weekends and holidays go round separately, so that nobody gets all the holidays. `before` are the
    last shifts, oldest first: each round goes on where it stood. Of two people or more, nobody has two days running;
    the next on the list is the backup. Raises ValueError for an empty list, for one with a repeat, and for days with
    a hole between them.
    """
    if not people or len(set(people)) != len(people):
        raise ValueError("The list names each person once.")
    rounds = {kind: _round(people, [person for other, person in before if other is kind]) for kind in ShiftKind}
    last = before[-1][1] if before else None
    shifts: list[Planned] = []
    for day in sorted(days):
        start = datetime.combine(day, handover, tzinfo=clock.BEIJING)
        if shifts and shifts[-1].ends_at != start:
            raise ValueError("The days follow each other.")
        person = _take(rounds[days[day]], last)
        backup = people[(people.index(person) + 1) % len(people)] if len(people) > 1 else None
        shifts.append(Planned(person, backup, days[day], start, start + timedelta(days=1)))
        last = person
    return shifts


def _round(people: Sequence[int], done: Sequence[int]) -> deque[int]:
    """Return the order of one round: whoever had their turn last comes last."""
    order = deque(people)
    known = [person for person in done if person in people]
    if known:
        order.rotate(-(people.index(known[-1]) + 1))
    return order


def _take(order: deque[int], last: int | None) -> int:
    """Take the next of a round who was not on duty the day before, and put them at its end."""
    person = next((one for one in order if one != last), order[0])
    order.remove(person)
    order.append(person)
    return person

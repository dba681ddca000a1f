"""Making and changing the roster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.duty.actions.planning import day_kinds, plan_days
from zhijian.duty.enums import ShiftKind, SwapState
from zhijian.duty.models import Shift, Swap
from zhijian.duty.queries.roster import candidates, find_shift, month_start, shifts_between
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.duty.actions.planning import Planned
    from zhijian.organisations.models import Organisation, User

LONGEST_SHIFT: Final = timedelta(days=7)
LOOKED_BACK: Final = timedelta(days=100)
OVERLAP: Final = "这段时间已经排了别的班，一个时刻只能有一位值班人员。请先改或取消原来的班。"


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """What a month is made from. `replace`: shifts of the month that have not begun give way."""

    year: int
    month: int
    people: tuple[int, ...]
    handover: time
    replace: bool = False


@transaction.atomic
def generate_month(*, actor: User, organisation: Organisation, plan: MonthPlan) -> list[Shift]:
    """Fill a month from an ordered list of people; days that have begun stay as they are. Raises Refused."""
    reasons = why_not(Permission.DUTY_ROSTER_MANAGE, actor=actor, thing=organisation)
    reasons += _bad_people(organisation, plan.people)
    if not plan.people:
        reasons.append("请至少选一位值班人员。")
    if reasons:
        raise Refused(reasons)
    start, end = (month_start(plan.year, plan.month + step) + _since_midnight(plan.handover) for step in (0, 1))
    free = _first_free(organisation, start, end, replace=plan.replace, actor=actor)
    first = free.date()
    days = day_kinds(first, (end - timedelta(days=1)).date())
    planned = plan_days(
        people=plan.people, days=days, handover=plan.handover, before=_before(organisation, first)
    ) if days else []  # fmt: skip
    rows = _save_all(organisation, [replace(one, starts_at=max(one.starts_at, free)) for one in planned])
    _record(EventName.DUTY_ROSTER_GENERATED, "duty.roster", organisation.pk, organisation.pk, actor,
            {"month": f"{plan.year}-{plan.month:02}", "shifts": len(rows), "people": list(plan.people)})  # fmt: skip
    return rows


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _first_free(organisation: Organisation, start: datetime, end: datetime, *, replace: bool, actor: User) -> datetime:
    """Clear what may be cleared and return from when on to fill, in Beijing time. Raises Refused.

    The last shift of the month before stays as it is: a month with an earlier hand-over begins where that shift ends.
    """
    now = clock.now()
    if end <= now:
        raise Refused("这个月已经过去，不能再排。")
    standing = shifts_between(organisation, start, end)
    own = [shift for shift in standing if shift.starts_at >= start]
    if own and not replace:
        raise Refused(f"这个月已经排了 {len(own)} 班。要重新排，请勾选“替换还没有开始的班次”。")
    for shift in own:
        if shift.starts_at > now:
            _cancel(shift, actor)
    kept = [shift.ends_at for shift in standing if shift not in own or shift.starts_at <= now]
    if kept:
        return max([start, *kept]).astimezone(clock.BEIJING)
    midnight = datetime.combine(now.astimezone(clock.BEIJING).date(), time(), tzinfo=clock.BEIJING)
    return max(start.astimezone(clock.BEIJING), midnight)


def _before(organisation: Organisation, first: date) -> list[tuple[ShiftKind, int]]:
    until = datetime.combine(first, time(23, 59), tzinfo=clock.BEIJING)
    rows = Shift.objects.filter(
        organisation=organisation, cancelled_at=None, starts_at__lt=until, starts_at__gt=until - LOOKED_BACK
    ).order_by("starts_at")  # fmt: skip
    return [(ShiftKind(kind), person) for kind, person in rows.values_list("kind", "person")]


def _save_all(organisation: Organisation, planned: Sequence[Planned]) -> list[Shift]:
    rows = [
        Shift(
            organisation=organisation, kind=one.kind, person_id=one.person, backup_id=one.backup,
            starts_at=one.starts_at, ends_at=one.ends_at,
        )
        for one in planned
    ]  # fmt: skip
    try:
        with transaction.atomic():
            return Shift.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Refused(OVERLAP) from error


def _bad_people(organisation: Organisation, people: Sequence[int | None]) -> list[str]:
    wanted = {person for person in people if person is not None}
    reasons = [] if len([one for one in people if one is not None]) == len(wanted) else ["同一个人选了两次，请核对。"]
    known = set(candidates(organisation).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - known:
        reasons.append(f"有人不在{organisation}工作，不能排进值班表。")
    return reasons


@transaction.atomic
def add_shift(
    *, actor: User, organisation: Organisation, person: int, backup: int | None, starts_at: datetime, ends_at: datetime
) -> Shift:
    """Put one shift on the roster. Raises Refused with every reason."""
    reasons = why_not(Permission.DUTY_ROSTER_MANAGE, actor=actor, thing=organisation)
    reasons += _bad_people(organisation, [person, backup])
    if not starts_at < ends_at <= starts_at + LONGEST_SHIFT:
        reasons.append("结束要晚于开始，一班最长 7 天。")
    if ends_at <= clock.now():
        reasons.append("这一班已经过去，不能再排。")
    if reasons:
        raise Refused(reasons)
    day = starts_at.astimezone(clock.BEIJING).date()
    row = Shift(
        organisation=organisation, kind=day_kinds(day, day)[day], person_id=person, backup_id=backup,
        starts_at=starts_at, ends_at=ends_at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(OVERLAP) from error
    _record(EventName.DUTY_SHIFT_CREATED, "duty.shift", row.pk, organisation.pk, actor, {"person": person})
    return row


def why_not_change(*, actor: User, shift: Shift) -> list[str]:
    """Give every reason why this person cannot put others on a shift, or cancel it."""
    reasons = why_not(Permission.DUTY_ROSTER_MANAGE, actor=actor, thing=shift.organisation)
    if shift.cancelled_at is not None:
        reasons.append("这一班已经取消。")
    if shift.ends_at <= clock.now():
        reasons.append("这一班已经结束，不能再改。")
    return reasons


@transaction.atomic
def change_shift(*, actor: User, shift_id: int, person: int, backup: int | None) -> Shift:
    """Put others on a shift; a swap that was asked for it ends. Raises Refused, Missing."""
    row = _locked(actor, shift_id)
    reasons = why_not_change(actor=actor, shift=row) or _bad_people(row.organisation, [person, backup])
    if reasons:
        raise Refused(reasons)
    row.person_id, row.backup_id = person, backup
    row.save(update_fields=["person", "backup"])
    _end_swaps(row)
    _record(EventName.DUTY_SHIFT_CHANGED, "duty.shift", row.pk, row.organisation_id, actor, {"person": person})
    return row


@transaction.atomic
def cancel_shift(*, actor: User, shift_id: int) -> Shift:
    """Take a shift that has not begun off the roster. Raises Refused, Missing."""
    row = _locked(actor, shift_id)
    reasons = why_not_change(actor=actor, shift=row)
    if row.starts_at <= clock.now():
        reasons.append("这一班已经开始，不能取消，可以改由别人来值。")
    if reasons:
        raise Refused(reasons)
    _cancel(row, actor)
    return row


def _cancel(row: Shift, actor: User) -> None:
    row.cancelled_at = clock.now()
    row.save(update_fields=["cancelled_at"])
    _end_swaps(row)
    _record(EventName.DUTY_SHIFT_CANCELLED, "duty.shift", row.pk, row.organisation_id, actor, {})


def _end_swaps(row: Shift) -> None:
    asked = Swap.objects.filter(shift=row, state=SwapState.ASKED)
    asked.update(state=SwapState.WITHDRAWN, decided_at=clock.now())


def _locked(actor: User, shift_id: int) -> Shift:
    find_shift(actor=actor, shift_id=shift_id)
    rows = Shift.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation").get(pk=shift_id)


def _record(
    event: EventName, thing_kind: str, thing_id: int, organisation_id: int, actor: User, data: dict[str, object]
) -> None:
    record(event, actor=actor, organisation_id=organisation_id, thing_kind=thing_kind, thing_id=thing_id, data=data)

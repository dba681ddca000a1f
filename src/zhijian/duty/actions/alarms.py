"""Alarms: raised once, called up the line until somebody answers, closed with a word on what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.duty.enums import AlarmKind, AlarmState, AlarmStep
from zhijian.duty.models import Alarm, Call
from zhijian.duty.queries.alarms import due_alarms, find_alarm
from zhijian.duty.queries.roster import on_duty
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.actions import notify
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holders, pack_codes, supervising_body
from zhijian.policy.queries import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.organisations.models import Organisation, User

WAIT_KEY: Final = "duty.acknowledge_minutes"
IN_CHARGE: Final = (Role.DUTY_OFFICER, Role.HEAD, Role.SUPERVISING_OFFICER)
AT_ONCE: Final = 200


@transaction.atomic
def alarm(*, organisation: Organisation, kind: str, title: str, url: str, key: str) -> Alarm:
    """Raise an alarm at a body and call who is on duty; while one with this key is not closed, return that one.

    `title` goes outside and holds nothing of a citizen's; `url` is a path of ours. Raises ValueError for an unknown
    kind or an address that is no path.
    """
    row, created = Alarm.objects.exclude(state=AlarmState.CLOSED).get_or_create(
        organisation=organisation, key=key[:120],
        defaults={"kind": AlarmKind(kind), "title": title[:120], "url": url, "raised_at": clock.now()},
    )  # fmt: skip
    if created:
        _record(EventName.DUTY_ALARM_RAISED, row, None, {"kind": row.kind})
        _call_from(row, AlarmStep.DUTY)
    return row


@transaction.atomic
def acknowledge_alarm(*, actor: User, alarm_id: int) -> Alarm:
    """Take an alarm on: nobody else is called. Raises Refused (the second is told who was first), Missing."""
    row = _locked(actor, alarm_id)
    require(Permission.DUTY_ALARM_HANDLE, actor=actor, thing=row)
    if row.state == AlarmState.ACKNOWLEDGED:
        raise Refused(f"{row.acknowledged_by}已经在办这条告警。")
    row.state, row.acknowledged_by, row.acknowledged_at = AlarmState.ACKNOWLEDGED, actor, clock.now()
    row.next_step_at = None
    row.save(update_fields=["state", "acknowledged_by", "acknowledged_at", "next_step_at"])
    _record(EventName.DUTY_ALARM_ACKNOWLEDGED, row, actor, {"step": row.step})
    return row


@transaction.atomic
def close_alarm(*, actor: User, alarm_id: int, outcome: str) -> Alarm:
    """Close an alarm with a word on what was done. Raises Refused, Missing."""
    row = _locked(actor, alarm_id)
    require(Permission.DUTY_ALARM_HANDLE, actor=actor, thing=row)
    if not outcome.strip():
        raise Refused("请写一句处理结果，接班的人要看。")
    row.state, row.closed_by, row.closed_at = AlarmState.CLOSED, actor, clock.now()
    row.outcome, row.next_step_at = outcome.strip()[:400], None
    row.save(update_fields=["state", "closed_by", "closed_at", "outcome", "next_step_at"])
    _record(EventName.DUTY_ALARM_CLOSED, row, actor, {})
    return row


def escalate_due() -> int:
    """Call the next in line for every alarm nobody answered in time; return for how many."""
    return sum(_escalate(alarm_id) for alarm_id in due_alarms().values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _escalate(alarm_id: int) -> bool:
    row = due_alarms().select_for_update(no_key=True, of=("self",), skip_locked=True).filter(pk=alarm_id).first()
    if row is None:
        return False
    called = _call_from(row, AlarmStep(row.step + 1)) if row.step < AlarmStep.SUPERVISING else False
    if called:
        _record(EventName.DUTY_ALARM_ESCALATED, row, None, {"step": row.step})
    else:
        Alarm.objects.filter(pk=row.pk).update(next_step_at=None)
    return called


def _call_from(row: Alarm, step: AlarmStep) -> bool:
    """Call at this step, or at the first one after it where somebody can be called who was not yet."""
    known = set(Call.objects.filter(alarm=row).values_list("person", flat=True))
    for one in AlarmStep:
        fresh = [person for person in _people(row, one) if person.pk not in known] if one >= step else []
        if fresh:
            _call(row, one, fresh)
            return True
    return False


def _call(row: Alarm, step: AlarmStep, people: list[User]) -> None:
    now = clock.now()
    Call.objects.bulk_create(Call(alarm=row, person=person, step=step, at=now) for person in people)
    row.step = step
    row.next_step_at = now + _wait(row.organisation)
    row.save(update_fields=["step", "next_step_at"])
    notify(
        people=people, kind=NoticeKind.ALARM, title=f"{row.organisation.short_name}：{row.title}",
        url=f"/desk/duty/alarms/{row.pk}/", dedup_key=f"duty.alarm {row.pk} {step}",
    )  # fmt: skip


def _people(row: Alarm, step: AlarmStep) -> Iterable[User]:
    """Return who is called at a step. Where a roster has a hole, those in charge of the body stand in."""
    body = row.organisation
    if step is AlarmStep.SUPERVISING:
        above = supervising_body(body)
        return _on_duty_or_in_charge(above) if above is not None else []
    if step is AlarmStep.DUTY:
        return _on_duty_or_in_charge(body)
    found = on_duty(organisation=body)
    return [found.backup] if found and found.backup else []


def _on_duty_or_in_charge(body: Organisation) -> list[User]:
    found = on_duty(organisation=body)
    if found is not None:
        return [found.person]
    return list(holders(organisation=body, roles=IN_CHARGE).select_related("organisation"))


def _wait(body: Organisation) -> timedelta:
    minutes = resolve(pack_codes(body), on=clock.today()).value(WAIT_KEY, level=body.level, body_kind=body.kind).value
    return timedelta(minutes=int(minutes))


def _locked(actor: User, alarm_id: int) -> Alarm:
    find_alarm(actor=actor, alarm_id=alarm_id)
    rows = Alarm.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "acknowledged_by").get(pk=alarm_id)


def _record(event: EventName, row: Alarm, actor: User | None, data: dict[str, object]) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind="duty.alarm", thing_id=row.pk, data=data
    )  # fmt: skip

"""Starting, stopping and recounting the clocks of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from zhijian.audit.events import EventName
from zhijian.inbox.actions.moving import lock, note_change, record_case, write_entry
from zhijian.inbox.enums import OPEN_STATES, EntryKind
from zhijian.inbox.models import Case, Clock, Pause
from zhijian.inbox.queries.clocks import Computed, calendar, compute, deadline_of, policy_pauses, running_clock
from zhijian.lib import clock
from zhijian.policy.queries import moment_text, recompute

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from zhijian.organisations.models import Organisation
    from zhijian.policy.queries import Pause as PolicyPause


def start_clock(case: Case, *, organisation: Organisation, start: datetime, extended: int = 0) -> Clock:
    """End the clock that runs, if any, and start one for a body. The caller puts `due_at` on the case."""
    Clock.objects.filter(case=case, ended_at=None).update(ended_at=clock.now())
    pauses = policy_pauses([pause for pause in Pause.objects.filter(case=case) if pause.started_at >= start])
    row = clock_of(organisation=organisation, kind=case.kind, start=start, pauses=pauses, extended=extended)
    row.case = case
    row.save(force_insert=True)
    return row


def clock_of(
    *, organisation: Organisation, kind: str, start: datetime, pauses: Sequence[PolicyPause] = (), extended: int = 0
) -> Clock:
    """Return a clock that belongs to no case yet and is not kept: a new case takes its `due_at` with it."""
    computed = compute(organisation=organisation, kind=kind, start=start, pauses=pauses, extended=extended)
    return Clock(organisation=organisation, started_at=start, extended_days=extended, **_facts(computed))


def recount(case: Case, *, extended: int | None = None) -> Clock | None:
    """Count the running clock of a locked case anew, with its pauses and extension; the row and the case follow."""
    row = running_clock(case)
    if row is None:
        return None
    row.extended_days = row.extended_days if extended is None else extended
    pauses = policy_pauses([pause for pause in Pause.objects.filter(case=case) if pause.started_at >= row.started_at])
    computed = compute(
        organisation=row.organisation, kind=case.kind, start=row.started_at, pauses=pauses, extended=row.extended_days
    )
    for name, value in _facts(computed).items():
        setattr(row, name, value)
    row.save()
    case.due_at = row.due_at
    return row


def stop_clock(case: Case) -> None:
    """End the clock that runs: the matter is answered."""
    Clock.objects.filter(case=case, ended_at=None).update(ended_at=clock.now())


def recompute_running() -> int:
    """Lay the calendar of today over every running clock; return how many changed.

    A new holiday notice (`ZHIJIAN_CALENDARS`, or a new release) moves running deadlines; the history says which days
    changed and by which document. A clock counted by this very calendar is not looked at; a case whose steps stay the
    same is left alone.
    """
    other = ~Q(computed__has_key="calendar") | ~Q(computed__calendar=calendar().stamp)
    rows = Clock.objects.filter(other, ended_at=None, case__state__in=OPEN_STATES).order_by("case_id")
    return sum(recompute_case(case_id=pk) for pk in rows.values_list("case_id", flat=True))


@transaction.atomic
def recompute_case(*, case_id: int) -> bool:
    """Lay today's calendar over the running clock of one case; tell whether anything changed."""
    case = lock(case_id)
    row = running_clock(case) if case.state in OPEN_STATES else None
    if row is None:
        return False
    days = calendar()
    found = recompute(deadline_of(row), calendar=days, estimate=True)
    if [step.text for step in found.after.steps] == row.steps:
        row.computed = {**row.computed, "calendar": days.stamp}
        row.save(update_fields=["computed"])
        return False
    recount(case)
    note_change(case, due_at=case.due_at)
    text = f"放假安排有变化，期限重新计算。{found.text}"
    write_entry(case, EntryKind.RECOMPUTED, text, actor=None, is_public=found.moved)
    moved = {"before": found.before.due.isoformat(), "after": found.after.due.isoformat()}
    record_case(EventName.CASE_RECOMPUTED, case, None, moved)
    return True


def due_sentence(row: Clock) -> str:
    """Tell until when the body has."""
    return f"最迟{moment_text(row.due_at.astimezone(clock.BEIJING))}办完。"


def _facts(computed: Computed) -> dict[str, Any]:
    return {
        "rule_days": computed.rule_days,
        "rule_title": computed.rule_title,
        "rule_source": computed.rule_source[:200],
        "due_at": computed.due,
        "text": computed.text,
        "steps": list(computed.steps),
        "computed": computed.data,
    }

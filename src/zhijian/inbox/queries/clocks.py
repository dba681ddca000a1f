"""How long a body has, and why: the policy's rule counted over the working-day calendar, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from zhijian.inbox.models import Clock
from zhijian.lib import clock
from zhijian.organisations.queries import pack_codes
from zhijian.policy import queries as policy
from zhijian.policy.enums import StepKind, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.inbox.models import Case, Pause
    from zhijian.organisations.models import Organisation
    from zhijian.policy.queries import Calendar, Deadline, Policy

DEADLINE_KEY: Final = "reply.deadline_working_days"
EXTENSION_KEY: Final = "reply.extension_working_days"


@dataclass(frozen=True, slots=True)
class Computed:
    """A due time with its rule. `text` is the whole computation in Chinese, `steps` one line per calendar day."""

    due: datetime
    text: str
    steps: tuple[str, ...]
    data: dict[str, Any]
    rule_days: int
    rule_title: str
    rule_source: str


def rules_of(organisation: Organisation) -> Policy:
    """Return the policy in force at a body today."""
    return policy.resolve(pack_codes(organisation), on=clock.today())


def calendar() -> Calendar:
    """Return the working-day calendar, the operator's own notices included."""
    return policy.load_calendars(settings.ZHIJIAN_CALENDARS)


def compute(
    *, organisation: Organisation, kind: str, start: datetime, pauses: Sequence[policy.Pause] = (), extended: int = 0
) -> Computed:
    """Count the time for an answer from `start`; `extended` working days come on top of the rule's.

    A year without a holiday notice is estimated and says so (`policy` marks it). Raises PolicyError.
    """
    rules = rules_of(organisation)
    context = {"message_kind": kind, "level": organisation.level}
    ruled = policy.deadline_by_rule(
        rules, DEADLINE_KEY, start=start, calendar=calendar(), pauses=pauses, estimate=True, **context
    )
    found = ruled.deadline
    if extended:
        found = policy.add_working_days(
            start, ruled.rule.value + extended, calendar=calendar(), hours=policy.work_hours(rules), pauses=pauses,
            estimate=True,
        )  # fmt: skip
    longer = f"（规定 {ruled.rule.value} 个工作日，批准延长 {extended} 个工作日）" if extended else ""
    return Computed(
        due=found.due,
        text=f"{ruled.rule.text}{longer}{found.text}",
        steps=tuple(step.text for step in found.steps),
        data={**_as_data(found), "calendar": calendar().stamp},
        rule_days=ruled.rule.value,
        rule_title=ruled.rule.title,
        rule_source=ruled.rule.document.citation,
    )


def policy_pauses(pauses: Sequence[Pause]) -> tuple[policy.Pause, ...]:
    """Return the pauses as the calendar counts them; one that still runs ends, for now, at this moment."""
    return tuple(
        policy.Pause(pause.started_at, pause.ended_at or clock.now(), pause.reason, pause.ended_by_staff)
        for pause in pauses
    )


def extension_limit(case: Case) -> int:
    """Return how many working days a case may be extended at most."""
    return rules_of(case.organisation).integer(EXTENSION_KEY, message_kind=case.kind)


def running_clock(case: Case) -> Clock | None:
    """Return the clock that runs."""
    return Clock.objects.filter(case=case, ended_at=None).select_related("organisation").first()


def clocks_of(case: Case) -> list[Clock]:
    """Return the clock of every body that had the case, in order."""
    return list(Clock.objects.filter(case=case).select_related("organisation"))


def deadline_of(row: Clock) -> Deadline:
    """Return the computation a clock stands on, as `policy` counts with it."""
    data = row.computed
    hours = data["hours"]
    return policy.Deadline(
        start=datetime.fromisoformat(data["start"]),
        due=datetime.fromisoformat(data["due"]),
        amount=data["amount"],
        unit=Unit(data["unit"]),
        hours=policy.WorkHours(time.fromisoformat(hours[0]), time.fromisoformat(hours[1]), hours[2]),
        pauses=tuple(
            policy.Pause(datetime.fromisoformat(start), datetime.fromisoformat(end), reason, *ended)
            for start, end, reason, *ended in data["pauses"]
        ),
        steps=tuple(
            policy.Step(date.fromisoformat(on), StepKind(kind), number, reason, document)
            for on, kind, number, reason, document in data["steps"]
        ),
        certain=data["certain"],
    )


def _as_data(found: Deadline) -> dict[str, Any]:
    hours = found.hours or policy.WorkHours()
    return {
        "start": found.start.isoformat(),
        "due": found.due.isoformat(),
        "amount": found.amount,
        "unit": found.unit.value,
        "hours": [hours.opens.isoformat(), hours.closes.isoformat(), hours.late_counts_as_next_day],
        "pauses": [
            [pause.start.isoformat(), pause.end.isoformat(), pause.reason, pause.ended_by_office]
            for pause in found.pauses
        ],
        "steps": [
            [step.date.isoformat(), step.kind.value, step.number, step.reason, step.document] for step in found.steps
        ],
        "certain": found.certain,
    }

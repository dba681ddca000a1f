"""Writing down what a body has in a year."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.models import Organisation
from zhijian.resources.models import Statement

if TYPE_CHECKING:
    from zhijian.organisations.models import User

STATEMENT_KIND = "resources.statement"
# The year of the opinion that asks for all this (国办发〔2018〕123号).
FIRST_YEAR: Final = 2018
MOST_BUDGET: Final = Decimal("9999999999.99")
MOST_STAFF: Final = 9_999
CENT: Final = Decimal("0.01")
# What the log keeps of a changed field is the old figure; names and phones stay out of it.
FIGURES: Final = ("budget", "staff_count")


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A statement as somebody filled it in; what is empty is missing."""

    leader_name: str = ""
    leader_post: str = ""
    leader_phone: str = ""
    unit: str = ""
    budget: Decimal | None = None
    budget_source: str = ""
    staff_count: int | None = None
    staff_names: str = ""
    note: str = ""


def is_over(year: int) -> bool:
    """Tell whether a year is over."""
    return year < clock.today().year


def why_not_state(*, actor: User, organisation: Organisation, year: int) -> list[str]:
    """Give every reason why this person may not write the statement of a body for a year."""
    reasons = why_not(Permission.RESOURCES_KEEP, actor=actor, thing=organisation)
    if not FIRST_YEAR <= year <= clock.today().year:
        reasons.append(f"只能填 {FIRST_YEAR} 年到今年的保障情况。")
    return reasons


@transaction.atomic
def state_means(
    *, actor: User, organisation: Organisation, year: int, draft: StatementDraft, seen: int, reason: str = ""
) -> Statement:
    """Write down what a body has in a year; `seen` is the version the page showed, 0 for none.

    A year that is over wants a reason, which goes into the log. Raises Refused with every reason.
    """
    _check(actor, organisation, year, draft, reason)
    # The row of the body stands for a statement that is not there yet.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    row = Statement.objects.select_for_update().filter(organisation=organisation, year=year).first()
    if (row.version if row else 0) != seen:
        raise Refused("这一年的保障情况刚刚被别人改过。请重新打开，看过再改。")
    told = asdict(draft)
    before = {name: getattr(row, name) if row else None for name in told}
    changed = sorted(name for name, value in told.items() if before[name] != value)
    row = row or Statement(organisation=organisation, year=year, version=0)
    for name, value in told.items():
        setattr(row, name, value)
    row.late_reason = reason.strip() if is_over(year) else ""
    row.version, row.changed_by, row.changed_at = row.version + 1, actor, clock.now()
    row.save()
    event = EventName.RESOURCES_STATEMENT_AMENDED if is_over(year) else EventName.RESOURCES_MEANS_STATED
    _write_down(event, row, actor, changed, before)
    return row


def _write_down(event: EventName, row: Statement, actor: User, changed: list[str], before: dict[str, Any]) -> None:
    was = {name: None if before[name] is None else str(before[name]) for name in FIGURES if name in changed}
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind=STATEMENT_KIND, thing_id=row.pk,
        data={"year": row.year, "fields": changed, "was": was, "reason": row.late_reason},
    )  # fmt: skip


def _check(actor: User, organisation: Organisation, year: int, draft: StatementDraft, reason: str) -> None:
    require(Permission.RESOURCES_KEEP, actor=actor, thing=organisation)
    reasons = why_not_state(actor=actor, organisation=organisation, year=year)
    if is_over(year) and not reason.strip():
        reasons.append(f"{year} 年已经过去，补记或修改要写明原因。")
    budget, staff = draft.budget, draft.staff_count
    if budget is not None and not (0 <= budget <= MOST_BUDGET and budget == budget.quantize(CENT)):
        reasons.append("经费写到分，在 0 到 9,999,999,999.99 元之间。")
    if staff is not None and not 0 <= staff <= MOST_STAFF:
        reasons.append(f"专人在 0 到 {MOST_STAFF:,} 人之间。")
    if reasons:
        raise Refused(reasons)

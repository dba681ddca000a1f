"""The one way a finding changes: locked, compared, moved along its table of states and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.audit.actions import record
from zhijian.inspection.actions.verdicts import FINDING_KIND
from zhijian.inspection.enums import MOVES, Move
from zhijian.inspection.models import Finding
from zhijian.inspection.queries.findings import find_finding
from zhijian.inspection.rules import state_reasons
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.audit.events import EventName
    from zhijian.organisations.models import User

OVERTAKEN = "您打开这页以后，有人办过这个问题。请刷新页面，看过再办。"


def locked_finding(actor: User, finding_id: int, *, seen: int | None = None) -> Finding:
    """Return a finding of the actor's scope, locked until the transaction ends.

    `seen` is the version the page showed. Raises Missing, and Refused when somebody changed it since.
    """
    find_finding(actor=actor, finding_id=finding_id)
    finding = lock(finding_id)
    if seen is not None and finding.version != seen:
        raise Refused(OVERTAKEN)
    return finding


def lock(finding_id: int) -> Finding:
    """Return a finding locked until the transaction ends; the row first and alone, then what hangs on it."""
    Finding.objects.select_for_update(no_key=True).get(pk=finding_id)
    return Finding.objects.select_related("account__organisation", "order__issuer", "verdict").get(pk=finding_id)


def make_move(finding: Finding, move: Move, **fields: Any) -> None:
    """Move a locked finding along the table of states. Raises Refused when its state does not allow it."""
    reasons = state_reasons(finding, move)
    if reasons:
        raise Refused(reasons)
    note_change(finding, state=MOVES[move][1], **fields)


def note_change(finding: Finding, **fields: Any) -> None:
    """Change fields of a finding and count the change; nothing happens to one somebody else changed meanwhile."""
    rows = Finding.objects.filter(pk=finding.pk, version=finding.version, state=finding.state)
    fields = {**fields, "version": finding.version + 1}
    if not rows.update(**fields):
        raise Refused(OVERTAKEN)
    for name, value in fields.items():
        setattr(finding, name, value)


def record_finding(event: EventName, finding: Finding, actor: User | None, data: Mapping[str, object]) -> None:
    """Write the audit row of a change: ids and codes only."""
    record(
        event, actor=actor, organisation_id=finding.account.organisation_id, thing_kind=FINDING_KIND,
        thing_id=finding.pk, data={"indicator": finding.indicator, **data},
    )  # fmt: skip

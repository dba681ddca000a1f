"""The one way a case changes: locked, compared, moved along its table of states, counted and written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.impostors.enums import MOVES, EntryKind, Move
from zhijian.impostors.models import Case, Entry
from zhijian.impostors.queries.cases import find_case
from zhijian.impostors.rules import state_reasons
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from zhijian.organisations.models import User

THING_KIND: Final = "impostors.case"
OVERTAKEN: Final = "您打开这页以后，有人办过这个案件。请刷新页面，看过再办。"
LONGEST_REASON: Final = 1_000


def locked_case(actor: User, case_id: int, *, seen: int | None = None) -> Case:
    """Return a case the actor handles, locked until the transaction ends.

    `seen` is the version the page showed. Raises Missing, and Refused for whom may only look, and when it changed.
    """
    require(Permission.IMPOSTOR_HANDLE, actor=actor, thing=find_case(actor=actor, case_id=case_id).organisation)
    case = lock(case_id)
    if seen is not None and case.version != seen:
        raise Refused(OVERTAKEN)
    return case


def lock(case_id: int) -> Case:
    """Return a case locked until the transaction ends; the row first and alone, then what hangs on it."""
    Case.objects.select_for_update(no_key=True).get(pk=case_id)
    return Case.objects.select_related("organisation", "account__organisation").get(pk=case_id)


def make_move(case: Case, move: Move, *, actor: User | None, text: str = "", **fields: Any) -> None:
    """Move a locked case along the table of states, with its line of history and audit row.

    Raises Refused when its state does not allow it.
    """
    reasons = state_reasons(case, move)
    if reasons:
        raise Refused(reasons)
    was = case.state
    note_change(case, state=MOVES[move][1], **fields)
    write_entry(case, EntryKind(move), actor=actor, text=text)
    record(
        EventName.IMPOSTOR_MOVED, actor=actor, organisation_id=case.organisation_id, thing_kind=THING_KIND,
        thing_id=case.pk, data={"was": str(was), "is": str(case.state)},
    )  # fmt: skip


def note_change(case: Case, **fields: Any) -> None:
    """Change fields of a case and count the change; nothing happens to one somebody else changed meanwhile."""
    fields = {**fields, "version": case.version + 1, "changed_at": clock.now()}
    if not Case.objects.filter(pk=case.pk, version=case.version, state=case.state).update(**fields):
        raise Refused(OVERTAKEN)
    for name, value in fields.items():
        setattr(case, name, value)


def write_entry(case: Case, kind: EntryKind, *, actor: User | None, text: str = "") -> None:
    """Write a line of the history."""
    Entry.objects.create(case=case, kind=kind, at=clock.now(), by=actor, text=text)


def reason_problems(text: str, what: str) -> list[str]:
    """Give what is wrong with a reason that has to be given."""
    return [] if text.strip() and len(text) <= LONGEST_REASON else [f"请写明{what}，最多 {LONGEST_REASON:,} 个字。"]

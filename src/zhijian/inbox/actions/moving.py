"""The one way a case changes: locked, compared, written with its entry and its audit row in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from procrastinate.contrib.django import app

from zhijian.audit.actions import record
from zhijian.inbox.enums import MOVES, Channel, EntryKind, Move, OutgoingState
from zhijian.inbox.models import Case, Entry, Outgoing
from zhijian.inbox.queries.cases import CASE_KIND, find_case
from zhijian.inbox.rules import state_reasons
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.audit.events import EventName
    from zhijian.organisations.models import Organisation, User

SEND_TASK = "inbox.send"
OVERTAKEN = "您打开这页以后，有人办过这件留言。请看过现在的情况再办。"
TOLD = frozenset({
    EntryKind.EXTENDED, EntryKind.ASKED, EntryKind.ANSWER, EntryKind.REDIRECTED, EntryKind.RECOMPUTED,
})  # fmt: skip
"""What a citizen who wrote by WeChat is told there; everything public stands on the private page as well."""


def locked_case(actor: User, case_id: int, *, seen: int | None = None) -> Case:
    """Return a case of the actor's scope, locked until the transaction ends.

    `seen` is the version the page showed. Raises Missing, and Refused when somebody changed the case since.
    """
    find_case(actor=actor, case_id=case_id)
    case = lock(case_id)
    if seen is not None and case.version != seen:
        raise Refused(OVERTAKEN)
    return case


def lock(case_id: int) -> Case:
    """Return a case locked until the transaction ends, for the system and for citizens with the key.

    The row first and alone: joined in the same statement, a waiter would get the new row with the old join.
    """
    Case.objects.select_for_update(no_key=True).get(pk=case_id)
    return Case.objects.select_related("organisation", "intake", "handler", "secret").get(pk=case_id)


def make_move(case: Case, move: Move, **fields: Any) -> None:
    """Move a locked case along the table of states. Raises Refused when its state does not allow it."""
    reasons = state_reasons(case, move)
    if reasons:
        raise Refused(reasons)
    note_change(case, state=MOVES[move][1], **fields)


def note_change(case: Case, **fields: Any) -> None:
    """Change fields of a case and count the change; nothing happens to a case somebody else changed meanwhile."""
    rows = Case.objects.filter(pk=case.pk, version=case.version, state=case.state)
    fields = {**fields, "version": case.version + 1, "changed_at": clock.now()}
    if not rows.update(**fields):
        raise Refused(OVERTAKEN)
    for name, value in fields.items():
        setattr(case, name, value)


def write_entry(
    case: Case,
    kind: EntryKind,
    text: str,
    *,
    actor: User | None,
    organisation: Organisation | None = None,
    is_public: bool = True,
    data: Mapping[str, object] | None = None,
) -> Entry:
    """Write a line of the history; what the citizen should be told by WeChat is put in the way out with it."""
    entry = Entry.objects.create(
        case=case, kind=kind, at=clock.now(), actor=actor, organisation=organisation or case.organisation,
        is_public=is_public, text=text, data=dict(data or {}),
    )  # fmt: skip
    if is_public and kind in TOLD and case.channel == Channel.WECHAT:
        outgoing = Outgoing.objects.create(entry=entry, case=case, state=OutgoingState.PENDING, next_at=clock.now())
        transaction.on_commit(lambda: hurry(outgoing.pk))
    return entry


def hurry(outgoing_id: int) -> None:
    """Ask a worker to send a word now; the sweep would find its row anyway."""
    app.configure_task(SEND_TASK).defer(outgoing_id=outgoing_id)


def record_case(event: EventName, case: Case, actor: User | None, data: Mapping[str, object]) -> None:
    """Write the audit row of a change: ids and codes only."""
    record(
        event,
        actor=actor,
        organisation_id=case.organisation_id,
        thing_kind=CASE_KIND,
        thing_id=case.pk,
        data={"number": case.number, **data},
    )

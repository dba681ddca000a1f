"""What staff do with a case before it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.events import EventName
from zhijian.inbox.actions.clocks import due_sentence, recount, start_clock
from zhijian.inbox.actions.moving import locked_case, make_move, note_change, record_case, write_entry
from zhijian.inbox.actions.telling import tell_assigned, tell_chased
from zhijian.inbox.enums import EntryKind, Move
from zhijian.inbox.models import Entry, Pause
from zhijian.inbox.queries.cases import assignable_bodies, find_case, handed_from
from zhijian.inbox.queries.clocks import extension_limit, rules_of, running_clock
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from zhijian.inbox.models import Case
    from zhijian.organisations.models import Organisation, User

LONGEST_WORD = 1_000


@transaction.atomic
def look_at_case(*, actor: User, case_id: int) -> Case:
    """Return a case for its page; every look at a confidential one is written down. Raises Missing."""
    case = find_case(actor=actor, case_id=case_id)
    if case.is_confidential:
        record_case(EventName.CASE_OPENED, case, actor, {})
    return case


@transaction.atomic
def accept_case(*, actor: User, case_id: int, seen: int | None = None) -> Case:
    """Take a case on (受理); the citizen sees by when. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    require(Permission.CASE_ACCEPT, actor=actor, thing=case)
    make_move(case, Move.ACCEPT, handler=actor)
    row = running_clock(case)
    until = due_sentence(row) if row else ""
    write_entry(case, EntryKind.ACCEPTED, f"{case.organisation}已受理。{until}", actor=actor)
    record_case(EventName.CASE_ACCEPTED, case, actor, {})
    return case


def why_not_assign(*, actor: User, case: Case, to: Organisation | None, reason: str) -> list[str]:
    """Give every reason why a case cannot be handed to a body."""
    reasons = why_not(Permission.CASE_ASSIGN, actor=actor, thing=case)
    if to is None or not assignable_bodies().filter(pk=to.pk).exists():
        reasons.append("请选择承办单位；名单里只有设了留言答复人员的单位。")
    elif to.pk == case.organisation_id:
        reasons.append(f"这件留言已经在{to}。")
    if not reason.strip():
        reasons.append("请写明转办的理由，承办单位和群众都会看到。")
    return reasons


@transaction.atomic
def assign_case(
    *, actor: User, case_id: int, to: Organisation | None, reason: str, seen: int | None = None
) -> Case:  # fmt: skip
    """Hand a case to the competent body (转办). Its time starts anew or goes on, as the policy of the place says.

    Raises Refused with every reason, Missing.
    """
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not_assign(actor=actor, case=case, to=to, reason=reason)
    if reasons or to is None:
        raise Refused(reasons)
    sender = case.organisation
    _hand_over(case, Move.ASSIGN, to)
    word = reason.strip()[:LONGEST_WORD]
    write_entry(
        case, EntryKind.ASSIGNED, f"转{to}办理：{word}{_until(case)}", actor=actor, organisation=to,
        data={"from": sender.pk, "to": to.pk},
    )  # fmt: skip
    record_case(EventName.CASE_ASSIGNED, case, actor, {"to": to.pk})
    return case


@transaction.atomic
def return_case(*, actor: User, case_id: int, reason: str, seen: int | None = None) -> Case:
    """Give a case back to the body that handed it over (退回), with the reason. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not(Permission.CASE_RETURN, actor=actor, thing=case)
    if not reason.strip():
        reasons.append("请写明为什么退回、应当由谁办。")
    back = handed_from(case)
    if reasons or back is None:
        raise Refused(reasons)
    sender = case.organisation
    _hand_over(case, Move.RETURN, back)
    word = reason.strip()[:LONGEST_WORD]
    write_entry(
        case, EntryKind.RETURNED, f"{sender}退回{back}：{word}", actor=actor, organisation=sender, is_public=False
    )
    record_case(EventName.CASE_RETURNED, case, actor, {"to": back.pk})
    return case


@transaction.atomic
def chase_case(*, actor: User, case_id: int, text: str, seen: int | None = None) -> Case:
    """Ask the body that has a case to hurry (催办); it stands on its first screen. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not(Permission.CASE_CHASE, actor=actor, thing=case)
    if not text.strip():
        reasons.append("请写明催办的要求。")
    if reasons:
        raise Refused(reasons)
    note_change(case, chased_at=clock.now())
    entry = write_entry(
        case, EntryKind.CHASED, text.strip()[:LONGEST_WORD], actor=actor, organisation=actor.organisation,
        is_public=False,
    )  # fmt: skip
    record_case(EventName.CASE_CHASED, case, actor, {})
    tell_chased(case, entry)
    return case


def why_not_extend(*, actor: User, case: Case, days: int, reason: str) -> list[str]:
    """Give every reason why a case cannot have so many working days more (`reply.extension_working_days`)."""
    reasons = why_not(Permission.CASE_EXTEND, actor=actor, thing=case)
    row, limit = running_clock(case), extension_limit(case)
    used = row.extended_days if row else 0
    if used:
        reasons.append(f"已经延期过一次（{used} 个工作日），不能再延。")
    if not 1 <= days <= limit:
        reasons.append(f"最多可以延长 {limit} 个工作日。")
    if not reason.strip():
        reasons.append("请写明延期的理由，群众会看到。")
    return reasons


@transaction.atomic
def extend_case(*, actor: User, case_id: int, days: int, reason: str, seen: int | None = None) -> Case:
    """Give a case more working days, once, and tell the citizen why. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not_extend(actor=actor, case=case, days=days, reason=reason)
    if reasons:
        raise Refused(reasons)
    recount(case, extended=days)
    note_change(case, due_at=case.due_at)
    text = f"办理期限延长 {days} 个工作日。理由：{reason.strip()[:LONGEST_WORD]}{_until(case)}"
    write_entry(case, EntryKind.EXTENDED, text, actor=actor, data={"days": days})
    record_case(EventName.CASE_EXTENDED, case, actor, {"days": days})
    return case


@transaction.atomic
def ask_citizen(*, actor: User, case_id: int, text: str, seen: int | None = None) -> Case:
    """Ask the citizen for something; the clock stands still until an answer comes. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not(Permission.CASE_HANDLE, actor=actor, thing=case)
    if not text.strip():
        reasons.append("请写明要群众补充什么。")
    if reasons:
        raise Refused(reasons)
    make_move(case, Move.ASK)
    Pause.objects.create(case=case, started_at=clock.now(), reason="等群众补充材料")
    recount(case)
    note_change(case, due_at=case.due_at)
    write_entry(
        case, EntryKind.ASKED, f"请您补充：{text.strip()[:LONGEST_WORD]} 等待期间不计入办理时限。", actor=actor
    )  # fmt: skip
    record_case(EventName.CASE_PAUSED, case, actor, {})
    return case


@transaction.atomic
def resume_case(*, actor: User, case_id: int, reason: str, seen: int | None = None) -> Case:
    """Go on without waiting longer for the citizen. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not(Permission.CASE_HANDLE, actor=actor, thing=case)
    if not reason.strip():
        reasons.append("请写明为什么不再等，例如“已电话问清”。")
    if reasons:
        raise Refused(reasons)
    end_pause(case, actor=actor, text=reason.strip()[:LONGEST_WORD])
    return case


def end_pause(case: Case, *, actor: User | None, text: str) -> None:
    """Let the clock of a waiting, locked case run again: the days of waiting are left out. Raises Refused."""
    make_move(case, Move.RESUME)
    Pause.objects.filter(case=case, ended_at=None).update(ended_at=clock.now(), ended_by_staff=actor is not None)
    recount(case)
    note_change(case, due_at=case.due_at)
    write_entry(case, EntryKind.RESUMED, f"继续办理：{text}{_until(case)}", actor=actor)
    record_case(EventName.CASE_RESUMED, case, actor, {})


@transaction.atomic
def note_on_case(*, actor: User, case_id: int, text: str) -> Case:
    """Keep a note that only staff see; a second click keeps no second one. Raises Refused, Missing."""
    case = locked_case(actor, case_id)
    reasons = why_not(Permission.CASE_HANDLE, actor=actor, thing=case)
    if not text.strip():
        reasons.append("备注是空的，请写几个字。")
    if reasons:
        raise Refused(reasons)
    last = Entry.objects.filter(case=case).order_by("-id").first()
    if last is not None and (last.kind, last.actor_id, last.text) == (
        EntryKind.NOTE,
        actor.pk,
        text.strip()[:LONGEST_WORD],
    ):
        return case
    write_entry(case, EntryKind.NOTE, text.strip()[:LONGEST_WORD], actor=actor, is_public=False)
    record_case(EventName.CASE_NOTED, case, actor, {})
    return case


def _hand_over(case: Case, move: Move, to: Organisation) -> None:
    """Let another body have the case, with a clock of its own beside the ones before."""
    row = running_clock(case)
    restarts = rules_of(to).flag("reply.transfer_restarts", message_kind=case.kind)
    goes_on = row is not None and not restarts
    start = row.started_at if row is not None and goes_on else clock.now()
    fresh = start_clock(case, organisation=to, start=start, extended=row.extended_days if row and goes_on else 0)
    make_move(case, move, organisation=to, handler=None, due_at=fresh.due_at)
    tell_assigned(case, fresh)


def _until(case: Case) -> str:
    row = running_clock(case)
    return f" {due_sentence(row)}" if row else ""

"""Keeping the term tables: propose, approve by a second person, reject, retire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.knowledge.enums import TermKind, TermSeverity, TermState
from zhijian.knowledge.models import Term
from zhijian.knowledge.queries import find_term
from zhijian.knowledge.rules import DECIDERS
from zhijian.knowledge.signals import term_approved, term_retired
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from zhijian.organisations.models import Organisation, User

SHORTEST = 2
LONGEST = 80
MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class TermDraft:
    """A term as a person writes it. `exceptions` are longer phrases that hold the wrong words and are right."""

    wrong: str
    right: str = ""
    kind: str = TermKind.WORDING
    severity: str = TermSeverity.ERROR
    message: str = ""
    source: str = ""
    exceptions: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


def why_not_propose(*, actor: User, organisation: Organisation, draft: TermDraft) -> list[str]:
    """Give every reason why this term cannot be proposed for the body."""
    reasons = why_not(Permission.TERM_WRITE, actor=actor, thing=organisation)
    reasons += draft_problems(draft)
    alive = Term.objects.filter(organisation=organisation, wrong=draft.wrong, state__in=["proposed", "approved"])
    found = alive.first()
    if found is not None:
        reasons.append(f"“{draft.wrong}”已在用语表里（{found.get_state_display()}）。要改请先停用原来的一条。")
    return reasons


def draft_problems(draft: TermDraft) -> list[str]:
    """Give what is wrong with the words themselves, whoever writes them."""
    problems = [sentence for broken, sentence in _checks(draft) if broken]
    outside = [phrase for phrase in draft.exceptions if draft.wrong not in phrase]
    if outside:
        problems.append(f"“{'”“'.join(outside)}”里没有“{draft.wrong}”，不用写进不算错的说法。")
    return problems


def _checks(draft: TermDraft) -> list[tuple[bool, str]]:
    in_right = bool(draft.wrong) and draft.wrong in draft.right
    excused = any(phrase in draft.right for phrase in draft.exceptions)
    until, since = draft.valid_to, draft.valid_from
    return [
        (len(draft.wrong) < SHORTEST, "不规范表述至少写两个字，一个字会误伤太多。"),
        (max(len(draft.wrong), len(draft.right)) > LONGEST, f"表述最长 {LONGEST} 个字，请写关键的词。"),
        (not draft.source.strip(), "请写明依据：文件名、字号，或上级通知。"),
        (draft.wrong == draft.right, "规范表述和不规范表述一样，请核对。"),
        (
            in_right and draft.wrong != draft.right and not excused,
            f"规范表述“{draft.right}”里包含“{draft.wrong}”，会把对的也报错。请把它写进不算错的说法。",
        ),
        (until is not None and since is not None and until < since, "停止日期早于开始日期，请核对。"),
        (
            draft.kind not in TermKind.values or draft.severity not in TermSeverity.values,
            "类别或级别不认识，请重新选择。",
        ),
    ]


@transaction.atomic
def propose_term(*, actor: User, organisation: Organisation, draft: TermDraft) -> Term:
    """Put a term up for decision. Raises Refused with every reason."""
    reasons = why_not_propose(actor=actor, organisation=organisation, draft=draft)
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            term = Term.objects.create(
                organisation=organisation, kind=draft.kind, wrong=draft.wrong, right=draft.right,
                exceptions=list(draft.exceptions), severity=draft.severity, message=draft.message, source=draft.source,
                valid_from=draft.valid_from, valid_to=draft.valid_to, proposed_by=actor, proposed_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"“{draft.wrong}”刚刚由别人加进了用语表，请刷新后查看。") from error
    _record(EventName.TERM_PROPOSED, term, actor)
    return term


@transaction.atomic
def propose_terms(*, actor: User, organisation: Organisation, drafts: Sequence[TermDraft]) -> list[Term]:
    """Put a whole list up for decision, or none of it. Raises Refused naming the rows (counted from 1)."""
    if len(drafts) > MOST_AT_ONCE:
        raise Refused(f"一次最多导入 {MOST_AT_ONCE:,} 条，请分几次。")
    terms: list[Term] = []
    problems: list[str] = []
    for number, draft in enumerate(drafts, start=1):
        try:
            terms.append(propose_term(actor=actor, organisation=organisation, draft=draft))
        except Refused as refused:
            problems += [f"第 {number} 条：{reason}" for reason in refused.reasons]
    if problems:
        raise Refused(problems)
    return terms


@transaction.atomic
def approve_term(*, actor: User, term_id: int, comment: str = "") -> Term:
    """Switch a term on for its body and all below it. Raises Refused, Missing."""
    term = _locked(actor, term_id)
    require(Permission.TERM_APPROVE, actor=actor, thing=term)
    _decide(term, TermState.APPROVED, EventName.TERM_APPROVED, actor, comment)
    term_approved.send(Term, term_id=term.pk, organisation_id=term.organisation_id)
    return term


@transaction.atomic
def reject_term(*, actor: User, term_id: int, comment: str) -> Term:
    """Turn a proposed term down with a word of why. Raises Refused, Missing."""
    term = _locked(actor, term_id)
    require(Permission.TERM_APPROVE, actor=actor, thing=term)
    if not comment.strip():
        raise Refused("请写明为什么不通过，提出的人好修改。")
    return _decide(term, TermState.REJECTED, EventName.TERM_REJECTED, actor, comment)


def _decide(term: Term, state: TermState, event: EventName, actor: User, comment: str) -> Term:
    term.state, term.decided_by, term.decided_at = state, actor, clock.now()
    term.decision_comment = comment.strip()[:200]
    term.save(update_fields=["state", "decided_by", "decided_at", "decision_comment"])
    _record(event, term, actor)
    return term


def why_not_retire(*, actor: User, term: Term) -> list[str]:
    """Give every reason why a term cannot be taken out of use: its proposer may while it waits, deciders always."""
    if term.state not in {TermState.PROPOSED, TermState.APPROVED}:
        return [f"这条用语{term.get_state_display()}，不用再停用。"]
    if term.state == TermState.PROPOSED and term.proposed_by_id == actor.pk:
        return []
    if holds_role(actor=actor, roles=DECIDERS, organisation=term.organisation):
        return []
    return [f"用语由{term.organisation}的审核人员或主管人员停用。"]


@transaction.atomic
def retire_term(*, actor: User, term_id: int, reason: str) -> Term:
    """Take a term out of use from now on; what it said before stays readable. Raises Refused, Missing."""
    term = _locked(actor, term_id)
    reasons = why_not_retire(actor=actor, term=term)
    if not reason.strip():
        reasons.append("请写明为什么停用。")
    if reasons:
        raise Refused(reasons)
    was_in_force = term.state == TermState.APPROVED
    term.state, term.retired_by, term.retired_at = TermState.RETIRED, actor, clock.now()
    term.retired_reason = reason.strip()[:200]
    term.save(update_fields=["state", "retired_by", "retired_at", "retired_reason"])
    _record(EventName.TERM_RETIRED, term, actor)
    if was_in_force:
        term_retired.send(Term, term_id=term.pk, organisation_id=term.organisation_id)
    return term


def _locked(actor: User, term_id: int) -> Term:
    find_term(actor=actor, term_id=term_id)
    return Term.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=term_id)


def _record(event: EventName, term: Term, actor: User) -> None:
    record(
        event,
        actor=actor,
        organisation_id=term.organisation_id,
        thing_kind="knowledge.term",
        thing_id=term.pk,
        data={"kind": term.kind, "severity": term.severity},
    )

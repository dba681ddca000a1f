"""Rectification (整改): the office orders, the host answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import connection, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.events import EventName
from zhijian.inspection.actions.moving import locked_finding, make_move, record_finding
from zhijian.inspection.actions.proofs import NO_PROOF, Proof, keep_proof, proof_problems
from zhijian.inspection.actions.telling import tell_of_answer
from zhijian.inspection.enums import Move
from zhijian.inspection.models import Finding, Order, Reply
from zhijian.inspection.rules import HOSTS
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.actions import notify
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.queries import holders
from zhijian.policy.queries import deadline_by_rule, load_calendars
from zhijian.registry.queries import policy_of

if TYPE_CHECKING:
    from datetime import datetime

    from zhijian.organisations.models import Organisation, User

DEADLINE_KEY: Final = "rectification.working_days"
LONGEST_TEXT: Final = 2_000
LONGEST_LINK: Final = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with its whole computation in Chinese, one step per day, and the version of the rules."""

    at: datetime
    text: str
    steps: tuple[str, ...]
    rule_version: str


def order_deadline(organisation: Organisation) -> Due:
    """Compute until when an order issued now is to be answered (`rectification.working_days`)."""
    policy = policy_of(organisation)
    found = deadline_by_rule(
        policy, DEADLINE_KEY, start=clock.now(), calendar=load_calendars(settings.ZHIJIAN_CALENDARS), estimate=True,
        level=organisation.level,
    )  # fmt: skip
    return Due(found.deadline.due, found.text, tuple(step.text for step in found.deadline.steps), policy.version)


def why_not_order(*, actor: User, finding: Finding, text: str) -> list[str]:
    """Give every reason why an order cannot be issued."""
    reasons = why_not(Permission.ORDER_ISSUE, actor=actor, thing=finding)
    if finding.appeals.filter(state="open").exists():
        reasons.append("有一份申诉在等裁定，裁定后再下达。")
    if not text.strip() or len(text) > LONGEST_TEXT:
        reasons.append(f"请写明要求整改什么，最多 {LONGEST_TEXT:,} 个字。")
    return reasons


@transaction.atomic
def issue_order(*, actor: User, finding_id: int, text: str, seen: int | None = None) -> Order:
    """Order that a finding be put right (整改通知), with evidence and deadline. Raises Refused, Missing."""
    finding = locked_finding(actor, finding_id, seen=seen)
    reasons = why_not_order(actor=actor, finding=finding, text=text)
    if reasons or actor.organisation is None:
        raise Refused(reasons or ["您还没有所在单位，请联系系统管理员。"])
    due = order_deadline(finding.account.organisation)
    order = Order.objects.create(
        finding=finding, number=_next_number(), text=text.strip(), issued_by=actor, issued_at=clock.now(),
        issuer=actor.organisation, due_at=due.at, due_text=due.text, steps=list(due.steps),
        rule_version=due.rule_version,
    )  # fmt: skip
    make_move(finding, Move.ORDER)
    record_finding(EventName.ORDER_ISSUED, finding, actor, {"order": order.pk, "due": due.at.isoformat()})
    body = finding.account.organisation
    notify(
        people=holders(organisation=body, roles=HOSTS).filter(organisation=body), kind=NoticeKind.INSPECTION,
        title=f"{order.number}：{finding.account.name}{finding.title}", url=f"/desk/inspection/findings/{finding.pk}/",
        dedup_key=f"inspection.order {order.pk}",
    )  # fmt: skip
    return order


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inspection_order_number')")
        (number,) = cursor.fetchone()
    return f"整改〔{clock.today():%Y}〕{number}号"


def why_not_answer(*, actor: User, finding: Finding, text: str, link: str, proof: Proof) -> list[str]:
    """Give every reason why an answer to an order cannot be kept."""
    reasons = [*why_not(Permission.ORDER_ANSWER, actor=actor, thing=finding), *proof_problems(proof, needed=False)]
    if not text.strip() or len(text) > LONGEST_TEXT:
        reasons.append(f"请写明做了什么，最多 {LONGEST_TEXT:,} 个字。")
    if link and (not link.startswith(("http://", "https://")) or len(link) > LONGEST_LINK):
        reasons.append("链接要以 http:// 或 https:// 开头；没有就不填。")
    return reasons


@transaction.atomic
def answer_order(
    *, actor: User, finding_id: int, text: str, link: str = "", proof: Proof = NO_PROOF, seen: int | None = None
) -> Reply:  # fmt: skip
    """Tell what was done about an order; the machine or the office looks again. Raises Refused, Missing."""
    finding = locked_finding(actor, finding_id, seen=seen)
    reasons = why_not_answer(actor=actor, finding=finding, text=text, link=link.strip(), proof=proof)
    if reasons:
        raise Refused(reasons)
    reply = Reply.objects.create(
        order=finding.order, by=actor, at=clock.now(), text=text.strip(), link=link.strip(), proof=keep_proof(proof)
    )
    make_move(finding, Move.ANSWER)
    record_finding(EventName.ORDER_ANSWERED, finding, actor, {"reply": reply.pk, "proof": reply.proof})
    tell_of_answer(finding, reply)
    return reply

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.inspection.enums import MOVE_WORDS, MOVES, UNFINISHED, Move
from zhijian.organisations.enums import CONTENT_ROLES, Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.inspection.models import Appeal, Finding
    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

WATCHERS = (Role.SUPERVISING_OFFICER, Role.INSPECTOR)
"""Who inspects others' accounts."""
HOSTS = (Role.HOST_OFFICER, Role.HEAD)
"""Who answers for an account."""
VIEWERS = tuple(dict.fromkeys((*WATCHERS, *HOSTS, Role.DUTY_OFFICER, *CONTENT_ROLES)))


def state_reasons(finding: Finding, move: Move) -> list[str]:
    """Give the reason why a finding in its present state cannot make a move."""
    if finding.state in MOVES[move][0]:
        return []
    return [f"这个问题现在“{finding.get_state_display()}”，不能{MOVE_WORDS[move]}。"]


def supervises(actor: User, organisation: Organisation) -> bool:
    """Tell whether a person inspects a body from above it; a body without one above is inspected by its own officer."""
    return any(
        row.role in WATCHERS
        and row.covers(organisation)
        and (row.organisation_id != organisation.pk or organisation.parent_id is None)
        for row in actor.assignments
    )


@rule(Permission.INSPECTION_RUN)
def inspection_run(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who inspects a body starts a run over it and what lies below; without a body: whether they inspect any."""
    if thing is None:
        return [] if actor.holds(*WATCHERS) else ["巡检由主管人员或巡检人员发起。"]
    if holds_role(actor=actor, roles=WATCHERS, organisation=thing):
        return []
    return [f"{thing}的巡检由它的主管人员或巡检人员发起。"]


@rule(Permission.VERDICT_ENTER)
def verdict_enter(*, actor: User, thing: Account | None) -> list[str]:
    """What the machine cannot see is judged with a proof by who inspects from above: a pass closes what was ordered."""
    if thing is None:
        return [] if actor.holds(*WATCHERS) else ["人工检查由主管人员或巡检人员登记。"]
    if supervises(actor, thing.organisation):
        return []
    return [f"只有{thing.organisation}的上级主管人员或巡检人员可以登记检查结论。"]


@rule(Permission.ORDER_ISSUE)
def order_issue(*, actor: User, thing: Finding) -> list[str]:
    """The supervising officer, never the body itself, and not while an appeal waits."""
    reasons = state_reasons(thing, Move.ORDER)
    if not supervises(actor, thing.account.organisation):
        reasons.append(f"整改通知由{thing.account.organisation}的上级主管人员或巡检人员下达。")
    return reasons


@rule(Permission.ORDER_ANSWER)
def order_answer(*, actor: User, thing: Finding) -> list[str]:
    """Who answers for the account tells what was done."""
    reasons = state_reasons(thing, Move.ANSWER)
    if not holds_role(actor=actor, roles=HOSTS, organisation=thing.account.organisation):
        reasons.append(f"整改情况由{thing.account.organisation}的主办人员或负责人反馈。")
    return reasons


@rule(Permission.FINDING_RECHECK)
def finding_recheck(*, actor: User, thing: Finding) -> list[str]:
    """The office that inspects looks again; who answered the order does not judge the answer."""
    reasons = []
    if thing.state not in MOVES[Move.CLOSE][0]:
        reasons.append(f"这个问题现在“{thing.get_state_display()}”，不用复查。")
    if not supervises(actor, thing.account.organisation):
        reasons.append(f"复查由{thing.account.organisation}的上级主管人员或巡检人员进行。")
    return reasons


@rule(Permission.FINDING_APPEAL)
def finding_appeal(*, actor: User, thing: Finding) -> list[str]:
    """The host appeals, or the office itself proposes to write off; one claim at a time."""
    reasons = []
    if thing.state not in UNFINISHED:
        reasons.append(f"这个问题{thing.get_state_display()}，不能再申诉。")
    body = thing.account.organisation
    if not (holds_role(actor=actor, roles=HOSTS, organisation=body) or supervises(actor, body)):
        reasons.append(f"申诉由{body}的主办人员或负责人提出，主管单位也可以提出核销。")
    if thing.appeals.filter(state="open").exists():
        reasons.append("已有一份申诉在等裁定。")
    return reasons


@rule(Permission.APPEAL_DECIDE)
def appeal_decide(*, actor: User, thing: Appeal) -> list[str]:
    """A second person of the supervising body: not who claims it, and not who issued the order."""
    body = thing.finding.account.organisation
    order = getattr(thing.finding, "order", None)
    checks = [
        (thing.state != "open", "这份申诉已经裁定。"),
        (not supervises(actor, body), f"申诉由{body}的上级主管人员或巡检人员裁定。"),
        (thing.by_id == actor.pk, "提出的人不能自己裁定，请另一位主管人员裁定。"),
        (order is not None and order.issued_by_id == actor.pk, "下达整改通知的人不能裁定申诉，请另一位主管人员裁定。"),
    ]
    return [sentence for broken, sentence in checks if broken]

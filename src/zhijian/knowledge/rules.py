from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.knowledge.enums import AllowanceKind, TermState
from zhijian.organisations.enums import CONTENT_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.queries import administers_everything, holds_role, supervises_branch

if TYPE_CHECKING:
    from zhijian.knowledge.models import Allowance, Conflict, Term
    from zhijian.organisations.models import Organisation, User

WRITERS = (*CONTENT_ROLES, Role.SUPERVISING_OFFICER)
DECIDERS = (*REVIEWER_ROLES, Role.SUPERVISING_OFFICER)
OF_WORDS = frozenset({AllowanceKind.WORDS, AllowanceKind.HOST})


@rule(Permission.TERM_WRITE)
def term_write(*, actor: User, thing: Organisation) -> list[str]:
    """Who works with a body's content, or supervises it, proposes terms for it."""
    if holds_role(actor=actor, roles=WRITERS, organisation=thing):
        return []
    return [f"您不在{thing}担任采编、审核或主管角色，不能为它添加用语。"]


@rule(Permission.TERM_APPROVE)
def term_approve(*, actor: User, thing: Term) -> list[str]:
    """A second person decides: a reviewer or the supervising officer of the term's body, never its proposer."""
    reasons: list[str] = []
    if thing.state != TermState.PROPOSED:
        reasons.append(f"这条用语{thing.get_state_display()}，不用再审。")
    if thing.proposed_by_id == actor.pk:
        reasons.append("这条用语是您提的，请由另一位审核人员来审。")
    if not holds_role(actor=actor, roles=DECIDERS, organisation=thing.organisation):
        reasons.append(f"用语由{thing.organisation}的审核人员或主管人员来审。")
    return reasons


@rule(Permission.ALLOWANCE_PROPOSE)
def allowance_propose(*, actor: User, thing: Allowance) -> list[str]:
    """Words and websites: who keeps the body's terms. A rule itself: who supervises the whole branch."""
    if thing.kind in OF_WORDS:
        return [] if holds_role(actor=actor, roles=WRITERS, organisation=thing.organisation) else [NO_WORDS]
    supervises = supervises_branch(actor=actor, organisation=thing.organisation)
    return [] if supervises else ["停用规则、降低级别由管辖下级单位的主管人员提出。"]


@rule(Permission.ALLOWANCE_DECIDE)
def allowance_decide(*, actor: User, thing: Allowance) -> list[str]:
    """A second person decides, with the same right; words and websites also a reviewer of the body."""
    reasons = [] if thing.state == TermState.PROPOSED else [f"这条放行{thing.get_state_display()}，不用再审。"]
    if thing.proposed_by_id == actor.pk:
        reasons.append("这条放行是您提的，请由另一位人员来审。")
    return [*reasons, *who_keeps_allowance(actor=actor, thing=thing)]


def who_keeps_allowance(*, actor: User, thing: Allowance) -> list[str]:
    """Say who decides about an allowance and ends it, unless `actor` may."""
    if thing.kind in OF_WORDS:
        allowed = holds_role(actor=actor, roles=DECIDERS, organisation=thing.organisation)
        what = "许可的网站" if thing.kind == AllowanceKind.HOST else "放行的说法"
        return [] if allowed else [f"{what}由{thing.organisation}的审核人员或主管人员来审。"]
    supervises = supervises_branch(actor=actor, organisation=thing.organisation)
    return [] if supervises else ["停用规则、降低级别由管辖下级单位的主管人员来审。"]


@rule(Permission.LANGUAGE_MODEL_SET_UP)
def language_model_set_up(*, actor: User, thing: object) -> list[str]:
    """There is one setting for all bodies, so the system administrator of a root body keeps it."""
    _ = thing
    allowed = administers_everything(actor=actor, roles=[Role.SYSTEM_ADMIN])
    return [] if allowed else ["大模型由最上级单位的系统管理员设置。"]


@rule(Permission.LANGUAGE_MODEL_CONSENT)
def language_model_consent(*, actor: User, thing: object) -> list[str]:
    """Who sets the address up does not let texts go there: that is for the security administrator (三权分立)."""
    _ = thing
    allowed = administers_everything(actor=actor, roles=[Role.SECURITY_ADMIN])
    return [] if allowed else ["是否把稿件发给大模型，由最上级单位的安全管理员决定。"]


NO_WORDS = "放行的说法和许可的网站由采编、审核或主管人员提出。"
QUESTION_WRITERS = (*CONTENT_ROLES, Role.ANSWERER, Role.SUPERVISING_OFFICER)
QUESTION_KEEPERS = (Role.HOST_OFFICER, Role.ANSWERER, Role.SUPERVISING_OFFICER, *REVIEWER_ROLES)


@rule(Permission.QUESTION_WRITE)
def question_write(*, actor: User, thing: Organisation) -> list[str]:
    """Who answers citizens for a body or works with its content writes its entries (咨询答问库)."""
    if holds_role(actor=actor, roles=QUESTION_WRITERS, organisation=thing):
        return []
    return [f"您不在{thing}担任留言答复、采编、审核或主管角色，不能写它的答问。"]


@rule(Permission.QUESTION_KEEP)
def question_keep(*, actor: User, thing: Organisation) -> list[str]:
    """Who answers for a body's entries confirms that they still hold, and takes them out of use."""
    if holds_role(actor=actor, roles=QUESTION_KEEPERS, organisation=thing):
        return []
    return [f"答问由{thing}的主办、留言答复、审核或主管人员复核和停用。"]


@rule(Permission.CONFLICT_SETTLE)
def conflict_settle(*, actor: User, thing: Conflict) -> list[str]:
    """Either body of two that answer differently may say why both stand, and so may who is above both."""
    bodies = (thing.first.organisation, thing.second.organisation)
    if any(holds_role(actor=actor, roles=QUESTION_KEEPERS, organisation=body) for body in bodies):
        return []
    return [f"由{bodies[0]}或{bodies[1]}的人员说明。"]

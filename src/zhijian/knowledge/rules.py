from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.knowledge.enums import TermState
from zhijian.organisations.enums import CONTENT_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.knowledge.models import Conflict, Term
    from zhijian.organisations.models import Organisation, User

WRITERS = (*CONTENT_ROLES, Role.SUPERVISING_OFFICER)
DECIDERS = (*REVIEWER_ROLES, Role.SUPERVISING_OFFICER)


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

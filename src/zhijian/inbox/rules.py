from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.inbox.enums import CLOSED_STATES, MOVE_WORDS, MOVES, OPEN_STATES, CaseState, Move
from zhijian.inbox.queries.cases import HANDLERS, handed_from, visible_cases
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.inbox.models import Case
    from zhijian.organisations.models import Organisation, User

APPROVERS = (Role.HEAD, Role.SUPERVISING_OFFICER)


def state_reasons(case: Case, move: Move) -> list[str]:
    """Give the reason why a case in its present state cannot make a move."""
    if case.state in MOVES[move][0]:
        return []
    return [f"这件留言现在“{case.get_state_display()}”，不能{MOVE_WORDS[move]}。"]


@rule(Permission.CASE_VIEW)
def case_view(*, actor: User, thing: Case) -> list[str]:
    """Who answers for the body or supervises it; a confidential case only its answerer and the heads."""
    return [] if visible_cases(actor=actor).filter(pk=thing.pk).exists() else ["这件留言不在您的管理范围内。"]


@rule(Permission.CASE_RECEIVE)
def case_receive(*, actor: User, thing: Organisation) -> list[str]:
    """Who answers at a body registers what came by telephone or letter."""
    return _role_reasons(actor, thing, f"来电来信由{thing}的留言答复人员登记。")


@rule(Permission.CASE_ACCEPT)
def case_accept(*, actor: User, thing: Case) -> list[str]:
    """Who answers at the body that has it."""
    return [*state_reasons(thing, Move.ACCEPT), *_handler_reasons(actor, thing, "受理")]


@rule(Permission.CASE_HANDLE)
def case_handle(*, actor: User, thing: Case) -> list[str]:
    """Who answers at the body that has it, while it is not answered."""
    closed = [] if thing.state in OPEN_STATES else [f"这件留言{thing.get_state_display()}，不用再办。"]
    return [*closed, *_handler_reasons(actor, thing, "办理")]


@rule(Permission.CASE_ASSIGN)
def case_assign(*, actor: User, thing: Case) -> list[str]:
    """Who answers at the body that has it, or its supervising officer."""
    reasons = state_reasons(thing, Move.ASSIGN)
    if thing.is_confidential:
        return [*reasons, *_handler_reasons(actor, thing, "转办")]
    if holds_role(actor=actor, roles=(*HANDLERS, Role.SUPERVISING_OFFICER), organisation=thing.organisation):
        return reasons
    return [*reasons, f"由{thing.organisation}的留言答复人员、负责人或主管人员转办。"]


@rule(Permission.CASE_RETURN)
def case_return(*, actor: User, thing: Case) -> list[str]:
    """Who answers at a body to which the case was handed."""
    reasons = state_reasons(thing, Move.RETURN)
    if handed_from(thing) is None:
        reasons.append("这件留言不是转来的，不用退回；不归本单位管的，请转办或告知应找的单位。")
    return [*reasons, *_handler_reasons(actor, thing, "退回")]


@rule(Permission.CASE_CHASE)
def case_chase(*, actor: User, thing: Case) -> list[str]:
    """The supervising officer, or the body that handed the case on (催办)."""
    reasons = [] if thing.state in OPEN_STATES else [f"这件留言{thing.get_state_display()}，不用催办。"]
    supervises = holds_role(actor=actor, roles=[Role.SUPERVISING_OFFICER], organisation=thing.organisation)
    handed_on = thing.intake_id != thing.organisation_id
    if supervises or (handed_on and holds_role(actor=actor, roles=HANDLERS, organisation=thing.intake)):
        return reasons
    return [*reasons, "催办由主管人员或转办单位发起。"]


@rule(Permission.CASE_EXTEND)
def case_extend(*, actor: User, thing: Case) -> list[str]:
    """An extension is approved by the head of the body or its supervising officer."""
    reasons = [] if thing.state in OPEN_STATES else [f"这件留言{thing.get_state_display()}，不用延期。"]
    if holds_role(actor=actor, roles=APPROVERS, organisation=thing.organisation):
        return reasons
    return [*reasons, f"延期由{thing.organisation}的负责人或主管人员批准。"]


@rule(Permission.ANSWER_WRITE)
def answer_write(*, actor: User, thing: Case) -> list[str]:
    """Who answers at the body that has it, once it is accepted."""
    if thing.state == CaseState.RECEIVED:
        return ["请先受理，再写答复。", *_handler_reasons(actor, thing, "答复")]
    return [*state_reasons(thing, Move.SUBMIT), *_handler_reasons(actor, thing, "答复")]


@rule(Permission.CONTACT_REVEAL)
def contact_reveal(*, actor: User, thing: Case) -> list[str]:
    """Who answers at the body that has it; each look is written down."""
    reasons = _handler_reasons(actor, thing, "查看联系方式")
    if thing.secret.destroyed_at is not None:
        reasons.append("联系方式已经销毁。")
    elif not thing.secret.has_contact:
        reasons.append("群众没有留联系方式。")
    return reasons


@rule(Permission.CONTACT_DESTROY)
def contact_destroy(*, actor: User, thing: Case) -> list[str]:
    """The head of the body, once the case is closed; the time of keeping is asked by the action."""
    reasons = [] if thing.state in CLOSED_STATES else ["还没有办结，不能销毁个人信息。"]
    if thing.secret.destroyed_at is not None:
        reasons.append("个人信息已经销毁。")
    if holds_role(actor=actor, roles=[Role.HEAD], organisation=thing.organisation):
        return reasons
    return [*reasons, f"由{thing.organisation}的单位负责人销毁。"]


@rule(Permission.PUBLICATION_WRITE)
def publication_write(*, actor: User, thing: Case) -> list[str]:
    """Who answers at the body that answered; a confidential case is never made public."""
    reasons = _handler_reasons(actor, thing, "公开")
    if thing.is_confidential:
        reasons.append("群众要求保密，不能公开。")
    if thing.state != CaseState.ANSWERED:
        reasons.append("答复发出以后才能公开。")
    return reasons


@rule(Permission.PUBLICATION_HIDE)
def publication_hide(*, actor: User, thing: Case) -> list[str]:
    """Who answers at the body that has the case, whatever its state: taking down never waits."""
    return _handler_reasons(actor, thing, "撤下")


def _handler_reasons(actor: User, case: Case, verb: str) -> list[str]:
    reasons = _role_reasons(actor, case.organisation, f"由{case.organisation}的留言答复人员或负责人{verb}。")
    taken = case.is_confidential and case.handler_id not in {None, actor.pk}
    if not reasons and taken and not holds_role(actor=actor, roles=[Role.HEAD], organisation=case.organisation):
        reasons.append("这件保密留言已由同事承办。")
    return reasons


def _role_reasons(actor: User, body: Organisation, sentence: str) -> list[str]:
    return [] if holds_role(actor=actor, roles=HANDLERS, organisation=body) else [sentence]

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role
from zhijian.registry.enums import LIVE_STATES, AccountState, FilingState
from zhijian.registry.queries.filings import OFFICERS

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account, Filing


def _officer(actor: User, organisation: Organisation, act: str) -> list[str]:
    if holds_role(actor=actor, roles=OFFICERS, organisation=organisation):
        return []
    return [f"只有该单位的主办人员或上级主管人员可以{act}。"]


@rule(Permission.LEDGER_IMPORT)
def ledger_import(*, actor: User, thing: Organisation | None) -> list[str]:
    """Officers load ledgers for the bodies they keep; without a body the question is whether they keep any."""
    if thing is None:
        return [] if actor.holds(*OFFICERS) else ["只有主办人员或主管人员可以导入台账。"]
    return _officer(actor, thing, "导入台账")


@rule(Permission.ACCOUNT_EDIT)
def account_edit(*, actor: User, thing: Account) -> list[str]:
    """Officers correct what the register says of an account until it is deregistered."""
    reasons = _officer(actor, thing.organisation, "修改账号信息")
    if thing.state == AccountState.DEREGISTERED:
        reasons.append("账号已注销，登记信息不再修改。")
    return reasons


@rule(Permission.ACCOUNT_CHECK)
def account_check(*, actor: User, thing: Account) -> list[str]:
    """Who keeps or inspects an account writes down what its platform shows."""
    roles = (*OFFICERS, Role.INSPECTOR)
    allowed = holds_role(actor=actor, roles=roles, organisation=thing.organisation)
    reasons = [] if allowed else ["只有该单位的主办人员、上级主管人员或巡检人员可以核对。"]
    if thing.state not in LIVE_STATES:
        reasons.append(f"账号{thing.get_state_display()}，不用再核对。")
    return reasons


@rule(Permission.ACCOUNT_EXPORT)
def account_export(*, actor: User, thing: object) -> list[str]:
    """Lists with names and telephone numbers leave only by the hand of those who keep or inspect accounts."""
    _ = thing
    allowed = actor.holds(*OFFICERS, Role.HEAD, Role.INSPECTOR)
    return [] if allowed else ["只有主办、主管、巡检人员和单位负责人可以导出账号表。"]


@rule(Permission.FILING_CREATE)
def filing_create(*, actor: User, thing: Organisation | None) -> list[str]:
    """Officers file for the bodies they keep; without a body the question is whether they keep any."""
    if thing is None:
        return [] if actor.holds(*OFFICERS) else ["只有主办人员或主管人员可以办理备案。"]
    return _officer(actor, thing, "办理备案")


@rule(Permission.FILING_SUBMIT)
def filing_submit(*, actor: User, thing: Filing) -> list[str]:
    """A filing goes to review while it is being written or corrected."""
    reasons = _officer(actor, thing.organisation, "提交备案")
    if thing.state not in {FilingState.DRAFT, FilingState.RETURNED}:
        reasons.append(f"备案{thing.get_state_display()}，不能再改和提交。")
    return reasons


@rule(Permission.FILING_WITHDRAW)
def filing_withdraw(*, actor: User, thing: Filing) -> list[str]:
    """A filing may be taken back until it is approved; one under review only by whoever submitted it."""
    reasons = _officer(actor, thing.organisation, "撤回备案")
    if thing.state not in {FilingState.DRAFT, FilingState.RETURNED, FilingState.IN_REVIEW}:
        reasons.append(f"备案{thing.get_state_display()}，不能撤回。")
    return reasons


@rule(Permission.ACCOUNT_REGISTER)
def account_register(*, actor: User, thing: Account) -> list[str]:
    """An approved account is registered once, with what the platform gave it (先批后开)."""
    reasons = _officer(actor, thing.organisation, "登记账号")
    if thing.state != AccountState.APPROVED:
        reasons.append(f"账号{thing.get_state_display()}，不用再登记。")
    return reasons

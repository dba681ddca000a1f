from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.impostors.enums import DESCRIBED_IN, MOVES, CaseState, Move
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.impostors.models import Case
    from zhijian.organisations.models import Organisation, User

HANDLERS = (Role.SUPERVISING_OFFICER, Role.HOST_OFFICER)
"""Who handles the cases of the body that is imitated."""
VIEWERS = (*HANDLERS, Role.HEAD, Role.INSPECTOR, Role.DUTY_OFFICER)
"""Who sees them, and reports."""
MOVE_WORDS = {
    Move.VERIFY: "开始核实", Move.CONFIRM: "认定", Move.REQUEST: "请平台处置", Move.REMOVE: "登记已处置",
    Move.REFUSE: "登记平台不予处置", Move.DISMISS: "记为查无实据", Move.REOPEN: "重新办理", Move.RETURN: "转回新线索",
}  # fmt: skip


def state_reasons(case: Case, move: Move) -> list[str]:
    """Give the reason why a case in its present state cannot make a move."""
    if CaseState(case.state) in MOVES[move][0]:
        return []
    return [f"这个案件现在“{case.get_state_display()}”，不能{MOVE_WORDS[move]}。"]


def description_reasons(case: Case) -> list[str]:
    """Give the reason why what a case says of the account stands as it is."""
    if CaseState(case.state) in DESCRIBED_IN:
        return []
    return [f"这个案件现在“{case.get_state_display()}”，信息不能改。要改的，先重新办理，核实后再认定。"]


@rule(Permission.IMPOSTOR_REPORT)
def impostor_report(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who works with accounts reports for any body: an impostor is told of by whoever sees it first."""
    _ = thing
    if actor.holds(*VIEWERS):
        return []
    return ["仿冒线索由主管、主办、负责人、巡检或值班人员登记。"]


@rule(Permission.IMPOSTOR_HANDLE)
def impostor_handle(*, actor: User, thing: Organisation) -> list[str]:
    """The supervising or host officer of the imitated body."""
    if holds_role(actor=actor, roles=HANDLERS, organisation=thing):
        return []
    return [f"{thing}被仿冒的案件由它的主管人员或主办人员办理。"]


@rule(Permission.NAME_ALLOW)
def name_allow(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who handles cases decides which names may sound alike; without a body: whether they handle any."""
    if thing is None:
        return [] if actor.holds(*HANDLERS) else ["可接受的名称由主管人员或主办人员登记。"]
    if holds_role(actor=actor, roles=HANDLERS, organisation=thing):
        return []
    return [f"{thing}可接受的名称由它的主管人员或主办人员登记。"]

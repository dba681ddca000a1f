from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.census.enums import FILLABLE_STATES, CampaignState, SheetState
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role, supervises_branch

if TYPE_CHECKING:
    from zhijian.census.models import Sheet
    from zhijian.organisations.models import Organisation, User

FILLERS = (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)
OVERSEERS = (Role.SUPERVISING_OFFICER, Role.HEAD, Role.INSPECTOR)
READERS = (Role.SUPERVISING_OFFICER, Role.HOST_OFFICER, Role.HEAD, Role.INSPECTOR)


def _supervises_branch(actor: User, thing: Organisation | None, act: str) -> list[str]:
    """Asking and summing up reach a whole branch: the role must cover the bodies below as well."""
    allowed = supervises_branch(actor=actor, organisation=thing)
    return [] if allowed else [f"只有管辖下级单位的主管人员可以{act}。"]


@rule(Permission.CENSUS_ASK)
def census_ask(*, actor: User, thing: Organisation | None) -> list[str]:
    """Supervising offices ask the bodies of their own branch; without a body the question is whether they have one."""
    return _supervises_branch(actor, thing, "下发和管理排查")


@rule(Permission.CENSUS_LAYOUT_KEEP)
def census_layout_keep(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who asks brings the layout along."""
    return _supervises_branch(actor, thing, "维护表样")


@rule(Permission.CENSUS_COMPARE)
def census_compare(*, actor: User, thing: Organisation | None) -> list[str]:
    """Differences of a branch are looked for and settled by its supervising office."""
    return _supervises_branch(actor, thing, "比对和销号")


@rule(Permission.CENSUS_EXPORT)
def census_export(*, actor: User, thing: Organisation | None) -> list[str]:
    """Consolidated tables hold names and telephone numbers: they leave by the hand of who oversees the branch."""
    allowed = actor.holds(*OVERSEERS) if thing is None else holds_role(actor=actor, roles=OVERSEERS, organisation=thing)
    return [] if allowed else ["只有主管、巡检人员和单位负责人可以导出汇总表。"]


def _running(thing: Sheet) -> list[str]:
    if thing.campaign.state == CampaignState.RUNNING:
        return []
    return [f"“{thing.campaign.title}”{thing.campaign.get_state_display()}，不能再填报。"]


@rule(Permission.CENSUS_FILL)
def census_fill(*, actor: User, thing: Sheet) -> list[str]:
    """Officers fill in the table of a body they keep, until it waits for its signature."""
    reasons = _running(thing)
    if not holds_role(actor=actor, roles=FILLERS, organisation=thing.organisation):
        reasons.append("只有该单位的主办人员或上级主管人员可以填报。")
    if thing.state not in FILLABLE_STATES:
        reasons.append(f"统计表{thing.get_state_display()}，不能修改。要改请先撤回或请上级退回。")
    return reasons


@rule(Permission.CENSUS_SIGN)
def census_sign(*, actor: User, thing: Sheet) -> list[str]:
    """The head of a body answers for its table."""
    reasons = _running(thing)
    if not holds_role(actor=actor, roles=[Role.HEAD], organisation=thing.organisation):
        reasons.append("统计表由单位负责人签字。")
    return reasons


@rule(Permission.CENSUS_RETURN)
def census_return(*, actor: User, thing: Sheet) -> list[str]:
    """The supervising office above a body returns a signed table; a body cannot return its own."""
    reasons = _running(thing)
    if thing.state != SheetState.SIGNED:
        reasons.append(f"统计表{thing.get_state_display()}，签字以后才能退回。")
    above = [
        row
        for row in actor.assignments
        if row.role == Role.SUPERVISING_OFFICER
        and row.covers(thing.organisation)
        and _is_above(row.organisation, thing)
    ]
    if not above:
        reasons.append("只有上级主管人员可以退回统计表。")
    return reasons


def _is_above(holder: Organisation, thing: Sheet) -> bool:
    return thing.organisation_id != holder.pk or thing.campaign.organisation_id == holder.pk

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.drives.enums import ANSWERABLE, Act, DriveState, TargetState
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import NOTHING, branches_supervised, holds_role, supervises_branch

if TYPE_CHECKING:
    from zhijian.drives.models import Drive, Target
    from zhijian.organisations.models import Organisation, User


def run_scope(*, actor: User, field: str = "organisation") -> Q:
    """Return the filter that keeps the rows of the branches where `actor` may run drives."""
    condition = NOTHING
    for row in branches_supervised(actor=actor):
        condition |= Q(**{f"{field}__path__startswith" if field else "path__startswith": row.organisation.path})
    return condition


@rule(Permission.DRIVE_RUN)
def drive_run(*, actor: User, thing: Organisation | None) -> list[str]:
    """Supervising offices run drives in their own branch; without a body the question is whether they have one."""
    return [] if supervises_branch(actor=actor, organisation=thing) else ["清理整合由管辖下级单位的主管人员办理。"]


def _running(drive: Drive) -> list[str]:
    return [] if drive.state == DriveState.SENT else [f"“{drive.title}”{drive.get_state_display()}，不能再答复。"]


@rule(Permission.DRIVE_ANSWER)
def drive_answer(*, actor: User, thing: Target) -> list[str]:
    """The officer of the host body answers for its account (谁开设、谁主办)."""
    reasons = _running(thing.drive)
    if not holds_role(actor=actor, roles=[Role.HOST_OFFICER], organisation=thing.organisation):
        reasons.append(f"由{thing.organisation.short_name}的主办人员答复。")
    if thing.act == Act.KEEP:
        reasons.append("这个账号列为保留，不用答复。")
    elif thing.state not in ANSWERABLE:
        reasons.append(f"已经是“{thing.get_state_display()}”，不用再答复。")
    return reasons


@rule(Permission.DRIVE_DECIDE)
def drive_decide(*, actor: User, thing: Target) -> list[str]:
    """The office that asks decides about a request to keep; never the person who made it."""
    reasons = _running(thing.drive)
    if not supervises_branch(actor=actor, organisation=thing.drive.organisation):
        reasons.append("由下发行动的主管人员决定。")
    if thing.state != TargetState.ASKED:
        reasons.append("没有待定的保留申请。")
    elif thing.asked_by_id == actor.pk:
        reasons.append("申请是您提出的，请另一位主管人员决定。")
    return reasons

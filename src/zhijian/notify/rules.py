from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

MANAGERS: Final = (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER, Role.HEAD)


@rule(Permission.NOTIFY_CHANNEL_MANAGE)
def channel_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who answers for a body's accounts keeps its ways out; without a body: whether they keep any."""
    allowed = actor.holds(*MANAGERS) if thing is None else holds_role(actor=actor, roles=MANAGERS, organisation=thing)
    return [] if allowed else ["通知渠道由本单位的主办人员、负责人或主管人员管理。"]

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

LOOKERS = (Role.SUPERVISING_OFFICER, Role.HOST_OFFICER, Role.INSPECTOR)


@rule(Permission.LINK_RECORD)
def link_record(*, actor: User, thing: Account) -> list[str]:
    """Who keeps or watches an account writes down what its introduction says."""
    if holds_role(actor=actor, roles=LOOKERS, organisation=thing.organisation):
        return []
    return [f"只有{thing.organisation}的主办人员，或上级主管、巡检人员可以登记。"]

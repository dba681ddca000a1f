from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

KEEPERS = (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)


@rule(Permission.RESOURCES_KEEP)
def resources_keep(*, actor: User, thing: Organisation) -> list[str]:
    """Officers keep what their body has; the supervising office does so for the bodies below it."""
    if holds_role(actor=actor, roles=KEEPERS, organisation=thing):
        return []
    return ["只有该单位的主办人员或上级主管人员可以登记保障与资质。"]

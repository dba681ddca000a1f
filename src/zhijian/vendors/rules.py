from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

KEEPERS = (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)
READERS = (*KEEPERS, Role.HEAD, Role.INSPECTOR)


@rule(Permission.VENDOR_MANAGE)
def vendor_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """Officers keep the contracts of their bodies; without a body the question is whether they keep any."""
    allowed = actor.holds(*KEEPERS) if thing is None else holds_role(actor=actor, roles=KEEPERS, organisation=thing)
    return [] if allowed else ["只有该单位的主办人员或上级主管人员可以登记代运营合同。"]

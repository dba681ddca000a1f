from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import BUSINESS_ROLES, Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

WRITERS = (Role.SUPERVISING_OFFICER, Role.INSPECTOR)
READERS = BUSINESS_ROLES


@rule(Permission.BULLETIN_WRITE)
def bulletin_write(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who inspects a body writes its bulletins; without a body: whether they write any."""
    if thing is None:
        return [] if actor.holds(*WRITERS) else ["通报由主管人员或巡检人员起草。"]
    if holds_role(actor=actor, roles=WRITERS, organisation=thing):
        return []
    return [f"{thing}的通报由它的主管人员或巡检人员起草。"]

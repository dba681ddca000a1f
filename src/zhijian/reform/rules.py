from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


@rule(Permission.REFORM_RUN)
def reform_run(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who supervises the bodies runs their reform; without a body the question is whether they supervise any."""
    if thing is None:
        allowed = actor.holds(Role.SUPERVISING_OFFICER)
    else:
        allowed = holds_role(actor=actor, roles=[Role.SUPERVISING_OFFICER], organisation=thing)
    return [] if allowed else ["机构改革由管辖涉改单位的主管人员办理。"]

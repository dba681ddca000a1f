from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import CONTENT_ROLES, Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

WRITERS = (*CONTENT_ROLES, Role.ANSWERER, Role.SUPERVISING_OFFICER)
PUBLISHERS = (Role.HOST_OFFICER, Role.HEAD, Role.SUPERVISING_OFFICER)


@rule(Permission.SERVICE_WRITE)
def service_write(*, actor: User, thing: Organisation) -> list[str]:
    """Who works with a body's content or answers for it writes its services."""
    if holds_role(actor=actor, roles=WRITERS, organisation=thing):
        return []
    return [f"您不在{thing}担任采编、审核、留言答复或主管角色，不能写它的办事服务。"]


@rule(Permission.SERVICE_PUBLISH)
def service_publish(*, actor: User, thing: Organisation) -> list[str]:
    """The body's officers decide which services citizens are shown, and which are retired."""
    if holds_role(actor=actor, roles=PUBLISHERS, organisation=thing):
        return []
    return [f"上线和停用由{thing}的主办人员、负责人或主管人员办。"]

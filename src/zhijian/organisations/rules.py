from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import ADMIN_ROLES, Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


@rule(Permission.ORGANISATION_MANAGE)
def organisation_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """The system administrator keeps the tree; a supervising officer keeps the part under their body."""
    if actor.holds(Role.SYSTEM_ADMIN):
        return []
    if thing is not None and holds_role(actor=actor, roles=[Role.SUPERVISING_OFFICER], organisation=thing):
        return []
    return ["只有系统管理员，或管辖该单位的主管人员，可以增改单位。"]


@rule(Permission.PERSON_MANAGE)
def person_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """The system administrator opens and closes sign-ins."""
    _ = thing
    return [] if actor.holds(Role.SYSTEM_ADMIN) else ["只有系统管理员可以开立和停用登录账号。"]


@rule(Permission.ROLE_GRANT)
def role_grant(*, actor: User, thing: Organisation | None) -> list[str]:
    """The security administrator grants roles; the system administrator, who opens sign-ins, may not (三权分立)."""
    _ = thing
    return [] if actor.holds(Role.SECURITY_ADMIN) else ["只有安全管理员可以授予和收回角色。"]


@rule(Permission.AUDIT_READ)
def audit_read(*, actor: User, thing: object) -> list[str]:
    """Only the audit administrator reads the whole log."""
    _ = thing
    return [] if actor.holds(Role.AUDIT_ADMIN) else ["只有审计管理员可以查看全部操作记录。"]


def is_administrator(actor: User) -> bool:
    """Tell whether the person holds one of the three administrator roles, which open no business rows."""
    return actor.holds(*ADMIN_ROLES)

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import administers, administers_everything, holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


@rule(Permission.ORGANISATION_MANAGE)
def organisation_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """The system administrator keeps the tree under their body, as does a supervising officer.

    `thing` is the body, for a new one its parent; None is a new root, for an administrator of a root only.
    """
    system = [Role.SYSTEM_ADMIN]
    if thing is None:
        allowed = administers_everything(actor=actor, roles=system)
    else:
        officer = holds_role(actor=actor, roles=[Role.SUPERVISING_OFFICER], organisation=thing)
        allowed = officer or administers(actor=actor, roles=system, organisation=thing)
    return [] if allowed else ["只有管辖该单位的系统管理员或主管人员，可以增改单位。"]


def _is_kept(actor: User, role: str, thing: Organisation | None) -> bool:
    """Tell whether this administrator keeps the body `thing`; None: any body at all."""
    if thing is None:
        return actor.holds(role)
    return administers(actor=actor, roles=[role], organisation=thing)


@rule(Permission.PERSON_MANAGE)
def person_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """The system administrator opens and closes the sign-ins of their subtree; `thing` is the person's body."""
    allowed = _is_kept(actor, Role.SYSTEM_ADMIN, thing)
    return [] if allowed else ["只有管辖该单位的系统管理员可以开立和停用登录账号。"]


@rule(Permission.ROLE_GRANT)
def role_grant(*, actor: User, thing: Organisation | None) -> list[str]:
    """The security administrator grants roles; the system administrator, who opens sign-ins, may not (三权分立)."""
    allowed = _is_kept(actor, Role.SECURITY_ADMIN, thing)
    return [] if allowed else ["只有管辖该单位的安全管理员可以授予和收回角色。"]


@rule(Permission.SECOND_FACTOR_RESET)
def second_factor_reset(*, actor: User, thing: Organisation | None) -> list[str]:
    """The security administrator lets in who lost the telephone; `thing` is the person's body."""
    allowed = _is_kept(actor, Role.SECURITY_ADMIN, thing)
    return [] if allowed else ["只有管辖该单位的安全管理员可以重设两步验证。"]


@rule(Permission.AUDIT_READ)
def audit_read(*, actor: User, thing: object) -> list[str]:
    """Only an audit administrator reads the log, each of their subtree."""
    _ = thing
    return [] if actor.holds(Role.AUDIT_ADMIN) else ["只有审计管理员可以查看操作记录。"]


@rule(Permission.AUDIT_VERIFY)
def audit_verify(*, actor: User, thing: object) -> list[str]:
    """The seals cover the whole log, so only an audit administrator of a root body walks and exports them."""
    _ = thing
    allowed = administers_everything(actor=actor, roles=[Role.AUDIT_ADMIN])
    return [] if allowed else ["封存覆盖全部单位的记录，只有最上级单位的审计管理员可以核对和导出。"]

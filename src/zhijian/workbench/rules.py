from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


@rule(Permission.FILE_CHECK)
def file_check(*, actor: User, thing: Organisation | None) -> list[str]:
    """Whoever works at a body checks files by its terms: nothing is stored, and nothing of the body is shown.

    Without a body only the shipped rules judge: then any role anywhere will do.
    """
    if thing is None:
        return [] if actor.assignments else ["您还没有任何角色，不能检查文件。请联系本单位安全管理员。"]
    if actor.roles_at(thing):
        return []
    return [f"您在{thing}没有角色，不能用它的用语表检查文件。请联系本单位安全管理员。"]

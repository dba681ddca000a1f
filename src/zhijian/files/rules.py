from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import CONTENT_ROLES, Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


@rule(Permission.FILE_UPLOAD)
def file_upload(*, actor: User, thing: Organisation) -> list[str]:
    """Who works with a body's content, or supervises it, uploads for it."""
    if holds_role(actor=actor, roles=(*CONTENT_ROLES, Role.SUPERVISING_OFFICER), organisation=thing):
        return []
    return [f"您不在{thing}担任采编、审核或主管角色，不能为它上传文件。"]

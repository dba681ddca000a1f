from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.channels.queries import MANAGERS, VIEWERS
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


@rule(Permission.CONNECTION_MANAGE)
def connection_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """The officers who keep a body's accounts keep the keys to them; without a body: whether they keep any."""
    allowed = actor.holds(*MANAGERS) if thing is None else holds_role(actor=actor, roles=MANAGERS, organisation=thing)
    return [] if allowed else ["平台接入由账号主办单位的主办人员或上级主管人员管理。"]


@rule(Permission.CONNECTION_VIEW)
def connection_view(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who sends pieces out sees whether the way is open."""
    allowed = actor.holds(*VIEWERS) if thing is None else holds_role(actor=actor, roles=VIEWERS, organisation=thing)
    return [] if allowed else ["您的岗位不查看平台接入。"]

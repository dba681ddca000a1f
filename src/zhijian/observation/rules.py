from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.observation.enums import HistoryState
from zhijian.organisations.enums import CONTENT_ROLES, Role
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.observation.models import History
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

WATCHERS = (Role.SUPERVISING_OFFICER, Role.INSPECTOR)
"""Who watches others' accounts: only they may say that a source shows everything, and bring in past years."""
KEEPERS = (*WATCHERS, Role.HOST_OFFICER)
LOOKERS = (*KEEPERS, Role.DUTY_OFFICER)
VIEWERS = (*LOOKERS, *(role for role in CONTENT_ROLES if role not in LOOKERS))


@rule(Permission.SOURCE_MANAGE)
def source_manage(*, actor: User, thing: Account | None) -> list[str]:
    """Who keeps or watches an account manages how it is seen; without an account: whether they keep any."""
    if thing is None:
        return [] if actor.holds(*KEEPERS) else ["添加来源需要主管、巡检或主办角色，请联系本单位安全管理员。"]
    if holds_role(actor=actor, roles=KEEPERS, organisation=thing.organisation):
        return []
    return [f"只有{thing.organisation}的主办人员，或上级主管、巡检人员可以管理它的来源。"]


@rule(Permission.SOURCE_TRUST)
def source_trust(*, actor: User, thing: Account) -> list[str]:
    """That a source shows everything decides about silence, so the watched body does not say it of itself."""
    if holds_role(actor=actor, roles=WATCHERS, organisation=thing.organisation):
        return []
    return ["“能看全”由主管人员或巡检人员认定，请不要勾选，或请他们来填。"]


@rule(Permission.LOOK_RECORD)
def look_record(*, actor: User, thing: Account | None) -> list[str]:
    """Who watches, keeps or is on duty writes down what they saw."""
    if thing is None:
        return [] if actor.holds(*LOOKERS) else ["登记人工查看需要主管、巡检、主办或值班角色。"]
    if holds_role(actor=actor, roles=LOOKERS, organisation=thing.organisation):
        return []
    return [f"您不在{thing.organisation}担任主管、巡检、主办或值班角色，不能替它登记查看结果。"]


@rule(Permission.HISTORY_IMPORT)
def history_import(*, actor: User, thing: Organisation | History | None) -> list[str]:
    """Past years are brought in by who watches; a file can be worked on until it is imported or given up."""
    if thing is None:
        return [] if actor.holds(*WATCHERS) else ["导入历史内容需要主管或巡检角色。"]
    body, state = (thing, None) if isinstance(thing, Organisation) else (thing.organisation, thing.state)
    reasons: list[str] = []
    if not holds_role(actor=actor, roles=WATCHERS, organisation=body):
        reasons.append(f"只有{body}的主管人员或巡检人员可以导入历史内容。")
    if state in {HistoryState.IMPORTED, HistoryState.DISCARDED, HistoryState.IMPORTING}:
        reasons.append(f"这份文件{HistoryState(state).label}，不能再改。")
    return reasons

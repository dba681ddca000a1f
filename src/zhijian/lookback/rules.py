from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.lookback.enums import FindingState
from zhijian.organisations.enums import CONTENT_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.queries import holds_role
from zhijian.screening import Severity

if TYPE_CHECKING:
    from zhijian.lookback.models import Finding
    from zhijian.organisations.models import Organisation, User

RUNNERS = (*REVIEWER_ROLES, Role.SUPERVISING_OFFICER)
VIEWERS = (*CONTENT_ROLES, Role.SUPERVISING_OFFICER, Role.INSPECTOR)
WAIVERS = (*CONTENT_ROLES, Role.SUPERVISING_OFFICER)


@rule(Permission.LOOKBACK_RUN)
def lookback_run(*, actor: User, thing: Organisation | None) -> list[str]:
    """Reviewers and supervising officers look back; without a body the question is whether they are one anywhere."""
    allowed = actor.holds(*RUNNERS) if thing is None else holds_role(actor=actor, roles=RUNNERS, organisation=thing)
    return [] if allowed else ["存量回查由本单位的审核人员或主管人员发起。"]


@rule(Permission.LOOKBACK_FIGURES)
def lookback_figures(*, actor: User, thing: Organisation | None) -> list[str]:
    """Supervising offices see what rules do: to mend or switch off rules, never to rank people."""
    _ = thing
    return [] if actor.holds(Role.SUPERVISING_OFFICER) else ["规则效果由主管人员查看。"]


@rule(Permission.LOOKBACK_SET_ASIDE)
def lookback_set_aside(*, actor: User, thing: Finding) -> list[str]:
    """Who works with the body's content says what is a false alarm; of a serious error its reviewers or supervisors."""
    reasons = [] if thing.state == FindingState.OPEN else [f"这处问题{thing.get_state_display()}，不用再放行。"]
    serious = thing.severity == Severity.VETO
    if not holds_role(actor=actor, roles=RUNNERS if serious else WAIVERS, organisation=thing.organisation):
        who = "审核人员或主管人员" if serious else "采编、审核或主管人员"
        reasons.append(f"误报由{thing.organisation.short_name}的{who}认定。")
    return reasons

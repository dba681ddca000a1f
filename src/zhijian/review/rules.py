from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.enums import REVIEWER_ROLES, Role
from zhijian.organisations.queries import holds_role
from zhijian.review.delegations import principal_for
from zhijian.review.enums import ReviewState
from zhijian.review.models import Signature
from zhijian.review.queries import current_stage

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.review.models import Review


@rule(Permission.REVIEW_SIGN)
def review_sign(*, actor: User, thing: Review) -> list[str]:
    """Give every reason why this person cannot sign the stage that waits (国办发〔2018〕123号 四(二))."""
    stage = current_stage(thing)
    if thing.state != ReviewState.OPEN or stage is None:
        return [f"这项审核{thing.get_state_display()}，不能再签。"]
    reasons: list[str] = []
    if actor.pk in thing.author_ids:
        reasons.append("您写过或改过这一版，不能审核自己的稿件，请由其他人签。")
    own = holds_role(actor=actor, roles=stage.roles, organisation=stage.organisation)
    if not own and principal_for(actor=actor, stage=stage, review=thing) is None:
        names = "、".join(Role(role).label for role in stage.roles)
        reasons.append(f"“{stage.name}”由{stage.organisation}的{names}来签。")
    distinct = bool(thing.route.get("distinct_signers", True))
    if distinct and Signature.objects.filter(stage__review=thing, person=actor).exists():
        reasons.append("您已签过前面的环节；三审要由不同的人来签。")
    return reasons


@rule(Permission.REVIEW_DELEGATE)
def review_delegate(*, actor: User, thing: object) -> list[str]:
    """Who signs reviews may let somebody sign in their place."""
    _ = thing
    return [] if actor.holds(*REVIEWER_ROLES, Role.SUPERVISING_OFFICER) else ["只有签审的人可以委托别人代签。"]


@rule(Permission.REVIEW_WITHDRAW)
def review_withdraw(*, actor: User, thing: Review) -> list[str]:
    """Who submitted, or any author, takes a version back while it is open."""
    if thing.state != ReviewState.OPEN:
        return [f"这项审核{thing.get_state_display()}，不能撤回。"]
    if actor.pk == thing.submitted_by_id or actor.pk in thing.author_ids:
        return []
    return ["只有送审的人可以撤回。"]

"""Which review route a piece takes: data of the policy packs, put on the bodies that sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import body_at_level, pack_codes
from zhijian.policy import queries as policy
from zhijian.review.routes import Gate, Route, StageSpec

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation

OWN = "own"


def route_for(*, organisation: Organisation, item_class: str) -> Route:
    """Return the review route of a class of pieces at a body (国办发〔2018〕123号 四(二): graded and classed review).

    Raises Refused when no pack has a route, or the body that must sign is not in the tree.
    """
    rules = policy.resolve(pack_codes(organisation), on=clock.today())
    try:
        found = policy.review_route(rules, item_class=item_class, level=organisation.level)
    except policy.NoValue as error:
        raise Refused("规则包里没有这一类稿件的审核流程，请联系系统管理员。") from error
    stages = tuple(_stage(stage, organisation) for stage in found.stages)
    name = f"{'、'.join(stage.name for stage in stages)}"
    return Route(name=name, stages=stages, source=found.rule.document.citation)


def unread_pictures_block(organisation: Organisation) -> bool:
    """Tell whether a piece cannot be approved while a picture of it is unread (先审后发: its words count too)."""
    rules = policy.resolve(pack_codes(organisation), on=clock.today())
    return bool(rules.value("review.unread_pictures_block").value)


def _stage(stage: policy.Stage, organisation: Organisation) -> StageSpec:
    signer = organisation if stage.level == OWN else body_at_level(organisation, stage.level)
    if signer is None:
        raise Refused(f"“{stage.name}”要由上级单位来签，但机构树里没有这一级，请联系系统管理员补上主管单位。")
    return StageSpec(
        code=stage.code,
        name=stage.name,
        organisation_id=signer.pk,
        roles=stage.roles,
        gates=tuple(Gate(gate.code, gate.name, gate.question) for gate in stage.gates),
    )

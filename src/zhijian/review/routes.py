"""A route as data: the stages one version passes through, each with its signers, its gates and its time."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from zhijian.lib import clock
from zhijian.organisations.queries import body_at_level, pack_codes, supervising_body
from zhijian.policy.queries import resolve

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation
    from zhijian.policy.rulebook import Route as RuledRoute

OWN = "own"
SUPERVISING = "supervising"
TIME_KEY: Final = "review.stage_working_days"


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing a reviewer answers for (政治关、法律关、政策关、保密关、文字关 …), signed as a line of a checklist."""

    code: str
    label: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage: any one holder of one of `roles` over the body `organisation_id` signs.

    `working_days` is the time the stage may take, None: that of the policy packs (`timed`). `time_rule` is the
    sentence that says which rule gave it.
    """

    code: str
    name: str
    organisation_id: int
    roles: tuple[str, ...]
    gates: tuple[Gate, ...] = ()
    working_days: int | None = None
    time_rule: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """The stages in their order and where they come from (`source`: the document or policy pack).

    `distinct_signers`: no person signs two stages of one review (三审分人). A body too small for it says so in its
    policy pack; nobody may ever sign their own work either way.
    """

    name: str
    stages: tuple[StageSpec, ...]
    source: str = ""
    distinct_signers: bool = True
    notes: tuple[str, ...] = field(default=())

    def as_data(self) -> dict[str, object]:
        """Return the route as plain JSON values, as it is kept with a review."""
        return asdict(self)


def route_for(rule: RuledRoute, *, organisation: Organisation, name: str) -> Route:
    """Place a route of the policy packs on the tree: each stage's level becomes the body that signs there.

    `own` is the body itself, `supervising` its supervising body, a level the nearest body of that level on the
    supervising line above. A stage whose level lies at or below the body, or that would be the same body and roles as
    the one before, falls away.
    """
    stages: list[StageSpec] = []
    for stage in rule.stages:
        body = _body_of(organisation, stage.level)
        if body is None:
            continue
        gates = tuple(Gate(gate.code, gate.name, gate.question) for gate in stage.gates)
        spec = StageSpec(stage.code, stage.name, body.pk, tuple(stage.roles), gates)
        if not stages or (stages[-1].organisation_id, stages[-1].roles) != (spec.organisation_id, spec.roles):
            stages.append(spec)
    return Route(name=name, stages=tuple(stages), source=rule.rule.document.citation)


def timed(route: Route, *, organisation: Organisation, item_class: str) -> Route:
    """Give every stage without a time of its own that of the policy packs of the body (`review.stage_working_days`)."""
    policy = resolve(pack_codes(organisation), on=clock.today())
    # What is reviewed may be of a class no pack tells apart (a filing): the time of all classes counts then.
    known = item_class if item_class in policy.packs.catalogue.words["item_class"] else None
    rule = policy.find(TIME_KEY, item_class=known, level=organisation.level)
    if rule is None:
        return route
    stages = (
        replace(stage, working_days=rule.value, time_rule=rule.text) if stage.working_days is None else stage
        for stage in route.stages
    )
    return replace(route, stages=tuple(stages))


def _body_of(organisation: Organisation, level: str) -> Organisation | None:
    if level == OWN:
        return organisation
    return supervising_body(organisation) if level == SUPERVISING else body_at_level(organisation, level)

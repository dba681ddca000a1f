"""A route as data: the stages one version passes through, each with its signers, its gates and its time."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from zhijian.organisations.queries import body_at_level, supervising_body

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation
    from zhijian.policy.rulebook import Route as RuledRoute

OWN = "own"
SUPERVISING = "supervising"


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing a reviewer answers for (政治关、法律关、政策关、保密关、文字关 …), signed as a line of a checklist."""

    code: str
    label: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage: any one holder of one of `roles` over the body `organisation_id` signs.

    `working_days` is the time the stage may take, None where no clock runs.
    """

    code: str
    name: str
    organisation_id: int
    roles: tuple[str, ...]
    gates: tuple[Gate, ...] = ()
    working_days: int | None = None


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


def _body_of(organisation: Organisation, level: str) -> Organisation | None:
    if level == OWN:
        return organisation
    return supervising_body(organisation) if level == SUPERVISING else body_at_level(organisation, level)

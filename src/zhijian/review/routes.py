"""A route as data: the stages one version passes through, each with its signers, its gates and its time."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


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

"""Which characters look alike: drawn likenesses, families of characters that share their larger part, letters."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from zhijian.screening.lookalikes.folding import FAMILIES, LETTER_GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping

LESS_ALIKE = 0.02


@cache
def shapes() -> Mapping[str, Mapping[str, float]]:
    """Return for each character those it may be taken for, both ways, with how much less alike than the most alike."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    drawn = files("zhijian.screening.lookalikes").joinpath("shapes.txt").read_text(encoding="utf-8").split()
    for line in drawn:
        for rank, other in enumerate(line[1:]):
            less = LESS_ALIKE * rank
            found[line[0]][other] = min(less, found[line[0]].get(other, less))
            found[other][line[0]] = min(less, found[other].get(line[0], less))
    for family in (*FAMILIES, *LETTER_GROUPS):
        for one in family:
            found[one].update((other, 0.0) for other in family if other != one)
    return found


def likeness(seen: str, meant: str) -> float | None:
    """Return how much less alike two characters are than the most alike ones; `None` when they are not alike."""
    return shapes().get(seen, {}).get(meant)

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
_MOST_RANKS = 255


@cache
def shapes() -> Mapping[str, str]:
    """Return for each character those it may be taken for, both ways, the most alike first."""
    return {one: others for one, (others, _) in _ranked().items()}


def likeness(seen: str, meant: str) -> float | None:
    """Return how much less alike two characters are than the most alike ones; `None` when they are not alike."""
    others, ranks = _ranked().get(seen, ("", b""))
    place = others.find(meant)
    return None if place < 0 else LESS_ALIKE * ranks[place]


@cache
def _ranked() -> Mapping[str, tuple[str, bytes]]:
    """Return for each character the others and how far down the list of likenesses each stands, 0 the most alike."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    drawn = files("zhijian.screening.lookalikes").joinpath("shapes.txt").read_text(encoding="utf-8").split()
    for line in drawn:
        for rank, other in enumerate(line[1:]):
            found[line[0]][other] = min(rank, found[line[0]].get(other, rank))
            found[other][line[0]] = min(rank, found[other].get(line[0], rank))
    for family in (*FAMILIES, *LETTER_GROUPS):
        for one in family:
            found[one].update((other, 0) for other in family if other != one)
    packed: dict[str, tuple[str, bytes]] = {}
    while found:
        one, others = found.popitem()
        ordered = sorted(others, key=lambda other: (others[other], other))
        packed[one] = ("".join(ordered), bytes(min(others[other], _MOST_RANKS) for other in ordered))
    return packed

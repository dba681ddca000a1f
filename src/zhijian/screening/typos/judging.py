"""Which changes the model is sure of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from zhijian.screening.typos.proposing import proposed
from zhijian.screening.typos.weighing import EDGE, judged, sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from zhijian.screening.typos.model import Model
    from zhijian.screening.typos.proposing import Proposals

MORE_PASSES = 1
REACH, NEAR = 16, 8  # characters looked at again around a change, and those of them that may be changed


@dataclass(frozen=True, slots=True)
class Correction:
    """One or two characters at `place` that should read `right`; `sure` from 0 to 1."""

    place: int
    wrong: str
    right: str
    kinds: tuple[int, ...]
    sure: float


def corrections(model: Model, text: str, *, least: float) -> list[Correction]:
    """Return the changes the model is at least so sure of, in order, none overlapping.

    What was mended is looked at once more with what stands around it, so that a fault no longer hides its neighbour.
    """
    found = _one_pass(model, text, least)
    fresh = found
    for _ in range(MORE_PASSES):
        again = [
            one for start, end in _around(fresh, len(text)) for one in _again(model, text, start, end, found, least)
        ]
        taken = {one.place + step for one in found for step in range(len(one.wrong))}
        fresh = [one for one in again if not taken.intersection(range(one.place, one.place + len(one.wrong)))]
        found = found + fresh
    return sorted(found, key=lambda one: one.place)


def _around(found: list[Correction], size: int) -> list[tuple[int, int]]:
    """Return the stretches of `REACH` characters on both sides of each change, joined where they meet."""
    spans: list[tuple[int, int]] = []
    for one in sorted(found, key=lambda each: each.place):
        start, end = max(0, one.place - REACH), min(size, one.place + len(one.wrong) + REACH)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _again(
    model: Model, text: str, start: int, end: int, found: list[Correction], least: float
) -> Iterator[Correction]:
    """Yield changes near those found, in the stretch as it reads when they are made."""
    inside = [one for one in found if start <= one.place and one.place + len(one.wrong) <= end]
    now = text[start:end]
    for one in inside:
        now = now[: one.place - start] + one.right + now[one.place - start + len(one.wrong) :]
    for one in _one_pass(model, now, least):
        if any(abs(start + one.place - other.place) <= NEAR for other in inside):
            yield replace(one, place=start + one.place)


def _one_pass(model: Model, text: str, least: float) -> list[Correction]:
    page = sheet(model, text)
    offers = proposed(page)
    chances = certainty(model, offers)
    singles = len(offers.single.change.at)
    halves = len(offers.left.change.at)
    pair = np.minimum(chances[singles : singles + halves], chances[singles + halves :])
    rows = [(float(chances[row]), 0, row) for row in np.flatnonzero(chances[:singles] >= least)]
    rows += [(float(pair[row]), 1, row) for row in np.flatnonzero(pair >= least)]
    taken: set[int] = set()
    kept = []
    for sure, double, row in sorted(rows, key=lambda one: (-one[0], one[1], one[2])):
        one = _correction(model, text, offers, int(row), double=bool(double), sure=sure)
        span = range(one.place - 1, one.place + len(one.wrong) + 1)
        if not taken.intersection(span):
            taken.update(range(one.place, one.place + len(one.wrong)))
            kept.append(one)
    return kept


def certainty(model: Model, offers: Proposals) -> NDArray[np.float64]:
    """Return how sure the judge is of each change against the others of its place and against changing nothing."""
    at, values = offers.all()
    if not len(at):
        return np.zeros(0)
    strength = np.exp(np.clip(judged(model.weights, values), -30, 30).astype(np.float64))
    sums = np.bincount(at, weights=strength, minlength=1)
    chances: NDArray[np.float64] = strength / (1 + sums[at])
    return chances


def _correction(model: Model, text: str, offers: Proposals, row: int, *, double: bool, sure: float) -> Correction:
    change = offers.left.change if double else offers.single.change
    place = int(change.at[row]) - 2 * EDGE
    right = model.character(int(change.to[row]))
    kinds: tuple[int, ...] = (int(change.kind[row]),)
    if double:
        right += model.character(int(change.other[row]))
        kinds += (int(offers.right.change.kind[row]),)
    return Correction(place, text[place : place + len(right)], right, kinds, sure)

"""Which changes are worth weighing: at places that look unusual, the like characters that fit their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhijian.screening.typos.tables import POWERS, RUN_SALT, WORD_SALT
from zhijian.screening.typos.weighing import KEPT, Change, features, gain, seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from zhijian.screening.typos.weighing import Sheet

SAFE_THREE, SAFE_FOUR, SAFE_WORD = 9, 6, 5  # levels from which a run or word of a text needs no second look
LEAST_PAIR = 8  # level of a two-character word that two changes side by side may make
STRANGE, FAMILIAR = 3, 8  # a pair changed at once was seldom seen, and neither of it lies in a common word
BETTER = 12  # how much worse than what is written a change may look at first sight
MOST = 12  # changes of one place that are looked at closely
_NONE = np.zeros(0, dtype=np.int64)


def unusual(page: Sheet) -> NDArray[np.int64]:
    """Return the padded places of characters that no frequent run and no long word of Chinese covers."""
    chinese = np.diff(page.model.starts)[page.ids.astype(np.int64)] > 0
    safe = np.zeros(len(page.ids), dtype=bool)
    for levels, length, least in (
        (page.runs[3], 3, SAFE_THREE),
        (page.runs[4], 4, SAFE_FOUR),
        (page.words[3], 3, SAFE_WORD),
        (page.words[4], 4, SAFE_WORD),
    ):
        frequent = levels >= least
        for place in range(length):
            frequent &= chinese[place : place + len(levels)]
        for place in range(length):
            safe[place : place + len(levels)] |= frequent
    return np.flatnonzero(chinese & ~safe)


def _all_of(page: Sheet, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every candidate of the places: index into `places`, index into the model's candidates."""
    model, ids = page.model, page.ids[places].astype(np.int64)
    counts = np.diff(model.starts)[ids]
    owners = np.repeat(np.arange(len(places)), counts)
    first = np.repeat(model.starts[ids] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return owners, first + np.arange(len(owners))


def single(page: Sheet, places: NDArray[np.int64]) -> Change:
    """Return the changes of one character that fit their neighbours better than what stands there."""
    model = page.model
    owners, numbers = _all_of(page, places)
    at = places[owners]
    to = model.candidates[numbers].astype(np.uint64)
    shift = to - page.ids[at]
    left, right = page.keys[2][at - 1] + shift * POWERS[0], page.keys[2][at] + shift * POWERS[1]
    fits = np.flatnonzero(model.fits.holds(left) | model.fits.holds(right))
    at, left, right = at[fits], left[fits], right[fits]
    keys = np.stack([left + RUN_SALT[2], right + RUN_SALT[2], left + WORD_SALT[2], right + WORD_SALT[2]])
    levels = model.table.levels(keys).astype(np.int64)
    worth = _worth(levels)
    stands = _worth(
        np.stack([page.runs[2][at - 1], page.runs[2][at], page.words[2][at - 1], page.words[2][at]]).astype(np.int64)
    )
    none = np.zeros(len(at), dtype=np.int64)
    change = Change(at, to[fits], model.kinds[numbers[fits]], none, none.astype(np.uint64))
    better = np.flatnonzero((worth + BETTER > stands) & (levels.max(axis=0, initial=0) > 1))
    change = change[better]
    return change[_foremost(change, worth[better].astype(np.float64), MOST)]


def _worth(levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how well a character sits between its neighbours, from levels (run left, run right, word left, right)."""
    worth: NDArray[np.int64] = 2 * levels[0] + 2 * levels[1] + np.maximum(levels[2], levels[3])
    return worth


def pairs(page: Sheet, places: NDArray[np.int64]) -> tuple[Change, Change]:
    """Return changes of two neighbours at once that make a known word: the left ones and the right ones."""
    model = page.model
    lefts = places[np.isin(places + 1, places)]
    strange = (page.runs[2][lefts] <= STRANGE) & (
        page.words[2][lefts - 1] + page.words[2][lefts] + page.words[2][lefts + 1] < FAMILIAR
    )
    found = [_pairs_at(page, int(left)) for left in lefts[strange]]
    at = np.concatenate(
        [np.full(len(one), left) for left, (one, _) in zip(lefts[strange], found, strict=True)] or [_NONE]
    )
    first = np.concatenate([one for one, _ in found] or [_NONE])
    second = np.concatenate([other for _, other in found] or [_NONE])
    new_left, new_right = model.candidates[first].astype(np.uint64), model.candidates[second].astype(np.uint64)
    ones = np.ones(len(at), dtype=np.int64)
    left = Change(at, new_left, model.kinds[first], ones, new_right)
    return left, Change(at + 1, new_right, model.kinds[second], -ones, new_left)


def _pairs_at(page: Sheet, left: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    model, ids = page.model, page.ids
    one, other = (
        np.arange(model.starts[int(ids[place])], model.starts[int(ids[place]) + 1]) for place in (left, left + 1)
    )
    keys = (model.candidates[one].astype(np.uint64) + np.uint64(1))[:, None] * POWERS[1] + (
        model.candidates[other].astype(np.uint64) + np.uint64(1)
    )
    rows, columns = np.nonzero(model.pairs.holds(keys))
    sure = model.table.levels(keys[rows, columns] + WORD_SALT[2]) >= LEAST_PAIR
    return one[rows[sure]], other[columns[sure]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Changes with what they are judged by: `values` has shape (m, FEATURES)."""

    change: Change
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Proposals:
    """Changes of one character, and changes of two neighbours as two lists that run in step."""

    single: Weighed
    left: Weighed
    right: Weighed

    def all(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return places and values of all three lists, one after the other."""
        parts = (self.single, self.left, self.right)
        return np.concatenate([part.change.at for part in parts]), np.concatenate([part.values for part in parts])


def proposed(page: Sheet) -> Proposals:
    """Return the best changes of every unusual place, weighed."""
    places = unusual(page)
    ones = single(page, places)
    runs, words = seen(page, ones)
    gains = gain(page, ones, runs) + words.max(axis=1, initial=0) / 10
    best = _foremost(ones, gains, KEPT)
    left, right = pairs(page, places)
    halves = [(half, *seen(page, half)) for half in (left, right)]
    sums = sum((gain(page, half, half_runs) for half, half_runs, _ in halves), np.zeros(len(left.at)))
    chosen = _foremost(left, sums, KEPT)
    weighed = [
        _weighed(page, half[chosen], half_runs[chosen], half_words[chosen]) for half, half_runs, half_words in halves
    ]
    return Proposals(_weighed(page, ones[best], runs[best], words[best]), weighed[0], weighed[1])


def _weighed(page: Sheet, change: Change, runs: NDArray[np.uint8], words: NDArray[np.uint8]) -> Weighed:
    return Weighed(change, features(page, change, runs, words))


def _foremost(change: Change, gains: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Return which changes are among the `most` best of their place, in order of place."""
    order = np.lexsort((change.other, change.to, -gains, change.at))
    return order[_rank(change.at[order]) < most]


def _rank(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank of each row inside its run of equal numbers."""
    if not len(groups):
        return groups
    starts = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
    sizes = np.diff(np.concatenate([starts, [len(groups)]]))
    return np.arange(len(groups)) - np.repeat(starts, sizes)

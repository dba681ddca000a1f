"""What speaks for a character other than the one written: figures of the runs and words around the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhijian.screening.typos.alike import KINDS
from zhijian.screening.typos.tables import LONGEST, POWERS, RUN_SALT, STEP, WORD_SALT, run_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from zhijian.screening.typos.model import Model

EDGE = LONGEST - 1  # breaks put before and after every text
ORDER = 4  # longest run of the probability
TRUST = (0.0, 0.0, 30.0, 8.0, 3.0)  # how many sightings the shorter run counts for, by length of the longer
TOTAL = 4e6
WORDS = (2, 3, 4)
KEPT = 8
_PAIR = 2
PLACES = [(length, place) for length in range(2, LONGEST + 1) for place in range(length)]
WORD_PLACES = [(length, place) for length in WORDS for place in range(length)]
COUNTS = np.concatenate([[0.0], STEP ** np.arange(31)])
FEATURES = 2 * (len(PLACES) + len(WORD_PLACES) + 1) + len(KINDS) + 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text as the model sees it: ids with breaks around, keys and levels of all its runs and words.

    `runs[n][s]` is the level of the run of `n` characters that begins at padded place `s`; `chance[p]` the logarithm
    of the probability of the character at padded place `p` after those before it.
    """

    model: Model
    ids: NDArray[np.uint64]
    keys: tuple[NDArray[np.uint64], ...]
    runs: tuple[NDArray[np.uint8], ...]
    words: tuple[NDArray[np.uint8], ...]
    chance: NDArray[np.float64]


def sheet(model: Model, text: str) -> Sheet:
    """Look up every run of the text."""
    ids = np.pad(model.ids_of(text), 2 * EDGE).astype(np.uint64)
    keys = (ids, ids, *(run_keys(ids, length) for length in range(2, LONGEST + 1)))
    runs = [model.frequency[ids], model.frequency[ids]]
    words = [np.zeros(0, dtype=np.uint8)] * 2
    for length in range(2, LONGEST + 1):
        runs.append(model.table.levels(keys[length] + RUN_SALT[length]))
        words.append(model.table.levels(keys[length] + WORD_SALT[length]) if length in WORDS else words[0])
    return Sheet(model, ids, keys, tuple(runs), tuple(words), _chances(runs))


def _chances(runs: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
    size = len(runs[1])
    value = (COUNTS[runs[1]] + 0.5) / TOTAL
    for length in range(2, ORDER + 1):
        sums = np.zeros(size)
        sums[length - 1 :] = COUNTS[runs[length]]
        before = np.full(size, 1.0)
        before[length - 1 :] = COUNTS[runs[length - 1][: size - length + 1]]
        value = (np.minimum(sums, before) + TRUST[length] * value) / (before + TRUST[length])
    return np.log(value)


@dataclass(frozen=True, slots=True)
class Change:
    """Replacing the characters at padded places `at` by `to` (ids); all arrays have the same length m.

    `beside` is 0, or the replaced neighbour's offset (-1 or 1) with its new id in `other`.
    """

    at: NDArray[np.int64]
    to: NDArray[np.uint64]
    kind: NDArray[np.uint8]
    beside: NDArray[np.int64]
    other: NDArray[np.uint64]

    def __getitem__(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Change:
        return Change(self.at[chosen], self.to[chosen], self.kind[chosen], self.beside[chosen], self.other[chosen])


def _key_shift(page: Sheet, change: Change, length: int, place: int) -> NDArray[np.uint64]:
    """Return the keys of the runs of `length` in which the changed character stands at `place`, after the change."""
    keys: NDArray[np.uint64] = page.keys[length][change.at - place]
    keys = keys + (change.to - page.ids[change.at]) * POWERS[length - 1 - place]
    beside = place + change.beside
    inside = (change.beside != 0) & (beside >= 0) & (beside < length)
    if inside.any():
        shift = (change.other - page.ids[change.at + change.beside]) * POWERS[(length - 1 - beside).clip(0, LONGEST)]
        keys = np.where(inside, keys + shift, keys)
    return keys


def seen(page: Sheet, change: Change) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return levels of the runs and the words around each change, shapes (m, len(PLACES)), (m, len(WORD_PLACES))."""
    table = page.model.table
    runs, words = [], []
    for length, place in PLACES:
        keys = _key_shift(page, change, length, place)
        runs.append(keys + RUN_SALT[length])
        if length in WORDS:
            words.append(keys + WORD_SALT[length])
    both = table.levels(np.stack(runs + words))
    return both[: len(runs)].T, both[len(runs) :].T


def written(page: Sheet, at: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the same levels for the characters as they stand."""
    runs = np.stack([page.runs[length][at - place] for length, place in PLACES], axis=1)
    words = np.stack([page.words[length][at - place] for length, place in WORD_PLACES], axis=1)
    return runs, words


def gain(page: Sheet, change: Change, runs: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return by how much the change makes the text more probable (natural logarithm), shape (m,).

    A changed neighbour counts only inside the runs that hold both; for comparing changes that is enough.
    """
    total = np.zeros(len(change.at))
    column = {pair: number for number, pair in enumerate(PLACES)}
    alone = page.model.frequency[change.to]
    for ahead in range(ORDER):
        ends = change.at + ahead
        value = (COUNTS[alone if ahead == 0 else page.runs[1][ends]] + 0.5) / TOTAL
        for length in range(2, ORDER + 1):
            place = length - 1 - ahead  # where the changed character stands in the run that ends here
            start = ends - length + 1
            sums = COUNTS[runs[:, column[length, place]] if place >= 0 else page.runs[length][start]]
            if place < 0 or ahead == 0:
                context = page.runs[length - 1][start]
            elif length == _PAIR:
                context = alone
            else:
                context = runs[:, column[length - 1, place]]
            before = COUNTS[context] if length > 1 else 1.0
            value = (np.minimum(sums, before) + TRUST[length] * value) / (before + TRUST[length])
        total += np.log(value) - page.chance[ends]
    return total


def features(page: Sheet, change: Change, runs: NDArray[np.uint8], words: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what the judge weighs, shape (m, FEATURES)."""
    old_runs, old_words = written(page, change.at)
    gains = gain(page, change, runs)
    best = _best_of_place(change.at, gains)
    kinds = np.eye(len(KINDS), dtype=np.float32)[change.kind]
    single = np.stack(
        [
            gains / 10,
            (gains - best) / 10,
            change.beside != 0,
            runs.max(axis=1) / 10 - old_runs.max(axis=1) / 10,
            words.max(axis=1) / 10 - old_words.max(axis=1) / 10,
            page.chance[change.at] / 10,
            page.chance[change.at + 1] / 10,
            gains > best - 1e-9,
        ],
        axis=1,
    )
    alone = np.stack([page.model.frequency[change.to], page.runs[1][change.at]], axis=1)
    levels = np.concatenate([runs, words, old_runs, old_words, alone], axis=1) / np.float32(10)
    return np.concatenate([levels, kinds, single], axis=1).astype(np.float32)


def _best_of_place(at: NDArray[np.int64], gains: NDArray[np.float64]) -> NDArray[np.float64]:
    best = np.full(int(at.max(initial=0)) + 1, -np.inf)
    np.maximum.at(best, at, gains)
    return best[at]


def judged(weights: Mapping[str, NDArray[np.float32]], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how strongly each change is favoured over leaving the text alone, shape (m,)."""
    values = (values - weights["mean"]) * weights["scale"]
    hidden = np.maximum(values @ weights["inner"] + weights["inner_bias"], 0)
    result: NDArray[np.float32] = hidden @ weights["outer"] + weights["outer_bias"]
    return result

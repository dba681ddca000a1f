"""Finding characters that were torn into two: 信 written as 人言."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhijian.screening.characters import CODE_POINTS, splits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from zhijian.screening.characters import Flags


@dataclass(frozen=True)
class Joints:
    """The torn characters some rules ask for: rising keys of two parts, what they make, who may stand first or second.

    `reach` is how many code points of the neighbourhood a word with such a character may need.
    """

    keys: NDArray[np.int64]
    wholes: str
    begins: Flags
    ends: Flags
    reach: int

    def find(self, codes: NDArray[np.intp]) -> list[tuple[int, str]]:
        """Return where two parts stand side by side and what they make; of two that share a part the earlier."""
        places = np.flatnonzero(self.begins.take(codes[:-1], mode="clip") & self.ends.take(codes[1:], mode="clip"))
        if not len(places):
            return []
        keys = codes[places] * CODE_POINTS + codes[places + 1]
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[rows] == keys
        found: list[tuple[int, str]] = []
        after = 0
        for place, row in zip(places[known].tolist(), rows[known].tolist(), strict=True):
            if place >= after:
                found.append((place, self.wholes[row]))
                after = place + 2
        return found


def joints_of(characters: Iterable[str], *, reach: int) -> Joints | None:
    """Return what to look for so that these characters are found torn, None when none of them can be torn."""
    wanted = set(characters)
    rows = sorted(
        (ord(left) * CODE_POINTS + ord(right), whole) for (left, right), whole in splits().items() if whole in wanted
    )
    if not rows:
        return None
    keys = np.array([key for key, _ in rows], dtype=np.int64)
    begins, ends = np.zeros(CODE_POINTS, dtype=np.bool_), np.zeros(CODE_POINTS, dtype=np.bool_)
    begins[keys // CODE_POINTS] = True
    ends[keys % CODE_POINTS] = True
    return Joints(keys, "".join(whole for _, whole in rows), begins, ends, reach)

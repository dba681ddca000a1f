"""Undoing disguises, with a way back: every place in a changed text is known in the original.

The views of one text. `folded` has exactly as many code points as the original (width, case and traditional
characters are changed one to one), so its offsets are the original's. `compact` leaves out what may be put between two
characters of a word. `alike` and `spoken` are as long as `compact`: look-alikes and digits stand as the one they may
be taken for, characters stand by their sound. `joined` holds only the neighbourhoods in which two parts of a torn
character stand side by side, with the parts put together.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zhijian.screening.characters import (
    DRESSED,
    DROPPED,
    FOLDED,
    FOLDS,
    HIDDEN,
    LEFT_OUT,
    alike,
    bases,
    digit_of,
    oddities,
    sounds,
)
from zhijian.screening.enums import Disguise
from zhijian.screening.plain import FULL_WIDTH, TRADITIONAL, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from zhijian.screening.characters import Codes
    from zhijian.screening.joints import Joints

LONGEST_GAP = 3
_FLAGGED = range(1, (FOLDS | DRESSED | LEFT_OUT) + 1)


class Page:
    """One text and its views. Thread-safe: the views are values computed from the text alone.

    `odd`: what of `FOLDS`, `LEFT_OUT` and `DRESSED` is anywhere in the text, 0 for the plainest. `seen`: the code
    points of the original that `compact` keeps, as they are. `dressed`: not 0 for each of them in other dress (①);
    empty when none is.
    """

    def __init__(self, text: str) -> None:
        # What every scan needs is made at once: a few microseconds here are most of what a short text costs.
        self.text = text
        self._raw = raw = _codes(text)
        self._oddities = oddities().take(raw, mode="clip")
        self.odd = _signs(self._oddities.tobytes())
        self.seen = raw[self._oddities < LEFT_OUT] if self.odd & LEFT_OUT else raw
        if self.odd & FOLDS:
            self.compact = _read(FOLDED, self.seen)
        else:
            self.compact = text if self.seen is raw else _written(self.seen.astype(np.uint32))
        self.dressed = self._dressed() if self.odd & DRESSED else b""
        # Kept by hand: before Python 3.12 a cached_property takes a lock, which costs as much as a view of a line.
        self._alike: str | None = None
        self._kept: NDArray[np.intp] | None = None

    def _dressed(self) -> bytes:
        return (self._oddities[self._oddities < LEFT_OUT] & np.uint8(DRESSED)).tobytes()

    @cached_property
    def folded(self) -> str:
        return _read(FOLDED, self._raw) if self.odd & FOLDS else self.text

    @property
    def alike(self) -> str:
        if self._alike is None:
            self._alike = _read(bases(), self.seen)
        return self._alike

    @cached_property
    def spoken(self) -> str:
        return _read(sounds(), self.seen)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of `compact` (not empty) stands in the original."""
        if not self.odd & LEFT_OUT:
            return start, end
        if self._kept is None:
            self._kept = (self._oddities < LEFT_OUT).nonzero()[0]
        return int(self._kept[start]), int(self._kept[end - 1]) + 1

    def paragraph(self, start: int, end: int, *, reach: int) -> str:
        """Return the folded text around a span, at most `reach` code points each way, never past a line end."""
        left = max(self.folded.rfind("\n", max(0, start - reach), start) + 1, start - reach, 0)
        cut = self.folded.find("\n", end, end + reach)
        return self.folded[left : end + reach if cut < 0 else cut]


@dataclass(frozen=True)
class Joined:
    """A stretch of a compact text, beginning at `left` of it, with the torn characters in it put together.

    `plain` is folded text, `alike` what an automaton of look-alikes reads; `torn` are the places in them, rising, of
    the code points that were two.
    """

    plain: str
    alike: str
    torn: tuple[int, ...]
    left: int

    def needed(self, start: int, end: int) -> bool:
        """Tell whether a span of the stretch holds a character that was torn."""
        return bisect_left(self.torn, start) < bisect_left(self.torn, end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the stretch stands in the compact text."""
        return self.left + start + bisect_left(self.torn, start), self.left + end + bisect_left(self.torn, end)


def joined(page: Page, joints: Joints) -> Iterator[Joined]:
    """Yield the stretches of a page in which a word with a torn character can stand."""
    near: list[tuple[int, str]] = []
    for place, whole in joints.find(page.seen):
        if near and place - near[-1][0] > 2 * joints.reach:
            yield _joined(page, near, joints.reach)
            near = []
        near.append((place, whole))
    if near:
        yield _joined(page, near, joints.reach)


def _joined(page: Page, found: list[tuple[int, str]], reach: int) -> Joined:
    left = after = max(0, found[0][0] - reach)
    plain, drawn, torn = [], [], []
    wholes = drawn_as("".join(whole for _, whole in found))
    for number, (place, whole) in enumerate(found):
        plain += [page.compact[after:place], whole]
        drawn += [page.alike[after:place], wholes[number]]
        torn.append(place - number - left)
        after = place + 2
    plain.append(page.compact[after : after + reach])
    drawn.append(page.alike[after : after + reach])
    return Joined("".join(plain), "".join(drawn), tuple(torn), left)


def _signs(signs: bytes) -> int:
    """Return all flags that are set in any byte."""
    odd = 0
    for value in _FLAGGED:
        # Looking for one byte costs a fraction of what a reduction by numpy needs to begin.
        if value in signs:
            odd |= value
    return odd


def _read(table: Codes, codes: NDArray[np.intp]) -> str:
    # Every code point is below the end of the table, so clipping changes nothing: it only spares a check.
    return _written(table.take(codes, mode="clip"))


def _written(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le")


def drawn_as(text: str) -> str:
    """Return folded text as it stands in `Page.alike`."""
    return _read(bases(), _codes(text))


def spoken_as(text: str) -> str:
    """Return folded text as it stands in `Page.spoken`."""
    return _read(sounds(), _codes(text))


def _codes(text: str) -> NDArray[np.intp]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.intp)


def used_in_place(seen: str, meant: str, *, weak: int, spoken: bool = False) -> frozenset[Disguise] | None:
    """Return the disguises by which `seen` differs from `meant`, both of one length; `None`: it is another word.

    At most `weak` characters may be others that are only drawn alike. `spoken`: the two are known to sound alike, and
    `weak` is how many may differ.
    """
    kinds: set[Disguise] = set()
    for one, other in zip(seen, meant, strict=True):
        if one != other:
            kind = _differ(one, other, kinds, spoken=spoken)
            weak -= kind in _WEAK and not oddities()[ord(one)] & DRESSED
            if kind is None or weak < 0:
                return None
    return frozenset(kinds)


_WEAK = frozenset({Disguise.LOOK_ALIKE, Disguise.HOMOPHONE})


def _differ(seen: str, meant: str, kinds: set[Disguise], *, spoken: bool) -> Disguise | None:
    """Add to `kinds` how two characters differ and return the last; `None`: they are different characters."""
    kind: Disguise | None = None
    if seen in FULL_WIDTH and meant not in FULL_WIDTH:
        kinds.add(kind := Disguise.WIDTH)
        seen = FULL_WIDTH[seen]
    if seen in TRADITIONAL and meant not in TRADITIONAL:
        kinds.add(kind := Disguise.TRADITIONAL)
        seen = TRADITIONAL[seen]
    if seen == meant:
        return kind
    plain_seen, plain_meant = fold(seen), fold(meant)
    if plain_seen == plain_meant:
        kind = Disguise.CASE if plain_meant.isascii() else Disguise.TRADITIONAL
    else:
        kind = Disguise.HOMOPHONE if spoken else _drawn(plain_seen, plain_meant)
    if kind is not None:
        kinds.add(kind)
    return kind


def _drawn(seen: str, meant: str) -> Disguise | None:
    digit = digit_of(meant)
    if digit and digit_of(seen) == digit:
        return Disguise.DIGITS
    return Disguise.LOOK_ALIKE if alike(seen, meant) else None


def used_between(seen: str) -> frozenset[Disguise] | None:
    """Return how a span of the original was torn apart; `None` when a gap is too long to be one word."""
    kinds: set[Disguise] = set()
    gap = 0
    for character in fold(seen):
        gap = gap + 1 if character in DROPPED else 0
        if gap > LONGEST_GAP:
            return None
        if gap:
            kinds.add(Disguise.ZERO_WIDTH if character in HIDDEN else Disguise.INTERPOSED)
    return frozenset(kinds)


def without_gaps(seen: str) -> str:
    """Return a span of the original without the characters put in between, otherwise as written."""
    return "".join(character for character in seen if fold(character) not in DROPPED)

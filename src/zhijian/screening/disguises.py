"""Undoing disguises, with a way back: every place in a changed text is known in the original.

Two views are made of a text. `folded` has exactly as many code points as the original (width, case and
traditional characters are changed one to one), so its offsets are the original's. `compact` leaves out what may be
put between two characters of a word; `origin` gives the original offset of each of its code points.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from zhijian.screening.enums import Disguise

_TABLE = tomllib.loads(files("zhijian.screening").joinpath("characters.toml").read_text(encoding="utf-8"))

_CAPITALS = range(ord("A"), ord("Z") + 1)
# Chinese sentence punctuation keeps its width: the punctuation rules look at it.
_FULL_WIDTH = {chr(ord(plain) + 0xFEE0): plain for plain in _TABLE["folded_ascii"]}
_TRADITIONAL = dict(zip(_TABLE["traditional"], _TABLE["simplified"], strict=True))
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_FOLD = str.maketrans(
    {
        **_TRADITIONAL,
        **{wide: plain.lower() for wide, plain in _FULL_WIDTH.items()},
        **{chr(code): chr(code).lower() for code in _CAPITALS},
    },
)
_FOLD.update(_SURROGATES)

ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\ufe0e\ufe0f\ufeff"
)
_SPACES = " \t\u00a0\u2002\u2003\u2009\u202f\u3000"
_SYMBOLS = "*_^~`|+=#@&$%/\\<>·•●○◆◇■□★☆※→-－＿＊＾｜／＼～＋＝＃＠＆＄％."
_HIDDEN = frozenset(ZERO_WIDTH)
_DROPPED = frozenset(ZERO_WIDTH + _SPACES + _SYMBOLS)
_ANY_DROPPED = re.compile(f"[{re.escape(''.join(sorted(_DROPPED)))}]")
LONGEST_GAP = 3


@dataclass(frozen=True)
class Page:
    """One text and its views. Thread-safe: the views are values computed from the text alone."""

    text: str

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def has_gaps(self) -> bool:
        return _ANY_DROPPED.search(self.folded) is not None

    @cached_property
    def origin(self) -> list[int]:
        """Return, for each code point of `compact`, its offset in the original."""
        return [place for place, character in enumerate(self.folded) if character not in _DROPPED]

    @cached_property
    def compact(self) -> str:
        return "".join([character for character in self.folded if character not in _DROPPED])

    def paragraph(self, start: int, end: int, *, reach: int) -> str:
        """Return the folded text around a span, at most `reach` code points each way, never past a line end."""
        left = max(self.folded.rfind("\n", max(0, start - reach), start) + 1, start - reach, 0)
        cut = self.folded.find("\n", end, end + reach)
        return self.folded[left : end + reach if cut < 0 else cut]


def fold(text: str) -> str:
    """Return `text` in half width, lower case and simplified characters, code point by code point."""
    return text.translate(_FOLD)


def used_in_place(seen: str, meant: str) -> frozenset[Disguise]:
    """Return the disguises by which `seen` differs from `meant`, both of one length and equal when folded."""
    if seen == meant:
        return frozenset()
    pairs = zip(seen, meant, strict=True)
    return frozenset(disguise for one, other in pairs if one != other for disguise in _differences(one, other))


def used_between(seen: str) -> frozenset[Disguise] | None:
    """Return how a span of the original was torn apart; `None` when a gap is too long to be one word."""
    kinds: set[Disguise] = set()
    gap = 0
    for character in fold(seen):
        gap = gap + 1 if character in _DROPPED else 0
        if gap > LONGEST_GAP:
            return None
        if gap:
            kinds.add(Disguise.ZERO_WIDTH if character in _HIDDEN else Disguise.INTERPOSED)
    return frozenset(kinds)


def without_gaps(seen: str) -> str:
    """Return a span of the original without the characters put in between, otherwise as written."""
    return "".join(character for character in seen if fold(character) not in _DROPPED)


def _differences(seen: str, meant: str) -> list[Disguise]:
    kinds = []
    if seen in _FULL_WIDTH and meant not in _FULL_WIDTH:
        kinds.append(Disguise.WIDTH)
        seen = _FULL_WIDTH[seen]
    if seen in _TRADITIONAL:
        kinds.append(Disguise.TRADITIONAL)
        seen = _TRADITIONAL[seen]
    if seen != meant:
        kinds.append(Disguise.CASE)
    return kinds

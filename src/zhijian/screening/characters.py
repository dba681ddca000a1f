"""What one character may stand for: tables over all code points, read by index, thousands of characters at a time.

Every table keeps one code point one code point, so that a place in a changed text is the same place as before.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from zhijian.screening.lookalikes.shapes import likeness, shapes
from zhijian.screening.lookalikes.sounds import readings
from zhijian.screening.plain import FULL_WIDTH, TRADITIONAL, fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]
    Flags = NDArray[np.bool_]

CODE_POINTS = 0x110000
_PLANES = 0x20000
_FIRST_SOUND = 0xE000
_HAN = range(0x4E00, 0xA000)
# Blocks with letters, digits and characters in other dress: enclosed, small, mathematical, compatibility forms.
_DRESSED_BLOCKS = (
    range(0x80, 0x3400),
    _HAN,
    range(0xF900, 0x10000),
    range(0x1D400, 0x1D800),
    range(0x1F100, 0x1F200),
    range(0x2F800, 0x2FA20),
)
_TABLE = tomllib.loads(files("zhijian.screening").joinpath("characters.toml").read_text(encoding="utf-8"))

ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\ufe0e\ufe0f\ufeff"
)
_SPACES = " \t\u00a0\u2002\u2003\u2009\u202f\u3000"
_SYMBOLS = "*_^~`|+=#@&$%/\\<>·•●○◆◇■□★☆※→-－＿＊＾｜／＼～＋＝＃＠＆＄％."
HIDDEN = frozenset(ZERO_WIDTH)
DROPPED = frozenset(ZERO_WIDTH + _SPACES + _SYMBOLS)


def _plain() -> tuple[Codes, Flags]:
    folded = np.arange(CODE_POINTS, dtype=np.uint32)
    folded[0xD800:0xE000] = 0xFFFD
    for character in (*FULL_WIDTH, *TRADITIONAL, *map(chr, range(ord("A"), ord("Z") + 1))):
        folded[ord(character)] = ord(fold(character))
    dropped = np.zeros(CODE_POINTS, dtype=np.bool_)
    dropped[[ord(character) for character in DROPPED]] = True
    return folded, dropped


FOLDED, IS_DROPPED = _plain()
"""For each code point: the folded one, and whether (folded) it may be put between two characters of a word."""

# What is left out is the highest: a character below it is kept.
FOLDS, DRESSED, LEFT_OUT = 1, 2, 4


@lru_cache(maxsize=1)
def oddities() -> NDArray[np.uint8]:
    """Return for each code point what a text with it needs: `FOLDS`, `LEFT_OUT`, `DRESSED` (① for 1), or 0: nothing."""
    codes = np.arange(CODE_POINTS, dtype=np.uint32)
    odd: NDArray[np.uint8] = (codes != FOLDED) * np.uint8(FOLDS) | IS_DROPPED[FOLDED] * np.uint8(LEFT_OUT)
    for block in _DRESSED_BLOCKS:
        for code in block:
            character = chr(code)
            if character not in _TABLE["digits"] and _bare(character) is not None:
                odd[code] |= DRESSED
    return odd


@lru_cache(maxsize=1)
def bases() -> Codes:
    """Return for each code point the one that stands for all that are drawn alike or mean the same digit.

    Groups are made wide so that no likeness is missed; `alike` decides whether two of a group are really alike.
    """
    table = np.arange(CODE_POINTS, dtype=np.uint32)
    for code in (place for block in _DRESSED_BLOCKS for place in block):
        bare = _bare(chr(code))
        if bare is not None:
            table[code] = ord(bare)
    for group in _groups():
        drawn = sorted(character for character in group if not digit_of(character) or character.isascii())
        table[[ord(character) for character in drawn]] = ord(drawn[0]) if drawn else 0
    # A character that folds into one of a group stands where the group stands.
    table[:_PLANES] = table[table[:_PLANES]]
    return table[FOLDED]


def _bare(character: str) -> str | None:
    """Return the digit or the plain character that another is a dress of, None when it is plain itself."""
    digit = digit_of(character)
    if digit:
        return digit
    bare = fold(unicodedata.normalize("NFKC", character).lower())
    return bare if len(bare) == 1 and bare != character and bare.isalnum() else None


@cache
def digit_of(character: str) -> str:
    """Return the ASCII digit a character is a disguise of (① 〡 壹 ９ ㈠), the empty text when it is none."""
    if character in _TABLE["digits"]:
        return str(_TABLE["digits"][character])
    bare = unicodedata.normalize("NFKC", character).strip("().")
    if len(bare) == 1 and bare.isascii() and bare.isdigit():
        return bare
    if character != bare and bare in _TABLE["digits"]:
        return str(_TABLE["digits"][bare])
    value = unicodedata.digit(character, None)
    return "" if value is None else str(value)


def _groups() -> list[set[str]]:
    """Return groups of characters that may be taken for one another: each with its likest and what is told by hand."""
    parent: dict[str, str] = {}
    pairs = [(group[0], other) for group in _drawn_alike() for other in group[1:]]
    pairs += [(one, others[0]) for one, others in sorted(shapes().items())]
    for one, other in pairs:
        parent[_first(parent, one)] = _first(parent, other)
    groups: dict[str, set[str]] = {}
    for one in list(parent):
        groups.setdefault(_first(parent, one), set()).add(one)
    return list(groups.values())


def _first(parent: dict[str, str], one: str) -> str:
    parent.setdefault(one, one)
    while parent[one] != one:
        one = parent[one]
    return one


@lru_cache(maxsize=1)
def _drawn_alike() -> tuple[str, ...]:
    return tuple(_TABLE["drawn_alike"].split())


@lru_cache(maxsize=1)
def sounds() -> Codes:
    """Return for each code point the sign of its usual sound without tone; letters and digits stay."""
    table = np.arange(CODE_POINTS, dtype=np.uint32)
    signs: dict[str, int] = {}
    for code in _HAN:
        reading = readings(chr(code))[0]
        if len(reading) > 1 or reading.isascii():
            table[code] = _FIRST_SOUND + signs.setdefault(reading, len(signs))
    return table[FOLDED]


@lru_cache(maxsize=65_536)
def alike(seen: str, meant: str) -> bool:
    """Tell whether one folded character is drawn like another."""
    seen = _bare(seen) or seen
    if seen == meant or likeness(seen, meant) is not None:
        return True
    return any(seen in group and meant in group for group in _drawn_alike())


# Parts that are no character of their own, and the characters they are written as.
_SIDE_FORMS = dict(zip("亻讠钅氵扌纟忄犭饣礻衤刂艹", "人言金水手丝心犬食示衣刀草", strict=True))


@lru_cache(maxsize=1)
def splits() -> dict[tuple[str, str], str]:
    """Return the characters that can be torn into two others (信 as 亻言 or 人言), by the two."""
    words = files("zhijian.screening").joinpath("splits.txt").read_text(encoding="utf-8").split()
    found: dict[tuple[str, str], str] = {}
    for word in words:
        whole, left, right = word[0], word[1], word[2]
        for first in {left, _SIDE_FORMS.get(left, left)}:
            for second in {right, _SIDE_FORMS.get(right, right)}:
                found.setdefault((first, second), whole)
    return found

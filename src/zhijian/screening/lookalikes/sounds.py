"""How characters sound: each reading without its tone, loosely, as one sign."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_SIGN = 0xE000
_LOOSE_BEGINNINGS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_signs: dict[str, str] = {}


@cache
def _readings() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the usual and the second reading of each character.

    A line of `sounds.txt` is a reading without tone, the characters usually read so, and those also read so; the facts
    are those of Unicode's Unihan database.
    """
    usual: dict[str, str] = {}
    second: dict[str, str] = {}
    for line in files("zhijian.screening.lookalikes").joinpath("sounds.txt").read_text(encoding="utf-8").splitlines():
        reading, first, other = line.split(" ")
        usual.update(dict.fromkeys(first.strip("-"), reading))
        second.update(dict.fromkeys(other.strip("-"), reading))
    return usual, second


@cache
def readings(character: str) -> tuple[str, ...]:
    """Return the usual readings of a character without tones, the most usual first; itself when it has none."""
    usual, second = _readings()
    if character not in usual:
        return (character,)
    return (usual[character], second[character]) if character in second else (usual[character],)


@cache
def loose(reading: str) -> str:
    """Return the reading as careless ears hear it: zh as z, n- as l-, -ng as -n."""
    if len(reading) == 1:
        return reading
    for strict, slack in _LOOSE_BEGINNINGS:
        if reading.startswith(strict):
            reading = slack + reading[2:]
    if reading.startswith("n"):
        reading = "l" + reading[1:]
    return reading[:-1] if reading.endswith("ng") else reading


@cache
def signs(character: str) -> tuple[str, ...]:
    """Return the signs of a character's readings, the usual one first; letters and digits are their own sign."""
    if character not in _readings()[0]:
        return (character,)
    return tuple(dict.fromkeys(_sign(loose(reading)) for reading in readings(character)))


def _sign(reading: str) -> str:
    if reading not in _signs:
        _signs[reading] = chr(_FIRST_SIGN + len(_signs))
    return _signs[reading]


class _Spelling(dict[int, str]):
    def __missing__(self, code: int) -> str:
        found = self[code] = signs(chr(code))[0]
        return found


_SPELLING = _Spelling()


def spelt(text: str) -> str:
    """Return a plain name by the sounds of its characters, one sign each."""
    return text.translate(_SPELLING)

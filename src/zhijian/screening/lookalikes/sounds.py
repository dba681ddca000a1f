"""How characters sound: each reading without its tone, loosely, as one sign."""

from __future__ import annotations

import unicodedata
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

MOST_READINGS = 2
_FIRST_SIGN = 0xE000
_LOOSE_BEGINNINGS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_signs: dict[str, str] = {}


@cache
def readings(character: str) -> tuple[str, ...]:
    """Return the usual readings of a character without tones, the most usual first; itself when it has none."""
    known = pinyin_dict.get(ord(character))
    if known is None:
        return (character,)
    return tuple(dict.fromkeys(_toneless(reading) for reading in known.split(",")))[:MOST_READINGS]


def _toneless(reading: str) -> str:
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


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
    if ord(character) not in pinyin_dict:
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

"""The packaged words of hijacked pages, and how they are found where nobody warns of them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

import daachorse

from zhijian.screening.links.hosts import is_below

_TABLE: Final = tomllib.loads(files("zhijian.screening").joinpath("pages", "words.toml").read_text(encoding="utf-8"))
SOURCE: Final[str] = _TABLE["source"]
KINDS: Final = {"gambling": "赌博", "porn": "色情", "trade": "非法买卖"}
_AGAINST: Final = re.compile(_TABLE["against"])
_SCRIPTS: Final = frozenset(_TABLE["scripts"])
_REACH: Final = 24
BRANDS: Final = "|".join(re.escape(word) for word in sorted(_TABLE["brands"], key=len, reverse=True))


@cache
def _automaton(kinds: tuple[str, ...]) -> tuple[daachorse.CharwiseDoubleArrayAhoCorasick, list[str]]:
    words = sorted({word for kind in kinds for word in _TABLE[kind]})
    return daachorse.CharwiseDoubleArrayAhoCorasick(words), words


def is_script_host(host: str) -> bool:
    """Tell whether a host serves scripts to everybody: counters, maps, libraries."""
    return is_below(host, _SCRIPTS)


def parked_word(text: str) -> str:
    """Return the first words of a folded text that say its name is for sale or has run out, "" for none."""
    return next((word for word in _TABLE["parked"] if word in text), "")


def bad_words(text: str, *, kinds: tuple[str, ...] = tuple(KINDS), warned: bool = True) -> list[str]:
    """Return the listed words of a folded text in order, each time it stands there.

    With `warned`, those near words of warning or punishing are left out: a notice against gambling names gambling.
    """
    automaton, words = _automaton(kinds)
    found = []
    for start, end, number in automaton.find_overlapping(text):
        if _is_inside_word(text, start, end):
            continue
        if not warned or not _AGAINST.search(text[max(0, start - _REACH) : end + _REACH]):
            found.append(words[number])
    return found


def _is_inside_word(text: str, start: int, end: int) -> bool:
    """Tell whether a word in Latin letters is only a part of a longer one."""
    left = start > 0 and text[start - 1].isascii() and text[start - 1].isalpha() and text[start].isascii()
    right = end < len(text) and text[end].isascii() and text[end].isalpha() and text[end - 1].isascii()
    return left or right

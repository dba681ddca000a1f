"""Tags with attributes without end: a parser compares each attribute with all before it, so they are cut beforehand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST_ATTRIBUTES: Final = 200
"""Of one tag; what people write has some twenty."""
_MOST_COMPARED: Final = 2_000_000_000
"""Pairs of attributes in what looks like tags within scripts, where nothing may be cut out."""
_START: Final = re.compile(r"<([A-Za-z][^\s/>]*+)")
_ATTRIBUTE: Final = re.compile(
    r"[\s/]*+(?:[^\s/>=][^\s/>=]*+|=[^\s/>=]*+)(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?+"
)
_ENDS: Final = {"script": re.compile("</script", re.IGNORECASE), "style": re.compile("</style", re.IGNORECASE)}


@dataclass(frozen=True, slots=True)
class Thinned:
    """A page that may be parsed. `cut` are the lines, from 1, of tags that lost attributes.

    `ends` is the line from which on the page was left out, 0 when none was.
    """

    text: str
    cut: tuple[int, ...] = ()
    ends: int = 0


def thinned(text: str) -> Thinned:
    """Return a page whose tags have at most `MOST_ATTRIBUTES` attributes; it is gone through once."""
    parts: list[str] = []
    lines: list[int] = []
    kept = at = compared = 0
    open_end: dict[str, int] = {}
    code_until = 0
    while tag := _START.search(text, at):
        in_code = tag.start() < code_until
        first, at, count = _attributes(text, tag.end(), code_until if in_code else len(text))
        if in_code:
            compared += count * count
            if compared > _MOST_COMPARED:
                return Thinned("".join((*parts, text[kept : tag.start()])), tuple(lines), _line(text, tag.start()))
            continue
        if count > MOST_ATTRIBUTES:
            parts.append(text[kept:first])
            kept = at
            lines.append(_line(text, tag.start()) if len(lines) < MOST_ATTRIBUTES else lines[-1])
        name = tag[1].lower()
        if name in _ENDS and open_end.get(name, 0) >= 0:
            found = _ENDS[name].search(text, at)
            open_end[name] = code_until = found.start() if found else -1
    return Thinned("".join((*parts, text[kept:])) if parts else text, tuple(dict.fromkeys(lines)))


def _attributes(text: str, at: int, end: int) -> tuple[int, int, int]:
    """Return where the attributes to be kept end, where all end, and how many there are; none goes over `end`."""
    count, first = 0, at
    while found := _ATTRIBUTE.match(text, at, end):
        at = found.end()
        count += 1
        first = at if count <= MOST_ATTRIBUTES else first
    return first, at, count


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1

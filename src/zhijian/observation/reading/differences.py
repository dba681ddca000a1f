"""What differs between two texts: by lines first, then letter by letter inside the lines that changed."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_CLOSE: Final = 2000
"""Longer stretches are shown as taken out and put in: comparing them letter by letter takes seconds."""

Segment = tuple[str, str]


def differences(old: str, new: str) -> list[Segment]:
    """Return the stretches in order as (kind, text), kind equal, insert or delete; joined they give both texts."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Segment] = []
    for kind, one, two, three, four in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("equal", "".join(before[one:two])))
        else:
            found += _inside(before[one:two], after[three:four])
    return found


def _inside(before: Sequence[str], after: Sequence[str]) -> Iterator[Segment]:
    old, new = "".join(before), "".join(after)
    if max(len(old), len(new)) > LONGEST_CLOSE:
        yield from _whole(old, new)
        return
    for kind, one, two, three, four in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "equal", old[one:two]
        else:
            yield from _whole(old[one:two], new[three:four])


def _whole(old: str, new: str) -> Iterator[Segment]:
    if old:
        yield "delete", old
    if new:
        yield "insert", new

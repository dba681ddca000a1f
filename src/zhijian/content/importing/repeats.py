"""One page often carries its article twice: for the screen and for print or phones."""

import re
from typing import Final

from zhijian.content.importing.patterns import NAVIGATION
from zhijian.content.importing.results import Line, Page

LONG: Final = 30
LONG_NEEDED: Final = 3
SHARE_NEEDED: Final = 0.3
BLANK: Final = re.compile(r"\s+")


def take_out_repeats(page: Page) -> None:
    """Take out the second copy of the article; a single repeated paragraph stays, marked for the editor."""
    repeated = _repeated(page.lines)
    long_ones = [index for index in repeated if len(page.lines[index].words) >= LONG]
    if not long_ones:
        return
    long_total = sum(len(line.words) >= LONG for line in page.lines)
    whole = len(long_ones) >= LONG_NEEDED and len(long_ones) / max(long_total, 1) >= SHARE_NEEDED
    if not whole:
        for index in long_ones:
            page.lines[index] = page.lines[index].mark("duplicate")
        return
    last = long_ones[-1]
    first = _start(repeated, long_ones[0])
    copies = {index for index in repeated if first <= index and (index <= last or _touches(repeated, last, index))}
    for index in sorted(copies):
        page.take_out("duplicate", page.lines[index].words)
    page.lines = [line for index, line in enumerate(page.lines) if index not in copies]


def _repeated(lines: list[Line]) -> set[int]:
    seen: set[str] = set()
    repeated = set()
    for index, line in enumerate(lines):
        key = BLANK.sub("", line.words)
        if not key or not line.is_text:
            continue
        if key in seen:
            repeated.add(index)
        seen.add(key)
    return repeated


def _start(repeated: set[int], index: int) -> int:
    """Walk back over short repeated lines (title, source) right before the first long one."""
    while index - 1 in repeated:
        index -= 1
    return index


def _touches(repeated: set[int], last: int, index: int) -> bool:
    return all(between in repeated for between in range(last + 1, index + 1))


def is_page_tool(words: str) -> bool:
    """Tell whether a line is a tool of the page (breadcrumb, font size, share, print)."""
    return bool(NAVIGATION.search(words)) or words.count(" > ") >= 2 or words.count(">>") >= 2  # noqa: PLR2004  one ">" may be prose

"""Paired marks: brackets, book-title marks and quotation marks that lack their partner (GB/T 15834-2011)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_PARTNERS = {"）": "（", "》": "《", "】": "【", "〕": "〔", "」": "「", "』": "『", "〉": "〈"}
_MARKS = re.compile("[（）《》【】〔〕「」『』〈〉()]")
_QUOTES = re.compile("[“”]")
# 1）, a), ①）, 一） at the head of an item need no opening bracket.
_ITEM_HEAD = re.compile(r"(?:^|[\s：:；;。，,、（(])[0-9a-z一二三四五六七八九十①-⑳ivx]{1,3}\Z")
_ASCII = {"(": "（", ")": "）"}


def unpaired_bracket(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find brackets without a partner inside their paragraph. Full-width and half-width brackets may pair."""
    for offset, line in _paragraphs(page.folded):
        for place in _lonely_marks(line):
            yield Hit(offset + place, offset + place + 1, why="在本段里逐个配对")


def unpaired_quote(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find double quotation marks that open twice or close without an opening.

    A paragraph that starts with an opening mark may leave it open: a quotation over several paragraphs opens each
    and closes only the last.
    """
    carried = False
    for offset, line in _paragraphs(page.folded):
        opened, lonely = _lonely_quotes(line, carried=carried)
        carried = opened is not None and line[:opened].strip() == ""
        if opened is not None and not carried:
            lonely.append(opened)
        for place in lonely:
            yield Hit(offset + place, offset + place + 1, why="在本段里逐个配对")


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for line in text.splitlines(keepends=True):
        yield offset, line
        offset += len(line)


def _lonely_marks(line: str) -> list[int]:
    open_marks: list[tuple[str, int]] = []
    lonely: list[int] = []
    for match in _MARKS.finditer(line):
        mark, place = _ASCII.get(match[0], match[0]), match.start()
        if mark not in _PARTNERS:
            open_marks.append((mark, place))
        elif any(kind == _PARTNERS[mark] for kind, _ in open_marks):
            lonely.extend(_pop_to(open_marks, _PARTNERS[mark]))
        elif not (mark == "）" and _ITEM_HEAD.search(line[max(0, place - 5) : place])):
            lonely.append(place)
    lonely.extend(place for _, place in open_marks)
    return sorted(lonely)


def _pop_to(open_marks: list[tuple[str, int]], kind: str) -> list[int]:
    """Close the innermost mark of a kind and return the marks left open inside it."""
    skipped: list[int] = []
    while True:
        mark, place = open_marks.pop()
        if mark == kind:
            return skipped
        skipped.append(place)


def _lonely_quotes(line: str, *, carried: bool) -> tuple[int | None, list[int]]:
    opened: int | None = None
    lonely: list[int] = []
    for match in _QUOTES.finditer(line):
        if match[0] == "“":
            if opened is not None:
                lonely.append(match.start())
            else:
                opened = match.start()
        elif opened is None and not carried:
            lonely.append(match.start())
        else:
            opened, carried = None, False
    return opened, lonely

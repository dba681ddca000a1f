"""Paired marks: brackets, book-title marks and quotation marks that lack their partner (GB/T 15834-2011)."""

from __future__ import annotations

import re
from collections import Counter
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
_ASCII = str.maketrans("()", "（）")
_DEPTH = 3
# A paragraph with more is no text; the first ones tell enough.
_MOST_LONELY = 5_000


def unpaired_bracket(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find brackets without a partner inside their paragraph. Full-width and half-width brackets may pair."""
    if not _MARKS.search(page.folded):
        return
    for offset, line in _paragraphs(page.folded):
        for place in _lonely_marks(line):
            yield Hit(offset + place, offset + place + 1, why="在本段里逐个配对")


def unpaired_quote(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find double quotation marks that open twice or close without an opening.

    A quotation over several paragraphs opens each and closes only the last: a mark left open is right when its
    paragraph starts with it or the next one starts with another.
    """
    if not _QUOTES.search(page.folded):
        return
    paragraphs = [(offset, line) for offset, line in _paragraphs(page.folded) if line.strip()]
    carried = False
    for number, (offset, line) in enumerate(paragraphs):
        opened, lonely = _lonely_quotes(line, carried=carried)
        following = paragraphs[number + 1][1].lstrip() if number + 1 < len(paragraphs) else ""
        carried = bool(opened) and (following.startswith("“") or not line[: opened[0]].strip())
        for place in sorted([*lonely, *_reported(opened, carried=carried)]):
            yield Hit(offset + place, offset + place + 1, why="在本段里逐个配对")


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for line in text.splitlines(keepends=True):
        yield offset, line
        offset += len(line)


def _lonely_marks(line: str) -> list[int]:
    marks = "".join(_MARKS.findall(line)).translate(_ASCII)
    if _all_paired(marks):
        return []
    open_marks: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()
    lonely: list[int] = []
    for mark, match in zip(marks, _MARKS.finditer(line), strict=True):
        place = match.start()
        if mark not in _PARTNERS:
            open_marks.append((mark, place))
            waiting[mark] += 1
        elif open_marks and open_marks[-1][0] == _PARTNERS[mark]:
            open_marks.pop()
            waiting[_PARTNERS[mark]] -= 1
        elif waiting[_PARTNERS[mark]]:
            lonely.extend(_close(open_marks, waiting, _PARTNERS[mark]))
        elif not (mark == "）" and _ITEM_HEAD.search(line[max(0, place - 5) : place])):
            lonely.append(place)
            if len(lonely) == _MOST_LONELY:
                break
    lonely.extend(place for _, place in open_marks)
    return sorted(lonely)


def _all_paired(marks: str) -> bool:
    """Tell whether marks close one another, as nearly all do: taken away pair by pair, a few levels deep."""
    for _ in range(_DEPTH):
        for closing, opening in _PARTNERS.items():
            if closing in marks:
                marks = marks.replace(opening + closing, "")
        if not marks:
            return True
    return False


def _close(open_marks: list[tuple[str, int]], waiting: Counter[str], kind: str) -> list[int]:
    """Close the innermost mark of a kind and return the marks left open inside it."""
    skipped: list[int] = []
    while True:
        mark, place = open_marks.pop()
        waiting[mark] -= 1
        if mark == kind:
            return skipped
        skipped.append(place)


def _reported(opened: list[int], *, carried: bool) -> list[int]:
    """Of marks left open, the first is right when the quotation goes on, and the likely wrong one is the second."""
    return opened[1:] if carried or len(opened) > 1 else opened


def _lonely_quotes(line: str, *, carried: bool) -> tuple[list[int], list[int]]:
    """Return the marks left open, outermost first, and the closing marks without an opening."""
    opened: list[int] = []
    lonely: list[int] = []
    for match in _QUOTES.finditer(line):
        if match[0] == "“":
            opened.append(match.start())
        elif opened:
            opened.pop()
        elif carried:
            carried = False
        else:
            lonely.append(match.start())
    return opened, lonely

"""From cleaned lines back to a document: headings found by their numbering, lists put together again."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from zhijian.content.document.nodes import Node, heading, node
from zhijian.content.importing.patterns import COLON, DATE
from zhijian.content.importing.results import Line

NUMBERINGS: Final = (
    (2, re.compile(r"^[一二三四五六七八九十]{1,3}、\s*\S")),
    (2, re.compile(r"^第[一二三四五六七八九十百]{1,4}[章编部]")),
    (3, re.compile(r"^第[一二三四五六七八九十百]{1,4}节")),
    (3, re.compile(r"^[(\uff08][一二三四五六七八九十]{1,3}[)\uff09]\s*\S")),
    (4, re.compile(r"^\d{1,2}\s*[.\uff0e、]\s*(?!\d)\S")),
    (2, re.compile(r"^0[1-9]\s*[/丨|·、 ]\s*\S")),
)
LONE_NUMBER: Final = re.compile(r"^(?:0[1-9]|[1-9]\d?|PART\.?\s*0?\d{1,2}|[①-⑳])$", re.IGNORECASE)
HEADING_AT_MOST: Final = 40
LONE_HEADING_AT_MOST: Final = 24
SHORT_SENTENCE: Final = 30
BODY_AFTER: Final = 18
NO_HEADING_END: Final = re.compile("[\u3002;\uff1b,\uff0c:\uff1a、~…]$")
CLOSING: Final = re.compile(
    rf"^(?:附件|附表|附|联系人|联系电话|来源|注|备注|抄送|特此)\s*{COLON}?|^[(\uff08].*[)\uff09]$"
)


def merge_lone_numbers(lines: Sequence[Line]) -> list[Line]:
    """Join "01" on a line of its own with the short line after it: together they are one sub-heading."""
    merged: list[Line] = []
    skip = False
    for line, following in pairwise([*lines, None]):
        if skip or line is None:
            skip = False
            continue
        if following and _is_lone_number(line, following):
            merged.append(Line(heading(f"{line.words} {following.words}", 2), marked=line.marked or following.marked))
            skip = True
        else:
            merged.append(line)
    return merged


def _is_lone_number(line: Line, following: Line) -> bool:
    words = following.words
    return (
        line.is_text
        and following.is_text
        and not following.list_kind
        and bool(LONE_NUMBER.match(line.words))
        and 0 < len(words) <= HEADING_AT_MOST
        and not NO_HEADING_END.search(words)
        and not LONE_NUMBER.match(words)
    )


def find_headings(lines: Sequence[Line]) -> list[Line]:
    """Turn short numbered lines, and short lines standing between paragraphs, into headings."""
    numbered = [_numbering(line) for line in lines]
    found = []
    for index, line in enumerate(lines):
        level = _heading_level(lines, numbered, index)
        found.append(_as_heading(line, level) if level else line)
    return found


def _as_heading(line: Line, level: int) -> Line:
    plain = [
        replace(child, marks=tuple(mark for mark in child.marks if mark.name == "link")) for child in line.block.content
    ]
    return replace(line, block=node("heading", plain, level=level), list_kind="")


def _numbering(line: Line) -> int:
    """Return which way of numbering a line starts with (1-based), 0 for none."""
    if line.block.kind != "paragraph" or line.list_kind:
        return 0
    return next((place for place, (_, pattern) in enumerate(NUMBERINGS, 1) if pattern.match(line.words)), 0)


def _heading_level(lines: Sequence[Line], numbered: Sequence[int], index: int) -> int:
    line = lines[index]
    if line.block.kind != "paragraph" or line.list_kind or line.marked or index + 1 >= len(lines):
        return 0
    if numbered[index]:
        return _numbered_level(lines, numbered, index)
    return 2 if _stands_alone(lines, index) else 0


def _numbered_level(lines: Sequence[Line], numbered: Sequence[int], index: int) -> int:
    """A run of lines with the same numbering and nothing between is a list of points, not headings."""
    words, way = lines[index].words, numbered[index]
    listed = numbered[index + 1] == way or (index > 0 and numbered[index - 1] == way and not lines[index].emphatic)
    ends_as_sentence = "\u3002" in words[:-1] or (words.endswith("\u3002") and len(words) > SHORT_SENTENCE)
    if listed or ends_as_sentence or len(words) > HEADING_AT_MOST or words.endswith((";", "\uff1b", ":", "\uff1a")):
        return 0
    level = NUMBERINGS[way - 1][0]
    return 0 if level == 4 and words.endswith("\u3002") else level  # noqa: PLR2004  "1." sentences are points


def _stands_alone(lines: Sequence[Line], index: int) -> bool:
    """A short line without a full stop, after a finished paragraph and before a longer one."""
    words = lines[index].words
    following = lines[index + 1]
    if not 2 <= len(words) <= LONE_HEADING_AT_MOST or NO_HEADING_END.search(words):  # noqa: PLR2004  one sign is no heading
        return False
    if CLOSING.match(words) or DATE.search(words) or not following.is_text or following.marked:
        return False
    long_enough = len(following.words) >= max(BODY_AFTER, len(words) + 8) and not following.centred
    finished = index == 0 or not lines[index - 1].is_text or lines[index - 1].words[-1:] not in "\uff0c,、"
    return long_enough and finished


def without_lone_bullets(lines: Sequence[Line]) -> list[Line]:
    """A bullet without neighbours is a leftover of the page, not a list."""
    kinds = ["", *(line.list_kind for line in lines), ""]
    return [
        replace(line, list_kind="") if line.list_kind and not kinds[place] and not kinds[place + 2] else line
        for place, line in enumerate(lines)
    ]


def assemble(lines: Sequence[Line]) -> tuple[Node, ...]:
    """Put list items back into lists, nested by their level, and carry the marks over to the blocks."""
    blocks: list[Node] = []
    place = 0
    while place < len(lines):
        end = place + 1
        if lines[place].list_kind:
            while end < len(lines) and _same_list(lines[place], lines[end]):
                end += 1
            blocks.append(_list(lines[place:end], lines[place].level))
        else:
            blocks.append(_marked(lines[place].block, lines[place].marked))
        place = end
    return tuple(blocks)


def _same_list(first: Line, other: Line) -> bool:
    if not other.list_kind or other.marked != first.marked:
        return False
    return other.level > first.level or other.list_kind == first.list_kind


def _marked(block: Node, kind: str) -> Node:
    return block.with_attributes(marked=kind) if kind else block


def _list(lines: Sequence[Line], level: int) -> Node:
    items: list[Node] = []
    place = 0
    while place < len(lines):
        end = place + 1
        while end < len(lines) and lines[end].level > level:
            end += 1
        nested = [_list(lines[place + 1 : end], lines[place + 1].level)] if end > place + 1 else []
        items.append(node("list_item", [lines[place].block, *nested]))
        place = end
    kind = lines[0].list_kind
    order = {"order": lines[0].order} if kind == "ordered_list" else {}
    return _marked(node(kind, items, **order), lines[0].marked)

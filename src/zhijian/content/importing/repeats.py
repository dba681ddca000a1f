"""One page often carries its article twice, for the screen and for print; a paste often carries a sentence twice."""

import re
from dataclasses import replace
from typing import Final

from zhijian.content.document.nodes import Node
from zhijian.content.importing.results import Line, Page

LONG: Final = 30
LONG_NEEDED: Final = 3
SHARE_NEEDED: Final = 0.3
SENTENCE_LEAST: Final = 8
BLANK: Final = re.compile(r"\s+")
LETTER: Final = re.compile(r"[^\W_]")
SENTENCE: Final = re.compile("[^\u3002\uff01\uff1f!?]*[\u3002\uff01\uff1f!?]+[”」』)\uff09]*|[^\u3002\uff01\uff1f!?]+")
ENDED: Final = re.compile("[\u3002\uff01\uff1f!?][”」』)\uff09]*$")


def take_out_repeats(page: Page) -> None:
    """Take out the second copy of the article; a single repeated paragraph stays, marked for the editor."""
    page.lines = [_said_once(page, line) for line in page.lines]
    repeated = _repeated(page.lines)
    long_ones = [index for index in repeated if len(page.lines[index].words) >= LONG]
    long_total = sum(len(line.words) >= LONG for line in page.lines)
    whole = len(long_ones) >= LONG_NEEDED and len(long_ones) / max(long_total, 1) >= SHARE_NEEDED
    if whole:
        _take_out_copy(page, repeated, long_ones)
    _mark_said_before(page)


def _take_out_copy(page: Page, repeated: set[int], long_ones: list[int]) -> None:
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


def _mark_said_before(page: Page) -> None:
    """Mark a paragraph that says nothing but sentences the page has said already."""
    said: set[str] = set()
    for index, line in enumerate(page.lines):
        sentences = _sentences(line.words) if line.is_text else []
        if sentences and all(sentence in said for sentence in sentences) and not line.marked:
            page.lines[index] = line.mark("duplicate")
        said.update(sentences)


def mark_said_again(page: Page) -> None:
    """Mark the second of two equal paragraphs that stand one after the other, however short they are.

    This comes after the title is found: a page may show its title twice before the text.
    """
    before = ""
    for index, line in enumerate(page.lines):
        words = BLANK.sub("", line.words) if line.is_text else ""
        if words == before and LETTER.search(words) and not line.marked:
            page.lines[index] = line.mark("duplicate")
        before = words


def _sentences(words: str) -> list[str]:
    """Return the whole sentences of a paragraph; none when it holds words outside them, or only very short ones."""
    found = [BLANK.sub("", piece) for piece in SENTENCE.findall(words)]
    ended = all(ENDED.search(piece) for piece in found)
    return found if ended and any(len(piece) >= SENTENCE_LEAST for piece in found) else []


def _said_once(page: Page, line: Line) -> Line:
    """Take out the second of two equal sentences that stand side by side in one paragraph."""
    content = line.block.content
    if not line.is_text or len(content) != 1 or content[0].kind != "text":
        return line
    kept: list[str] = []
    doubled: list[str] = []
    for sentence in SENTENCE.findall(content[0].text):
        again = kept and sentence.strip() == kept[-1].strip() and len(sentence.strip()) >= SENTENCE_LEAST
        (doubled if again else kept).append(sentence)
    if not doubled:
        return line
    for sentence in doubled:
        page.take_out("sentence", sentence)
    node = Node("text", text="".join(kept).rstrip(), marks=content[0].marks)
    return replace(line, block=replace(line.block, content=(node,)))

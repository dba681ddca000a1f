"""Metadata rows, navigation and footers around an article."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from zhijian.content.importing.page_tools import is_invitation, is_page_tool
from zhijian.content.importing.patterns import (
    AUTHOR_KEYS,
    BYLINE,
    COLON,
    DATE,
    DATE_KEYS,
    DOCUMENT_NUMBER,
    FULL_STOP,
    HARD_FOOTER,
    METADATA,
    ONLY_DATE,
    PICTURE_NAME,
    RELATED,
    SOFT_FOOTER,
    SOURCE_KEYS,
    TAIL_KEYS,
    TITLE_KEYS,
    WEAK_KEYS,
)
from zhijian.content.importing.results import Line, Page

BODY_LENGTH: Final = 50
BODY_SENTENCE: Final = 20
METADATA_AT_MOST: Final = 160
VALUE_AT_MOST: Final = 60
CLOCK_TIME: Final = re.compile(r"[:\uff1a时点]\s*\d")
TOOL_KEY: Final = re.compile(r"字体|字号|浏览|阅读|点击|访问")
RELATED_AT_MOST: Final = 60
WHOLE_ROW: Final = 3
SALUTATION: Final = re.compile(rf"(?:政府|委|局|部门|单位|公司|办|厅|院|校|同志们|朋友|市民|群众|处|中心){COLON}$")
SECTION: Final = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]+[章节条]|[(\uff08][一二三四五六七八九十]{1,3}[)\uff09]|0[1-9]$)"
)


def is_body(line: Line) -> bool:
    """Tell whether a line can only be a part of the article itself: long, a sentence, a salutation, a section."""
    if not line.is_text:
        return line.block.kind == "table"
    words = line.words
    if is_page_tool(words) or HARD_FOOTER.search(words) or metadata_pairs(words):
        return False
    sentence = len(words) >= BODY_SENTENCE and bool(FULL_STOP.search(words)) and "\u3002" in words
    return len(words) >= BODY_LENGTH or sentence or bool(SALUTATION.search(words)) or bool(SECTION.match(words))


def metadata_pairs(words: str) -> dict[str, str]:
    """Read one line such as "发布时间:2026-03-01 来源:县政府办"; an empty result means it is something else."""
    matches = list(METADATA.finditer(words)) if len(words) <= METADATA_AT_MOST else []
    if not matches or matches[0].start() > 0:
        return {}
    ends = [match.start() for match in matches[1:]] + [len(words)]
    pairs = {
        match["key"].replace(" ", ""): words[match.end() : end].strip(" |】])\uff09\u3000")
        for match, end in zip(matches, ends, strict=True)
    }
    if any(len(value) > VALUE_AT_MOST or "\u3002" in value for value in pairs.values()):
        return {}
    return pairs


def body_bounds(lines: list[Line]) -> tuple[int, int]:
    """Return the first body line and the one after the last; both 0 when nothing looks like body."""
    bodies = [index for index, line in enumerate(lines) if is_body(line)]
    return (bodies[0], bodies[-1] + 1) if bodies else (0, 0)


def take_metadata(page: Page) -> None:
    """Turn metadata rows before and after the body into ``page.metadata`` and take them out."""
    first, after = body_bounds(page.lines)
    kept = []
    for index, line in enumerate(page.lines):
        head = index < first or not after
        pairs = _metadata_of(page.lines, index) if head else _tail_metadata(line, index >= after)
        if pairs:
            remember(page, pairs)
            page.take_out("metadata", line.words)
        elif not (head and after and _head_fact(page, line)):
            kept.append(line)
    page.lines = kept


def _metadata_of(lines: list[Line], index: int) -> dict[str, str]:
    pairs = metadata_pairs(lines[index].words) if lines[index].is_text else {}
    if not pairs or set(pairs) - WEAK_KEYS:
        return pairs
    near = [other for other in (index - 1, index + 1) if 0 <= other < len(lines)]
    supported = any(
        set(metadata_pairs(lines[other].words)) - WEAK_KEYS or is_page_tool(lines[other].words) for other in near
    )
    return pairs if supported else {}


def _tail_metadata(line: Line, behind: bool) -> dict[str, str]:  # noqa: FBT001  one caller, both words stand beside it
    pairs = metadata_pairs(line.words.strip("()\uff08\uff09[]【】")) if line.is_text else {}
    return pairs if behind and pairs and (set(pairs) <= TAIL_KEYS or len(pairs) >= WHOLE_ROW) else {}


def remember(page: Page, pairs: dict[str, str]) -> None:
    """Keep what metadata rows said; tools of the page such as the font size are no metadata."""
    for key, value in pairs.items():
        if value and not TOOL_KEY.match(key):
            page.metadata.setdefault(key, value)


def _head_fact(page: Page, line: Line) -> bool:
    """Take a bare date, a document number or a by-line that stands before the body."""
    words = line.words
    if not line.is_text:
        return False
    byline = BYLINE.match(words)
    if ONLY_DATE.match(words):
        # The day a page was printed or crawled has no clock; the day of publication mostly has one.
        if ":" in words or "时" in words or not CLOCK_TIME.search(page.published):
            page.published = words
    elif DOCUMENT_NUMBER.match(words):
        page.metadata.setdefault("发文字号", words)
    elif byline:
        page.author = page.author or byline["name"].strip()
    else:
        return False
    page.take_out("metadata", words)
    return True


def settle_metadata(page: Page) -> None:
    """Fill source, author, date and title of the page from what its metadata rows said."""
    values = page.metadata
    page.source = page.source or _first(values, SOURCE_KEYS)
    page.author = page.author or _first(values, AUTHOR_KEYS)
    page.title = page.title or _first(values, TITLE_KEYS)
    page.published = next((values[key] for key in DATE_KEYS if DATE.search(values.get(key, ""))), page.published)


def _first(values: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((values[key] for key in keys if values.get(key)), "")


def published_on(words: str) -> date | None:
    """Return the first date in the words, or None."""
    match = DATE.search(words)
    if not match:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def take_out_navigation(page: Page) -> None:
    """Take out page tools and footers; short lines after "相关阅读" stay, marked."""
    _, after = body_bounds(page.lines)
    footer = any(HARD_FOOTER.search(line.words) for line in page.lines[after:] if line.is_text)
    page.lines = list(_without_furniture(page, after, footer=footer))


def _without_furniture(page: Page, after: int, *, footer: bool) -> Iterator[Line]:
    related = False
    for index, line in enumerate(page.lines):
        words = line.words
        tail = index >= after > 0
        related = related or (tail and bool(RELATED.match(words)))
        kind = _furniture_kind(line, tail=tail, footer=footer)
        if kind:
            page.take_out(kind, words)
        elif line.is_text and PICTURE_NAME.match(words):
            page.take_out("missing_image", words)
            yield line.mark("missing_image")
        elif line.is_text and not line.marked and ((related and len(words) <= RELATED_AT_MOST) or is_invitation(words)):
            yield line.mark("navigation")
        else:
            yield line


def _furniture_kind(line: Line, *, tail: bool, footer: bool) -> str:
    words = line.words
    if not line.is_text or len(words) > METADATA_AT_MOST or line.marked:
        return ""
    if is_page_tool(words) and not (FULL_STOP.search(words) and len(words) > BODY_SENTENCE):
        return "navigation"
    if HARD_FOOTER.search(words) and len(words) <= BODY_LENGTH and (tail or "ICP备" in words):
        return "footer"
    return "footer" if tail and footer and SOFT_FOOTER.match(words) else ""

"""The work one file may cost, and the desk its parts are collected on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from zhijian.screening.attachments.model import EmbeddedPicture, Link, Passage, Span, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, the rest in pieces."""

    file_bytes: int = 20 * 1024 * 1024
    members: int = 5_000
    unpacked_bytes: int = 200 * 1024 * 1024
    part_bytes: int = 64 * 1024 * 1024
    ratio: int = 200
    small_bytes: int = 4 * 1024 * 1024
    pages: int = 300
    cells: int = 200_000
    lines: int = 200_000
    paragraphs: int = 400_000
    characters: int = 2_000_000
    tags: int = 2_000_000
    held_tags: int = 300_000
    links: int = 2_000
    unread: int = 200
    pictures: int = 40
    picture_bytes: int = 10 * 1024 * 1024
    drawn_pages: int = 10


LIMITS: Final = Limits()
_CHUNK: Final = 6_000
LONGEST_LINE: Final = 20_000
_BACK = 400
_LABEL_WORDS: Final = re.compile(
    "姓名|名称|号|电话|手机|联系|地址|住址|类别|类型|金额|身份|单位|日期|备注|年龄|病|卡|证|性别|户"
)
_LONG_NUMBER: Final = re.compile("[0-9]{5}")
_LABEL_AT_MOST: Final = 20
_LEAD_AT_MOST: Final = 80
_HEADS_AMONG: Final = 5
# As many columns as a sheet of a workbook has.
MOST_COLUMNS: Final = 16_384
_TOO_MUCH: Final = "内容太多，没有检查。请拆成几个文件分别检查"
_LONGEST_LINK: Final = 2_000
_CALLS: Final = ("tel:", "mailto:", "sms:", "smsto:")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with words: its column from 1."""

    column: int
    text: str
    place: str
    hidden: bool = False


@dataclass
class Desk:
    """Collects passages and links, and tells when the file is more than may be looked at.

    `tags` counts the marks of XML and HTML that were read, `unpacked` the bytes; both are bounded for the whole file.
    """

    passages: list[Passage] = field(default_factory=list)
    pictures: list[EmbeddedPicture] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    characters: int = 0
    cells: int = 0
    lines: int = 0
    tags: int = 0
    unpacked: int = 0
    full: bool = False
    _unread: dict[str, str] = field(default_factory=dict)
    _more_unread: int = 0
    _links: dict[str, str] = field(default_factory=dict)
    _lines: list[tuple[str, list[Span]]] = field(default_factory=list)
    _held: int = 0
    _lead: str = ""

    def room_for(self, text: str, place: str) -> bool:
        """Tell whether `text` may still be taken; the first time it may not, everything from there on is unread."""
        more = len(text) + self.characters > LIMITS.characters
        if not self.full and (more or self.cells >= LIMITS.cells or self.lines >= LIMITS.lines):
            self.stop(place)
        if self.full:
            return False
        self.characters += len(text)
        return True

    def stop(self, place: str) -> None:
        """Take nothing more: what comes from this place on is told as unread, once."""
        if not self.full:
            self.full = True
            self.leave(f"{place}及以后", _TOO_MUCH)

    def afford(self, data: bytes, place: str) -> bool:
        """Count the marks and bytes of a piece of XML before it is parsed. False when the file costs too much."""
        self.unpacked += len(data)
        self.tags += data.count(b"<")
        if self.tags > LIMITS.tags or self.unpacked > LIMITS.unpacked_bytes:
            self.stop(place)
        return not self.full

    def leave(self, place: str, why: str) -> None:
        """Note a part that is not looked at, once."""
        if place in self._unread:
            return
        if len(self._unread) >= LIMITS.unread:
            self._more_unread += 1
        else:
            self._unread[place] = why

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Return what was not looked at; more than can be listed is told as a number."""
        more = (Unread(f"另外 {self._more_unread} 处", "没有检查"),) if self._more_unread else ()
        return (*(Unread(place, why) for place, why in self._unread.items()), *more)

    def link(self, url: str, place: str) -> None:
        """Keep where a link leads; an address is kept at its first place only."""
        url = url.strip()[:_LONGEST_LINK]
        if not url or url in self._links:
            return
        if len(self._links) >= LIMITS.links:
            self.leave(f"第 {LIMITS.links + 1} 个以后的链接", _TOO_MUCH)
        else:
            self._links[url] = place

    def finish(self) -> tuple[Link, ...]:
        """Close what was collected and return the links; numbers to call and to write to are text like any other."""
        self.begin()
        for url, place in self._links.items():
            if url.lower().startswith(_CALLS):
                self.line(unquote(url), place, hidden=True)
                self.begin()
        return tuple(Link(place, url) for url, place in self._links.items())

    def line(self, text: str, place: str, *, key: tuple[int, int, int] = (0, 0, 0), hidden: bool = False) -> bool:
        """Take one line or paragraph. Returns False when nothing more is taken."""
        for piece in _pieces(text):
            if not piece.strip():
                continue
            if not self.room_for(piece, place):
                return False
            self.lines += 1
            self._add(piece, [Span(0, len(piece), place, key, hidden)])
        return True

    def row(self, cells: Sequence[Cell], labels: dict[int, str], key: tuple[int, int]) -> bool:
        """Take the cells of one row as one line, each behind the name of its column."""
        parts: list[str] = []
        spans: list[Span] = []
        at, going = 0, True
        for cell in cells:
            if not cell.text.strip():
                continue
            going = self.room_for(cell.text, cell.place)
            if not going:
                break
            self.cells += 1
            label = labels.get(cell.column, "")
            before = ("\t" if parts else "") + (f"{label}：" if label else "")
            start = at + len(before)
            at = start + len(cell.text)
            parts += [before, cell.text.replace("\n", " ").replace("\r", " ")]
            spans.append(Span(start, at, cell.place, (*key, cell.column), cell.hidden))
        if spans:
            self._add("".join(parts), spans)
        return going

    def begin(self, lead: str = "") -> None:
        """Close what was collected; the next lines stand under `lead`, which gives context and is not judged."""
        if self._lines:
            self.passages.append(_joined(self._lead, self._lines))
        self._lines, self._held, self._lead = [], 0, " ".join(lead.split())[:_LEAD_AT_MOST]

    def picture(self, place: str, data: bytes) -> None:
        """Keep a picture for the reader of pictures, or tell that it is too much."""
        if len(self.pictures) >= LIMITS.pictures or len(data) > LIMITS.picture_bytes:
            self.leave(place, "图片太多或太大，没有检查")
        else:
            self.pictures.append(EmbeddedPicture(place, data))

    def _add(self, text: str, spans: list[Span]) -> None:
        if self._held and self._held + len(text) > _CHUNK:
            self.begin(self._lead)
        self._lines.append((text, spans))
        self._held += len(text) + 1


def _joined(lead: str, lines: Sequence[tuple[str, list[Span]]]) -> Passage:
    texts, spans, at = ([lead], [], len(lead) + 1) if lead else ([], [], 0)
    for text, parts in lines:
        texts.append(text)
        spans += [Span(at + one.start, at + one.end, one.place, one.key, one.hidden) for one in parts]
        at += len(text) + 1
    return Passage("\n".join(texts), tuple(spans))


@dataclass
class Table:
    """Feeds rows to the desk: a title above the head of the columns is the lead, the head names the columns."""

    desk: Desk
    number: int
    name: str = ""
    labels: dict[int, str] = field(default_factory=dict)
    title: str = ""
    seen: int = 0

    def take(self, row: int, cells: Sequence[Cell]) -> bool:
        """Take one row, `row` from 1. Returns False when nothing more is taken."""
        filled = [cell for cell in cells if cell.text.strip()]
        if not filled:
            return True
        self.seen += 1
        if self.seen == 1:
            self.desk.begin(self.name)
        going = self.desk.row(cells, self.labels, (self.number, row))
        if not self.labels and self.seen <= _HEADS_AMONG:
            self._learn(filled)
        return going

    def _learn(self, filled: Sequence[Cell]) -> None:
        if len(filled) == 1:
            self.title = f"{self.title} {filled[0].text}".strip()
        elif _is_head(filled):
            self.labels = {cell.column: "".join(cell.text.split()) for cell in filled}
        if self.labels or len(filled) == 1:
            self.desk.begin(f"{self.name} {self.title}")


def _is_head(cells: Sequence[Cell]) -> bool:
    texts = [cell.text for cell in cells]
    short = all(len(text) <= _LABEL_AT_MOST and not _LONG_NUMBER.search(text) for text in texts)
    return short and any(_LABEL_WORDS.search(text) for text in texts)


def column_name(number: int) -> str:
    """Return the letters of a column, 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _pieces(text: str) -> Iterator[str]:
    """Cut a line that is too long, where neither a number nor a word is torn if that can be."""
    start = 0
    while start < len(text):
        end = start + LONGEST_LINE
        if end < len(text):
            end = next((at for at in range(end, end - _BACK, -1) if not text[at - 1].isalnum()), end)
        yield text[start:end]
        start = end

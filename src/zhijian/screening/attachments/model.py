"""What reading a file gives."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum


class BadAttachment(ValueError):  # noqa: N818 - reads as what it is: the file cannot be judged
    """The file cannot be read. The message is a Chinese sentence that says what to do."""


class Kind(StrEnum):
    """What a file is, by its bytes."""

    TXT = "txt"
    CSV = "csv"
    HTML = "html"
    SRT = "srt"
    VTT = "vtt"
    SBV = "sbv"
    ASS = "ass"
    LRC = "lrc"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    PDF = "pdf"
    OFD = "ofd"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    EML = "eml"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.TXT: "文本文件",
    Kind.CSV: "CSV 表格",
    Kind.HTML: "网页文件",
    Kind.SRT: "字幕文件",
    Kind.VTT: "字幕文件",
    Kind.SBV: "字幕文件",
    Kind.ASS: "字幕文件",
    Kind.LRC: "歌词文件",
    Kind.DOCX: "Word 文档",
    Kind.XLSX: "Excel 表格",
    Kind.PPTX: "演示文稿",
    Kind.PDF: "PDF 文件",
    Kind.OFD: "OFD 文件",
    Kind.ODT: "OpenDocument 文档",
    Kind.ODS: "OpenDocument 表格",
    Kind.ODP: "OpenDocument 演示文稿",
    Kind.EML: "邮件文件",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a passage that stands somewhere in the file: code points from `start` to `end` of the passage.

    `place` is told to a person. `key` is (number of the sheet, row, column), all from 1, where the part is a cell, and
    (0, line, 0) where it is a line of a text file; (0, 0, 0) elsewhere. `hidden`: a reader does not see it at once.
    """

    start: int
    end: int
    place: str
    key: tuple[int, int, int] = (0, 0, 0)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Text judged in one go. What no span covers (a heading, the name of a column) only gives context.

    `joined`: its parts stand in another passage too, and only words that go over the end of a part count here.
    """

    text: str
    spans: tuple[Span, ...]
    joined: bool = False

    def span_at(self, place: int) -> Span | None:
        """Return the part that covers an offset."""
        number = bisect_right(self.spans, place, key=lambda span: span.start) - 1
        return self.spans[number] if number >= 0 and place < self.spans[number].end else None


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A picture in the file, for whoever can read pictures: the bytes as they lie there, or a page drawn as PNG."""

    place: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link of the file leads, which its words need not say."""

    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A part nobody looked at, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was read. `notes` are sentences about the file itself: its author, changes not accepted, its name.

    `tables` are the names of the sheets of a workbook, hidden ones too; the first number of a key counts them.
    """

    name: str
    kind: Kind
    passages: tuple[Passage, ...]
    pictures: tuple[EmbeddedPicture, ...]
    unread: tuple[Unread, ...]
    notes: tuple[str, ...]
    tables: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def characters(self) -> int:
        """Return how many characters of the file itself were read."""
        return sum(span.end - span.start for passage in self.passages if not passage.joined for span in passage.spans)

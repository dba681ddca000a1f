from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from zhijian.content.document.nodes import Document, Node
from zhijian.content.document.reading import words_of


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """Upper bounds of one import, in bytes and counts."""

    file_bytes: int = 30 * 1024 * 1024
    text_bytes: int = 4 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    part_bytes: int = 40 * 1024 * 1024
    archive_entries: int = 5_000
    images: int = 200
    image_bytes: int = 20 * 1024 * 1024
    lines: int = 12_000


IMPORT_LIMITS: Final = ImportLimits()


class ImportRefused(ValueError):  # noqa: N818  reads as a sentence, like Refused and Missing
    """The file cannot be read; the message is one Chinese sentence that says what to do instead."""


@dataclass(frozen=True, slots=True)
class ImportedImage:
    """A picture that came with the file; the document names the n-th one "import:n"."""

    data: bytes = field(repr=False)
    media_type: str
    alt: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the import did or could not do.

    ``kind`` is one of navigation, forum, duplicate, sentence, footer, metadata, marked, missing_image, image, changes,
    notes, title, half_width, encoding. ``removed`` holds the lines that were taken out, so that they can be put back.
    """

    kind: str
    message: str
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file says. Unknown words are empty strings; ``original`` is its whole text before any cleaning."""

    title: str
    subtitle: str
    author: str
    source: str
    published_on: date | None
    document: Document
    images: tuple[ImportedImage, ...]
    notices: tuple[Notice, ...]
    metadata: tuple[tuple[str, str], ...]
    original: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One block of the source while it is being cleaned: lists are taken apart into their items."""

    block: Node
    list_kind: str = ""
    level: int = 0
    order: int = 1
    emphatic: bool = False
    centred: bool = False
    marked: str = ""

    @property
    def words(self) -> str:
        return words_of(self.block).strip()

    @property
    def is_text(self) -> bool:
        return self.block.is_textblock

    def mark(self, kind: str) -> "Line":
        return replace(self, marked=kind)


@dataclass(slots=True)
class Page:
    """The source on its way to an article. Each cleaning step takes lines out and says what it did."""

    lines: list[Line]
    title: str = ""
    subtitle: str = ""
    author: str = ""
    source: str = ""
    published: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    images: list[ImportedImage] = field(default_factory=list)
    removed: dict[str, list[str]] = field(default_factory=dict)
    original: str = ""

    def take_out(self, kind: str, words: str) -> None:
        """Remember a line as removed for the reason ``kind``."""
        if words.strip():
            self.removed.setdefault(kind, []).append(words)

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from zhijian.content.document.nodes import Document, Node, Path


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the plain text that came from one place of the document.

    ``start`` and ``end`` are code points into the plain text; ``path`` is the text block or image; ``part`` is
    "text" for the words of a block and "caption" or "alt" for an image.
    """

    start: int
    end: int
    path: Path
    part: str = "text"


@dataclass(frozen=True, slots=True)
class TextRange:
    """Words inside one block: code points ``start`` to ``end`` of its inline content (a hard break counts one)."""

    path: Path
    part: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlainText:
    """The words of a document, one line for each block, and the way back to the block each came from."""

    text: str
    segments: tuple[Segment, ...]
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(segment.start for segment in self.segments))

    def locate(self, start: int, end: int) -> tuple[TextRange, ...]:
        """Return where the code points ``start`` to ``end`` of the text stand, one range for each block touched.

        The line feeds between blocks belong to no block. Raises ``ValueError`` outside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"no such range: {start} to {end} of {len(self.text)}")
        return tuple(self._ranges(start, end))

    def _ranges(self, start: int, end: int) -> Iterator[TextRange]:
        for segment in self.segments[max(bisect_right(self._starts, start) - 1, 0) :]:
            if segment.start > end:
                return
            low, high = max(start, segment.start), min(end, segment.end)
            if low < high or (start == end and low == high):
                yield TextRange(segment.path, segment.part, low - segment.start, high - segment.start)

    def offset(self, path: Path, within: int, part: str = "text") -> int:
        """Return the code point of the text at ``within`` of the block; raises ``KeyError`` for another path."""
        for segment in self.segments:
            if segment.path == path and segment.part == part:
                return segment.start + within
        raise KeyError(path)


def plain_text(document: Document) -> PlainText:
    """Return the words of the document for screening, counting and searching.

    Each text block, caption and alternative text is a line of its own, so no rule can match across two of them.
    A hard break inside a block is a line feed too.
    """
    pieces: list[str] = []
    segments: list[Segment] = []
    position = 0
    for path, part, words in _lines(document):
        segments.append(Segment(position, position + len(words), path, part))
        pieces.append(words)
        position += len(words) + 1
    return PlainText("\n".join(pieces), tuple(segments))


def _lines(document: Document) -> Iterator[tuple[Path, str, str]]:
    for path, item in document.walk():
        if item.is_textblock:
            yield path, "text", item.inline_text
        elif item.kind == "image":
            yield from _image_lines(path, item)


def _image_lines(path: Path, image: Node) -> Iterator[tuple[Path, str, str]]:
    for part in ("caption", "alt"):
        words = str(image.attribute(part))
        if words:
            yield path, part, words

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from zhijian.content.document.nodes import Document, Mark, Node, Path

SPAN = "span "
"""How the name of a mark begins that points at words for a person who reads; no stored document holds one."""
FRAMED = "found"


@dataclass(frozen=True, slots=True)
class Span:
    """Words to point at: code points ``start`` to ``end`` of the inline content at ``path``; ``look`` names classes.

    At the path of an image the whole image is framed.
    """

    path: Path
    start: int
    end: int
    look: str


def with_spans(document: Document, spans: Iterable[Span]) -> Document:
    """Return a document for showing only, in which the words of the spans are marked. Where two meet, the first wins.

    A span whose place is not there is left out.
    """
    by_path: dict[Path, list[Span]] = {}
    for span in spans:
        by_path.setdefault(span.path, []).append(span)
    return Document(tuple(_shown(block, (index,), by_path) for index, block in enumerate(document.blocks)))


def _shown(item: Node, path: Path, by_path: dict[Path, list[Span]]) -> Node:
    mine = by_path.get(path, [])
    if item.is_textblock:
        return replace(item, content=tuple(_cut(item.content, mine))) if mine else item
    if item.kind == "image":
        return item.with_attributes(marked=FRAMED) if mine and not item.marked else item
    return replace(
        item, content=tuple(_shown(child, (*path, index), by_path) for index, child in enumerate(item.content))
    )  # fmt: skip


def _cut(children: tuple[Node, ...], spans: Sequence[Span]) -> Iterable[Node]:
    position = 0
    for child in children:
        length = len(child.text) or 1
        yield from _pieces(child, position, spans) if child.kind == "text" else [child]
        position += length


def _pieces(child: Node, begin: int, spans: Sequence[Span]) -> Iterable[Node]:
    end = begin + len(child.text)
    edges = {edge for span in spans for edge in (span.start, span.end) if begin < edge < end}
    cuts = sorted({begin, end, *edges})
    for start, stop in pairwise(cuts):
        over = next((span for span in spans if span.start <= start and stop <= span.end), None)
        words = child.text[start - begin : stop - begin]
        marks = (Mark(f"{SPAN}{over.look}"), *child.marks) if over else child.marks
        yield replace(child, text=words, marks=marks)

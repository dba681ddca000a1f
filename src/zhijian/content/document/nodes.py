import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zhijian.content.document.schema import NODES, TEXTBLOCKS, type_of_value

Path = tuple[int, ...]
"""Where a node stands: the index at each depth, counted from the document."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A character format. ``href`` is set for links only."""

    name: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree. ``text`` and ``marks`` belong to text nodes, ``content`` to all others.

    ``attributes`` holds only what differs from the schema's default, sorted by name, so equal nodes compare equal.
    """

    kind: str
    attributes: tuple[tuple[str, type_of_value], ...] = ()
    content: tuple["Node", ...] = ()
    text: str = ""
    marks: tuple[Mark, ...] = ()

    def attribute(self, name: str) -> Any:
        """Return the attribute's value or the schema's default."""
        return dict(self.attributes).get(name, NODES[self.kind].attributes.get(name))

    @property
    def is_textblock(self) -> bool:
        return self.kind in TEXTBLOCKS

    @property
    def marked(self) -> str | None:
        value = self.attribute("marked")
        return value if isinstance(value, str) else None

    @property
    def inline_text(self) -> str:
        """The words of a text block; a hard break counts as one line feed."""
        return "".join("\n" if child.kind == "hard_break" else child.text for child in self.content)

    def with_attributes(self, **changes: type_of_value) -> "Node":
        return replace(self, attributes=trimmed_attributes(self.kind, {**dict(self.attributes), **changes}))


@dataclass(frozen=True, slots=True)
class Document:
    """A whole body that has passed ``parse_document`` or was built from the functions below."""

    blocks: tuple[Node, ...]
    root: Node = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Node("doc", content=self.blocks))

    def walk(self) -> Iterator[tuple[Path, Node]]:
        """Yield every node below the root with its path, in reading order."""
        return _walk(self.root, ())

    def at(self, path: Path) -> Node:
        """Return the node at ``path``; raises ``IndexError`` when there is none."""
        node = self.root
        for index in path:
            node = node.content[index]
        return node


def _walk(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    for index, child in enumerate(node.content):
        here = (*path, index)
        yield here, child
        yield from _walk(child, here)


def trimmed_attributes(kind: str, attributes: Mapping[str, type_of_value]) -> tuple[tuple[str, type_of_value], ...]:
    """Drop attributes that say what the schema says anyway, and sort the rest."""
    defaults = NODES[kind].attributes
    return tuple(sorted((name, value) for name, value in attributes.items() if value != defaults.get(name)))


def node(kind: str, content: Iterable[Node] = (), **attributes: type_of_value) -> Node:
    """Build a node other than text."""
    return Node(kind, trimmed_attributes(kind, attributes), tuple(content))


def text(words: str, marks: Iterable[Mark] = ()) -> Node:
    """Build a text node; ``words`` may not be empty."""
    return Node("text", text=words, marks=tuple(marks))


def paragraph(words: str = "", **attributes: type_of_value) -> Node:
    """Build a paragraph of plain words."""
    return node("paragraph", [text(words)] if words else [], **attributes)


def heading(words: str, level: int = 2, **attributes: type_of_value) -> Node:
    """Build a heading of plain words; ``level`` is 2, 3 or 4 (the title of the article is level 1)."""
    return node("heading", [text(words)] if words else [], level=level, **attributes)


def from_blocks(blocks: Iterable[Node]) -> Document:
    """Build a document; no block at all becomes one empty paragraph."""
    return Document(tuple(blocks) or (paragraph(),))


def empty_document() -> Document:
    """Return what a new article starts with: one empty paragraph."""
    return from_blocks(())


def document_from_text(words: str) -> Document:
    """Build a document in which every line that is not blank is a paragraph."""
    return from_blocks(paragraph(line.strip()) for line in words.splitlines() if line.strip())


def merged_inline(children: Iterable[Node]) -> tuple[Node, ...]:
    """Join neighbouring text nodes with equal marks and drop empty ones."""
    merged: list[Node] = []
    for child in children:
        if child.kind == "text" and not child.text:
            continue
        if child.kind == "text" and merged and merged[-1].kind == "text" and merged[-1].marks == child.marks:
            merged[-1] = replace(merged[-1], text=merged[-1].text + child.text)
        else:
            merged.append(child)
    return tuple(merged)


def as_json(item: Node) -> dict[str, Any]:
    """Return a node as plain data in ProseMirror's shape."""
    data: dict[str, Any] = {"type": item.kind}
    if item.attributes:
        data["attrs"] = dict(item.attributes)
    if item.kind == "text":
        data["text"] = item.text
        if item.marks:
            data["marks"] = [_mark_json(mark) for mark in item.marks]
    elif item.content:
        data["content"] = [as_json(child) for child in item.content]
    return data


def _mark_json(mark: Mark) -> dict[str, Any]:
    return {"type": mark.name} if mark.href is None else {"type": mark.name, "attrs": {"href": mark.href}}


def canonical_json(document: Document) -> str:
    """Return the one spelling of the document: sorted keys, no spaces, defaults left out, Chinese unescaped.

    ``parse_document(canonical_json(d)) == d`` holds for every document.
    """
    return json.dumps(as_json(document.root), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def document_hash(document: Document) -> str:
    """Return the SHA-256 (hex, 64 characters) of the canonical JSON in UTF-8."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()

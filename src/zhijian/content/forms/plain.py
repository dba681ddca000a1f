"""The body as plain lines, for an editor without script: what is not touched stays exactly as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.content.document import from_blocks, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.content.document import Document, Node

NAMES = {
    "image": "图片", "table": "表格", "bullet_list": "列表", "ordered_list": "编号列表", "blockquote": "引用",
    "horizontal_rule": "分隔线",
}  # fmt: skip


def editable_text(document: Document) -> str:
    """Write a body as lines: a text block is its words, anything else a line like 〔图片 1，请勿改动这一行〕."""
    return "\n\n".join(line for line, _ in _lines(document))


def document_from_editable(text: str, before: Document) -> Document:
    """Read lines back: a line that stood in `before` gives its very block again, another one a plain paragraph."""
    known: dict[str, list[Node]] = {}
    for line, block in _lines(before):
        known.setdefault(line, []).append(block)
    return from_blocks(_block(line.strip(), known) for line in text.splitlines() if line.strip())


def _block(line: str, known: dict[str, list[Node]]) -> Node:
    blocks = known.get(line)
    return blocks.pop(0) if blocks else paragraph(line)


def _lines(document: Document) -> Iterator[tuple[str, Node]]:
    numbers: dict[str, int] = {}
    for block in document.blocks:
        if block.is_textblock:
            words = " ".join(block.inline_text.split())
            if words:
                yield words, block
            continue
        numbers[block.kind] = numbers.get(block.kind, 0) + 1
        yield f"〔{NAMES.get(block.kind, '内容')} {numbers[block.kind]}，请勿改动这一行〕", block

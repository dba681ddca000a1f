"""Questions one may ask of a document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from zhijian.content.document.nodes import Document, Node, Path
from zhijian.content.document.texts import plain_text

MARKED_LABELS: Final[Mapping[str, str]] = {
    "navigation": "疑似网页导航",
    "forum": "疑似论坛杂项",
    "duplicate": "疑似重复内容",
    "footer": "疑似页脚",
    "metadata": "疑似文件信息",
    "missing_image": "缺少图片",
    "unsure": "请确认是否保留",
}
"""Why a block was marked on import, in the words the editor shows."""

# Chinese characters, kana and full-width signs count one each; any other unbroken run counts as one word.
COUNTED: Final = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’…—·\U00020000-\U0003ffff]"
    r"|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’…—·\U00020000-\U0003ffff]+"
)


PICTURE_GAP: Final = re.compile("〔此处原有图片[：:][^〕\n]*〕?|（这里有一张图片没有导入[：:][^）\n]*）?")
"""The line an import leaves where a picture was lost; a reader must never see it."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading: its level (2–4), words and path."""

    level: int
    text: str
    path: Path


@dataclass(frozen=True, slots=True)
class Link:
    """A linked stretch of words and the block it stands in."""

    href: str
    text: str
    path: Path


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """A block an editor still has to keep or delete: why (key and Chinese words), what it says, where it stands."""

    kind: str
    label: str
    text: str
    path: Path


def outline(document: Document) -> tuple[OutlineEntry, ...]:
    """Return the headings in reading order."""
    return tuple(
        OutlineEntry(item.attribute("level"), item.inline_text, path)
        for path, item in document.walk()
        if item.kind == "heading"
    )


def word_count(document: Document) -> int:
    """Count as Word's 字数 does: a Chinese character or sign is one, a run of Latin letters or digits is one."""
    return len(COUNTED.findall(plain_text(document).text))


def image_files(document: Document) -> tuple[str, ...]:
    """Return the files of the images (SHA-256 or "import:n"), each once, in reading order."""
    files = (str(item.attribute("file")) for _, item in document.walk() if item.kind == "image")
    return tuple(dict.fromkeys(files))


def links(document: Document) -> tuple[Link, ...]:
    """Return every linked stretch; neighbouring texts with the same address are one link."""
    found: list[Link] = []
    for path, item in document.walk():
        if not item.is_textblock:
            continue
        previous: str | None = None
        for child in item.content:
            href = next((mark.href for mark in child.marks if mark.href), None)
            if href and href == previous:
                found[-1] = replace(found[-1], text=found[-1].text + child.text)
            elif href:
                found.append(Link(href, child.text, path))
            previous = href
    return tuple(found)


def marked_blocks(document: Document) -> tuple[MarkedBlock, ...]:
    """Return the blocks an import left marked; a text with any of them is not ready for review."""
    return tuple(
        MarkedBlock(item.marked, MARKED_LABELS.get(item.marked, "请确认是否保留"), words_of(item), path)
        for path, item in document.walk()
        if item.kind not in {"text", "hard_break"} and item.marked
    )


def words_of(item: Node) -> str:
    """Return all words below a node, blocks separated by a line feed."""
    if item.is_textblock:
        return item.inline_text
    if item.kind == "image":
        return str(item.attribute("caption") or item.attribute("alt"))
    return "\n".join(words_of(child) for child in item.content)


def replace_image_files(document: Document, files: Mapping[str, str]) -> Document:
    """Return the document with image files renamed, for example from "import:0" to the stored SHA-256."""
    return Document(tuple(_with_files(block, files) for block in document.blocks))


def _with_files(item: Node, files: Mapping[str, str]) -> Node:
    if item.kind == "image":
        return item.with_attributes(file=files.get(str(item.attribute("file")), item.attribute("file")))
    return replace(item, content=tuple(_with_files(child, files) for child in item.content))

"""A page taken apart: its title, its descriptions, its pieces of text and whether a reader sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lxml import etree, html

from zhijian.screening.pages.crowds import thinned
from zhijian.screening.pages.styles import SheetRules, hidden_by_mark, hidden_by_style, rules_of_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 12 * 1024 * 1024
_UNREAD: Final = frozenset({"script", "style", "template", "title"})
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_LINES: Final = frozenset({"p", "div", "li", "br", "td", "h1", "h2", "h3", "a", "section", "article", "tr"})
MOST_SCRIPTS: Final = 500
_LONGEST_SCRIPT: Final = 200_000
MOST_BLOCKS: Final = 2_000


@dataclass(slots=True)
class Block:
    """A part of the page that no reader sees, why, its text and where it links to."""

    reason: str
    text: str = ""
    links: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """What was read of a page. `seen` is the visible text, `links` the visible addresses.

    `crowded`: tags had more attributes than are read.
    """

    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    seen: str = ""
    hidden: list[Block] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    scripts: list[tuple[str, str]] = field(default_factory=list)
    frames: list[tuple[str, bool]] = field(default_factory=list)
    refresh: str = ""
    language: str = ""
    crowded: bool = False


def read_tree(source: str) -> Tree:
    """Read a page, however broken; only its first 12 million characters. Nothing is run or loaded."""
    page = Tree()
    thin = thinned(_UNWRITABLE.sub(" ", source[:LONGEST]))
    page.crowded = bool(thin.cut or thin.ends)
    root = _root(thin.text)
    if root is None:
        return page
    sheets = rules_of_sheet("\n".join("".join(style.itertext()) for style in root.iter("style"))[:_LONGEST_SCRIPT])
    page.language = (root.get("lang") or "").lower()[:20]
    _read_head(root, page)
    pieces: list[str] = []
    for kind, element, block in _walk(root, sheets, page):
        text = element.text if kind == "start" else element.tail
        if text:
            _put(f"{text}\n" if element.tag in _LINES else text, block, pieces)
        if kind == "start":
            _note(element, block, page)
    page.seen = "".join(pieces)
    return page


def _root(source: str) -> Any:
    if not source.strip():
        return None
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    try:
        return html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _read_head(root: Any, page: Tree) -> None:
    title = root.find(".//title")
    page.title = " ".join("".join(title.itertext()).split())[:2000] if title is not None else ""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name in {"description", "keywords", "og:title", "og:description"}:
            page.metas[name] = (meta.get("content") or "")[:5000]
        if (meta.get("http-equiv") or "").lower() == "refresh":
            page.refresh = page.refresh or (meta.get("content") or "")[:4000]


def _walk(root: Any, sheets: SheetRules, page: Tree) -> Iterator[tuple[str, Any, Block | None]]:
    """Walk without recursion; give each element with the hidden block it stands in."""
    outer: Any = None
    block: Block | None = None
    skipped: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "end":
            if outer is element:
                outer, block = None, None
            if skipped is element:
                skipped = None
        elif skipped is None and element.tag in _UNREAD:
            skipped = element
            _note_script(element, page)
        elif skipped is None and outer is None:
            block = _hidden_block(element, sheets, page)
            outer = element if block else None
        if skipped is None:
            yield event, element, block


def _hidden_block(element: Any, sheets: SheetRules, page: Tree) -> Block | None:
    if not sheets and element.tag != "noscript" and not element.keys():
        return None
    reason = hidden_by_mark(element) or hidden_by_style(element, sheets)
    if not reason or len(page.hidden) >= MOST_BLOCKS:
        return None
    page.hidden.append(Block(reason))
    return page.hidden[-1]


def _put(text: str, block: Block | None, pieces: list[str]) -> None:
    if block is None:
        pieces.append(text)
    elif len(block.text) < _LONGEST_SCRIPT:
        block.text += text[:_LONGEST_SCRIPT]


def _note(element: Any, block: Block | None, page: Tree) -> None:
    if element.tag in {"a", "area"}:
        (page.links if block is None else block.links).append((element.get("href") or "").strip()[:2000])
    elif element.tag in {"iframe", "frame"}:
        page.frames.append(((element.get("src") or "").strip()[:2000], block is not None))


def _note_script(element: Any, page: Tree) -> None:
    if element.tag == "script" and len(page.scripts) < MOST_SCRIPTS:
        code = "".join(element.itertext())[:_LONGEST_SCRIPT]
        page.scripts.append(((element.get("src") or "").strip()[:2000], code))

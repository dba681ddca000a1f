"""The words and links of a piece of HTML, read without running or loading anything of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from zhijian.observation.reading.seen import LONGEST_TEXT, LONGEST_URL, MOST_LINKS, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES: Final = frozenset(
    {
        "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "figure",
        "figcaption", "table", "ul", "ol", "hr", "dt", "dd", "pre",
    }
)  # fmt: skip
HIDDEN: Final = frozenset({"script", "style", "template", "noscript", "head", "iframe", "object"})
_BLANKS: Final = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_LINES: Final = re.compile(r"\s*\n\s*")


def words_of(source: str, *, base: str = "") -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text, a line for every paragraph, and the links as (address, words) in order, each address once."""
    tree = _tree(source)
    if tree is None:
        return clean(source, LONGEST_TEXT) if "<" not in source else "", ()
    text = _LINES.sub("\n", _BLANKS.sub(" ", "".join(_pieces(tree))))
    return clean(text, LONGEST_TEXT), tuple(_links(tree, base).items())


def title_of(source: str) -> str:
    """Return what a page calls itself, "" when it does not."""
    tree = _tree(source)
    found = tree.find(".//title") if tree is not None else None
    return clean(" ".join("".join(found.itertext()).split()), 200) if found is not None else ""


def _tree(source: str) -> html.HtmlElement | None:
    if not source.strip():
        return None
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8")
    try:
        return html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _pieces(tree: html.HtmlElement) -> Iterator[str]:
    """Walk the tree without recursion: a page may be nested deeper than Python's stack."""
    hidden: etree._Element | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            if hidden is None and element.tag in HIDDEN:
                hidden = element
            if hidden is None:
                yield "\n" if element.tag in LINES else ""
                yield element.text or ""
            continue
        if hidden is element:
            hidden = None
        if hidden is None:
            yield "\n" if element.tag in LINES else ""
            yield element.tail or ""


def _links(tree: html.HtmlElement, base: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("a", "area"):
        address = _address(element.get("href") or "", base)
        if address and address not in found:
            found[address] = clean(" ".join("".join(element.itertext()).split()), 100)
            if len(found) >= MOST_LINKS:
                break
    return found


def _address(href: str, base: str) -> str:
    try:
        whole = urljoin(base, href.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(whole) > LONGEST_URL:
        return ""
    return clean(whole, LONGEST_URL)

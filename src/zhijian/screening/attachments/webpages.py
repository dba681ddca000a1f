"""Web pages: what shows, what is hidden, what the code says beside, and where links, frames and forms lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree, html

from zhijian.screening.attachments.model import BadAttachment
from zhijian.screening.attachments.page_code import CodeReader
from zhijian.screening.attachments.plain import decoded
from zhijian.screening.attachments.work import LIMITS, Desk
from zhijian.screening.pages.crowds import MOST_ATTRIBUTES, thinned
from zhijian.screening.pages.styles import hidden_by_mark, hiding

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCKS: Final = frozenset(
    {
        "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "title",
        "figcaption", "table", "ul", "ol", "hr", "dt", "dd", "pre", "body", "head", "option", "textarea",
    }
)  # fmt: skip
_STEP: Final = 64 * 1024
_NO_WORDS: Final = frozenset({"script", "style"})
_LEADS_IN: Final = {
    "a": ("href",), "area": ("href",), "base": ("href",), "form": ("action",), "button": ("formaction",),
    "input": ("formaction", "src"), "script": ("src",), "iframe": ("src",), "frame": ("src",), "embed": ("src",),
    "object": ("data",), "meta": (),
}  # fmt: skip
_OUTWARD: Final = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]{1,14}:|//|\\\\)", re.IGNORECASE)
_NOWHERE: Final = re.compile(r"\s*(?:javascript:(?:\s*;?|void\(?0?\)?;?)\s*\Z|about:|blob:|data:image/)", re.IGNORECASE)
_REFRESH: Final = re.compile(r"url\s{0,5}=\s{0,5}['\"]?([^'\">\s]{1,2000})", re.IGNORECASE)
_DEEPEST: Final = 2_000
_WORDS_IN: Final = ("alt", "title", "content", "placeholder", "value")


def read_html(data: bytes, desk: Desk) -> None:
    """Read a web page: what shows, what is hidden, and the words in its attributes. Nothing is loaded."""
    text = _within_attributes(_within_tags(decoded(data)[0], desk), desk)
    parser = html.HTMLParser(no_network=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise BadAttachment("这个网页文件读不出来。请重新保存网页后再检查。") from error
    if any("depth" in str(entry.message) for entry in parser.error_log):
        desk.leave(f"网页里套了 {_DEEPEST} 层以上的部分", "层数太多，没有检查。请重新保存网页后再检查")
    for number, (words, hidden) in enumerate(_paragraphs(tree), 1):
        place = f"第 {number} 段{'（页面上看不见）' if hidden else ''}"
        if not desk.line(" ".join(words.split()), place, hidden=hidden):
            break
    desk.begin()
    _read_attributes(tree, desk)


def _within_tags(text: str, desk: Desk) -> str:
    """Return as much of a page as has no more tags than may be looked at."""
    place = count = 0
    while place < len(text):
        more = text.count("<", place, place + _STEP)
        if count + more > LIMITS.held_tags:
            line = text.count("\n", 0, place) + 1
            desk.leave(f"网页源码第 {line} 行及以后", "内容太多，没有检查。请拆成几个文件分别检查")
            return text[:place]
        count += more
        place += _STEP
    desk.tags += count
    return text


def _within_attributes(text: str, desk: Desk) -> str:
    """Return a page that can be parsed in the time its length costs."""
    thin = thinned(text)
    for line in thin.cut:
        why = f"一个标签的属性超过 {MOST_ATTRIBUTES} 个，其余的没有检查。请重新保存网页后再检查"
        desk.leave(f"网页源码第 {line} 行的标签", why)
    if thin.ends:
        desk.leave(f"网页源码第 {thin.ends} 行及以后", "内容太多，没有检查。请拆成几个文件分别检查")
    return thin.text


def _paragraphs(tree: etree._Element) -> Iterator[tuple[str, bool]]:
    """Walk the tree without recursion: a page may be nested deeper than Python's stack."""
    words: list[str] = []
    veil: etree._Element | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment")):
        name = str(element.tag)
        if name in _BLOCKS or element is veil or (event == "start" and veil is None and _is_hidden(element)):
            if "".join(words).strip():
                yield "".join(words), veil is not None
            words = []
        if event == "start":
            veil = element if veil is None and _is_hidden(element) else veil
            words.append(element.text or "" if name not in _NO_WORDS else "")
            continue
        if event == "comment" and (element.text or "").strip():
            yield element.text or "", True
        veil = None if element is veil else veil
        words.append(element.tail or "")
    if "".join(words).strip():
        yield "".join(words), veil is not None


def _is_comment(element: etree._Element) -> bool:
    """Tell comments apart: their tag is a function, not a name."""
    return not str(element.tag)[:1].isalpha()


def _is_hidden(element: etree._Element) -> bool:
    if _is_comment(element):
        return False
    return bool(hidden_by_mark(element) or hiding(element.get("style") or ""))


def _read_attributes(tree: etree._Element, desk: Desk) -> None:
    frames = pictures = 0
    code = CodeReader(desk)
    for element in tree.iter():
        if _is_comment(element):
            continue
        frames += element.tag in {"iframe", "frame", "object", "embed"}
        pictures += element.tag == "img" and not (element.get("src") or "").lstrip().lower().startswith("data:")
        for key in () if _is_refresh(element) else _WORDS_IN:
            desk.line(element.get(key) or "", f"网页代码里的说明（{element.tag} 的 {key}）", hidden=True)
        _tell_leads(element, desk)
    desk.begin()
    for element in tree.iter("*"):
        code.element(element)
    desk.begin()
    if frames:
        desk.leave(f"网页里嵌入的 {frames} 个页面或对象", "没有打开")
    if pictures:
        desk.leave(f"网页里的 {pictures} 张图片", "不在这个文件里，没有检查")


def _tell_leads(element: etree._Element, desk: Desk) -> None:
    """Tell the addresses an element leads to or loads; those within the same site have no host to be judged."""
    name = str(element.tag)
    if name not in _LEADS_IN:
        return
    for key in _LEADS_IN[name]:
        url = element.get(key) or ""
        if _OUTWARD.match(url) and not _NOWHERE.match(url):
            desk.link("".join(url.split()), f"网页源码第 {element.sourceline} 行（{name} 的 {key}）")
    found = _REFRESH.search(element.get("content") or "") if _is_refresh(element) else None
    if found and _OUTWARD.match(found[1]):
        desk.link(found[1], f"网页源码第 {element.sourceline} 行（自动跳转）")


def _is_refresh(element: etree._Element) -> bool:
    return element.tag == "meta" and (element.get("http-equiv") or "").strip().lower() == "refresh"

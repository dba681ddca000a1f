"""RSS 0.9–2.0, Atom and JSON Feed, read safely: no entity is expanded, nothing is loaded, sizes are bounded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html.entities import html5
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from zhijian.observation.reading.moments import judged
from zhijian.observation.reading.pages import words_of
from zhijian.observation.reading.seen import LONGEST_TITLE, LONGEST_URL, SeenPost, Unreadable, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from xml.etree.ElementTree import Element

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ITEMS: Final = 500
MOST_PINNED: Final = 3
MOST_TAGS: Final = 200_000
NO_FEED: Final = "这个地址给出的不是订阅源（RSS、Atom 或 JSON Feed）。请核对地址。"
DANGEROUS: Final = "订阅源里有不安全的内容（实体定义），系统没有读。请联系对方网站。"
BROKEN: Final = "订阅源的格式坏了，读不出来。请联系对方网站。"
TOO_LARGE: Final = "订阅源超过 5 MB 或标签太多，系统没有读。"
ONLY_UPDATED: Final = "只有修改时间，没有发布时间"
WHOLE_TAGS: Final = ("encoded", "content")
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_NAMED: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAME: Final = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was read: its kind, its own name, its posts in its own order; `cut`: there were more."""

    kind: str
    title: str
    posts: tuple[SeenPost, ...]
    cut: bool = False


def read_feed(data: bytes, *, url: str, at: datetime, charset: str = "") -> Feed:
    """Read a feed fetched from `url` at `at`; `charset` is what the HTTP header said. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    text = decoded(data, charset)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _json_feed(text, url=url, at=at)
    root = _root(text)
    name = _local(root)
    if name in {"rss", "RDF"}:
        return _rss(root, url=url, at=at)
    if name == "feed":
        return _atom(root, url=url, at=at)
    raise Unreadable(NO_FEED)


def decoded(data: bytes, charset: str = "") -> str:
    """Return the text of some bytes: by mark, by the HTTP header, by the document itself, else by trying."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    said = _DECLARED.match(data[:400])
    names = [charset, said[1].decode("ascii") if said else "", "utf-8", "gb18030"]
    for name in filter(None, names):
        try:
            return data.decode(_SAME.get(name.lower(), name))
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _root(text: str) -> Element:
    """Parse XML; named HTML entities that XML does not know are written out first, as careless feeds use them."""
    plain = _ILLEGAL.sub("", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1)).lstrip()
    if not plain.startswith("<"):
        raise Unreadable(NO_FEED)
    if plain.count("<") > MOST_TAGS:
        raise Unreadable(TOO_LARGE)
    if plain[:200].lower().startswith(("<!doctype html", "<html")):
        raise Unreadable(NO_FEED)
    try:
        return ElementTree.fromstring(_NAMED.sub(_written_out, plain).encode())
    except DefusedXmlException as error:
        raise Unreadable(DANGEROUS) from error
    except (ParseError, ValueError, RecursionError) as error:
        raise Unreadable(BROKEN) from error


def _written_out(match: re.Match[str]) -> str:
    if match[1] in _XML_NAMES:
        return match[0]
    found = html5.get(f"{match[1]};")
    return "".join(f"&#{ord(letter)};" for letter in found) if found else match[0]


def _local(element: Element) -> str:
    """Return a tag without its namespace; feeds write them with any and with none."""
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, *names: str) -> Iterator[Element]:
    return (child for child in element if _local(child) in names)


def _said(element: Element, *names: str) -> str:
    """Return the text of the first child that says anything, asked for by the names in their order."""
    for name in names:
        for child in _children(element, name):
            text = "".join(child.itertext()).strip()
            if text:
                return text
    return ""


def _taken(items: Iterable[Any]) -> tuple[list[Any], bool]:
    found = list(items)
    return found[:MOST_ITEMS], len(found) > MOST_ITEMS


def _rss(root: Element, *, url: str, at: datetime) -> Feed:
    channel = next(_children(root, "channel"), root)
    items, cut = _taken(item for item in root.iter() if _local(item) == "item")
    posts = tuple(_rss_post(item, base=url, at=at) for item in items)
    return Feed("RSS", clean(_said(channel, "title"), LONGEST_TITLE), posts, cut)


def _rss_post(item: Element, *, base: str, at: datetime) -> SeenPost:
    guid = _said(item, "guid")
    link = _said(item, "link") or _first_attribute(item, "link", "href")
    if (
        not link
        and guid.startswith(("http://", "https://"))
        and _first_attribute(item, "guid", "isPermaLink") != "false"
    ):
        link = guid
    moment, note = judged(_said(item, "pubDate", "date", "published"), at=at)
    whole = _said(item, *WHOLE_TAGS)
    return _post(link, guid, _said(item, "title"), whole or _said(item, "description", "summary"),
                 whole=bool(whole), base=base, moment=moment, note=note)  # fmt: skip


def _first_attribute(item: Element, tag: str, name: str) -> str:
    return next((value for child in _children(item, tag) if (value := child.get(name, ""))), "")


def _atom(root: Element, *, url: str, at: datetime) -> Feed:
    items, cut = _taken(_children(root, "entry"))
    posts = tuple(_atom_post(item, base=url, at=at) for item in items)
    return Feed("Atom", clean(_said(root, "title"), LONGEST_TITLE), posts, cut)


def _atom_post(item: Element, *, base: str, at: datetime) -> SeenPost:
    links = list(_children(item, "link"))
    page = next((link for link in links if link.get("rel", "alternate") == "alternate"), None)
    published = _said(item, "published", "issued", "created")
    moment, note = judged(published or _said(item, "updated", "modified"), at=at)
    if moment and not published:
        note = ONLY_UPDATED
    content, kind = _atom_words(item, "content")
    summary, _ = _atom_words(item, "summary")
    # A content without text is media kept elsewhere: the summary says more.
    return _post(
        page.get("href", "") if page is not None else "", _said(item, "id"), _said(item, "title"), content or summary,
        whole=bool(content) and kind, base=base, moment=moment, note=note,
    )  # fmt: skip


def _atom_words(item: Element, name: str) -> tuple[str, bool]:
    """Return the HTML of a text construct, and whether it is inline; XHTML is written out as the HTML it is."""
    element = next(_children(item, name), None)
    if element is None or element.get("src"):
        return "", False
    if element.get("type") == "xhtml":
        return "".join(_html_of(child) for child in element), True
    return "".join(element.itertext()).strip(), True


def _html_of(element: Element) -> str:
    plain = ElementTree.tostring(element, encoding="unicode")
    return re.sub(r"<(/?)(?:\w+:)", r"<\1", plain)


def _json_feed(text: str, *, url: str, at: datetime) -> Feed:
    try:
        data = json.loads(text.lstrip("\ufeff"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable(BROKEN) from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list) or not _is_json_feed(data):
        raise Unreadable(NO_FEED)
    items, cut = _taken(item for item in data["items"] if isinstance(item, dict))
    posts = tuple(_json_post(item, base=url, at=at) for item in items)
    return Feed("JSON Feed", clean(_text(data, "title"), LONGEST_TITLE), posts, cut)


def _is_json_feed(data: dict[str, Any]) -> bool:
    return "jsonfeed.org" in _text(data, "version")


def _text(data: dict[str, Any], *names: str) -> str:
    for name in names:
        value = data.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _json_post(item: dict[str, Any], *, base: str, at: datetime) -> SeenPost:
    published = _text(item, "date_published")
    moment, note = judged(published or _text(item, "date_modified"), at=at)
    if moment and not published:
        note = ONLY_UPDATED
    whole = _text(item, "content_html")
    plain = _text(item, "content_text")
    words = whole or _escaped(plain) or _escaped(_text(item, "summary"))
    return _post(_text(item, "url", "external_url"), _text(item, "id"), _text(item, "title"), words,
                 whole=bool(whole or plain), base=base, moment=moment, note=note)  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def _post(
    link: str, name: str, title: str, words: str, *, whole: bool, base: str, moment: datetime | None, note: str
) -> SeenPost:
    address = _joined(base, link)
    text, links = words_of(words, base=address or base)
    plain_title, _ = words_of(title)
    return SeenPost(
        url=address, name=clean(name, LONGEST_URL), title=clean(" ".join(plain_title.split()), LONGEST_TITLE),
        text=text, whole=whole, links=links, published_at=moment, date_note=note,
    )  # fmt: skip


def _joined(base: str, link: str) -> str:
    try:
        found = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    return clean(found, LONGEST_URL) if found.startswith(("http://", "https://")) and len(found) <= LONGEST_URL else ""


def horizon(posts: Sequence[SeenPost]) -> datetime | None:
    """Return since when a list of the newest posts is without holes: the date of its oldest place.

    A list shows the newest first, or the oldest first, and some pin old posts to the top. What stands in no such order
    tells nothing of how far back it reaches: None.
    """
    dates = [post.published_at for post in posts if post.published_at]
    # Of a short list it cannot be told whether it runs backwards or has old posts pinned to its top.
    if len(dates) > MOST_PINNED + 1 and all(one <= other for one, other in pairwise(dates)):
        return dates[0]
    for skipped in range(min(MOST_PINNED + 1, len(dates))):
        rest = dates[skipped:]
        if all(one >= other for one, other in pairwise(rest)):
            return rest[-1]
    return None

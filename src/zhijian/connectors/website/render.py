"""Feeds of published pieces: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, with the same stable ids in all three."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

RSS_TYPE: Final = "application/rss+xml; charset=utf-8"
ATOM_TYPE: Final = "application/atom+xml; charset=utf-8"
LANGUAGE: Final = "zh-CN"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_MEDIA: Final = "http://search.yahoo.com/mrss/"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("atom", _ATOM)
ET.register_namespace("content", _CONTENT)
ET.register_namespace("dc", _DC)
ET.register_namespace("media", _MEDIA)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One published piece. `guid` never changes, even when address or title do; moments are aware."""

    guid: str
    title: str
    url: str
    published: datetime
    updated: datetime
    author: str = ""
    summary: str = ""
    body: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. `self_url` is its own address, `home_url` the page it belongs to, `hub_url` the WebSub hub or ""."""

    title: str
    home_url: str
    self_url: str
    updated: datetime
    items: Sequence[FeedItem]
    hub_url: str = ""
    description: str = ""


def rss(feed: Feed) -> bytes:
    """Write RSS 2.0."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home_url)
    _add(channel, "description", feed.description or feed.title)
    _add(channel, "language", LANGUAGE)
    _add(channel, "lastBuildDate", format_datetime(feed.updated))
    _links(channel, feed, f"{{{_ATOM}}}link", RSS_TYPE)
    for item in feed.items:
        _rss_item(ET.SubElement(channel, "item"), item)
    return _written(root)


def atom(feed: Feed) -> bytes:
    """Write Atom."""
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": LANGUAGE})
    _add(root, f"{{{_ATOM}}}title", feed.title)
    _add(root, f"{{{_ATOM}}}id", feed.self_url)
    _add(root, f"{{{_ATOM}}}updated", feed.updated.isoformat())
    # Every entry needs an author; the feed's stands in for those without one.
    _add(ET.SubElement(root, f"{{{_ATOM}}}author"), f"{{{_ATOM}}}name", feed.title)
    ET.SubElement(root, f"{{{_ATOM}}}link", rel="alternate", href=feed.home_url)
    _links(root, feed, f"{{{_ATOM}}}link", ATOM_TYPE)
    for item in feed.items:
        _atom_entry(ET.SubElement(root, f"{{{_ATOM}}}entry"), item)
    return _written(root)


def json_feed(feed: Feed) -> bytes:
    """Write JSON Feed 1.1."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.self_url,
        "description": feed.description,
        "language": LANGUAGE,
        "items": [_json_item(item) for item in feed.items],
    }
    if feed.hub_url:
        document["hubs"] = [{"type": "WebSub", "url": feed.hub_url}]
    return json.dumps(document, ensure_ascii=False).encode()


def link_header(feed: Feed) -> str:
    """Return the value of the HTTP Link header by which WebSub subscribers find hub and topic."""
    hub = f'<{feed.hub_url}>; rel="hub", ' if feed.hub_url else ""
    return f'{hub}<{feed.self_url}>; rel="self"'


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    # Control characters are not allowed in XML, not even escaped: one would make the feed unreadable.
    ET.SubElement(parent, tag, attributes).text = _NOT_XML.sub("", text)


def _links(parent: ET.Element, feed: Feed, tag: str, media_type: str) -> None:
    ET.SubElement(parent, tag, rel="self", href=feed.self_url, type=media_type.partition(";")[0])
    if feed.hub_url:
        ET.SubElement(parent, tag, rel="hub", href=feed.hub_url)


def _rss_item(node: ET.Element, item: FeedItem) -> None:
    _add(node, "title", item.title)
    _add(node, "link", item.url)
    _add(node, "guid", item.guid, isPermaLink="false")
    _add(node, "pubDate", format_datetime(item.published))
    if item.author:
        _add(node, f"{{{_DC}}}creator", item.author)
    _add(node, "description", item.summary)
    if item.body:
        _add(node, f"{{{_CONTENT}}}encoded", item.body)
    if item.image_url:
        ET.SubElement(node, f"{{{_MEDIA}}}content", url=item.image_url, medium="image")


def _atom_entry(node: ET.Element, item: FeedItem) -> None:
    _add(node, f"{{{_ATOM}}}title", item.title)
    _add(node, f"{{{_ATOM}}}id", item.guid)
    _add(node, f"{{{_ATOM}}}published", item.published.isoformat())
    _add(node, f"{{{_ATOM}}}updated", item.updated.isoformat())
    ET.SubElement(node, f"{{{_ATOM}}}link", rel="alternate", href=item.url)
    if item.author:
        _add(ET.SubElement(node, f"{{{_ATOM}}}author"), f"{{{_ATOM}}}name", item.author)
    if item.summary:
        _add(node, f"{{{_ATOM}}}summary", item.summary)
    if item.body:
        _add(node, f"{{{_ATOM}}}content", item.body, type="html")


def _json_item(item: FeedItem) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": item.guid,
        "url": item.url,
        "title": item.title,
        "summary": item.summary,
        "image": item.image_url,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "authors": [{"name": item.author}] if item.author else [],
    }
    kept = {name: value for name, value in given.items() if value}
    # An item must have content; the summary stands in where the body is not carried.
    return {**kept, **({"content_html": item.body} if item.body else {"content_text": item.summary or item.title})}


def _written(root: ET.Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(ET.tostring(root, encoding="utf-8"))

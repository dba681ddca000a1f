"""A follower of websites: a WebSub hub that takes publish pings, and a feed reader behind it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from zhijian.sandbox.state import Feed, World

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from starlette.requests import Request

LARGEST_FEED: Final = 2 * 1024 * 1024
FETCH_WITHIN: Final = 5.0
MOST_ENTRIES: Final = 500
_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_fetching: set[asyncio.Task[None]] = set()


class NotAFeedError(ValueError):
    """What came back is not a feed."""


async def hub(request: Request) -> Response:
    """Take a WebSub publish ping and fetch the feed in the background. Only this machine's addresses are fetched."""
    world: World = request.app.state.world
    async with request.form() as form:
        mode = form.get("hub.mode")
        urls = [str(url) for name in ("hub.url", "hub.topic") for url in form.getlist(name)]
    if mode != "publish" or not urls:
        return PlainTextResponse("hub.mode=publish and hub.url are needed", status_code=400)
    if not all(is_loopback(url) for url in urls):
        return PlainTextResponse("only loopback addresses are followed here", status_code=403)
    for url in dict.fromkeys(urls):
        world.record("feed_pinged", "reader", url=url)
        task = asyncio.create_task(read_feed(world, url))
        _fetching.add(task)
        task.add_done_callback(_fetching.discard)
    return Response(status_code=202)


async def read_feed(world: World, url: str) -> None:
    """Fetch a feed and keep its entries by guid; a failure is kept beside the feed."""
    feed = world.feeds.setdefault(url, Feed(url))
    try:
        title, entries = parse_feed(await _fetch(url))
    except (httpx2.HTTPError, httpx2.InvalidURL, NotAFeedError) as error:
        feed.error = str(error) or type(error).__name__
        world.record("feed_failed", "reader", url=url, error=feed.error)
        return
    new = [entry for entry in entries if entry["guid"] not in feed.entries]
    feed.title, feed.error, feed.fetched_at = title, "", world.now()
    feed.entries.update({entry["guid"]: entry for entry in entries})
    world.record("feed_read", "reader", url=url, new=[entry["guid"] for entry in new])


def is_loopback(url: str) -> bool:
    """Say whether an address points at this machine."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        return False
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    return parts.hostname == "localhost"


def parse_feed(body: bytes) -> tuple[str, list[dict[str, str]]]:
    """Return title and entries of RSS 2.0, Atom or JSON Feed. Raises NotAFeedError."""
    with contextlib.suppress(ValueError):
        return _from_json(json.loads(body))
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotAFeedError("This is no feed.") from error
    if root.tag == f"{_ATOM}feed":
        return root.findtext(f"{_ATOM}title") or "", [_atom_entry(node) for node in root.findall(f"{_ATOM}entry")]
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise NotAFeedError("This is no feed.")
    return channel.findtext("title") or "", [_rss_entry(node) for node in channel.findall("item")][:MOST_ENTRIES]


async def _fetch(url: str) -> bytes:
    body = bytearray()
    async with (
        httpx2.AsyncClient(timeout=FETCH_WITHIN, follow_redirects=False) as client,
        client.stream("GET", url) as response,
    ):
        if response.status_code != httpx2.codes.OK:
            raise NotAFeedError(f"HTTP status {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_FEED:
                raise NotAFeedError("The feed is too large.")
    return bytes(body)


def _from_json(feed: Any) -> tuple[str, list[dict[str, str]]]:
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotAFeedError("This is no feed.")
    items = [item for item in feed["items"] if isinstance(item, dict)][:MOST_ENTRIES]
    return str(feed.get("title", "")), [
        _entry(item.get("id"), item.get("title"), item.get("url"), item.get("date_published"), item.get("summary"))
        for item in items
    ]


def _rss_entry(node: Element) -> dict[str, str]:
    guid = node.findtext("guid") or node.findtext("link")
    return _entry(
        guid, node.findtext("title"), node.findtext("link"), node.findtext("pubDate"), node.findtext("description")
    )


def _atom_entry(node: Element) -> dict[str, str]:
    link = node.find(f"{_ATOM}link")
    texts = {name: node.findtext(f"{_ATOM}{name}") for name in ("id", "title", "updated", "summary")}
    return _entry(
        texts["id"], texts["title"], link.get("href") if link is not None else "", texts["updated"], texts["summary"]
    )


def _entry(guid: Any, title: Any, link: Any, at: Any, summary: Any) -> dict[str, str]:
    given = {"guid": guid, "title": title, "link": link, "at": _iso(str(at or "")), "summary": summary}
    return {name: str(value or "") for name, value in given.items()}


def _iso(text: str) -> str:
    """Return a feed's date, in either of the two ways feeds write it, as ISO time in UTC; unreadable is empty."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with contextlib.suppress(ValueError, OverflowError):
            return read(text).astimezone(UTC).isoformat()
    return ""


def routes() -> list[Route]:
    """Return the hub's route."""
    return [Route("/hub", hub, methods=["POST"])]

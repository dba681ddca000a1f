"""Feeds read back by feedparser and by the sandbox's own reader; hubs pinged over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import feedparser
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.connectors.contract import Account, ErrKind, PlatformError, ReceiptState
from zhijian.connectors.progress import advance
from zhijian.connectors.registry import codes, connector_for
from zhijian.connectors.tokens import MemoryTokenStore
from zhijian.connectors.website import render
from zhijian.connectors.website.client import ping_hub
from zhijian.connectors.website.render import Feed, FeedItem
from zhijian.lib import clock
from zhijian.lib.fetching import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhijian.connectors.contract import Bundle

WRITERS: dict[str, Callable[[Feed], bytes]] = {"rss": render.rss, "atom": render.atom}
MOMENT = datetime(2026, 6, 1, 9, 30, tzinfo=clock.BEIJING)


def item(**change: Any) -> FeedItem:
    facts: dict[str, Any] = {
        "guid": "urn:zhijian:article:7",
        "title": "堃镕喆社区 <改造> & 招标公告",
        "url": "https://www.example.cn/n/7?a=1&b=2",
        "published": MOMENT,
        "updated": MOMENT,
        "author": "县住建局",
        "summary": "摘要 & 说明",
        "body": "<p>正文 &amp; 附件</p>",
        "image_url": "https://www.example.cn/i/7.jpg",
    }
    return FeedItem(**{**facts, **change})


def feed(*items: FeedItem, hub: str = "https://hub.example.cn/") -> Feed:
    return Feed("临江县人民政府", "https://www.example.cn/", "https://www.example.cn/feed", MOMENT, items, hub)


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_an_independent_reader_understands_the_feed(kind: str) -> None:
    parsed = feedparser.parse(WRITERS[kind](feed(item())))
    assert (parsed.bozo, parsed.feed.title) == (False, "临江县人民政府")
    links = {link["rel"]: link["href"] for link in parsed.feed.links}
    assert (links["self"], links["hub"]) == ("https://www.example.cn/feed", "https://hub.example.cn/")
    entry = parsed.entries[0]
    assert (entry.id, entry.link, entry.author) == (
        "urn:zhijian:article:7",
        "https://www.example.cn/n/7?a=1&b=2",
        "县住建局",
    )
    assert entry.published_parsed[:5] == (2026, 6, 1, 1, 30)
    assert entry.content[0].value == "<p>正文 &amp; 附件</p>"
    assert entry.title == "堃镕喆社区 <改造> & 招标公告"


def test_json_feed_carries_the_same_ids() -> None:
    document = json.loads(render.json_feed(feed(item())))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert (document["feed_url"], document["hubs"]) == (
        "https://www.example.cn/feed",
        [{"type": "WebSub", "url": "https://hub.example.cn/"}],
    )
    assert document["items"] == [
        {
            "id": "urn:zhijian:article:7",
            "url": "https://www.example.cn/n/7?a=1&b=2",
            "title": "堃镕喆社区 <改造> & 招标公告",
            "summary": "摘要 & 说明",
            "image": "https://www.example.cn/i/7.jpg",
            "date_published": "2026-06-01T09:30:00+08:00",
            "date_modified": "2026-06-01T09:30:00+08:00",
            "authors": [{"name": "县住建局"}],
            "content_html": "<p>正文 &amp; 附件</p>",
        }
    ]


def test_link_header_names_hub_and_self() -> None:
    assert (
        render.link_header(feed()) == '<https://hub.example.cn/>; rel="hub", <https://www.example.cn/feed>; rel="self"'
    )
    assert render.link_header(feed(hub="")) == '<https://www.example.cn/feed>; rel="self"'


@given(st.text(), st.text())
def test_no_text_makes_a_feed_unreadable(title: str, body: str) -> None:
    title = title.encode("utf-8", "replace").decode()
    body = body.encode("utf-8", "replace").decode()
    for write in WRITERS.values():
        assert feedparser.parse(write(feed(item(title=title, body=body)))).entries[0].id == "urn:zhijian:article:7"
    assert json.loads(render.json_feed(feed(item(title=title, body=body))))["items"][0]["id"]


@pytest.fixture
def website() -> Iterator[tuple[str, dict[str, bytes]]]:
    pages: dict[str, bytes] = {}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the base class's
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    thread.join()


def reader_entries(sandbox: str, url: str, kind: str) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        ledger = httpx2.get(f"{sandbox}/_ctl/ledger", params={"kind": kind}).json()
        found = [entry for entry in ledger if entry["url"] == url]
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {kind} of {url}")


def opened(address: str) -> Guard:
    """Return the guard of an administrator who opened this one server."""
    return Guard.parse(f"127.0.0.1/32@{urlsplit(address).port}")


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_ping_makes_the_follower_fetch_and_show_the_feed(
    sandbox: str, website: tuple[str, dict[str, bytes]], kind: str
) -> None:
    site, pages = website
    write = {**WRITERS, "json": render.json_feed}[kind]
    pages["/feed"] = write(feed(item(url=f"{site}/n/7")))
    ping_hub(f"{sandbox}/hub", [f"{site}/feed"], guard=opened(sandbox))
    assert reader_entries(sandbox, f"{site}/feed", "feed_read")[0]["new"] == ["urn:zhijian:article:7"]
    page = httpx2.get(f"{sandbox}/followers/").text
    assert f"<a href='{site}/n/7' rel=noreferrer>堃镕喆社区 &lt;改造&gt; &amp; 招标公告</a>" in page


def test_the_follower_refuses_addresses_beyond_this_machine_and_survives_bombs(
    sandbox: str, website: tuple[str, dict[str, bytes]]
) -> None:
    refused = []
    for topic in (
        "http://192.0.2.1/feed",
        "file:///etc/passwd",
        "http://127.0.0.1.example.cn/",
        "http://[::ffff:1.2.3.4]/",
    ):
        form = {"hub.mode": "publish", "hub.url": topic}
        refused.append(httpx2.post(f"{sandbox}/hub", data=form).status_code)
    assert refused == [403] * 4
    site, pages = website
    pages["/bomb"] = b'<!DOCTYPE r [<!ENTITY a "a">]><rss version="2.0"><channel><title>&a;</title></channel></rss>'
    pages["/big"] = b" " * (2 * 1024 * 1024 + 1)
    for path in ("/bomb", "/big", "/missing"):
        ping_hub(f"{sandbox}/hub", [f"{site}{path}"], guard=opened(sandbox))
        assert reader_entries(sandbox, f"{site}{path}", "feed_failed")[0]["error"]


def test_a_silent_hub_is_a_passing_trouble_and_the_page_is_out_anyway(bundle: Bundle, website: tuple[str, Any]) -> None:
    site, _pages = website
    with pytest.raises(PlatformError) as caught:
        ping_hub("http://127.0.0.1:9/hub", [f"{site}/feed"], guard=opened("http://127.0.0.1:9"))
    assert caught.value.kind is ErrKind.TRANSIENT
    assert caught.value.hint_zh.startswith("网页已发布")


def test_a_hub_inside_the_network_is_not_called_and_the_trouble_says_so(website: tuple[str, dict[str, bytes]]) -> None:
    site, _pages = website
    asked: list[str] = []
    shut = Guard(ports=frozenset({80, urlsplit(site).port or 0}))
    for hub in (f"{site}/hub", f"{site}/hub".replace("127.0.0.1", "localhost"), "http://169.254.169.254/latest/"):
        with pytest.raises(PlatformError) as caught:
            ping_hub(
                hub,
                ["https://www.example.cn/feeds/rss.xml"],
                guard=shut,
            )
        asked.append(caught.value.hint_zh)
        assert (caught.value.kind, caught.value.code) == (ErrKind.INVALID, "hub_private")
    assert all("指向内部网络" in sentence for sentence in asked)


def test_one_hub_that_is_down_does_not_keep_the_other_from_being_told(sandbox: str, bundle: Bundle) -> None:
    settings = {
        "hub": f"http://127.0.0.1:9/hub {sandbox}/hub", "feeds": "http://127.0.0.1:9/told-anyway",
        "allowed": f"127.0.0.1/32@9 127.0.0.1/32@{urlsplit(sandbox).port}",
    }  # fmt: skip
    account = Account("website", "site", "", MemoryTokenStore(), settings=settings)
    connector = connector_for("website")
    with pytest.raises(PlatformError, match=r"."):
        advance(connector, account, connector.render(bundle), {}, save=lambda _: None)
    pings = httpx2.get(f"{sandbox}/_ctl/ledger", params={"kind": "feed_pinged"}).json()
    assert "http://127.0.0.1:9/told-anyway" in [entry["url"] for entry in pings]


def test_the_website_connector_pings_once_and_is_done(sandbox: str, bundle: Bundle) -> None:
    settings = {
        "hub": f"{sandbox}/hub", "feeds": "http://127.0.0.1:9/only-pinged",
        "allowed": f"127.0.0.1/32@{urlsplit(sandbox).port}",
    }  # fmt: skip
    account = Account("website", "site", "", MemoryTokenStore(), settings=settings)
    connector = connector_for("website")
    states: list[dict[str, Any]] = [{}]
    for _ in range(2):
        receipt = advance(connector, account, connector.render(bundle), states[-1], save=states.append)
    assert (receipt.state, receipt.urls) == (ReceiptState.PUBLISHED, ("https://www.example.cn/n/1?from=site", ""))
    pings = httpx2.get(f"{sandbox}/_ctl/ledger", params={"kind": "feed_pinged"}).json()
    assert [entry["url"] for entry in pings].count("http://127.0.0.1:9/only-pinged") == 1


def test_the_registry_knows_every_connector_by_its_own_code() -> None:
    assert codes() == ("wechat", "website", "handoff")
    assert [connector_for(code).capabilities.platform for code in codes()] == list(codes())
    with pytest.raises(KeyError):
        connector_for("nowhere")

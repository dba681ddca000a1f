from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from time import mktime
from typing import TYPE_CHECKING

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import parse_http_date

from zhijian.files.queries import read_bytes
from zhijian.lib import clock
from zhijian.publishing.actions import take_down

if TYPE_CHECKING:
    from tests.portal.newsstand import Newsstand

    from zhijian.content.models import Article

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PAGES = (
    "/",
    "/lookup/",
    "/lookup/?q=水务",
    "/lookup.json?q=水务",
    "/directory/",
    "/pieces/",
    "/accessibility/",
    "/data/",
)
FEEDS = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json")


def page_of(client: Client, article: Article) -> str:
    answer = client.get(f"/pieces/{article.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_piece_shows_the_approved_version_and_nothing_written_later(stand: Newsstand, client: Client) -> None:
    article = stand.published("城东片区停水通知", "本周六上午八时停水。")
    before = page_of(client, article)
    stand.edit(article, "城东片区停水通知（改）", "改到下周日停水。")
    assert page_of(client, article) == before
    assert "本周六上午八时停水。" in before
    lists = "".join(client.get(address).content.decode() for address in ("/", "/pieces/", *FEEDS))
    assert "城东片区停水通知" in lists
    assert "（改）" not in lists
    stand.approve(article)
    assert page_of(client, article) == before
    with clock.at(clock.now() + timedelta(hours=3)):
        stand.put_out(article)
    after = page_of(client, article)
    assert "改到下周日停水。" in after
    assert "本周六上午八时停水。" not in after
    assert "更新于" in after


def test_what_is_not_out_is_not_there(stand: Newsstand, client: Client) -> None:
    draft, approved = stand.written("还没审的稿件"), stand.written("审过没发的稿件")
    stand.approve(approved)
    gone = stand.published("发过又下线的稿件")
    delivery = stand.put_out_of(gone)
    take_down(actor=stand.editor, delivery_id=delivery.pk, reason="时间写错了")
    for number in (draft.pk, approved.pk, gone.pk, 987_654_321, 10**30):
        assert client.get(f"/pieces/{number}/").status_code == 404
    told = "".join(client.get(address).content.decode() for address in ("/", "/pieces/", *FEEDS))
    assert [row.title for row in (draft, approved, gone) if row.title in told] == []


def test_only_pictures_of_published_pieces_are_served(stand: Newsstand, client: Client) -> None:
    shown, kept = stand.picture("green"), stand.picture("orange")
    article = stand.published("配图的稿件", picture=shown.sha256)
    stand.written("没发的配图稿件", picture=kept.sha256)
    answer = client.get(f"/pictures/{shown.sha256}")
    assert b"".join(answer.streaming_content) == read_bytes(shown.sha256)  # type: ignore[attr-defined]  # a FileResponse
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"].startswith("public")
    assert f"/pictures/{shown.sha256}" in page_of(client, article)
    for name in (kept.sha256, "0" * 64, shown.sha256[:-1], shown.sha256.upper(), "..%2f..%2fseal_key"):
        assert client.get(f"/pictures/{name}").status_code == 404, name
    take_down(actor=stand.editor, delivery_id=stand.put_out_of(article).pk, reason="图片用错了")
    assert client.get(f"/pictures/{shown.sha256}").status_code == 404


@pytest.mark.parametrize("address", FEEDS[:2])
def test_feeds_are_read_by_a_reader_with_their_dates(stand: Newsstand, client: Client, address: str) -> None:
    titles = ["第一篇", "第二篇", "第三篇"]
    for day, title in enumerate(titles):
        with clock.at(MONDAY + timedelta(days=day)):
            stand.published(title, "用到 <b>尖括号</b> & 与号。")
    answer = client.get(address)
    read = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not read.bozo, read.get("bozo_exception")
    assert [entry.title for entry in read.entries] == titles[::-1]
    moments = [datetime.fromtimestamp(mktime(entry.published_parsed) - _shift(), UTC) for entry in read.entries]
    assert moments == [MONDAY + timedelta(days=day) for day in (2, 1, 0)]
    assert "用到 &lt;b&gt;尖括号&lt;/b&gt; &amp; 与号。" in read.entries[0].content[0].value
    assert parse_http_date(answer.headers["Last-Modified"]) == (MONDAY + timedelta(days=2)).timestamp()


def _shift() -> float:
    """Return how far this machine's zone is from UTC: feedparser gives UTC, mktime takes local time."""
    now = datetime.now(UTC)
    return mktime(now.timetuple()) - (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def test_the_json_feed_says_the_same(stand: Newsstand, client: Client) -> None:
    with clock.at(MONDAY):
        article = stand.published("停水通知")
    feed = json.loads(client.get("/feeds/feed.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert (item["title"], item["url"].endswith(f"/pieces/{article.pk}/")) == ("停水通知", True)
    assert datetime.fromisoformat(item["date_published"]) == MONDAY


@pytest.mark.parametrize("address", FEEDS)
def test_a_reader_that_has_the_newest_feed_gets_no_body(stand: Newsstand, client: Client, address: str) -> None:
    with clock.at(MONDAY):
        stand.published("停水通知")
    first = client.get(address)
    for header, value in (
        ("If-Modified-Since", first.headers["Last-Modified"]), ("If-None-Match", first.headers["ETag"]),
    ):  # fmt: skip
        again = client.get(address, headers={header: value})
        assert (again.status_code, again.content) == (304, b""), header
    with clock.at(MONDAY + timedelta(hours=1)):
        stand.published("恢复供水")
    fresh = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert "恢复供水" in fresh.content.decode()


def test_a_feed_and_a_list_can_be_of_one_body(stand: Newsstand, client: Client) -> None:
    stand.published("停水通知")
    water, school = stand.county.water.pk, stand.county.school.pk
    for address in (*FEEDS, "/pieces/"):
        assert "停水通知" in client.get(f"{address}?body={water}").content.decode()
        assert "停水通知" not in client.get(f"{address}?body={school}").content.decode()
        for garbage in ("x", "-1", "9" * 30, "²", "1 OR 1=1"):
            assert client.get(address, {"body": garbage}).status_code == 404, garbage


def test_empty_states_say_what_will_be_there(stand: Newsstand, client: Client) -> None:
    for address in ("/", "/pieces/"):
        assert "还没有发布的内容" in client.get(address).content.decode()
    for address in FEEDS[:2]:
        read = feedparser.parse(client.get(address).content)
        assert (read.bozo, read.entries) == (False, [])
    assert json.loads(client.get("/feeds/feed.json").content)["items"] == []


def test_lists_and_feeds_cost_the_same_for_one_piece_and_for_thirty(stand: Newsstand, client: Client) -> None:
    addresses = ("/", "/pieces/")
    stand.published("第一篇")
    costs = {}
    for when in ("one", "thirty"):
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            costs.setdefault(address, []).append(len(queries))
        if when == "one":
            for number in range(29):
                stand.published(f"又一篇 {number}")
    assert [address for address, (one, thirty) in costs.items() if one != thirty] == []
    second = client.get("/pieces/", {"page": 2})
    assert len(second.context["items"]) == 10


def test_pages_for_everybody_set_no_cookie_and_carry_the_guards(stand: Newsstand, client: Client) -> None:
    article = stand.published("停水通知", picture=stand.picture("green").sha256)
    number = stand.site.account.number
    pages = [*PAGES, *FEEDS, f"/pieces/{article.pk}/", f"/directory/{number}/", f"/directory/{number}/code.svg",
             "/nothing-here/"]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.cookies.output() == "", page
        assert "Set-Cookie" not in answer.headers, page
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, page
        assert "unsafe-inline" not in policy, page
        assert "frame-ancestors 'none'" in policy, page
        assert answer.headers["X-Content-Type-Options"] == "nosniff", page
        assert answer.headers["X-Frame-Options"] == "DENY", page
        assert answer.headers["Referrer-Policy"] == "same-origin", page


def test_pages_are_whole_without_script(stand: Newsstand, client: Client) -> None:
    article = stand.published("停水通知")
    for page in (*PAGES, f"/pieces/{article.pk}/"):
        html = client.get(page).content.decode()
        assert "<script>" not in html, page
        assert " onclick=" not in html, page
        assert "<style" not in html, page
        assert " style=" not in html, page
    assert 'action="/lookup/"' in client.get("/").content.decode()


def test_link_checkers_may_ask_for_the_head_only(stand: Newsstand, client: Client) -> None:
    article = stand.published("停水通知", picture=stand.picture("green").sha256)
    number = stand.site.account.number
    for page in (*PAGES, *FEEDS, f"/pieces/{article.pk}/", f"/directory/{number}/"):
        answer = client.head(page)
        assert (answer.status_code, answer.content) == (200, b""), page
    for page in (*PAGES, *FEEDS, f"/pieces/{article.pk}/"):
        assert client.post(page).status_code == 405, page


def test_a_signed_in_person_reads_the_same_piece(stand: Newsstand, client: Client) -> None:
    article = stand.published("停水通知")
    inside = Client()
    inside.force_login(stand.editor)
    assert "停水通知" in page_of(inside, article)
    assert "停水通知" in page_of(client, article)

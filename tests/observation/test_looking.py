"""Looking at real servers: what they show is kept, what they do not give is told as "could not"."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.lib.servers import moved, plain, serving
from tests.observation.world import NOW, make_source

from zhijian.lib import clock
from zhijian.lib.watched import WatchedLink, register_keeper
from zhijian.observation import queries
from zhijian.observation.actions import SourceDraft, ask_for_look, change_source, check_links, due_links, look_at
from zhijian.observation.actions.looking import EMPTY, LEASE, retry_after
from zhijian.observation.enums import Health, LinkResult, Result
from zhijian.observation.models import Look, Post, PostVersion, Source
from zhijian.observation.reading import feeds
from zhijian.observation.tasks import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from socket import socket

    from pytest_django.fixtures import SettingsWrapper
    from tests.lib.servers import Site
    from tests.observation.world import Watch

DAY = timedelta(days=1)
NO_ROBOTS = plain(b"", status="404 Not Found")


def item(number: int, days: float, text: str = "正文", link: str = "") -> str:
    moment = format_datetime(NOW - timedelta(days=days))
    words = f"<p>{text}</p>" + (f'<a href="{link}">链接</a>' if link else "")
    return (
        f"<item><title>通知{number}</title><link>https://water.example/{number}</link><pubDate>{moment}</pubDate>"
        f"<description><![CDATA[{words}]]></description></item>"
    )


def feed(*items: str, **headers: str) -> bytes:
    body = f"<rss version='2.0'><channel><title>水务</title>{''.join(items)}</channel></rss>".encode()
    return plain(body, Content_Type="application/rss+xml; charset=utf-8", **headers)


@pytest.fixture
def site(settings: SettingsWrapper) -> Iterator[Site]:
    settings.ZHIJIAN_FETCH_ALLOWED = ["127.0.0.0/8"]
    with serving({"/robots.txt": NO_ROBOTS}) as served:
        settings.ZHIJIAN_FETCH_ALLOWED = [f"127.0.0.0/8@{served.port}"]
        yield served


@pytest.fixture
def source(watch: Watch, site: Site) -> Source:
    return make_source(watch.site, url=site.url("/feed"), next_look_at=NOW)


@dataclass
class Keeper:
    """A room that wants its addresses looked at."""

    urls: list[str] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)

    def links(self) -> list[WatchedLink]:
        return [WatchedLink("test.address", 1, url) for url in self.urls]

    def note(self, *, thing_id: int, url: str, result: str, at: datetime, reason: str) -> None:  # noqa: ARG002 - the protocol
        self.told.append((url, result, reason))


KEEPER = Keeper()


register_keeper("test.address", KEEPER)


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    KEEPER.urls, KEEPER.told = [], []
    yield KEEPER
    KEEPER.urls = []


def look(source: Source, *, hours: float = 0) -> Look:
    with clock.at(NOW + timedelta(hours=hours)):
        found = look_at(source_id=source.pk)
    assert found is not None
    source.refresh_from_db()
    return found


def test_a_good_look_keeps_posts_versions_and_the_bytes_as_evidence(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(2, 1, link="https://water.example/b"), item(1, 5), ETag='"v1"')

    found = look(source)

    assert (found.result, found.sees_all, found.seen, found.new) == (Result.SAW, True, 2, 2)
    assert (found.covers_from, found.covers_to) == (NOW - 5 * DAY, NOW)
    assert found.evidence["status"] == 200
    assert found.evidence["headers"]["etag"] == '"v1"'
    from zhijian.files.queries import read_bytes  # noqa: PLC0415 - read beside what it proves

    assert read_bytes(found.snapshot) in site.pages["/feed"]  # type: ignore[operator]  # bytes here
    assert [row.title for row in Post.objects.order_by("published_at")] == ["通知1", "通知2"]
    version = PostVersion.objects.get(post__title="通知2")
    assert (version.text, version.links) == ("正文\n链接", [{"url": "https://water.example/b", "text": "链接"}])
    assert (source.health, source.last_error, source.next_look_at) == (Health.HEALTHY, "", NOW + timedelta(hours=6))


def test_a_changed_text_is_a_new_version_and_an_unchanged_one_is_not(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(2, 1), item(1, 5))
    look(source)
    site.pages["/feed"] = feed(item(2, 1, "改过的正文"), item(1, 5))

    found = look(source, hours=7)

    assert (found.new, found.changed, found.vanished) == (0, 1, 0)
    texts = PostVersion.objects.order_by("pk").values_list("post__title", "text")
    assert list(texts) == [("通知2", "正文"), ("通知1", "正文"), ("通知2", "改过的正文")]


def test_an_item_that_vanished_is_marked_and_comes_back_when_it_is_shown_again(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(3, 1), item(2, 2), item(1, 5))
    look(source)
    site.pages["/feed"] = feed(item(3, 1), item(1, 5))
    assert look(source, hours=7).vanished == 1
    gone = Post.objects.get(title="通知2")
    assert gone.vanished_at == NOW + timedelta(hours=7)
    # The oldest place left the list because the list is short: nothing is said of it.
    site.pages["/feed"] = feed(item(4, 0.1), item(3, 1))
    assert look(source, hours=14).vanished == 0
    site.pages["/feed"] = feed(item(4, 0.1), item(3, 1), item(2, 2))
    look(source, hours=21)
    gone.refresh_from_db()
    assert gone.vanished_at is None


def test_a_feed_that_ran_over_leaves_a_gap_since_the_last_look(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(1, 5), item(0, 9))
    look(source)
    site.pages["/feed"] = feed(item(9, -1.5), item(8, -1.2), item(7, -1))
    assert look(source, hours=48).covers_from == NOW + DAY


def test_a_list_without_dates_covers_the_time_between_two_looks_that_overlap(site: Site, source: Source) -> None:
    undated = "<item><title>没有日期</title><link>https://water.example/u</link></item>"
    site.pages["/feed"] = feed(undated)
    first = look(source)
    assert (first.covers_from, first.covers_to, first.undated) == (NOW, NOW, 1)
    second = look(source, hours=7)
    assert (second.covers_from, second.covers_to) == (NOW, NOW + timedelta(hours=7))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (plain(b"down", status="500 Internal Server Error"), "对方网站没有给出订阅源（回答 500），稍后自动再看。"),
        (plain(b"no", status="404 Not Found"), "页面已经不存在。"),
        (plain(b"<html><body>hi</body></html>", Content_Type="text/html"), feeds.NO_FEED),
        (feed(), EMPTY),
        (plain(b"<rss><channel><item>"), feeds.BROKEN),
        (moved("/feed"), "网址转来转去回到原处，打不开。"),
        (moved("http://10.0.0.1/feed"), "网址指向内部网络，系统不打开。确需访问时，请系统管理员放行这个网段。"),
    ],
)
def test_what_is_no_feed_is_a_look_that_could_not(site: Site, source: Source, answer: bytes, reason: str) -> None:
    site.pages["/feed"] = answer
    found = look(source)
    assert (found.result, found.reason, found.sees_all, found.seen) == (Result.COULD_NOT, reason, False, 0)
    assert (source.health, source.last_error, source.failures) == (Health.FAILING, reason, 1)
    assert source.next_look_at == NOW + timedelta(minutes=15)
    assert Post.objects.count() == 0


def test_an_outage_between_two_good_looks_leaves_no_hole_once_the_list_reaches_back(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(1, 5))
    look(source)
    site.pages["/feed"] = plain(b"", status="503 Service Unavailable")
    assert look(source, hours=7).covers_from == NOW
    assert source.health == Health.FAILING
    now = queries.activity(account_ids=[source.account_id], start=NOW - DAY, end=NOW + timedelta(hours=7))
    assert [gap[:2] for gap in now[source.account_id].gaps] == [(NOW, NOW + timedelta(hours=7))]
    site.pages["/feed"] = feed(item(1, 5))
    look(source, hours=8)
    assert source.health == Health.HEALTHY
    later = queries.activity(account_ids=[source.account_id], start=NOW - DAY, end=NOW + timedelta(hours=8))
    assert later[source.account_id].covered


def test_a_redirect_is_followed_and_told(site: Site, source: Source) -> None:
    site.pages["/feed"] = moved("/new")
    site.pages["/new"] = feed(item(1, 5))
    found = look(source)
    assert (found.result, found.evidence["url"]) == (Result.SAW, site.url("/new"))
    assert found.evidence["hops"] == [site.url("/feed")]


def test_an_unchanged_feed_is_not_sent_again_and_still_covers(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(1, 5), ETag='"v1"')
    first = look(source)
    assert source.validators == {"If-None-Match": '"v1"'}
    site.pages["/feed"] = plain(b"", status="304 Not Modified")
    second = look(source, hours=7)
    assert (second.result, second.covers_from, second.snapshot) == (Result.SAW, NOW, first.snapshot)


def test_a_site_that_asks_programs_to_stay_away_is_obeyed(watch: Watch, site: Site) -> None:
    site.pages["/robots.txt"] = plain(b"User-agent: *\nDisallow: /closed")
    site.pages["/closed/feed"] = feed(item(1, 5))
    found = look(make_source(watch.site, url=site.url("/closed/feed"), next_look_at=NOW))
    assert (found.result, found.reason) == (Result.COULD_NOT, "对方网站声明不让程序读取这一页，系统没有读。")


def test_nobody_looks_twice_at_once_before_its_time_or_when_it_is_stopped(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(1, 5))
    Source.objects.filter(pk=source.pk).update(lease="another", lease_until=NOW + LEASE)
    assert list(queries.due_sources()) == []
    assert look_at(source_id=source.pk) is None
    with clock.at(NOW + LEASE + timedelta(seconds=1)):
        assert look_at(source_id=source.pk) is not None
        assert look_at(source_id=source.pk) is None
    Source.objects.filter(pk=source.pk).update(health=Health.STOPPED, next_look_at=NOW)
    assert look_at(source_id=source.pk) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["/other", "/feed"])
def test_a_look_that_was_under_way_when_its_source_changed_is_not_kept(
    watch: Watch, site: Site, source: Source, place: str
) -> None:
    shown = feed(item(1, 5))
    site.pages |= {"/other": feed(item(2, 4))}
    # Another address, or the same one of which nobody vouches any more that it shows everything.
    draft = SourceDraft("feed", "open_feed", site.url(place))

    def change_and_answer(connection: socket) -> None:
        with clock.at(NOW):
            change_source(actor=watch.officer, source_id=source.pk, draft=draft)
        connections.close_all()
        site.pages["/feed"] = shown
        connection.sendall(shown)

    site.pages["/feed"] = change_and_answer
    Source.objects.filter(pk=source.pk).update(failures=7)
    assert look_at(source_id=source.pk) is None
    assert (Look.objects.count(), Post.objects.count()) == (0, 0)

    source.refresh_from_db()
    assert (source.lease, source.failures) == ("", 0 if place == "/other" else 7)
    found = look(source)
    assert (found.sees_all, found.seen) == (False, 1)


def test_a_person_may_ask_for_a_look_at_once(watch: Watch, site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(1, 5))
    look(source)
    assert list(queries.due_sources()) == []
    ask_for_look(actor=watch.host, source_id=source.pk)
    assert list(queries.due_sources()) == [source]


def test_waiting_grows_with_every_failure_and_ends_at_half_a_day() -> None:
    waits = [retry_after(failures) for failures in range(12)]
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=12)


def test_a_link_its_post_has_dropped_is_not_tried_again(site: Site, source: Source) -> None:
    site.pages["/feed"] = feed(item(1, 5, link=site.url("/form")))
    look(source)
    assert due_links() == [site.url("/form")]
    site.pages["/feed"] = feed(item(1, 5))
    look(source, hours=7)
    assert due_links() == []


def test_the_link_untried_longest_is_next_whatever_its_digest(db: None, site: Site, keeper: Keeper) -> None:
    keeper.urls = [site.url(f"/page{number}") for number in range(3)]
    site.pages |= {f"/page{number}": plain(b"", status="404 Not Found") for number in range(3)}
    turns = []
    for day in range(6):
        with clock.at(NOW + day * DAY):
            turns += due_links(limit=1)
            check_links(urls=turns[-1:])
    assert sorted(turns[:3]) == sorted(keeper.urls)
    assert turns[3:] == turns[:3]


def test_a_source_that_waits_for_its_look_is_not_queued_a_second_time(source: Source) -> None:
    for minutes in (0, 5):
        with clock.at(NOW + timedelta(minutes=minutes)):
            sweep(0)
    assert list(ProcrastinateJob.objects.filter(task_name="observation.look").values_list("args", flat=True)) == [
        {"source_id": source.pk}
    ]


def test_links_of_recent_posts_and_of_other_rooms_are_tried_and_told_in_three_values(
    site: Site, source: Source, keeper: Keeper
) -> None:
    there, gone, down = site.url("/there"), site.url("/gone"), site.url("/down")
    says, large = site.url("/says"), site.url("/large")
    site.pages |= {
        "/feed": feed(item(1, 5, link=there), item(2, 6, link=gone), item(3, 40, link=site.url("/old"))),
        "/there": plain("<title>办事 指南</title>".encode(), Content_Type="text/html; charset=utf-8"),
        "/gone": plain(b"", status="410 Gone"), "/down": plain(b"", status="502 Bad Gateway"),
        "/says": plain("<html>该内容已被发布者删除</html>".encode(), Content_Type="text/html; charset=utf-8"),
        "/large": plain(b"x" * 600_000, Content_Type="application/pdf"),
    }  # fmt: skip
    look(source)
    keeper.urls = [down, says, large, "javascript:void(0)", there]
    assert set(due_links()) == {there, gone, down, says, large}
    check_links(urls=due_links())
    assert due_links() == []
    with clock.at(NOW + DAY):
        assert set(due_links()) == {there, gone, down, says, large}
    assert {(url, result) for url, result, _ in keeper.told} == {
        (there, "reached"), (down, "could_not_look"), (says, "gone"), (large, "reached"),
    }  # fmt: skip
    found = queries.latest_link_checks(urls=[there, gone, down, says, large])
    assert {url: (row.result, row.status, row.title) for url, row in found.items()} == {
        there: (LinkResult.REACHED, 200, "办事 指南"), gone: (LinkResult.GONE, 410, ""),
        down: (LinkResult.COULD_NOT_LOOK, 502, ""), says: (LinkResult.GONE, 200, ""),
        large: (LinkResult.REACHED, 200, ""),
    }  # fmt: skip
    assert all(row.reason for row in found.values() if row.result != LinkResult.REACHED)


def test_a_page_in_strange_hands_is_told_as_gone_with_the_words_it_rests_on(
    db: None, site: Site, keeper: Keeper
) -> None:
    html = {"Content_Type": "text/html; charset=utf-8"}
    site.pages |= {
        "/clean": plain("<title>办事指南</title><p>周一至周五上班。</p>".encode(), **html),
        "/sold": plain("<title>出售</title><h1>该域名正在出售</h1>".encode(), **html),
        "/bad": plain(
            "<title>指南</title><div style='left:-999px;position:absolute'>百家乐 六合彩</div>".encode(), **html
        ),
    }
    keeper.urls = [site.url(path) for path in ("/clean", "/sold", "/bad")]
    check_links(urls=due_links())
    found = queries.latest_link_checks(urls=keeper.urls)
    assert [(found[url].result, found[url].landing, found[url].signs) for url in keeper.urls] == [
        ("reached", "clean", []),
        ("reached", "parked", ["页面上的话：该域名正在出售"]),
        ("reached", "hijacked", ["隐藏内容（移到屏幕外（left:-999px））：百家乐 六合彩"]),
    ]
    assert {(url, result) for url, result, _ in keeper.told} == set(
        zip(keeper.urls, ["reached", "gone", "gone"], strict=True)
    )


def test_a_page_that_changes_its_face_for_search_engines_is_told_and_what_was_not_seen_twice_is_not(
    db: None, site: Site, keeper: Keeper
) -> None:
    html = {"Content_Type": "text/html; charset=utf-8"}
    clean = plain("<title>办事指南</title><p>周一至周五上班。</p>".encode(), **html)
    bad = plain("<title>百家乐 六合彩开奖</title><p>周一至周五上班。</p>".encode(), **html)
    shut = plain(b"", status="403 Forbidden")
    site.pages |= {
        "/robots.txt": plain(b"User-agent: *\nDisallow: /barred"),
        "/agent": {"Baiduspider": bad, "": clean}, "/came": {"www.baidu.com": bad, "": clean},
        "/shut": {"Baiduspider": shut, "": clean}, "/barred": {"Baiduspider": bad, "": clean}, "/same": clean,
    }  # fmt: skip
    keeper.urls = [site.url(path) for path in ("/agent", "/came", "/shut", "/barred", "/same")]
    check_links(urls=due_links())
    found = queries.latest_link_checks(urls=keeper.urls)
    sign = "给搜索引擎看的那一份，页面标题：百家乐 六合彩开奖"
    assert [(found[url].result, found[url].landing, found[url].signs, found[url].title) for url in keeper.urls] == [
        ("reached", "hijacked", [sign], "办事指南"), ("reached", "hijacked", [sign], "办事指南"),
        *[("reached", "clean", [], "办事指南")] * 3,
    ]  # fmt: skip
    assert {(url, result) for url, result, _ in keeper.told} == set(
        zip(keeper.urls, ["gone", "gone", "reached", "reached", "reached"], strict=True)
    )
    assert {path: site.asked.count(path) for path in set(site.asked)} == {
        "/robots.txt": 1, "/agent": 2, "/came": 2, "/shut": 2, "/barred": 1, "/same": 2,
    }  # fmt: skip
    crawled = [head for head in site.heads if b"Baiduspider" in head]
    assert (len(crawled), all(b"zhijian" in head for head in site.heads)) == (4, True)

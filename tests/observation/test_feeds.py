"""Feeds of strangers: three kinds, many encodings, impossible dates, and files made to hurt the reader."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.observation.reading import feeds
from zhijian.observation.reading.feeds import horizon, read_feed
from zhijian.observation.reading.moments import (
    IN_FUTURE,
    NO_DATE,
    NOT_READ,
    TOO_EARLY,
    judged,
    read_moment,
)
from zhijian.observation.reading.pages import words_of
from zhijian.observation.reading.seen import SeenPost, Unreadable, comparable

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
URL = "https://water.example/feed.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>云岭水务网</title>
<item><title>停水通知 &amp; 说明</title><link>/a/1.html?utm_source=rss</link><guid>urn:1</guid>
<pubDate>Fri, 20 Nov 2026 09:30:00 +0800</pubDate><description>摘要</description>
<content:encoded><![CDATA[<p>明天停水。</p><p>详见<a href="/b">公告</a>。</p><script>x()</script>]]></content:encoded>
</item>
<item><title>旧闻</title><guid isPermaLink="true">https://water.example/a/2.html</guid><description>只有摘要</description>
</item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>水务</title>
<entry><id>tag:1</id><title type="html">&lt;b&gt;清淤&lt;/b&gt;</title><link rel="alternate" href="a/3"/>
<published>2026-11-21T10:00:00Z</published><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>河道清淤</p>
</div></content></entry><entry><id>tag:2</id><title>只有更新</title><updated>2026-11-19T10:00:00+08:00</updated>
<summary>短</summary></entry></feed>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1", "title": "水务",
    "items": [
        {"id": 7, "url": "https://water.example/a/7", "title": "供水", "content_text": "一 < 二",
         "date_published": "2026-11-20T00:00:00+08:00"},
        {"id": "8", "summary": "只有摘要"}, "不是条目",
    ],
}  # fmt: skip


def test_rss_gives_address_words_links_and_date() -> None:
    feed = read_feed(RSS.encode(), url=URL, at=AT)
    assert (feed.kind, feed.title, feed.cut) == ("RSS", "云岭水务网", False)
    assert feed.posts == (
        SeenPost(
            url="https://water.example/a/1.html?utm_source=rss", name="urn:1", title="停水通知 & 说明",
            text="明天停水。\n详见公告。", whole=True, links=(("https://water.example/b", "公告"),),
            published_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
        ),
        SeenPost(
            url="https://water.example/a/2.html", name="https://water.example/a/2.html", title="旧闻", text="只有摘要",
            date_note=NO_DATE,
        ),
    )  # fmt: skip


def test_atom_gives_the_same_and_says_when_only_a_change_is_dated() -> None:
    one, other = read_feed(ATOM.encode(), url=URL, at=AT).posts
    assert (one.url, one.title, one.text, one.whole) == ("https://water.example/a/3", "清淤", "河道清淤", True)
    assert (other.text, other.whole, other.date_note) == ("短", False, feeds.ONLY_UPDATED)
    assert other.published_at == datetime(2026, 11, 19, 2, 0, tzinfo=UTC)


def test_json_feed_gives_the_same_and_leaves_out_what_is_no_item() -> None:
    feed = read_feed(json.dumps(JSON).encode(), url=URL, at=AT)
    assert [(post.title, post.text, post.whole) for post in feed.posts] == [
        ("供水", "一 < 二", True), ("", "只有摘要", False),
    ]  # fmt: skip
    assert [post.name for post in feed.posts] == ["7", "8"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_found_by_mark_or_declaration(encoding: str) -> None:
    data = RSS.replace('encoding="utf-8"', f'encoding="{encoding.removesuffix("-sig")}"').encode(encoding)
    assert read_feed(data, url=URL, at=AT).posts[0].title == "停水通知 & 说明"


def test_a_wrong_declaration_does_not_garble_the_words() -> None:
    data = RSS.encode("gb18030")
    assert read_feed(data, url=URL, at=AT).title == "云岭水务网"
    assert read_feed(data, url=URL, at=AT, charset="gb2312").title == "云岭水务网"
    assert read_feed(RSS.encode(), url=URL, at=AT, charset="no-such-charset").title == "云岭水务网"


def test_html_entities_and_control_characters_do_not_stop_the_reader() -> None:
    careless = RSS.replace("旧闻", "旧&nbsp;闻&hellip;\x08&copy;&nosuch;".replace("&nosuch;", ""))
    assert read_feed(careless.encode(), url=URL, at=AT).posts[1].title == "旧 闻…©"


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><title>&c;</title></channel></rss>"""
OUTSIDE = """<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>"""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (BOMB.encode(), feeds.DANGEROUS),
        (OUTSIDE.encode(), feeds.DANGEROUS),
        (b"<rss>" + b"<a>" * 300_000, feeds.TOO_LARGE),
        (b"x" * (feeds.MOST_BYTES + 1), feeds.TOO_LARGE),
        (b"<!DOCTYPE html><html><body>hello</body></html>", feeds.NO_FEED),
        (b"", feeds.NO_FEED),
        (b"plain words", feeds.NO_FEED),
        (b"<opml><body/></opml>", feeds.NO_FEED),
        (RSS.encode()[:300], feeds.BROKEN),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', feeds.BROKEN),
        (b'{"items": []}', feeds.NO_FEED),
        (b"{" + b'"a":[' * 100_000, feeds.BROKEN),
    ],
)
def test_what_is_no_feed_or_a_trap_says_so(data: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_feed(data, url=URL, at=AT)
    assert raised.value.sentence == sentence


def test_deep_nesting_is_read_or_refused_and_never_breaks_the_process() -> None:
    deep = "<rss><channel>" + "<a>" * 50_000 + "</a>" * 50_000 + "<item><title>还在</title></item></channel></rss>"
    assert [post.title for post in read_feed(deep.encode(), url=URL, at=AT).posts] == ["还在"]
    assert words_of("<div>" * 100_000 + "深处")[1] == ()


def test_only_the_first_items_are_taken_and_the_rest_is_told() -> None:
    items = "".join(f"<item><title>{number}</title></item>" for number in range(600))
    feed = read_feed(f"<rss><channel>{items}</channel></rss>".encode(), url=URL, at=AT)
    assert (len(feed.posts), feed.cut) == (feeds.MOST_ITEMS, True)


@given(
    st.binary(max_size=400) | st.text(max_size=400).map(lambda text: f"<rss><channel>{text}".encode("utf-8", "replace"))
)
def test_any_bytes_give_a_feed_or_a_sentence(data: bytes) -> None:
    told = ""
    try:
        told = read_feed(data, url=URL, at=AT).kind
    except Unreadable as unreadable:
        told = unreadable.sentence
    assert told in {"RSS", "Atom", "JSON Feed"} or told.endswith("。")


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)


@given(st.lists(st.tuples(texts, texts, st.datetimes(datetime(2001, 1, 1), datetime(2026, 11, 1))), max_size=6))  # noqa: DTZ001 - made aware below
def test_what_a_json_feed_says_is_what_is_read(rows: list[tuple[str, str, datetime]]) -> None:
    items = [
        {
            "id": str(number), "title": title, "content_text": text,
            "date_published": moment.replace(tzinfo=UTC).isoformat(),
        }
        for number, (title, text, moment) in enumerate(rows)
    ]  # fmt: skip
    data = json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}).encode()
    feed = read_feed(data, url=URL, at=AT)
    assert [post.published_at for post in feed.posts] == [moment.replace(tzinfo=UTC) for _, _, moment in rows]
    assert len({post.key for post in feed.posts}) == len(rows)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20 09:30", datetime(2026, 11, 20, 1, 30, tzinfo=UTC)),
        ("2026年11月20日 9时30分", datetime(2026, 11, 20, 1, 30, tzinfo=UTC)),
        ("2026/11/20", datetime(2026, 11, 19, 16, 0, tzinfo=UTC)),
        ("2026.11.20 09:30:15", datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)),
        ("1795138200", datetime(2026, 11, 20, 1, 30, tzinfo=UTC)),
        ("1795138200000", datetime(2026, 11, 20, 1, 30, tzinfo=UTC)),
        ("20 Nov 2026 01:30:00 GMT", datetime(2026, 11, 20, 1, 30, tzinfo=UTC)),
        ("2026-11-20T01:30:00Z", datetime(2026, 11, 20, 1, 30, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_people_and_programs_write_them(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", NO_DATE), ("昨天", NOT_READ), ("2026-13-40", NOT_READ), ("0000-00-00 00:00:00", NOT_READ),
        ("1970-01-01", TOO_EARLY), ("2027-01-01", IN_FUTURE), ("9999-12-31T23:59:59+08:00", IN_FUTURE),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_true_counts_as_none_and_says_why(text: str, note: str) -> None:
    assert judged(text, at=AT) == (None, note)


def test_a_clock_a_little_ahead_is_forgiven() -> None:
    assert judged("2026-11-22 18:00", at=AT) == (AT, "")


@given(st.text(max_size=100))
def test_any_text_is_a_date_or_none(text: str) -> None:
    moment, note = judged(text, at=AT)
    assert (moment is None) == bool(note)


def dated(*days: int) -> list[SeenPost]:
    return [SeenPost(title=str(day), published_at=AT - timedelta(days=day)) for day in days]


def test_the_horizon_is_the_oldest_place_of_an_ordered_list_and_pinned_posts_do_not_stretch_it() -> None:
    assert horizon(dated(1, 2, 2, 9)) == AT - timedelta(days=9)
    assert horizon(dated(9, 7, 5, 2, 1)) == AT - timedelta(days=9)
    assert horizon(dated(9, 2, 1)) == AT - timedelta(days=1)
    assert horizon(dated(700, 1, 2, 3)) == AT - timedelta(days=3)
    assert horizon(dated(5, 1, 7, 2, 9, 3)) is None
    assert horizon([]) is None
    assert horizon([SeenPost(title="没有日期")]) is None


def test_one_post_is_found_again_under_the_addresses_it_is_visited_by() -> None:
    same = ["http://Water.example/a?b=1&a=2", "https://water.example:443/a?a=2&b=1&utm_source=x#top"]
    assert len({SeenPost(url=url).key for url in same}) == 1
    wechat = "https://mp.weixin.qq.com/s?__biz=A&mid=1&idx=1&sn=b"
    assert comparable(f"{wechat}&chksm=9&scene=27") == comparable(wechat)
    assert comparable("javascript:alert(1)") == comparable("http://") == comparable("http://[") == ""
    assert SeenPost(name="1").key != SeenPost(name="2").key

"""The pages: what a person sees and does, whom they are shut to, and that long lists cost no more than short ones."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.observation.world import NOW, PNG, make_account, make_source

from zhijian.lib.errors import Missing, Refused
from zhijian.observation import actions, queries
from zhijian.observation.actions import HandLook, Sighting, SourceDraft
from zhijian.observation.enums import Health, Sight
from zhijian.observation.models import History, LinkCheck, Look, Post, PostVersion, Snapshot, Source
from zhijian.observation.reading.differences import differences
from zhijian.observation.reading.seen import SeenPost

if TYPE_CHECKING:
    from tests.observation.world import Watch

    from zhijian.organisations.models import User

DESK = "/desk/observation/"
DAY = timedelta(days=1)
FEED = SourceDraft("feed", "open_feed", "https://water.example/feed.xml", sees_all=True, sees_all_basis="是全站订阅源")


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def saw(source: Source, *texts: str, days: float = 1) -> Look:
    posts = [
        SeenPost(url=f"https://water.example/{number}", title=f"通知{number}", text=text, published_at=NOW - days * DAY)
        for number, text in enumerate(texts)
    ]
    proof = actions.keep_evidence(repr(texts).encode(), media_type="application/rss+xml", at=NOW)
    return actions.keep_sighting(
        source=source, sighting=Sighting(NOW, NOW - 9 * DAY, NOW, posts, sees_all=source.sees_all, proof=proof)
    )


def test_a_source_is_added_changed_stopped_and_resumed_by_its_pages(watch: Watch) -> None:
    client = browser(watch.officer)
    fields = {
        "account": watch.site.number, "method": "feed", "legality": "open_feed", "url": FEED.url, "every_hours": "6",
        "sees_all": "on", "sees_all_basis": "是全站订阅源",
    }  # fmt: skip
    answer = client.post(f"{DESK}sources/new/", fields)
    source = Source.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{DESK}sources/{source.pk}/")
    assert (source.account_id, source.health, source.next_look_at) == (watch.site.pk, Health.NEW, NOW)
    assert "已有同样的来源" in client.post(f"{DESK}sources/new/", fields).content.decode()

    client.post(f"{DESK}sources/{source.pk}/edit/", {**fields, "every_hours": "24"})
    source.refresh_from_db()
    assert source.every_hours == 24
    refused = client.post(f"{DESK}sources/{source.pk}/stop/", {"reason": ""})
    assert (refused.status_code, "请写明为什么停用" in refused.content.decode()) == (409, True)
    client.post(f"{DESK}sources/{source.pk}/stop/", {"reason": "换了地址"})
    source.refresh_from_db()
    assert (source.health, source.last_error, source.next_look_at) == (Health.STOPPED, "已停用：换了地址", None)
    client.post(f"{DESK}sources/{source.pk}/resume/")
    source.refresh_from_db()
    assert (source.health, source.next_look_at) == (Health.NEW, NOW)


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (SourceDraft("feed", "authorised", "https://x.example/"), "不能用这种方式看"),
        (SourceDraft("feed", "open_feed"), "请填写订阅源的地址"),
        (SourceDraft("feed", "open_feed", "http://user:pw@x.example/"), "用户名或密码"),
        (SourceDraft("feed", "open_feed", "ftp://x.example/"), "http 或 https"),
        (SourceDraft("hand", "by_eye", sees_all=True, sees_all_basis="每次都看全"), "凭截图认定"),
        (SourceDraft("feed", "open_feed", "https://x.example/", sees_all=True), "请写明为什么能看全"),
        (SourceDraft("own_delivery", "own"), "请选择一种方式"),
        (SourceDraft("feed", "open_feed", "https://x.example/", every_hours=0), "1 到 168 小时"),
    ],
)
def test_a_source_that_is_not_lawful_or_not_whole_is_refused_with_why(
    watch: Watch, draft: SourceDraft, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        actions.add_source(actor=watch.officer, account_id=watch.site.pk, draft=draft)
    assert Source.objects.count() == 0


def test_the_watched_body_does_not_say_of_itself_that_all_is_seen(watch: Watch) -> None:
    with pytest.raises(Refused, match="由主管人员或巡检人员认定"):
        actions.add_source(actor=watch.host, account_id=watch.site.pk, draft=FEED)
    part = SourceDraft("feed", "open_feed", FEED.url)
    assert not actions.add_source(actor=watch.host, account_id=watch.site.pk, draft=part).sees_all
    with pytest.raises(Refused, match="主办人员"):
        actions.add_source(actor=watch.editor, account_id=watch.site.pk, draft=part)


def test_another_bodys_sources_posts_evidence_and_files_are_not_there(watch: Watch) -> None:
    source = make_source(watch.site)
    look = saw(source, "停水")
    post = Post.objects.get()
    history = actions.upload_history(
        actor=watch.inspector, organisation=watch.county.water, file_name="a.csv", content="标题,时间\n甲,2024".encode()
    )
    paths = [
        f"sources/{source.pk}/", f"sources/{source.pk}/edit/", f"posts/{post.pk}/", f"evidence/{look.snapshot}",
        f"histories/{history.pk}/", f"histories/{history.pk}/progress/",
    ]  # fmt: skip
    acts = [f"sources/{source.pk}/{act}/" for act in ("stop", "resume", "look")]
    acts += [f"histories/{history.pk}/{act}/" for act in ("columns", "confirm", "discard")]
    mine, theirs = browser(watch.officer), browser(watch.stranger)
    assert [mine.get(DESK + path).status_code for path in paths[:5]] == [200] * 5
    assert [theirs.get(DESK + path).status_code for path in paths] == [404] * len(paths)
    assert [theirs.post(DESK + path).status_code for path in acts] == [404] * len(acts)
    assert "停水" not in theirs.get(f"{DESK}posts/").content.decode()
    # A file may hold the rows of several bodies: who hosts an account sees its posts, not the file.
    assert browser(watch.host).get(f"{DESK}histories/{history.pk}/").status_code == 404
    with pytest.raises(Missing):
        actions.record_hand_look(actor=watch.stranger, account_id=watch.site.pk, look=HandLook(NOW))


def test_evidence_is_downloaded_with_its_digest_and_is_what_was_read(watch: Watch) -> None:
    look = saw(make_source(watch.site), "停水")
    answer = browser(watch.host).get(f"{DESK}evidence/{look.snapshot}")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    assert data == repr(("停水",)).encode()
    assert hashlib.sha256(data).hexdigest() == look.snapshot
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_page_of_a_post_shows_what_changed(watch: Watch) -> None:
    source = make_source(watch.site)
    saw(source, "明天上午停水。")
    saw(source, "明天下午停水。")
    page = browser(watch.host).get(f"{DESK}posts/{Post.objects.get().pk}/").content.decode()
    assert "<del>" in page
    assert "<ins>" in page
    assert page.count("下载证据") == 2


def test_differences_joined_give_both_texts() -> None:
    for old, new in (("", ""), ("甲\n乙", "甲\n丙\n"), ("同", "同"), ("", "新"), ("x" * 3000, "y" * 3000)):
        segments = differences(old, new)
        assert "".join(text for kind, text in segments if kind != "insert") == old
        assert "".join(text for kind, text in segments if kind != "delete") == new


def test_a_hand_look_with_a_proof_covers_the_time_since_the_last_post(watch: Watch) -> None:
    client = browser(watch.officer)
    fields = {
        "account": "云岭水务", "looked_at": "2026-11-22T11:30", "last_post_at": "2026-11-10T00:00", "title": "停水通知",
        "proof": SimpleUploadedFile("shot.png", PNG),
    }  # fmt: skip
    assert client.post(f"{DESK}looks/new/", fields).status_code == 302
    look = Look.objects.get()
    found = queries.activity(account_ids=[watch.wechat.pk], start=look.covers_from, end=look.covers_to)
    assert found[watch.wechat.pk].covered
    assert (found[watch.wechat.pk].posts, look.by) == (1, watch.officer)
    with_proof = queries.find_snapshot(actor=watch.host, sha256=look.snapshot)
    assert (with_proof.media_type, with_proof.size) == ("image/png", len(PNG))


def test_a_hand_look_without_a_proof_covers_nothing_and_is_no_update_until_a_source_shows_the_post(
    watch: Watch,
) -> None:
    pk, start = watch.wechat.pk, NOW - 7 * DAY
    seen = HandLook(looked_at=NOW, last_post_at=NOW - 5 * DAY, title="停水通知")
    actions.record_hand_look(actor=watch.inspector, account_id=pk, look=seen)
    found = queries.activity(account_ids=[pk], start=start, end=NOW)[pk]
    assert (found.seen, found.posts, found.last_post_at) == ((), 1, None)
    assert queries.last_posts(account_ids=[pk], start=start, end=NOW) == {}

    shown = SeenPost(url="https://water.example/1", title="停水通知", text="", published_at=NOW - 5 * DAY)
    sighting = Sighting(NOW, NOW - DAY, NOW, [shown], sees_all=False)
    actions.keep_sighting(source=make_source(watch.wechat, "platform_read_back"), sighting=sighting)
    post = Post.objects.get()
    assert queries.last_posts(account_ids=[pk], start=start, end=NOW) == {pk: (NOW - 5 * DAY, post.pk)}
    assert queries.activity(account_ids=[pk], start=start, end=NOW)[pk].last_post_at == NOW - 5 * DAY


def test_who_keeps_an_account_proves_a_post_and_never_that_nothing_else_came_out(watch: Watch) -> None:
    seen = HandLook(looked_at=NOW, last_post_at=NOW - 5 * DAY, title="停水通知", proof=PNG)
    actions.record_hand_look(actor=watch.host, account_id=watch.wechat.pk, look=seen)
    found = queries.activity(account_ids=[watch.wechat.pk], start=NOW - 3 * DAY, end=NOW)[watch.wechat.pk]
    assert (found.seen, found.last_post_at) == ((), NOW - 5 * DAY)


def test_a_word_without_a_proof_neither_dates_a_post_nor_brings_back_what_vanished(watch: Watch) -> None:
    url = "https://water.example/1"
    source = make_source(watch.wechat, "platform_read_back")
    shown = SeenPost(url=url, title="停水通知", text="")
    actions.keep_sighting(source=source, sighting=Sighting(NOW, NOW - DAY, NOW, [shown], sees_all=True))
    Post.objects.update(vanished_at=NOW)
    seen = HandLook(looked_at=NOW, last_post_at=NOW - DAY, title="停水通知", url=url)
    actions.record_hand_look(actor=watch.host, account_id=watch.wechat.pk, look=seen)
    post = Post.objects.get()
    assert (post.dated, post.vanished_at) == (False, NOW)


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (HandLook(NOW + DAY, NOW, title="x"), "查看时间在将来"),
        (HandLook(NOW), "请填写最近一条内容的发布时间"),
        (HandLook(NOW, NOW + DAY, title="x"), "晚于查看时间"),
        (HandLook(NOW, NOW - DAY), "请填写最近一条内容的标题"),
        (HandLook(NOW, NOW - DAY, title="x", url="javascript:x"), "http:// 或 https://"),
        (HandLook(NOW, NOW - DAY, title="x", proof=b"MZ program"), "PNG、JPEG"),
    ],
)
def test_a_hand_look_that_cannot_be_is_refused_with_why(watch: Watch, look: HandLook, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        actions.record_hand_look(actor=watch.officer, account_id=watch.wechat.pk, look=look)
    assert Look.objects.count() == 0


def test_the_meter_counts_each_account_once_by_its_best_source(watch: Watch) -> None:
    saw(make_source(watch.site))
    failing = make_source(watch.wechat, "platform_read_back")
    actions.keep_failure(source=failing, start=NOW, at=NOW, reason="平台没有回答。")
    make_account(watch.county.water, "weibo", "云岭水务")
    make_account(watch.county.water, "douyin", "早就注销", state="deregistered")
    meter = queries.coverage(actor=watch.officer)
    counts = {Sight.WHOLE: 1, Sight.FAILING: 1, Sight.NONE: 2}
    assert (dict(meter.all.counts), meter.all.total, meter.all.percent) == (counts, 4, 25)
    assert {(row.key, row.total, row.whole) for row in meter.platforms} == {
        ("website", 2, 1), ("wechat", 1, 0), ("weibo", 1, 0),
    }  # fmt: skip
    assert [(row.label, row.total) for row in meter.branches] == [("云岭县水务局", 3), ("云岭县教育局", 1)]
    assert queries.coverage(actor=watch.stranger).all.total == 1


@pytest.mark.parametrize("path", ["", "posts/", "coverage/", "platforms/", "histories/"])
def test_thirty_rows_cost_as_many_queries_as_one(watch: Watch, path: str) -> None:
    client = browser(watch.officer)

    def add(number: int) -> None:
        account = make_account(watch.county.water, "other", f"账号{number}")
        source = make_source(account, url=f"https://water.example/{number}.xml")
        actions.keep_sighting(
            source=source,
            sighting=Sighting(NOW, NOW - DAY, NOW, [SeenPost(title=f"第{number}条", published_at=NOW)], sees_all=True),
        )
        actions.upload_history(
            actor=watch.officer, organisation=watch.county.county, file_name=f"{number}.csv", content=b"title\nx"
        )

    add(0)
    client.get(DESK + path)
    with CaptureQueriesContext(connection) as one:
        assert client.get(DESK + path).status_code == 200
    for number in range(1, 31):
        add(number)
    with CaptureQueriesContext(connection) as many:
        assert client.get(DESK + path).status_code == 200
    assert len(many) == len(one)


def test_what_was_seen_cannot_be_changed_by_anybody(watch: Watch) -> None:
    look = saw(make_source(watch.site), "停水")
    check = LinkCheck.objects.create(url="https://x.example/", url_sha256="0" * 64, at=NOW, result="reached")
    things = [look, PostVersion.objects.get(), Snapshot.objects.get(), check]
    for thing in things:
        rows, key = type(thing).objects.filter(pk=thing.pk), "sha256" if isinstance(thing, Snapshot) else "id"
        # Past Django's own refusal, which knows only of what points at the row.
        for act in (partial(rows._raw_delete, rows.db), partial(rows.update, **{key: thing.pk})):  # noqa: SLF001 - as above
            with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
                act()
    with pytest.raises(DatabaseError, match="not deleted"), transaction.atomic():
        Post.objects.all()._raw_delete("default")  # noqa: SLF001 - as above


def test_a_source_that_cannot_see_waits_on_the_first_screen_of_who_may_mend_it(watch: Watch) -> None:
    source = make_source(watch.site)
    actions.keep_failure(source=source, start=NOW, at=NOW, reason="对方网站太久没有回应，这次没看成。")
    items = queries.work_items(actor=watch.host)
    assert [(item.title, item.kind, item.state) for item in items] == [
        ("云岭水务网：对方网站太久没有回应，这次没看成。", "修来源", "看不到")
    ]
    assert queries.work_items(actor=watch.editor) == queries.work_items(actor=watch.stranger) == []


def test_a_file_goes_its_whole_way_on_the_pages(watch: Watch) -> None:
    client = browser(watch.officer)
    content = "账号,平台,标题,发布时间\n云岭水务,微信,往年通知,2024-03-01\n没有这个号,微信,甲,2024-01-01\n".encode()
    answer = client.post(
        f"{DESK}histories/new/",
        {"organisation": watch.county.county.pk, "account": "", "file": SimpleUploadedFile("往年.csv", content)},
    )
    history = History.objects.get()
    place = f"{DESK}histories/{history.pk}/"
    assert answer["Location"] == place
    assert "核对各列的含义" in client.get(place).content.decode()
    assert client.post(f"{place}columns/", {"title": "标题"}).status_code == 409
    columns = {"account": "账号", "platform": "平台", "title": "标题", "published_at": "发布时间"}
    assert client.post(f"{place}columns/", columns).status_code == 302
    assert "正在检查文件" in client.get(place).content.decode()
    actions.run_history(history_id=history.pk)
    page = client.get(place).content.decode()
    assert "没有这个号" in page
    assert client.post(f"{place}confirm/").status_code == 302
    actions.run_history(history_id=history.pk)
    assert client.get(f"{place}progress/")["HX-Redirect"] == place
    assert "写入新内容 1 条" in client.get(place).content.decode()

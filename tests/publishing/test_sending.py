"""From plan to readers: WeChat over real HTTP, the website, a person's hands."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2
import pytest
from tests.publishing.pressroom import make_picture, run_until_settled

from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.publishing import actions, queries
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, DeliveryItem
from zhijian.publishing.signals import delivery_published

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench, Pressroom


def test_two_pieces_reach_followers_in_one_push_and_in_order(press: Pressroom, bench: Bench) -> None:
    heard: list[int] = []
    receiver = lambda **told: heard.append(told["delivery_id"])  # noqa: E731 - a name for the weak reference
    delivery_published.connect(receiver)
    first, second = press.approved("城东片区停水通知"), press.approved("水费缴纳提醒")
    delivery = press.plan(press.wechat, second, first)
    assert (delivery.state, delivery.title) == (DeliveryState.PLANNED, "水费缴纳提醒（等 2 篇）")
    run_until_settled([delivery])
    assert (delivery.state, delivery.problem) == (DeliveryState.PUBLISHED, "")
    assert bench.titles() == [["水费缴纳提醒", "城东片区停水通知"]]
    assert bench.drafts() == []
    items = queries.items_of(delivery)
    assert [item.position for item in items] == [1, 2]
    assert [httpx2.get(item.url).text.count(item.title) > 0 for item in items] == [True, True]
    assert heard == [delivery.pk]
    delivery_published.disconnect(receiver)


def test_the_same_version_is_not_planned_twice_for_an_account(press: Pressroom) -> None:
    revision = press.approved("城东片区停水通知")
    press.plan(press.wechat, revision)
    with pytest.raises(Refused, match="不能重复发"):
        press.plan(press.wechat, revision)
    assert Delivery.objects.count() == 1


def test_every_obstacle_of_a_plan_is_told_at_once(press: Pressroom) -> None:
    long_title = press.approved("关于城东片区因管道检修计划停水的通知以及有关事项的详细说明和办理指南")
    unreviewed = press.piece("未送审的稿件").current_revision
    assert unreviewed is not None
    with pytest.raises(Refused) as caught:
        press.plan(press.wechat, long_title, unreviewed, scheduled_at=clock.now() - timedelta(hours=1))
    assert caught.value.reasons == [
        "发布时间已经过了，请重新选择，或选“马上发布”。",
        "第 2 篇没有通过审核，或审核已经失效，不能发布。",
    ]
    with pytest.raises(Refused, match="标题有 34 个字"):
        press.plan(press.wechat, long_title)
    with pytest.raises(Refused, match="最多发 1 篇"):
        press.plan(press.website, long_title, press.approved("水费缴纳提醒"))
    with pytest.raises(Refused, match="至少选一篇"):
        press.plan(press.website)
    assert not Delivery.objects.exists()


def test_a_neighbour_plans_nothing_and_finds_nothing(press: Pressroom) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    stranger = press.newsroom.stranger
    assert not queries.visible_deliveries(actor=stranger).exists()
    with pytest.raises(Missing):
        queries.find_delivery(actor=stranger, delivery_id=delivery.pk)
    with pytest.raises(Missing):
        actions.cancel_delivery(actor=stranger, delivery_id=delivery.pk)
    with pytest.raises(Missing):
        actions.plan_delivery(actor=stranger, connection_id=press.wechat.pk, revision_ids=[1])
    with pytest.raises(Refused, match="采编或主办人员"):
        actions.cancel_delivery(actor=press.reviewers[0], delivery_id=delivery.pk)


def test_a_planned_delivery_waits_for_its_hour_and_can_be_called_off(press: Pressroom, bench: Bench) -> None:
    later = clock.now() + timedelta(hours=2)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"), scheduled_at=later)
    assert actions.run_due() == 0
    actions.cancel_delivery(actor=press.editor, delivery_id=delivery.pk, reason="改为下周")
    with clock.at(later + timedelta(minutes=1)):
        assert actions.run_due() == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == (DeliveryState.CANCELLED, "改为下周")
    assert bench.titles() == []
    assert not DeliveryItem.objects.filter(is_live=True).exists()


def test_the_website_shows_a_piece_at_once_and_a_newer_version_takes_its_place(press: Pressroom) -> None:
    article = press.piece("城东片区停水通知")
    first = press.plan(press.website, press.approve(article))
    assert queries.public_pieces() == []
    actions.run_due()
    shown, whole = queries.public_piece(article.pk)
    assert (shown.title, whole.title, shown.url) == (
        "城东片区停水通知",
        "城东片区停水通知",
        queries.piece_address(article.pk),
    )
    assert queries.is_public_file(press.cover)
    press.edit(article, "城东片区停水通知（延期）")
    assert queries.public_piece(article.pk)[0].title == "城东片区停水通知"
    second = press.plan(press.website, press.approve(article))
    run_until_settled([first, second])
    assert [piece.title for piece in queries.public_pieces()] == ["城东片区停水通知（延期）"]
    assert queries.public_pieces()[0].published_at == first.published_at
    assert [(item.delivery_id, item.is_live) for item in DeliveryItem.objects.order_by("pk")] == [
        (first.pk, False),
        (second.pk, True),
    ]


def test_what_is_taken_down_is_gone_from_lists_feeds_and_pictures(press: Pressroom) -> None:
    revision = press.approved("城东片区停水通知")
    delivery = press.plan(press.website, revision)
    actions.run_due()
    assert len(queries.feed_items(image_url=lambda sha256: f"/pictures/{sha256}")) == 1
    with pytest.raises(Refused, match="原因"):
        actions.take_down(actor=press.editor, delivery_id=delivery.pk, reason=" ")
    actions.take_down(actor=press.editor, delivery_id=delivery.pk, reason="内容过期")
    assert (queries.public_pieces(), queries.is_public_file(press.cover)) == ([], False)
    assert queries.feed_items(image_url=str) == []
    with pytest.raises(Missing):
        queries.public_piece(revision.article_id)


def test_a_piece_for_weibo_goes_by_hand_and_its_address_comes_back(press: Pressroom) -> None:
    delivery = press.plan(press.weibo, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    assert (delivery.state, delivery.next_attempt_at) == (DeliveryState.MANUAL_PENDING, None)
    archive = zipfile.ZipFile(io.BytesIO(actions.note_download(actor=press.officer, delivery_id=delivery.pk)))
    assert sorted(archive.namelist()) == ["封面.jpg", "正文.txt", "请先读我.txt"]
    assert "城东片区停水通知" in archive.read("正文.txt").decode("utf-8-sig")
    for wrong, sentence in (("https://example.com/1", "不属于该平台"), ("https://weibo.com/", "首页"), ("", "粘贴")):
        with pytest.raises(Refused, match=sentence):
            actions.confirm_hand_off(actor=press.officer, delivery_id=delivery.pk, urls=[wrong])
    confirmed = actions.confirm_hand_off(
        actor=press.officer, delivery_id=delivery.pk, urls=["https://weibo.com/1/AbC"],
        proof=("截图.png", make_picture("red")),
    )  # fmt: skip
    assert (confirmed.state, confirmed.proof_url) == (DeliveryState.PUBLISHED, "https://weibo.com/1/AbC")
    assert len(confirmed.proof_file) == 64
    assert [item.url for item in queries.items_of(confirmed)] == ["https://weibo.com/1/AbC"]
    assert queries.public_addresses(queries.items_of(confirmed)[0].article_id) == [
        ("weibo", press.weibo.account.name, "https://weibo.com/1/AbC")
    ]


def test_an_edit_cancels_what_was_planned_and_withholds_the_package(press: Pressroom, bench: Bench) -> None:
    article, other = press.piece("城东片区停水通知"), press.piece("水费缴纳提醒")
    revision = press.approve(article)
    planned = press.plan(press.wechat, revision, press.approve(other))
    by_hand = press.plan(press.weibo, revision)
    with clock.at(clock.now() + timedelta(seconds=1)):
        actions.run_delivery(delivery_id=by_hand.pk)
    press.edit(article, "城东片区停水通知（更正）")
    run_until_settled([planned, by_hand])
    assert (planned.state, planned.problem) == (
        DeliveryState.CANCELLED,
        "稿件的审核已失效，不能再发。请改好后重新送审。",
    )
    assert bench.titles() == []
    assert by_hand.state == DeliveryState.MANUAL_PENDING
    with pytest.raises(Refused, match="审核已失效"):
        actions.note_download(actor=press.officer, delivery_id=by_hand.pk)


def test_a_paused_connection_holds_back_what_is_planned(press: Pressroom, bench: Bench) -> None:
    from zhijian.channels import actions as channels  # noqa: PLC0415 - used here only

    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    channels.pause_connection(actor=press.officer, connection_id=press.wechat.pk, reason="公众号年审。")
    actions.run_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == (DeliveryState.PLANNED, "接入已暂停。公众号年审。")
    channels.resume_connection(actor=press.officer, connection_id=press.wechat.pk)
    channels.probe_connection(actor=press.officer, connection_id=press.wechat.pk)
    run_until_settled([delivery])
    assert delivery.state == DeliveryState.PUBLISHED
    assert len(bench.titles()) == 1

"""The pages of publishing as a person uses them, without script."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.people import PASSWORD
from tests.publishing.pressroom import run_until_settled

from zhijian.audit.models import Event
from zhijian.content.queries import public_piece
from zhijian.lib import clock
from zhijian.publishing import actions, queries
from zhijian.publishing.actions.planning import addresses_for
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, StrayDraft
from zhijian.publishing.tasks import scan_box

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench, Pressroom

    from zhijian.organisations.models import User

PLAN = "/desk/deliveries/plan/"


@pytest.fixture
def client(press: Pressroom) -> Client:
    return signed_in(press.editor)


def signed_in(person: User) -> Client:
    visitor = Client()
    assert visitor.login(username=person.username, password=PASSWORD)
    return visitor


def test_pieces_are_added_ordered_checked_and_planned_on_one_page(press: Pressroom, client: Client) -> None:
    first, second = press.approved("城东片区停水通知"), press.approved("水费缴纳提醒")
    page = client.get(f"{PLAN}?article={first.article_id}").content.decode()
    assert f'name="article" value="{first.article_id}"' in page
    assert f'value="add:{second.article_id}"' in page
    chosen = {"article": [first.article_id, second.article_id], "connections": [press.wechat.pk], "when": "now"}
    moved = client.post(PLAN, {**chosen, "act": f"up:{second.article_id}"}).content.decode()
    assert moved.index(f'name="article" value="{second.article_id}"') < moved.index(
        f'name="article" value="{first.article_id}"'
    )
    assert not Delivery.objects.exists()
    turned = {**chosen, "article": [second.article_id, first.article_id]}
    checked = client.post(PLAN, {**turned, "act": "check"})
    assert (checked.status_code, "可以发" in checked.content.decode()) == (200, True)
    answer = client.post(PLAN, {**turned, "act": "plan"})
    delivery = Delivery.objects.get()
    assert answer.headers["Location"] == f"/desk/deliveries/{delivery.pk}/"
    assert [item.title for item in queries.items_of(delivery)] == ["水费缴纳提醒", "城东片区停水通知"]


def test_a_plan_that_cannot_be_says_why_for_every_account_and_keeps_the_choice(
    press: Pressroom, client: Client
) -> None:
    revision = press.approved("关于城东片区因管道检修计划停水的通知以及有关事项的详细说明和办理指南")
    chosen = {"article": [revision.article_id], "connections": [press.wechat.pk, press.weibo.pk], "when": "now"}
    answer = client.post(PLAN, {**chosen, "act": "plan"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert ("标题有 34 个字" in page, "现在不能发" in page, page.count(" checked")) == (True, True, 3)
    assert not Delivery.objects.exists()
    assert page.index("没有安排：") < page.index('id="pieces"')
    assert all(
        link in page
        for link in (f'href="/desk/channels/{press.wechat.pk}/"', f'href="/desk/articles/{revision.article_id}/"')
    )
    empty = client.post(PLAN, {"act": "plan", "when": "later", "at": ""})
    assert "没有安排：" in empty.content.decode()
    assert (empty.status_code, "请填写定时发布的时间" in empty.content.decode()) == (409, True)


def test_the_accounts_that_can_go_are_planned_without_those_that_cannot(press: Pressroom, client: Client) -> None:
    revision = press.approved("关于城东片区因管道检修计划停水的通知以及有关事项的详细说明和办理指南")
    chosen = {"article": [revision.article_id], "connections": [press.wechat.pk, press.weibo.pk], "when": "now"}
    button = f'value="plan:{press.weibo.pk}"'
    assert button in client.post(PLAN, {**chosen, "act": "plan"}).content.decode()
    answer = client.post(PLAN, {**chosen, "act": f"plan:{press.weibo.pk}"})
    delivery = Delivery.objects.get()
    assert (delivery.connection_id, answer.headers["Location"]) == (press.weibo.pk, f"/desk/deliveries/{delivery.pk}/")
    told = client.get(answer.headers["Location"]).content.decode()
    assert ("已安排 1 次发布" in told, f"没有安排的账号：{press.wechat.account.name}" in told) == (True, True)
    still = client.post(PLAN, {**chosen, "act": f"plan:{press.wechat.pk}"})
    assert (still.status_code, Delivery.objects.count()) == (409, 1)
    assert 'value="plan:' not in still.content.decode()


def test_the_shelf_of_pieces_stays_open_after_one_is_added(press: Pressroom, client: Client) -> None:
    first, second = press.approved("城东片区停水通知"), press.approved("水费缴纳提醒")
    added = client.post(PLAN, {"act": f"add:{first.article_id}", "when": "now"}).content.decode()
    assert "<details open><summary>还没发过的稿件（1 篇）" in added
    press.plan(press.weibo, first)
    again = client.post(PLAN, {"act": f"add:{second.article_id}", "when": "now"}).content.decode()
    assert "<details><summary>已经发过，可再发到别的账号（1 篇）" in again
    press.plan(press.weibo, second)
    more = client.post(PLAN, {"act": f"add:{first.article_id}", "when": "now"}).content.decode()
    assert "<details open><summary>已经发过，可再发到别的账号（1 篇）" in more


def test_a_delivery_tells_its_way_and_what_reached_the_platform(press: Pressroom, client: Client, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    assert "取消发布" in client.get(f"/desk/deliveries/{delivery.pk}/").content.decode()
    run_until_settled([delivery])
    page = client.get(f"/desk/deliveries/{delivery.pk}/").content.decode()
    assert ("文章编号" in page, delivery.proof_url in page, "已发布" in page) == (True, True, True)
    assert client.get("/desk/deliveries/").status_code == 200
    listed = client.get("/desk/deliveries/?state=published").content.decode()
    assert "城东片区停水通知" in listed
    article = queries.items_of(delivery)[0].article_id
    assert f"/desk/deliveries/{delivery.pk}/" in client.get(f"/desk/articles/{article}/").content.decode()


def test_a_hand_off_is_copied_downloaded_and_registered(press: Pressroom, client: Client) -> None:
    delivery = press.plan(press.weibo, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    page = client.get(f"/desk/deliveries/{delivery.pk}/hand/").content.decode()
    assert ("复制正文" in page, "请有关单位和个人" in page, "封面.jpg" in page) == (True, True, True)
    assert client.get(f"/desk/deliveries/{delivery.pk}/pictures/{press.cover}").headers["Content-Type"] == "image/jpeg"
    package = client.get(f"/desk/deliveries/{delivery.pk}/package/")
    assert (package.status_code, package.content[:2]) == (200, b"PK")
    wrong = client.post(f"/desk/deliveries/{delivery.pk}/hand/", {"urls": "https://example.com/1"})
    assert (wrong.status_code, "不属于该平台" in wrong.content.decode()) == (409, True)
    client.post(f"/desk/deliveries/{delivery.pk}/hand/", {"urls": "https://weibo.com/1/AbC"})
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.PUBLISHED


def test_a_neighbour_gets_404_on_every_page_of_a_delivery(press: Pressroom) -> None:
    delivery = press.plan(press.weibo, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    stranger = signed_in(press.newsroom.stranger)
    for place in ("", "cancel/", "hand/", "package/", "down/", f"pictures/{press.cover}"):
        assert stranger.get(f"/desk/deliveries/{delivery.pk}/{place}").status_code == 404
    for place in ("cancel/", "retry/", "look/", "seen/", "hand/", "down/"):
        assert stranger.post(f"/desk/deliveries/{delivery.pk}/{place}", {"urls": "x"}).status_code == 404
    assert "城东片区停水通知" not in stranger.get("/desk/deliveries/").content.decode()


def test_the_list_costs_the_same_for_one_and_thirty_rows(
    press: Pressroom, client: Client, django_assert_num_queries: object
) -> None:
    from django.db import connection  # noqa: PLC0415 - used here only
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    press.plan(press.weibo, press.approved("第 0 篇停水通知"))
    client.get("/desk/deliveries/")
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/deliveries/")
    for number in range(1, 8):
        press.plan(press.weibo, press.approved(f"第 {number} 篇停水通知"))
    with CaptureQueriesContext(connection) as many:
        client.get("/desk/deliveries/")
    assert len(many) == len(one)


def test_the_same_button_pressed_twice_plans_once_and_leads_to_the_same_place(press: Pressroom, client: Client) -> None:
    first, second = press.approved("城东片区停水通知"), press.approved("水费缴纳提醒")
    chosen = {"article": [first.article_id, second.article_id], "connections": [press.wechat.pk], "when": "now"}
    once, again = (client.post(PLAN, {**chosen, "act": "plan"}) for _ in range(2))
    delivery = Delivery.objects.get()
    assert once.headers["Location"] == again.headers["Location"] == f"/desk/deliveries/{delivery.pk}/"
    assert "刚才已经安排好了，不用再点" in client.get(again.headers["Location"]).content.decode()
    other = client.post(PLAN, {**chosen, "article": [second.article_id, first.article_id], "act": "plan"})
    assert (other.status_code, Delivery.objects.count()) == (409, 1)
    assert "已有一次发布" in other.content.decode()


def test_a_piece_that_cannot_be_planned_is_named_with_what_is_missing(press: Pressroom, client: Client) -> None:
    article = press.piece("城东片区停水通知")
    page = client.get(f"{PLAN}?article={article.pk}").content.decode()
    assert (f"《{article.title}》现在是“{article.get_state_display()}”" in page, "三级审核都通过" in page) == (
        True,
        True,
    )
    stranger = signed_in(press.newsroom.stranger)
    seen = stranger.get(f"{PLAN}?article={article.pk}").content.decode()
    assert (article.title in seen, "没有找到" in seen) == (False, stranger.get(PLAN).status_code == 200)


def test_a_programme_is_no_screenshot(press: Pressroom, client: Client) -> None:
    delivery = press.plan(press.weibo, press.approved("城东片区停水通知"))
    actions.run_due()
    upload = SimpleUploadedFile("工具.exe", b"MZ", content_type="application/octet-stream")
    place = f"/desk/deliveries/{delivery.pk}/hand/"
    page = client.post(place, {"urls": "https://weibo.com/1/abc", "proof": upload})
    assert (page.status_code, "“工具.exe”不是图片。截图只能传 JPG 或 PNG 图片" in page.content.decode()) == (409, True)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.MANUAL_PENDING


def test_asking_for_the_result_leaves_a_trace(press: Pressroom, client: Client, bench: Bench) -> None:
    bench.settings(publish_seconds=1000)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    actions.run_due()
    client.post(f"/desk/deliveries/{delivery.pk}/look/")
    event = Event.objects.filter(name="publishing.delivery.read_back_asked").get()
    assert (event.actor_id, event.thing_id) == (press.editor.pk, str(delivery.pk))


def test_a_page_that_is_only_planned_is_not_linked_from_elsewhere(press: Pressroom) -> None:
    revision = press.approved("城东片区停水通知")
    pieces = [public_piece(revision.pk)]
    planned = press.plan(press.website, revision, scheduled_at=clock.now() + timedelta(hours=2))
    assert set(addresses_for(pieces)) == {"marker"}
    actions.cancel_delivery(actor=press.editor, delivery_id=planned.pk)
    press.plan(press.website, revision)
    actions.run_due()
    assert set(addresses_for(pieces)) == {"marker", str(revision.pk)}


def test_draft_boxes_are_looked_into_by_a_worker_and_not_by_the_page(
    press: Pressroom, client: Client, bench: Bench
) -> None:
    article = press.piece("城东片区停水通知")
    delivery = press.plan(press.wechat, press.approve(article))
    bench.fault("draft/add", "drop_after_commit")
    actions.run_due()
    press.edit(article, "城东片区停水通知（更正）")
    run_until_settled([delivery])
    bench.fault("draft/batchget", "http", times=1)
    answer = client.post("/desk/deliveries/strays/scan/", follow=True)
    assert "正在检查 1 个账号的草稿箱" in answer.content.decode()
    assert not StrayDraft.objects.exists()
    scan_box(press.wechat.pk)  # the fault was not used up by the page: the worker meets it
    assert not StrayDraft.objects.exists()
    scan_box(press.wechat.pk)
    stray = StrayDraft.objects.get()
    actions.clean_stray(actor=press.editor, stray_id=stray.pk)
    event = Event.objects.get(name="publishing.stray_draft.cleaned")
    assert (event.actor_id, event.data["found_gone"]) == (press.editor.pk, False)

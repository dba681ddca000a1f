"""Whatever the platform answers, or does not: one intent is one post, and every doubt is read back first."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from tests.publishing.pressroom import SECRET, run_until_settled

from zhijian.channels import actions as channels
from zhijian.channels.enums import ConnectionState
from zhijian.channels.models import QuotaUse
from zhijian.duty.queries import open_matters
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role
from zhijian.publishing import actions, queries
from zhijian.publishing.actions.moving import take_lease
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, StrayDraft

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench, Pressroom

STEPS = ("material/add_material", "draft/add", "freepublish/submit")
KINDS = ("drop_after_commit", "truncate", "bad_json", "reset", "http", "errcode")


def published_once(bench: Bench, delivery: Delivery) -> None:
    assert delivery.state == DeliveryState.PUBLISHED
    assert [entry["keys"] for entry in bench.ledger("published")] == [[delivery.key]]
    assert bench.drafts() == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", STEPS)
def test_one_intent_is_one_post_whatever_the_answer_looks_like(
    press: Pressroom, bench: Bench, step: str, kind: str
) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault(step, kind)
    actions.run_due()
    run_until_settled([delivery])
    published_once(bench, delivery)


def test_a_result_nobody_knows_calls_who_is_on_duty_and_is_handed_over(press: Pressroom, bench: Bench) -> None:
    bench.settings(publish_seconds=1000, consume="finish")
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    assert open_matters(delivery.organisation) == []
    bench.fault("freepublish/submit", "drop_after_commit")
    actions.run_due()

    rows = [(row.kind, row.title) for row in open_matters(delivery.organisation)]
    assert rows == [
        ("告警（等人确认）", f"发布结果待核实：{delivery.title}"),
        ("发布待核实", f"{delivery.title}（{delivery.account.name}）"),
    ]


def test_a_silence_after_submitting_is_unknown_until_it_is_read_back(press: Pressroom, bench: Bench) -> None:
    bench.settings(publish_seconds=1000, consume="finish")
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault("freepublish/submit", "drop_after_commit")
    actions.run_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem_kind) == (DeliveryState.UNKNOWN, "unknown_outcome")
    with pytest.raises(Refused, match="正在与平台往来"):
        actions.cancel_delivery(actor=press.editor, delivery_id=delivery.pk)
    for minutes in (1, 5, 20):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            actions.run_due()
    assert len(bench.ledger("publish_submitted")) == 1
    bench.control("clock", forward=1001)
    with clock.at(clock.now() + timedelta(minutes=25)):
        actions.read_back_now(actor=press.editor, delivery_id=delivery.pk)
        actions.run_due()
    bench.control("clock", offset=0)
    delivery.refresh_from_db()
    published_once(bench, delivery)


def test_two_workers_on_one_delivery_send_it_once(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    lease = take_lease(delivery.pk)
    assert lease is not None
    assert (take_lease(delivery.pk), actions.run_delivery(delivery_id=delivery.pk)) == (None, None)
    assert bench.ledger("draft_added") == []
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert actions.run_delivery(delivery_id=delivery.pk) is not None
    run_until_settled([delivery])
    published_once(bench, delivery)


@pytest.mark.django_db(transaction=True)
def test_workers_that_start_together_send_it_once(bench: Bench) -> None:
    from tests.publishing.pressroom import make_pressroom  # noqa: PLC0415 - committed rows, made here

    press = make_pressroom(bench)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    start, seen = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        seen.append(actions.run_delivery(delivery_id=delivery.pk))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen, key=str)[:3] == [None, None, None]
    run_until_settled([delivery])
    published_once(bench, delivery)


def test_a_worker_that_lost_its_lease_stops_before_the_next_change(press: Pressroom, bench: Bench) -> None:
    """Somebody takes over while the first worker waits for the platform: the first one's next intent is refused."""
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    from zhijian.publishing.actions import running  # noqa: PLC0415 - the worker from inside, to stop it halfway

    lease = take_lease(delivery.pk)
    held = queries.delivery_by_id(delivery.pk)
    assert running._begin(held)  # noqa: SLF001 -- as above
    drive = running.Drive.of(held)
    drive.save({"doing": {"name": "add_draft", "ref": "", "at": clock.now().isoformat()}})
    Delivery.objects.filter(pk=delivery.pk, lease=lease).update(lease="another", lease_until=clock.now())
    with pytest.raises(running.Overtaken):
        drive.save({})
    with clock.at(clock.now() + timedelta(minutes=3)):
        run_until_settled([delivery])
    published_once(bench, delivery)


def test_an_approval_lost_on_the_way_stops_before_the_submission_and_leaves_a_stray(
    press: Pressroom, bench: Bench
) -> None:
    article = press.piece("城东片区停水通知")
    delivery = press.plan(press.wechat, press.approve(article))
    bench.fault("draft/add", "drop_after_commit")
    actions.run_due()
    press.edit(article, "城东片区停水通知（更正）")
    run_until_settled([delivery])
    assert (delivery.state, delivery.problem_kind) == (DeliveryState.CANCELLED, "approval")
    assert (bench.ledger("publish_submitted"), len(bench.drafts())) == ([], 1)
    assert actions.scan_strays(connection_id=press.wechat.pk) == 1
    stray = StrayDraft.objects.get()
    assert (stray.title, stray.cleaned_at) == ("城东片区停水通知", None)
    assert [item.kind for item in queries.work_items(actor=press.editor)] == ["清理草稿"]
    actions.clean_stray(actor=press.editor, stray_id=stray.pk)
    assert bench.drafts() == []
    with pytest.raises(Refused, match="已经清理"):
        actions.clean_stray(actor=press.editor, stray_id=stray.pk)


def test_an_approval_lost_after_the_submission_is_read_back_to_the_end(press: Pressroom, bench: Bench) -> None:
    bench.settings(publish_seconds=1000)
    article = press.piece("城东片区停水通知")
    delivery = press.plan(press.wechat, press.approve(article))
    bench.fault("freepublish/submit", "drop_after_commit")
    actions.run_due()
    press.edit(article, "城东片区停水通知（更正）")
    bench.control("clock", forward=1001)
    run_until_settled([delivery])
    bench.control("clock", offset=0)
    published_once(bench, delivery)


def test_drafts_of_open_deliveries_are_no_strays(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault("freepublish/submit", "errcode", code=45009)
    actions.run_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem_kind, len(bench.drafts())) == (DeliveryState.SENDING, "quota", 1)
    assert actions.scan_strays(connection_id=press.wechat.pk) == 0
    assert delivery.next_attempt_at is not None
    assert (delivery.next_attempt_at.hour, delivery.next_attempt_at.astimezone(clock.BEIJING).minute) == (16, 5)
    run_until_settled([delivery])
    published_once(bench, delivery)


@pytest.mark.parametrize(
    ("code", "state", "kind"),
    [
        (53503, DeliveryState.REJECTED, "content"),
        (48001, DeliveryState.FAILED, "permission"),
        (40013, DeliveryState.FAILED, "auth"),
        (47001, DeliveryState.FAILED, "invalid"),
        (45011, DeliveryState.SENDING, "rate"),
    ],
)
def test_each_refusal_of_the_platform_has_its_consequence(
    press: Pressroom, bench: Bench, code: int, state: DeliveryState, kind: str
) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault("freepublish/submit", "errcode", code=code)
    actions.run_due()
    delivery.refresh_from_db()
    press.wechat.refresh_from_db()
    assert (delivery.state, delivery.problem_kind, delivery.problem != "") == (state, kind, True)
    expected = {"auth": ConnectionState.PAUSED, "permission": ConnectionState.LIMITED}.get(kind, ConnectionState.READY)
    assert press.wechat.state == expected
    assert bench.titles() == []


def test_a_failed_delivery_is_tried_again_from_where_it_stands(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault("freepublish/submit", "errcode", code=47001)
    actions.run_due()
    actions.retry_delivery(actor=press.editor, delivery_id=delivery.pk)
    run_until_settled([delivery])
    published_once(bench, delivery)
    assert len(bench.ledger("draft_added")) == 1


def test_a_failed_delivery_planned_anew_is_not_tried_again(press: Pressroom, bench: Bench) -> None:
    revision = press.approved("城东片区停水通知")
    failed = press.plan(press.wechat, revision)
    bench.fault("freepublish/submit", "errcode", code=47001)
    actions.run_due()
    anew = press.plan(press.wechat, revision)
    with pytest.raises(Refused, match="另外安排"):
        actions.retry_delivery(actor=press.editor, delivery_id=failed.pk)
    actions.cancel_delivery(actor=press.editor, delivery_id=failed.pk)
    run_until_settled([anew])
    assert [entry["keys"] for entry in bench.ledger("published")] == [[anew.key]]


def test_a_platform_that_stays_silent_before_anything_was_sent_ends_in_a_failure(
    press: Pressroom, bench: Bench
) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault("/cgi-bin/", "http", times=50)
    run_until_settled([delivery])
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 4)
    bench.calm()
    actions.retry_delivery(actor=press.editor, delivery_id=delivery.pk)
    run_until_settled([delivery])
    published_once(bench, delivery)


def test_a_review_by_the_platform_that_refuses_comes_back_with_the_reason(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("停水通知", "这里有违规示例四个字，平台不会同意。"))
    run_until_settled([delivery])
    assert (delivery.state, delivery.problem) == (
        DeliveryState.REJECTED,
        "微信平台审核没有通过。请修改后重新送审。",
    )
    assert [item.kind for item in queries.work_items(actor=press.editor)] == ["处理退回"]
    actions.cancel_delivery(actor=press.editor, delivery_id=delivery.pk)
    assert queries.work_items(actor=press.editor) == []
    assert bench.titles() == []


def test_what_the_platform_takes_down_later_is_noticed(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    article_id = delivery.progress["article_id"]
    bench.control(f"accounts/{bench.appid}/publications", article_id=article_id, status=6)
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        actions.run_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == (
        DeliveryState.REMOVED,
        "内容发布后，已被微信平台封禁。请尽快核查。",
    )


def test_the_last_publication_of_the_day_is_not_spent_twice(press: Pressroom, bench: Bench) -> None:
    bench.settings(limits={"freepublish/submit": 1})
    channels.probe_connection(actor=press.officer, connection_id=press.wechat.pk)
    first = press.plan(press.wechat, press.approved("城东片区停水通知"))
    second = press.plan(press.wechat, press.approved("水费缴纳提醒"))
    actions.run_due()
    counter = QuotaUse.objects.get(name="freepublish/submit")
    assert (counter.used, counter.limit) == (1, 1)
    states = {row.pk: row.state for row in Delivery.objects.all()}
    assert sorted(states.values()) == [DeliveryState.SENDING, DeliveryState.SUBMITTED]
    with pytest.raises(Refused, match="次数已用完"):
        press.plan(press.wechat, press.approved("第三篇通知"))
    run_until_settled([first, second])
    assert len(bench.titles()) == 1
    bench.control("clock", forward=24 * 3600)
    with clock.at(clock.now() + timedelta(days=1)):
        run_until_settled([first, second], hours=60)
    bench.control("clock", offset=0)
    assert len(bench.titles()) == 2


def test_two_people_decide_what_reading_back_cannot(press: Pressroom, bench: Bench) -> None:
    other = press.newsroom.colleague
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault("freepublish/submit", "http")
    bench.fault("batchget", "http", times=500)
    actions.run_due()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.UNKNOWN
    with pytest.raises(Refused, match="四十分钟"):
        actions.report_sighting(actor=press.editor, delivery_id=delivery.pk, verdict="not_out")
    with clock.at(clock.now() + timedelta(hours=2)):
        actions.run_due()
        actions.report_sighting(actor=press.editor, delivery_id=delivery.pk, verdict="not_out")
        with pytest.raises(Refused, match="已经核对过"):
            actions.report_sighting(actor=press.editor, delivery_id=delivery.pk, verdict="not_out")
        delivery.refresh_from_db()
        assert delivery.state == DeliveryState.UNKNOWN
        actions.report_sighting(actor=other, delivery_id=delivery.pk, verdict="not_out")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem_kind) == (DeliveryState.FAILED, "by_people")
    bench.calm()


def test_two_people_who_disagree_begin_anew(press: Pressroom, bench: Bench) -> None:
    third = press.newsroom.county.person("third", press.body, Role.EDITOR)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    bench.fault("freepublish/submit", "http")
    bench.fault("batchget", "http", times=500)
    actions.run_due()
    with clock.at(clock.now() + timedelta(hours=2)):
        actions.report_sighting(actor=press.editor, delivery_id=delivery.pk, verdict="not_out")
        actions.report_sighting(
            actor=third, delivery_id=delivery.pk, verdict="is_out", url="https://mp.weixin.qq.com/s/1"
        )
        delivery.refresh_from_db()
        assert (delivery.state, delivery.sightings.count()) == (DeliveryState.UNKNOWN, 0)
        for person in (press.editor, third):
            actions.report_sighting(
                actor=person, delivery_id=delivery.pk, verdict="is_out", url="https://mp.weixin.qq.com/s/1"
            )
    delivery.refresh_from_db()
    assert (delivery.state, delivery.proof_url) == (DeliveryState.PUBLISHED, "https://mp.weixin.qq.com/s/1")
    bench.calm()


def test_neither_secret_nor_token_reaches_a_log_or_a_readable_row(
    press: Pressroom, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    for step in ("draft/add", "freepublish/submit", "batchget"):
        bench.fault(step, "reset")
    bench.fault("freepublish/get", "errcode", code=40001)
    run_until_settled([delivery])
    press.wechat.refresh_from_db()
    token = channels.open_account(press.wechat).tokens.read("")
    assert token is not None
    written = (
        caplog.text
        + str(Delivery.objects.values())
        + str(vars(press.wechat))
        + repr(channels.open_account(press.wechat))
    )
    assert (token.value in written, SECRET in written) == (False, False)
    assert "batchget" in caplog.text


def test_a_hub_that_is_down_does_not_hold_the_page_back(press: Pressroom, settings: Any) -> None:
    settings.ZHIJIAN_SANDBOX_URL = "http://127.0.0.1:9"
    press.website.settings = {"sandbox": True}
    press.website.save()
    delivery = press.plan(press.website, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    assert (delivery.state, delivery.problem_kind) == (DeliveryState.PUBLISHED, "hub")
    assert [piece.title for piece in queries.public_pieces()] == ["城东片区停水通知"]

"""The WeChat connector against the sandbox, over real HTTP, with every way of failing in between."""

from __future__ import annotations

import hashlib
import logging
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from zhijian.connectors.contract import (
    ErrKind,
    EventKind,
    InboundEvent,
    MediaRef,
    PlatformError,
    ReceiptState,
    Step,
    StepName,
)
from zhijian.connectors.wechat import client
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.connectors.contract import Receipt

MUTATING = ["media/uploadimg", "material/add_material", "draft/add", "freepublish/submit"]
LATER = timedelta(minutes=31)


def finished(worker: Any) -> Receipt:
    """Run until the bundle is out, as a sweep would: later, and later again."""
    moment = clock.now()
    for _ in range(12):
        with clock.at(moment):
            receipt = worker.run()
        if receipt.state is ReceiptState.PUBLISHED:
            return receipt
        moment = max(receipt.check_after or moment, moment) + timedelta(seconds=1)
    raise AssertionError(f"not published: {receipt}")


def assert_exactly_one_post(worker: Any) -> None:
    key = worker.bundle.key
    published = worker.bench.ledger("published", key=key)
    assert [entry["keys"] for entry in published] == [[key]]
    assert worker.bench.drafts() == []


def test_two_pieces_with_pictures_go_out_in_one_push(worker: Any) -> None:
    receipt = finished(worker)
    assert (receipt.state, len(receipt.urls), receipt.refused_pieces) == (ReceiptState.PUBLISHED, 2, ())
    assert set(receipt.ids) == {"draft_id", "publish_id", "msg_data_id", "article_id"}
    assert_exactly_one_post(worker)
    first, second = (httpx2.get(url).text for url in receipt.urls)
    assert ("临江县启动夏季防汛演练" in first, "周末图书馆开放时间调整" in second) == (True, True)
    assert [first.count("/mmbiz/"), second.count("/mmbiz/")] == [2, 0]
    assert "[1] https://www.example.cn/plan" in first
    assert len(worker.bench.ledger("image_uploaded")) == 2
    assert len(worker.bench.ledger("material_added")) == 2


def test_the_key_travels_in_the_source_address_and_the_page_keeps_its_own_query(worker: Any) -> None:
    finished(worker)
    published = worker.bench.look(f"accounts/{worker.bench.account.uid}/publications")[0]["articles"]
    key = worker.bundle.key
    assert [article["content_source_url"] for article in published] == [
        f"https://www.example.cn/n/1?from=site&zk={key}",
        f"https://www.example.cn/d/?zk={key}",
    ]


def test_running_again_after_the_end_does_nothing_more(worker: Any) -> None:
    finished(worker)
    before = len(worker.bench.look("ledger", appid=worker.bench.account.uid))
    assert worker.run().state is ReceiptState.PUBLISHED
    assert len(worker.bench.look("ledger", appid=worker.bench.account.uid)) == before


@pytest.mark.parametrize("consume", ["submit", "finish"])
@pytest.mark.parametrize("kind", ["drop_after_commit", "truncate", "bad_json", "reset", "http", "errcode"])
@pytest.mark.parametrize("step", MUTATING)
def test_whatever_the_answer_looks_like_one_intent_is_one_post(worker: Any, step: str, kind: str, consume: str) -> None:
    worker.bench.settings(consume=consume)
    worker.bench.fault(step, kind)
    assert worker.run_into_error().kind is ErrKind.UNKNOWN_OUTCOME
    finished(worker)
    assert_exactly_one_post(worker)
    assert len(worker.bench.ledger("material_added")) == 2


@pytest.mark.parametrize("step", MUTATING)
def test_a_worker_killed_after_the_platform_acted_resumes_without_a_second_post(worker: Any, step: str) -> None:
    """The process dies between the platform's answer and our commit: only the intent was saved."""

    class Killed(BaseException):
        pass

    def save_and_die(state: Any) -> None:
        done = worker.state.get("doing", {}).get("name") == names[step] and "doing" not in state
        if done and not deaths:
            deaths.append(step)
            raise Killed
        original(state)

    names = dict(zip(MUTATING, ["upload_image", "upload_cover", "add_draft", "submit"], strict=True))
    deaths: list[str] = []
    original, worker.save = worker.save, save_and_die
    with pytest.raises(Killed):
        worker.run()
    finished(worker)
    assert_exactly_one_post(worker)
    assert len(worker.bench.ledger("material_added")) == 2


def test_a_slow_platform_is_not_asked_to_publish_again_while_the_job_may_be_queued(worker: Any) -> None:
    worker.bench.settings(publish_seconds=1000, consume="finish")
    worker.bench.fault("freepublish/submit", "drop_after_commit")
    worker.run_into_error()
    for minutes in (1, 5, 20):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            assert worker.run().state is ReceiptState.UNKNOWN
    assert len(worker.bench.ledger("publish_submitted")) == 1
    worker.bench.control("clock", forward=1001)
    with clock.at(clock.now() + timedelta(minutes=25)):
        assert worker.run().state is ReceiptState.PUBLISHED
    worker.bench.control("clock", offset=0)
    assert_exactly_one_post(worker)


def test_a_draft_that_left_the_box_after_an_unanswered_submit_counts_as_publishing(worker: Any) -> None:
    worker.bench.settings(publish_seconds=10_000)
    worker.bench.fault("freepublish/submit", "drop_after_commit")
    worker.run_into_error()
    with clock.at(clock.now() + timedelta(hours=2)):
        receipt = worker.run()
    assert receipt.state is ReceiptState.PUBLISHING
    assert receipt.check_after is not None
    assert len(worker.bench.ledger("publish_submitted")) == 1


def test_a_submit_that_never_arrived_is_repeated_with_the_same_draft(worker: Any) -> None:
    worker.bench.fault("freepublish/submit", "reset")
    worker.run_into_error()
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert worker.run().state is ReceiptState.UNKNOWN
    assert worker.bench.ledger("publish_submitted") == []
    finished(worker)
    assert len(worker.bench.ledger("draft_added")) == 1
    assert_exactly_one_post(worker)


def test_latency_beyond_our_patience_is_an_unknown_outcome_and_is_read_back(worker: Any) -> None:
    worker.bench.account = replace(worker.bench.account, settings={"timeout": "0.3"})
    worker.bench.fault("draft/add", "latency", seconds=0.8)
    assert worker.run_into_error().kind is ErrKind.UNKNOWN_OUTCOME
    while worker.bench.look("under_way")["requests"]:
        time.sleep(0.05)
    finished(worker)
    assert_exactly_one_post(worker)


def test_reading_back_meets_faults_of_its_own_and_still_ends_in_one_post(worker: Any) -> None:
    worker.bench.fault("freepublish/submit", "drop_after_commit")
    worker.bench.fault("draft/batchget", "http", status=503)
    worker.run_into_error()
    assert worker.run_into_error().kind is ErrKind.TRANSIENT
    finished(worker)
    assert_exactly_one_post(worker)


def test_twin_drafts_of_one_key_are_reduced_to_one(worker: Any) -> None:
    worker.bench.fault("draft/add", "drop_after_commit")
    worker.run_into_error()
    rendered = worker.bench.connector.render(worker.bundle)
    worker.bench.connector.run_step(worker.bench.account, rendered, worker.state, Step(StepName.ADD_DRAFT))
    assert len(worker.bench.drafts()) == 2
    finished(worker)
    assert_exactly_one_post(worker)


def test_a_definite_refusal_clears_the_intent_so_that_the_step_can_be_done_again(worker: Any) -> None:
    worker.bench.fault("freepublish/submit", "errcode", code=45009)
    error = worker.run_into_error()
    assert (error.kind, error.code, "doing" in worker.state) == (ErrKind.QUOTA, "45009", False)
    assert error.retry_after is not None
    assert error.retry_after.astimezone(clock.BEIJING).strftime("%H:%M") == "00:05"
    finished(worker)
    assert_exactly_one_post(worker)


def test_a_draft_edited_in_the_console_is_not_published(worker: Any) -> None:
    worker.bench.fault("freepublish/submit", "errcode", code=45011)
    worker.run_into_error()
    draft = worker.bench.drafts()[0]
    changed = {**draft["articles"][0], "title": "被人改过的标题"}
    body = {"media_id": draft["media_id"], "index": 0, "articles": changed}
    client.call(worker.bench.account, "draft/update", body, mutates=True)
    worker.state = {**worker.state, "checked": False}
    error = worker.run_into_error()
    assert (error.kind, error.code) == (ErrKind.CONTENT, "draft_changed")
    assert worker.bench.ledger("publish_submitted") == []


def test_a_draft_deleted_in_the_console_stops_and_asks_a_person(worker: Any) -> None:
    worker.bench.fault("draft/get", "errcode", code=45011)
    worker.run_into_error()
    worker.bench.connector.delete_draft(worker.bench.account, worker.bench.drafts()[0]["media_id"])
    error = worker.run_into_error()
    assert (error.kind, error.code, error.hint_zh) == (
        ErrKind.NOT_FOUND,
        "draft_gone",
        "草稿已不在公众号草稿箱，可能被人删除或已在后台发出。请先到公众号后台核对。",
    )


def test_a_review_refusal_names_the_piece_and_the_reason(worker: Any) -> None:
    worker.bench.settings(review_words=["图书馆"])
    moment = clock.now()
    worker.run()
    with clock.at(moment + timedelta(seconds=20)):
        receipt = worker.run()
    assert (receipt.state, receipt.refused_pieces) == (ReceiptState.REJECTED, (1,))
    assert receipt.reason_zh == "微信平台审核没有通过。请修改后重新送审。"


def test_a_publication_taken_back_later_is_seen_by_polling_again(worker: Any) -> None:
    finished(worker)
    worker.bench.control(
        f"accounts/{worker.bench.account.uid}/publications", article_id=worker.state["article_id"], status=6
    )
    rendered = worker.bench.connector.render(worker.bundle)
    state = worker.bench.connector.run_step(worker.bench.account, rendered, worker.state, Step(StepName.POLL))
    receipt = worker.bench.connector.receipt(state)
    assert (receipt.state, receipt.reason_zh) == (ReceiptState.REMOVED, "内容发布后，已被微信平台封禁。请尽快核查。")


def test_withdrawing_one_piece_leaves_the_other_and_counts_from_one_on_the_platform(worker: Any) -> None:
    finished(worker)
    connector, account = worker.bench.connector, worker.bench.account
    state = connector.withdraw(account, worker.state, piece=0)
    assert connector.receipt(state).state is ReceiptState.PUBLISHED
    assert [entry["index"] for entry in worker.bench.ledger("publication_deleted")] == [1]
    state = connector.withdraw(account, state, piece=1)
    assert connector.receipt(state).state is ReceiptState.REMOVED


def test_an_event_only_makes_the_next_look_due(worker: Any) -> None:
    worker.bench.settings(publish_seconds=3600)
    worker.run()
    assert worker.run().state is ReceiptState.SUBMITTED
    moment = clock.now()
    heard = InboundEvent(
        EventKind.PUBLISH_FINISHED, "x", "a", "b", moment, "PUBLISHJOBFINISH", publish_id=worker.state["publish_id"]
    )
    other = replace(heard, publish_id="1")
    assert worker.bench.connector.hear(worker.state, other) == worker.state
    worker.state = worker.bench.connector.hear(worker.state, heard)
    receipt = worker.run()
    assert receipt.state is ReceiptState.PUBLISHING  # the event did not lie us into "published"


def test_strays_are_listed_by_key_and_can_be_deleted_twice(worker: Any) -> None:
    worker.bench.fault("draft/get", "errcode", code=45011)
    worker.run_into_error()
    connector, account = worker.bench.connector, worker.bench.account
    assert connector.stray_drafts(account, {worker.bundle.key}) == []
    stray = connector.stray_drafts(account, ())[0]
    assert (stray.key, stray.title) == (worker.bundle.key, "临江县启动夏季防汛演练")
    for _ in range(2):
        connector.delete_draft(account, stray.draft_id)
    assert worker.bench.drafts() == []


def test_the_token_is_fetched_once_and_renewed_once_when_refused(worker: Any) -> None:
    account = worker.bench.account
    client.access_token(account)
    client.callback_addresses(account)
    assert len(worker.bench.ledger("token_issued")) == 1
    worker.bench.fault("getcallbackip", "errcode", code=42001)
    assert client.callback_addresses(account) == ["127.0.0.1"]
    worker.bench.fault("getcallbackip", "errcode", code=40001, times=2)
    with pytest.raises(PlatformError) as caught:
        client.callback_addresses(account)
    assert caught.value.kind is ErrKind.TOKEN
    assert client.callback_addresses(account) == ["127.0.0.1"]


def test_a_token_that_others_made_invalid_is_replaced(worker: Any) -> None:
    account = worker.bench.account
    old = client.access_token(account)
    body = {"grant_type": "client_credential", "appid": account.uid, "secret": account.credentials["secret"]}
    httpx2.post(f"{account.base_url}/cgi-bin/stable_token", json={**body, "force_refresh": True}).raise_for_status()
    assert client.callback_addresses(account) == ["127.0.0.1"]
    held = account.tokens.read(account.key)
    assert held is not None
    assert (held.version, held.value == old.value) == (old.version + 1, False)


def test_many_callers_at_once_ask_for_one_token(worker: Any) -> None:
    worker.bench.fault("stable_token", "latency", seconds=0.3)
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(client.access_token, [worker.bench.account] * 8))
    assert len({token.value for token in tokens}) == 1
    requests = [token.version for token in tokens]
    assert requests == [1] * 8


def test_a_frozen_secret_a_wrong_one_and_a_foreign_address_are_told_apart(worker: Any) -> None:
    bench = worker.bench
    found = []
    for facts in ({"frozen": True}, {"frozen": False, "allowed_ips": ["192.0.2.1"]}, {"secret": "another"}):
        bench.settings(**facts)
        found.append([(gap.capability, gap.code) for gap in bench.connector.probe(bench.account).missing])
    # The account still has no token, so each probe asks anew.
    assert found == [[("sign_in", "40243")], [("sign_in", "40164")], [("sign_in", "40125")]]


def test_probing_an_unverified_account_tells_that_publishing_is_missing(worker: Any) -> None:
    worker.bench.settings(verified=False)
    result = worker.bench.connector.probe(worker.bench.account)
    assert [(gap.capability, gap.code) for gap in result.missing] == [("publish", "48001")]
    assert not result.can_publish


def test_probing_a_verified_account_reads_its_quotas(worker: Any) -> None:
    worker.bench.settings(limits={"freepublish/submit": 7})
    finished(worker)
    result = worker.bench.connector.probe(worker.bench.account)
    quota = {left.name: (left.limit, left.used, left.remain) for left in result.quotas}
    assert (result.can_publish, quota["freepublish/submit"]) == (True, (7, 1, 6))


def test_a_state_is_never_continued_with_another_payload(worker: Any) -> None:
    worker.bench.fault("draft/get", "errcode", code=45011)
    worker.run_into_error()
    first = replace(worker.bundle.pieces[0], title="换了标题")
    worker.bundle = replace(worker.bundle, pieces=(first, worker.bundle.pieces[1]))
    assert worker.run_into_error().code == "payload_changed"


def test_a_picture_that_changed_since_approval_is_not_uploaded(worker: Any, picture: Callable[..., MediaRef]) -> None:
    swapped = replace(picture("media:a"), sha256=hashlib.sha256(b"approved").hexdigest())
    first = replace(worker.bundle.pieces[0], images=(swapped, worker.bundle.pieces[0].images[1]))
    worker.bundle = replace(worker.bundle, pieces=(first, worker.bundle.pieces[1]))
    assert worker.run_into_error().code == "media_changed"
    assert worker.bench.ledger("image_uploaded") == []


def test_a_foreign_picture_stops_the_publishing_instead_of_vanishing(worker: Any) -> None:
    first = replace(worker.bundle.pieces[0], body='<p>图</p><img src="https://elsewhere.example/x.jpg">')
    worker.bundle = replace(worker.bundle, pieces=(first, worker.bundle.pieces[1]))
    assert worker.run_into_error().code == "foreign_image"
    assert worker.bench.drafts() == []


@pytest.mark.parametrize("kind", ["drop_after_commit", "http", "bad_json", "truncate", "reset", "errcode", "latency"])
def test_no_token_or_secret_reaches_a_log_or_an_error(worker: Any, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=name)
    worker.bench.account = replace(worker.bench.account, settings={"timeout": "0.5"})
    for path in ("stable_token", "draft/add"):
        worker.bench.fault(path, kind, code=40013, seconds=1, status=500)
    told = ""
    for _ in range(3):
        try:
            worker.run()
        except PlatformError as error:
            told += "".join(traceback.format_exception(error)) + repr(error) + error.hint_zh
    held = worker.bench.account.tokens.read(worker.bench.account.key)
    assert held is not None
    assert told
    assert caplog.text.count("HTTP Request") > 0
    for hidden in (held.value, worker.bench.account.credentials["secret"]):
        assert (hidden in caplog.text, hidden in told) == (False, False)
        assert hidden not in repr(worker.bench.account) + repr(held) + str(worker.state)

"""What WeChat sends us: proved, once, quickly, and believed only after reading back."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from django.test import Client
from tests.publishing.pressroom import AES_KEY, CALLBACK_TOKEN, make_pressroom, run_until_settled

from zhijian.channels import actions as channels
from zhijian.channels.models import CallbackNonce
from zhijian.channels.queries import connector_of
from zhijian.connectors.wechat.callback import LARGEST_BODY, encrypt, sign
from zhijian.lib import clock
from zhijian.publishing import actions
from zhijian.publishing.actions.moving import take_lease
from zhijian.publishing.actions.outcomes import note_receipt
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, PlatformEvent

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench, Pressroom


def event(publish_id: str, *, status: int = 0, created: int = 1) -> str:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>{created}</CreateTime>"
        "<MsgType>event</MsgType><Event>PUBLISHJOBFINISH</Event><PublishEventInfo>"
        f"<publish_id>{publish_id}</publish_id><publish_status>{status}</publish_status>"
        "<article_id>forged</article_id></PublishEventInfo></xml>"
    )


def sealed(press: Pressroom, xml: str, *, token: str = CALLBACK_TOKEN, nonce: str = "n1") -> dict[str, Any]:
    moment = str(int(clock.now().timestamp()))
    cipher = encrypt(AES_KEY, press.wechat.app_id, xml.encode())
    query = {
        "timestamp": moment, "nonce": nonce, "signature": sign(token, moment, nonce), "encrypt_type": "aes",
        "msg_signature": sign(token, moment, nonce, cipher),
    }  # fmt: skip
    return {"query_params": query, "data": f"<xml><Encrypt>{cipher}</Encrypt></xml>", "content_type": "text/xml"}


def post(press: Pressroom, told: dict[str, Any]) -> tuple[int, str]:
    answer = Client().post(f"/hooks/wechat/{press.wechat.callback_code}/", **told)
    return answer.status_code, answer.content.decode()


def test_the_address_check_is_answered_verbatim_and_only_to_who_knows_the_token(press: Pressroom) -> None:
    moment = str(int(clock.now().timestamp()))
    query = {"timestamp": moment, "nonce": "n", "echostr": "<b>123</b>", "signature": sign(CALLBACK_TOKEN, moment, "n")}
    place = f"/hooks/wechat/{press.wechat.callback_code}/"
    answer = Client().get(place, query)
    assert (answer.status_code, answer.content) == (200, b"<b>123</b>")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert Client().get(place, {**query, "signature": "0" * 40}).status_code == 403
    assert Client().get("/hooks/wechat/unknown/", query).status_code == 404
    assert Client().get(f"/hooks/wechat/{press.website.callback_code}/", query).status_code == 404


def test_a_replayed_callback_is_answered_but_changes_nothing(press: Pressroom) -> None:
    told = sealed(press, event("7"))
    assert [post(press, told), post(press, told)] == [(200, "success"), (200, "success")]
    assert post(press, sealed(press, event("7"), nonce="n2")) == (200, "success")
    assert (CallbackNonce.objects.count(), PlatformEvent.objects.count()) == (2, 1)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert channels.forget_nonces() == 2


@pytest.mark.parametrize("fault", ["token", "stale", "cipher", "xml", "big", "plain"])
def test_what_is_not_from_the_platform_is_refused_and_leaves_no_trace(press: Pressroom, fault: str) -> None:
    told = sealed(press, event("7"), token="guess" if fault == "token" else CALLBACK_TOKEN)
    if fault == "cipher":
        told["data"] = told["data"].replace("<Encrypt>", "<Encrypt>AAAA")
    if fault == "xml":
        told["data"] = "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><xml>&y;</xml>"
    if fault == "big":
        told["data"] = "<xml>" + "x" * (LARGEST_BODY + 10) + "</xml>"
    if fault == "plain":
        told["data"] = event("7")
    with clock.at(clock.now() + timedelta(minutes=6 if fault == "stale" else 0)):
        assert post(press, told)[0] == 403
    assert not PlatformEvent.objects.exists()
    assert not CallbackNonce.objects.exists()


def test_a_forged_success_is_read_back_and_not_believed(press: Pressroom, bench: Bench) -> None:
    bench.settings(publish_seconds=1000)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    actions.run_due()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SUBMITTED
    post(press, sealed(press, event(delivery.progress["publish_id"])))
    delivery.refresh_from_db()
    assert delivery.next_attempt_at is not None
    assert delivery.next_attempt_at <= clock.now()
    actions.run_due()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SUBMITTED
    bench.control("clock", forward=1001)
    run_until_settled([delivery])
    bench.control("clock", offset=0)
    assert delivery.state == DeliveryState.PUBLISHED


def test_a_word_that_comes_while_a_worker_holds_the_delivery_is_not_forgotten(press: Pressroom, bench: Bench) -> None:
    bench.settings(publish_seconds=1000)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    actions.run_due()
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=clock.now())
    assert take_lease(delivery.pk)
    delivery.refresh_from_db()
    post(press, sealed(press, event(delivery.progress["publish_id"])))
    receipt = connector_of(delivery.connection).receipt(delivery.progress)
    for is_hurried in (True, False):
        note_receipt(delivery, receipt)
        delivery.refresh_from_db()
        assert delivery.next_attempt_at is not None
        assert (delivery.next_attempt_at <= clock.now()) is is_hurried


def test_a_removal_told_by_the_platform_is_looked_up_and_noted(press: Pressroom, bench: Bench) -> None:
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    run_until_settled([delivery])
    bench.control(f"accounts/{bench.appid}/publications", article_id=delivery.progress["article_id"], status=5)
    post(press, sealed(press, event(delivery.progress["publish_id"], status=5, created=2)))
    actions.run_due()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.REMOVED


@pytest.mark.django_db(transaction=True)
def test_the_platform_itself_tells_and_the_result_arrives_without_polling(
    bench: Bench, live_server: Any, settings: Any
) -> None:
    settings.ZHIJIAN_BASE_URL = live_server.url
    press = make_pressroom(bench)
    callback = {
        "url": f"{live_server.url}/hooks/wechat/{press.wechat.callback_code}/", "token": CALLBACK_TOKEN,
        "aes_key": AES_KEY, "extra": 2,
    }  # fmt: skip
    bench.settings(callback=callback)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"))
    actions.run_due()
    for _ in range(100):
        told = bench.ledger("callback_sent")
        if len(told) == 3:
            break
        time.sleep(0.1)
    assert [entry["accepted"] for entry in told] == [True, True, True]
    assert PlatformEvent.objects.count() == 1
    actions.run_due()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.PUBLISHED
    assert httpx2.get(delivery.proof_url).status_code == 200
    assert Delivery.objects.count() == 1

"""Followers write over the pretend WeChat, real HTTP both ways: answered at once, replied to once, never twice."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.inbox.office import REPLY, Office, make_office
from tests.publishing.pressroom import AES_KEY, CALLBACK_TOKEN, make_pressroom

from zhijian.inbox import actions
from zhijian.inbox.actions import receiving
from zhijian.inbox.models import Case, Incoming, Outgoing
from zhijian.lib import clock

if TYPE_CHECKING:
    from tests.publishing.pressroom import Bench

FOLLOWER = "oFollowerOfTheWaterBureau01"


class Talk:
    """A follower and an account with a running callback address."""

    def __init__(self, bench: Bench, live_server: Any) -> None:
        press = make_pressroom(bench)
        self.bench, self.office = bench, make_office(press.newsroom.county)
        bench.settings(callback={
            "url": f"{live_server.url}/hooks/wechat/{press.wechat.callback_code}/", "token": CALLBACK_TOKEN,
            "aes_key": AES_KEY, "mode": "aes", "retry_seconds": 0.2,
        })  # fmt: skip

    def say(self, text: str, follower: str = FOLLOWER) -> None:
        """Write, and wait until our side has answered."""
        before = len(self.bench.ledger("callback_sent"))
        self.bench.control("messages", appid=self.bench.appid, openid=follower, text=text)
        for _ in range(200):
            if len(self.bench.ledger("callback_sent")) > before:
                return
            time.sleep(0.05)
        pytest.fail("The message did not arrive.")

    def told(self, kind: str) -> list[str]:
        return [entry["text"] for entry in self.bench.ledger(kind)]


@pytest.fixture
def talk(bench: Bench, live_server: Any, settings: Any) -> Talk:
    settings.ZHIJIAN_BASE_URL = live_server.url
    return Talk(bench, live_server)


def answer(office: Office, case: Case) -> None:
    pk = case.pk
    actions.accept_case(actor=office["water_answerer"], case_id=pk)
    actions.submit_answer(actor=office["water_answerer"], case_id=pk, draft=actions.AnswerDraft(text=REPLY))
    office.sign("inbox.answer", pk, where="water")


def test_a_message_becomes_a_case_is_added_to_and_answered_once(talk: Talk) -> None:
    talk.say("留言 柳湾路口的路灯坏了三天")
    case = Case.objects.get()
    assert (case.organisation, case.channel, case.text) == (talk.office.water, "wechat", "柳湾路口的路灯坏了三天")
    [said] = talk.told("passive_answer")
    assert said.startswith(f"已收到您的留言，编号 {case.number}。最迟")
    assert f"/messages/{case.number}/" in said
    talk.say("就在学校门口")
    assert [entry.text for entry in case.entries.filter(kind="word")] == ["就在学校门口"]
    talk.say("查询")
    assert talk.told("passive_answer")[1:] == [
        f"已补充到留言 {case.number}。", talk.told("passive_answer")[-1],
    ]  # fmt: skip
    assert "待受理" in talk.told("passive_answer")[-1]
    answer(talk.office, case)
    for _ in range(3):
        actions.sweep_outgoing()
    [service] = talk.told("service_message")
    assert REPLY in service
    assert Outgoing.objects.get().state == "sent"


def test_other_words_are_left_alone_and_two_followers_stay_apart(talk: Talk) -> None:
    talk.say("你好")
    assert (Case.objects.count(), talk.told("passive_answer")) == (0, [])
    talk.say("留言")
    assert talk.told("passive_answer") == ["请发送“留言”加上要说的事，例如：留言 柳湾路口的路灯坏了三天。"]
    talk.say("留言 水压低")
    talk.say("我家也是", follower="oSomebodyElse0000000000001")
    assert [case.entries.filter(kind="word").count() for case in Case.objects.all()] == [0]


def test_a_follower_who_begins_too_many_cases_is_told_and_others_are_not(talk: Talk, settings: Any) -> None:
    settings.ZHIJIAN_INBOX_PER_CONTACT_DAY = 2
    for text in ("留言 水压低", "留言 水发黄", "留言 水管漏"):
        talk.say(text)
    assert (Case.objects.count(), talk.told("passive_answer")[-1]) == (
        2, "您今天的留言已经很多，这一条没有收下。请明天再发，或直接回复补充；急事请拨打 12345。",
    )  # fmt: skip
    talk.say("留言 水压低", follower="oSomebodyElse0000000000001")
    with clock.at(clock.now() + timedelta(hours=25)):
        row = Case.objects.filter(text="水压低").earliest("pk").connection
        assert row is not None
        assert receiving.is_follower_full(row, FOLLOWER) is False
    assert Case.objects.count() == 3


def test_the_same_message_told_twice_counts_once(talk: Talk) -> None:
    talk.bench.settings(callback={"extra": 2})
    talk.say("留言 水压低")
    time.sleep(0.5)
    assert (Case.objects.count(), Incoming.objects.count()) == (1, 1)


def test_an_answer_whose_outcome_is_unknown_is_never_sent_again(talk: Talk) -> None:
    talk.say("留言 水压低")
    answer(talk.office, Case.objects.get())
    talk.bench.fault("message/custom/send", "drop_after_commit")
    for hours in (0, 1, 2):
        with clock.at(clock.now() + timedelta(hours=hours)):
            actions.sweep_outgoing()
    assert len(talk.told("service_message")) == 1
    outgoing = Outgoing.objects.get()
    assert (outgoing.state, outgoing.reason.startswith("发送途中断了")) == ("unknown", True)


def test_a_busy_platform_is_tried_again_and_reached_once(talk: Talk) -> None:
    talk.say("留言 水压低")
    answer(talk.office, Case.objects.get())
    talk.bench.fault("message/custom/send", "errcode", code=45011)
    actions.sweep_outgoing()
    assert Outgoing.objects.get().state == "pending"
    with clock.at(clock.now() + timedelta(minutes=3)):
        actions.sweep_outgoing()
    assert (Outgoing.objects.get().state, len(talk.told("service_message"))) == ("sent", 1)


def test_after_two_days_the_page_says_that_it_cannot_be_delivered(talk: Talk) -> None:
    talk.say("留言 水压低")
    with clock.at(clock.now() + timedelta(hours=49)):
        answer(talk.office, Case.objects.get())
        actions.sweep_outgoing()
    outgoing = Outgoing.objects.get()
    assert (outgoing.state, "48 小时" in outgoing.reason) == ("undeliverable", True)
    assert talk.told("service_message") == []


def test_a_worker_that_dies_while_sending_leaves_an_unknown_behind(talk: Talk) -> None:
    talk.say("留言 水压低")
    answer(talk.office, Case.objects.get())
    Outgoing.objects.update(state="sending", next_at=clock.now() + timedelta(minutes=5))
    with clock.at(clock.now() + timedelta(minutes=6)):
        actions.sweep_outgoing()
    assert (Outgoing.objects.get().state, talk.told("service_message")) == ("unknown", [])

"""Telling people outside: once, at the right time, by the right way, whatever goes wrong."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.audit.models import Event
from zhijian.lib import clock
from zhijian.notify import actions
from zhijian.notify.actions.reading import Wishes
from zhijian.notify.actions.telling import notify, quiet_until
from zhijian.notify.models import Channel, Dispatch, Notice, Preference
from zhijian.notify.queries import mail_channels_for, unread_count
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.notify.conftest import Post

    from zhijian.organisations.models import User

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=clock.BEIJING)
NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=clock.BEIJING)


def tell(
    *people: User, kind: str = "publishing", key: str = "one", title: str = "发布结果待核实：停水通知"
) -> list[Notice]:
    return notify(people=people, kind=kind, title=title, text="详情", url="/desk/deliveries/1/", dedup_key=key)


def test_one_act_tells_each_person_by_mail_and_each_group_once(post: Post) -> None:
    post.mail()
    post.bot()
    with clock.at(NOON):
        tell(post.editor, post.officer)
        tell(post.editor, post.officer)
    assert post.send_due(NOON) == [("sent", ""), ("sent", "")]
    assert [(row.person.username, row.title) for row in Notice.objects.order_by("pk")] == [
        ("caibian", "发布结果待核实：停水通知"), ("zhuban", "发布结果待核实：停水通知"),
    ]  # fmt: skip
    assert post.said() == ["发布结果待核实：停水通知\nhttps://zhijian.example.cn/desk/deliveries/1/"]
    [letter] = post.mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("caibian@mail.example.cn", "[指尖] 发布结果待核实：停水通知")
    assert letter.get_content().split("\n")[:2] == [
        "发布结果待核实：停水通知", "https://zhijian.example.cn/desk/deliveries/1/",
    ]  # fmt: skip


def test_nothing_but_title_and_link_goes_outside_and_long_numbers_are_starred(post: Post) -> None:
    post.mail()
    post.bot()
    with clock.at(NOON):
        notify(
            people=[post.editor], kind="publishing", title="回访 13800138000 和 35072219900101001X", dedup_key="n",
            text="住在幸福路 8 号的王女士", url="/desk/",
        )  # fmt: skip
    post.send_due(NOON)
    # Its number and the lines between its parts are drawn by lot, and may hold any digits.
    letter = re.sub(r"(?im)^message-id:.*$|boundary=.*$|^--=.*$", "", post.mailbox.letters[0].as_string())
    outside = post.said()[0] + letter + post.mailbox.letters[0].get_content()
    assert post.said() == ["回访 *** 和 ***\nhttps://zhijian.example.cn/desk/"]
    assert [word for word in ("138", "350722", "王女士", "幸福路") if word in outside] == []


def test_a_sent_message_is_never_sent_again_however_often_workers_come(post: Post) -> None:
    post.bot()
    with clock.at(NOON):
        tell(post.editor)
    post.send_due(NOON)
    pk = Dispatch.objects.get().pk
    for _ in range(3):
        with clock.at(NOON):
            actions.run_dispatch(dispatch_id=pk)
    assert len(post.said()) == 1


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_an_answer_lost_after_the_message_arrived_is_unknown_and_stays_so(post: Post, kind: str) -> None:
    post.bot(kind)
    with clock.at(NOON):
        tell(post.editor)
    post.fault(f"/{kind}/", "drop_after_commit")
    assert [state for state, _ in post.send_due(NOON)] == ["unknown"]
    assert [state for state, _ in post.send_due(NOON + timedelta(days=1))] == ["unknown"]
    assert len(post.said()) == 1


def test_a_letter_whose_answer_is_lost_is_unknown_and_not_sent_again(post: Post) -> None:
    post.mail()
    with clock.at(NOON):
        tell(post.editor)
    post.mailbox.answers["DATA"] = ""
    assert post.send_due(NOON) == [("unknown", "邮件服务器没有回话，不知道邮件发出去没有。")]
    post.send_due(NOON + timedelta(days=1))
    assert len(post.mailbox.letters) == 1


@pytest.mark.parametrize(("verb", "answer"), [("RCPT", "451 later"), ("DATA", "452 full"), ("MAIL", "")])
def test_a_refusal_for_now_is_tried_again_later(post: Post, verb: str, answer: str) -> None:
    post.mail()
    with clock.at(NOON):
        tell(post.editor)
    post.mailbox.answers[verb] = answer
    assert post.send_due(NOON) == [("pending", "邮件服务器连不上，稍后会自动再发。")]
    assert (len(post.mailbox.letters), [state for state, _ in post.send_due(NOON + timedelta(seconds=30))]) == (
        0,
        ["pending"],
    )
    assert [state for state, _ in post.send_due(NOON + timedelta(minutes=2))] == ["sent"]
    assert len(post.mailbox.letters) == 1


def test_a_refusal_for_good_is_final(post: Post) -> None:
    post.mail()
    with clock.at(NOON):
        tell(post.editor)
    post.mailbox.answers["RCPT"] = "550 nobody"
    assert post.send_due(NOON) == [("failed", "邮件服务器不收这封邮件，请核对发件地址和收件地址。")]
    assert (post.send_due(NOON + timedelta(days=1)), post.mailbox.letters) == (
        [("failed", "邮件服务器不收这封邮件，请核对发件地址和收件地址。")], [],
    )  # fmt: skip


def test_a_channel_that_never_answers_is_given_up_and_marked(post: Post) -> None:
    channel = post.bot()
    with clock.at(NOON):
        tell(post.editor)
    post.fault("/dingtalk/", "http", times=99, status=429)
    moment = NOON
    for _ in range(9):
        states = post.send_due(moment)
        moment += timedelta(minutes=31)
    channel.refresh_from_db()
    assert ([state for state, _ in states], channel.state, post.said()) == (["failed"], "failing", [])


def test_twenty_a_minute_go_to_a_group_and_the_rest_a_minute_later(post: Post) -> None:
    post.bot("wecom")
    with clock.at(NOON):
        for number in range(25):
            tell(post.editor, key=f"n{number}")
    assert [state for state, _ in post.send_due(NOON)].count("sent") == 20
    assert [state for state, _ in post.send_due(NOON + timedelta(seconds=59))].count("sent") == 20
    assert [state for state, _ in post.send_due(NOON + timedelta(seconds=61))].count("sent") == 25
    assert len(post.said()) == 25


def test_a_group_that_was_too_fast_rests_ten_minutes(post: Post) -> None:
    channel = post.bot()
    with clock.at(NOON):
        tell(post.editor, key="a")
        tell(post.editor, key="b")
    post.fault("/dingtalk/", "errcode", code=130101)
    assert [state for state, _ in post.send_due(NOON)] == ["pending", "pending"]
    channel.refresh_from_db()
    assert channel.resting_until == NOON + timedelta(minutes=10)
    assert [state for state, _ in post.send_due(NOON + timedelta(minutes=9))] == ["pending", "pending"]
    assert [state for state, _ in post.send_due(NOON + timedelta(minutes=11))] == ["sent", "sent"]


def test_a_wrong_secret_fails_and_the_channel_says_what_to_do(post: Post) -> None:
    channel = post.bot(secret="another")
    with clock.at(NOON):
        tell(post.editor)
    post.send_due(NOON)
    channel.refresh_from_db()
    assert (channel.state, channel.problem, post.said()) == (
        "failing", "钉钉的安全设置不放行：加签密钥、关键词或 IP 地址不符。请核对机器人的安全设置。", [],
    )  # fmt: skip


def test_a_worker_that_died_while_sending_leaves_a_doubt(post: Post) -> None:
    post.bot()
    with clock.at(NOON):
        tell(post.editor)
    lease = NOON + timedelta(minutes=2)
    Dispatch.objects.update(state="sending", attempts=1, lease_until=lease, next_attempt_at=None)
    with clock.at(NOON + timedelta(minutes=1)):
        assert actions.give_up_silent() == 0
    with clock.at(NOON + timedelta(minutes=3)):
        assert actions.give_up_silent() == 1
    assert [state for state, _ in post.send_due(NOON + timedelta(days=1))] == ["unknown"]
    assert post.said() == []


def test_a_paused_channel_sends_nothing(post: Post) -> None:
    channel = post.bot()
    with clock.at(NOON):
        tell(post.editor)
    actions.pause_channel(actor=post.officer, channel_id=channel.pk)
    assert post.send_due(NOON) == [("failed", "渠道已停用，没有发出。")]
    with clock.at(NOON):
        tell(post.editor, key="two")
    assert (Dispatch.objects.count(), post.said()) == (1, [])


def test_at_night_only_alarms_go_out(post: Post) -> None:
    post.mail()
    post.bot()
    with clock.at(NIGHT):
        tell(post.editor, key="late")
        tell(post.editor, key="alarm", kind="alarm", title="数据中断")
    post.send_due(NIGHT)
    assert (len(post.said()), len(post.mailbox.letters)) == (1, 1)
    post.send_due(datetime(2026, 11, 24, 7, 0, tzinfo=clock.BEIJING))
    assert (len(post.said()), len(post.mailbox.letters)) == (2, 2)


def test_what_can_wait_comes_once_a_day_without_what_was_read(post: Post) -> None:
    post.mail()
    with clock.at(NOON):
        for number in range(3):
            tell(post.editor, key=f"n{number}", kind="review", title=f"等您审核：第{number}篇")
        actions.mark_read(actor=post.editor, notice_id=Notice.objects.get(dedup_key="n1").pk)
        assert (actions.collect_digests(), actions.collect_digests()) == (1, 0)
        tell(post.editor, key="n3", kind="review", title="等您审核：第3篇")
        assert actions.collect_digests() == 0
    post.send_due(NOON)
    [letter] = post.mailbox.letters
    text = letter.get_content()
    assert [f"第{number}篇" in text for number in range(4)] == [True, False, True, False]
    with clock.at(NOON + timedelta(days=1)):
        assert actions.collect_digests() == 1


def test_a_person_chooses_what_is_sent(post: Post) -> None:
    post.mail()
    wishes = Wishes(at_once=["review"], in_digest=[], quiet_from=None, quiet_to=None, email="other@mail.example.cn")
    actions.choose_preferences(actor=post.editor, wishes=wishes)
    with clock.at(NIGHT):
        tell(post.editor, key="a", kind="review")
        tell(post.editor, key="b", kind="publishing")
    post.send_due(NIGHT)
    assert [letter["To"] for letter in post.mailbox.letters] == ["other@mail.example.cn"]
    assert (Notice.objects.filter(waits_for_digest=True).count(), unread_count(actor=post.editor)) == (0, 2)


def test_a_changed_mail_address_is_written_down_once_and_not_named(post: Post) -> None:
    for email in ("other@mail.example.cn", "other@mail.example.cn", ""):
        wishes = Wishes(at_once=["review"], in_digest=[], quiet_from=None, quiet_to=None, email=email)
        actions.choose_preferences(actor=post.editor, wishes=wishes)
    rows = Event.objects.filter(name="notify.address.changed", thing_id=str(post.editor.pk)).order_by("id")
    assert [(row.actor_label, row.data["has_one"]) for row in rows] == [("caibian", True), ("caibian", False)]
    assert not any("other@" in str(row.data) for row in rows)


def test_the_nearest_mail_server_above_serves_a_body_without_one(post: Post) -> None:
    own = post.mail()
    officer = post.county.person("xian", post.county.county, Role.HOST_OFFICER, subtree=True)
    draft = actions.ChannelDraft(
        name="县邮箱", host="127.0.0.1", port=2525, security="none", sender="a@mail.example.cn"
    )
    upper = actions.create_channel(actor=officer, organisation=post.county.county, kind="email", draft=draft)
    teacher = post.county.person("jiaoshi", post.county.school, Role.EDITOR)
    teacher.email = "jiaoshi@mail.example.cn"
    found = mail_channels_for([post.editor, teacher])
    assert found == {post.editor.pk: own, teacher.pk: upper}


def test_secrets_lie_sealed_and_open_in_their_own_row_only(post: Post) -> None:
    from zhijian.connectors.contract import PlatformError  # noqa: PLC0415 - used here only
    from zhijian.notify.actions.opening import hook_of  # noqa: PLC0415 - as above

    first, second = post.bot(token="token-aaaa"), post.bot(token="token-bbbb")
    assert b"token-aaaa" not in bytes(Channel.objects.get(pk=first.pk).sealed)
    assert hook_of(first).url.endswith("token-aaaa")
    second.sealed = first.sealed
    with pytest.raises(PlatformError):
        hook_of(second)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30))  # noqa: DTZ001 -- given its zone below


@given(moment=MOMENTS, begin=st.none() | st.times(), end=st.none() | st.times())
def test_quiet_hours_end_when_they_end_and_hold_nothing_back_for_more_than_a_day(
    moment: datetime, begin: time | None, end: time | None
) -> None:
    now = moment.replace(tzinfo=clock.BEIJING)
    wish = Preference(quiet_from=begin, quiet_to=end)
    until = quiet_until(wish, now)
    if begin is None or end is None or begin == end:
        assert until is None
    elif until is not None:
        assert now < until <= now + timedelta(days=1)
        assert (until.time(), quiet_until(wish, until)) == (end, None)
    else:
        later = quiet_until(wish, datetime.combine(now.date(), begin, tzinfo=clock.BEIJING))
        assert later is not None

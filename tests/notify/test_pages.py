"""The pages of notices: a person's own list, what they want sent, and the ways out of a body with their secrets."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhijian.audit.models import Event
from zhijian.notify.actions.opening import secrets_of
from zhijian.notify.actions.telling import notify
from zhijian.notify.models import Channel, Dispatch, Notice, Preference
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from django.forms import BaseForm
    from tests.notify.conftest import Post

    from zhijian.organisations.models import User

DESK = "/desk/notices/"
CHANNELS = f"{DESK}channels/"
TOKEN, SECRET = "token-nobody-may-read", "SEC-jia-qian-mi-yao"
DING = "https://oapi.dingtalk.com/robot/send?access_token="
MAIL = {
    "name": "政务邮箱", "host": "mail.example.gov.cn", "port": "465", "security": "tls", "username": "zhijian",
    "sender": "zhijian@mail.example.gov.cn", "password": SECRET,
}  # fmt: skip


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def tell(*people: User, count: int = 1, kind: str = "review") -> list[Notice]:
    made = [
        notify(
            people=people, kind=kind, title=f"等您审核：第{number}篇", url="/desk/review/",
            dedup_key=f"{kind} {number}",
        )
        for number in range(count)
    ]  # fmt: skip
    return [notice for notices in made for notice in notices]


def told(form: BaseForm) -> list[str]:
    """Return every sentence a form refuses with."""
    return [sentence for sentences in form.errors.values() for sentence in sentences]


def test_the_list_shows_a_person_their_own_notices_the_newest_first(post: Post) -> None:
    tell(post.editor, count=2)
    tell(post.officer, kind="publishing")
    pages = [client_of(person).get(DESK).content.decode() for person in (post.editor, post.officer)]
    shown = [re.findall(f'href="{DESK}(\\d+)/"', page) for page in pages]
    kept = [Notice.objects.filter(person=person).order_by("-pk") for person in (post.editor, post.officer)]
    assert shown == [[str(row.pk) for row in rows] for rows in kept]
    assert [len(keys) for keys in shown] == [2, 1]


def test_the_list_costs_the_same_for_one_notice_and_for_thirty(post: Post) -> None:
    client = client_of(post.editor)
    costs = []
    for count in (1, 30):
        tell(post.editor, count=count)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(DESK).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_opening_a_notice_leads_to_its_thing_and_marks_that_one_as_read(post: Post) -> None:
    first, second = tell(post.editor, count=2)
    answer = client_of(post.editor).get(f"{DESK}{first.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/review/")
    unread = Notice.objects.filter(read_at=None)
    assert list(unread) == [second]
    assert client_of(post.officer).get(f"{DESK}{second.pk}/").status_code == 404
    assert list(unread) == [second]


def test_all_are_marked_as_read_for_this_person_only(post: Post) -> None:
    tell(post.editor, post.officer, count=3)
    client = client_of(post.editor)
    assert "全部标为看过" in client.get(DESK).content.decode()
    answer = client.post(f"{DESK}read/", follow=True)
    assert "3 条标为看过。" in answer.content.decode()
    assert "全部标为看过" not in answer.content.decode()
    assert set(Notice.objects.filter(read_at=None).values_list("person", flat=True)) == {post.officer.pk}
    assert client.get(f"{DESK}?read=True").context["page"].total == 0


def test_a_person_chooses_kinds_quiet_hours_and_a_mailbox(post: Post) -> None:
    sent = {
        "email": "new@mail.example.cn", "quiet_from": "21:00", "quiet_to": "06:30", "way_alarm": "at_once",
        "way_review": "at_once", "way_system": "in_digest", "way_inbox": "inside",
    }  # fmt: skip
    client = client_of(post.editor)
    assert client.post(f"{DESK}settings/", sent)["Location"] == DESK
    row = Preference.objects.get()
    assert (row.person, sorted(row.at_once), row.in_digest, row.quiet_from, row.quiet_to) == (
        post.editor, ["alarm", "review"], ["system"], time(21), time(6, 30),
    )  # fmt: skip
    post.editor.refresh_from_db()
    assert post.editor.email == "new@mail.example.cn"
    form = client.get(f"{DESK}settings/").context["form"]
    assert [form[f"way_{kind}"].value() for kind in ("alarm", "review", "system", "inbox", "duty")] == [
        "at_once", "at_once", "in_digest", "inside", "inside",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quiet_from": "22:00"}, "免打扰的开始和结束要一起填，或者都不填。"),
        ({"email": "somebody@mail"}, "“我的邮箱”请填完整的邮箱地址。"),
        ({"way_alarm": "pigeon"}, "“告警通知”里选的这一项现在不能选，请重新选。"),
    ],
)
def test_wrong_wishes_are_told_and_nothing_is_kept(post: Post, wrong: dict[str, str], sentence: str) -> None:
    answer = client_of(post.editor).post(f"{DESK}settings/", {"email": "ok@mail.example.cn", **wrong})
    assert (answer.status_code, told(answer.context["form"])) == (409, [sentence])
    post.editor.refresh_from_db()
    assert (Preference.objects.count(), post.editor.email) == (0, "caibian@mail.example.cn")


@pytest.mark.parametrize(
    ("kind", "url", "sentence"),
    [
        ("dingtalk", "https://evil.example.cn/robot/send?access_token=1", "应以 https://oapi.dingtalk.com/ 开头"),
        ("dingtalk", "http://oapi.dingtalk.com/robot/send?access_token=1", "应以 https://oapi.dingtalk.com/ 开头"),
        ("dingtalk", "https://oapi.dingtalk.com@evil.example.cn/robot/send", "这不是钉钉的地址。"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/menu/get", "这不是企业微信群机器人的地址"),
        ("feishu", "https://[::1/open-apis/bot/v2/hook/1", "地址读不懂，请从飞书的机器人设置里重新复制。"),
    ],
)  # fmt: skip
def test_a_bots_bad_address_is_refused_and_not_written_back(post: Post, kind: str, url: str, sentence: str) -> None:
    url = f"{url}&key={TOKEN}"
    sent = {"organisation": post.county.water.pk, "name": "值班群", "url": url, "secret": SECRET, "kinds": ["alarm"]}
    answer = client_of(post.officer).post(f"{CHANNELS}new/{kind}/", sent)
    reasons = told(answer.context["form"])
    assert (answer.status_code, len(reasons), sentence in reasons[0]) == (409, 1, True)
    assert [word for word in (TOKEN, SECRET) if word in answer.content.decode()] == []
    assert Channel.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"host": "mail.example.cn/../x"}, "邮件服务器请填域名或 IP 地址，例如 mail.example.gov.cn。"),
        ({"sender": "zhijian"}, "发件地址不是邮箱，请核对。"),
        ({"security": "none"}, "不加密的连接不能带密码登录，请选加密方式。"),
    ],
)
def test_a_mail_servers_bad_address_is_refused(post: Post, wrong: dict[str, str], sentence: str) -> None:
    sent = {"organisation": post.county.water.pk, **MAIL, **wrong}
    answer = client_of(post.officer).post(f"{CHANNELS}new/email/", sent)
    assert (answer.status_code, told(answer.context["form"])) == (409, [sentence])
    assert SECRET not in answer.content.decode()
    assert Channel.objects.count() == 0


def test_a_bots_secret_is_never_shown_again_and_stays_when_left_empty(post: Post) -> None:
    client = client_of(post.officer)
    sent = {"organisation": post.county.water.pk, "name": "值班群", "url": DING + TOKEN, "secret": SECRET}
    client.post(f"{CHANNELS}new/dingtalk/", {**sent, "kinds": ["alarm"]})
    row = Channel.objects.get()
    assert secrets_of(row) == {"url": DING + TOKEN, "secret": SECRET}
    answer = client.post(f"{CHANNELS}{row.pk}/edit/", {"name": "夜班群", "kinds": ["duty"]})
    assert answer["Location"] == f"{CHANNELS}{row.pk}/"
    row.refresh_from_db()
    assert (row.name, row.kinds, secrets_of(row)) == ("夜班群", ["duty"], {"url": DING + TOKEN, "secret": SECRET})
    refused = client.post(f"{CHANNELS}{row.pk}/edit/", {"name": "", "url": DING + TOKEN, "secret": SECRET})
    assert refused.status_code == 409
    pages = [client.get(CHANNELS + more).content for more in ("", f"{row.pk}/", f"{row.pk}/edit/", f"{row.pk}/pause/")]
    pages += [b"".join(client.get(f"{CHANNELS}?export=csv")), refused.content, bytes(row.sealed)]
    pages += [repr(list(Event.objects.values_list("data", flat=True))).encode()]
    assert [word for word in (TOKEN, SECRET) for page in pages if word.encode() in page] == []


def test_a_channel_is_tried_paused_and_resumed_from_its_page(post: Post) -> None:
    row, client = post.bot(), client_of(post.officer)
    page = f"{CHANNELS}{row.pk}/"
    assert "已交出去试发" in client.post(f"{page}test/", follow=True).content.decode()
    assert [(one.channel, one.person, one.state) for one in Dispatch.objects.all()] == [(row, None, "pending")]
    assert "停用这个渠道？" in client.get(f"{page}pause/").content.decode()
    client.post(f"{page}pause/")
    assert "渠道已停用，请先恢复。" in client.post(f"{page}test/", follow=True).content.decode()
    client.post(f"{page}resume/")
    row.refresh_from_db()
    assert (row.state, Dispatch.objects.count()) == ("ready", 1)


def test_a_neighbour_finds_no_channel_and_an_editor_may_not_touch_one(post: Post) -> None:
    row = post.bot(token="group-9")
    neighbour = post.county.person("linju", post.county.school, Role.HOST_OFFICER, Role.HEAD)
    pages, acts = ("", "edit/", "pause/"), ("test/", "pause/", "resume/", "edit/")
    theirs = client_of(neighbour)
    assert {theirs.get(f"{CHANNELS}{row.pk}/{more}").status_code for more in pages} == {404}
    assert {theirs.post(f"{CHANNELS}{row.pk}/{more}").status_code for more in acts} == {404}
    assert "值班群" not in theirs.get(CHANNELS).content.decode()
    sent = {"organisation": post.county.water.pk, "name": "冒名群", "url": DING + TOKEN, "secret": SECRET}
    assert theirs.post(f"{CHANNELS}new/dingtalk/", sent).status_code == 409
    assert client_of(post.editor).get(f"{CHANNELS}{row.pk}/").status_code == 404
    assert client_of(post.editor).get(CHANNELS).status_code == 409
    row.refresh_from_db()
    assert (row.state, list(Channel.objects.all())) == ("ready", [row])


def test_a_kind_of_channel_nobody_knows_is_not_there(post: Post) -> None:
    assert client_of(post.officer).get(f"{CHANNELS}new/pigeon/").status_code == 404

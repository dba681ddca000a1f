"""The three office messengers' group bots against the sandbox, and the addresses that are no bot's."""

from __future__ import annotations

import logging
from typing import Any

import httpx2
import pytest

from zhijian.connectors.bots import Bot, Hook, Word, hook_problems
from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.connectors.dingtalk_bot.client import DingtalkBot
from zhijian.connectors.feishu_bot.client import FeishuBot
from zhijian.connectors.wecom_bot.client import WecomBot

BOTS: list[Bot] = [WecomBot(), DingtalkBot(), FeishuBot()]
PATHS = {
    "wecom": "/wecom/cgi-bin/webhook/send?key={}",
    "dingtalk": "/dingtalk/robot/send?access_token={}",
    "feishu": "/feishu/open-apis/bot/v2/hook/{}",
}
SECRET = "jia-qian-mi-yao"
WORD = Word("有一条告警等您确认", "http://127.0.0.1:8000/desk/duty/alarms/1/")
SAID = "有一条告警等您确认\nhttp://127.0.0.1:8000/desk/duty/alarms/1/"


def hook_of(sandbox: str, bot: Bot, token: str, secret: str = SECRET) -> Hook:
    facts = {"kind": bot.code, "token": token, "name": "值班群", "secret": SECRET, "removed": False}
    httpx2.post(f"{sandbox}/_ctl/bots", json=facts).raise_for_status()
    return Hook(sandbox + PATHS[bot.code].format(token), secret)


def said(sandbox: str, token: str) -> list[str]:
    bots: list[dict[str, Any]] = httpx2.get(f"{sandbox}/_ctl/bots").json()
    return [one["text"] for bot in bots if bot["token"] == token for one in bot["said"]]


def refused(bot: Bot, hook: Hook) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        bot.say(hook, WORD)
    return caught.value


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.code)
def test_a_group_is_told_one_line_and_a_link(sandbox: str, bot: Bot) -> None:
    bot.say(hook_of(sandbox, bot, f"line-{bot.code}"), WORD)
    assert said(sandbox, f"line-{bot.code}") == [SAID]


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.code)
def test_an_address_of_no_bot_is_an_error_of_the_settings(sandbox: str, bot: Bot) -> None:
    error = refused(bot, Hook(sandbox + PATHS[bot.code].format("nobody"), "x"))
    assert (error.kind, bool(error.hint_zh)) == (ErrKind.AUTH, True)


@pytest.mark.parametrize(("bot", "code"), [(BOTS[1], "310000"), (BOTS[2], "19021")], ids=["dingtalk", "feishu"])
def test_a_wrong_secret_is_refused_and_nothing_is_said(sandbox: str, bot: Bot, code: str) -> None:
    error = refused(bot, hook_of(sandbox, bot, f"sign-{bot.code}", "another"))
    assert (error.kind, error.code, said(sandbox, f"sign-{bot.code}")) == (ErrKind.AUTH, code, [])


@pytest.mark.parametrize(
    ("bot", "limit"), [(BOTS[0], 20), (BOTS[1], 20), (BOTS[2], 100)], ids=["wecom", "dingtalk", "feishu"]
)
def test_too_many_in_a_minute_are_told_to_wait(sandbox: str, bot: Bot, limit: int) -> None:
    hook = hook_of(sandbox, bot, f"fast-{bot.code}")
    for _ in range(limit):
        bot.say(hook, WORD)
    error = refused(bot, hook)
    assert (error.kind, len(said(sandbox, f"fast-{bot.code}"))) == (ErrKind.RATE, limit)
    assert (error.retry_after is not None) == (bot.code == "dingtalk")


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.code)
def test_an_answer_that_is_lost_leaves_the_outcome_unknown(sandbox: str, bot: Bot) -> None:
    hook = hook_of(sandbox, bot, f"lost-{bot.code}")
    httpx2.post(f"{sandbox}/_ctl/faults", json={"match": f"/{bot.code}/", "kind": "drop_after_commit"})
    error = refused(bot, hook)
    assert (error.kind, said(sandbox, f"lost-{bot.code}")) == (ErrKind.UNKNOWN_OUTCOME, [SAID])


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.code)
def test_no_log_and_no_error_tells_the_token(sandbox: str, bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    token = f"geheim-{bot.code}-0123456789"
    hook = hook_of(sandbox, bot, token)
    with caplog.at_level(logging.DEBUG):
        bot.say(hook, WORD)
        httpx2.post(f"{sandbox}/_ctl/faults", json={"match": f"/{bot.code}/", "kind": "http", "status": 404})
        error = refused(bot, hook)
    ours = [record.getMessage() for record in caplog.records if "/_ctl/" not in record.getMessage()]
    assert any(f"/{bot.code}/" in line for line in ours)
    assert [line for line in [*ours, str(error), repr(hook)] if token in line] == []


def test_a_long_title_is_cut_for_every_messenger(sandbox: str) -> None:
    word = Word("长" * 4_000, "http://127.0.0.1:8000/desk/")
    WecomBot().say(hook_of(sandbox, BOTS[0], "long"), word)
    assert said(sandbox, "long") == ["长" * 119 + "…\nhttp://127.0.0.1:8000/desk/"]


@pytest.mark.parametrize(
    "url",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com.example.org/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com@127.0.0.1/cgi-bin/webhook/send?key=1",
        "https://127.0.0.1/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/gettoken?key=1",
        "http://127.0.0.1:8100/wecom/cgi-bin/webhook/send?key=1",
        "https://[::1",
        "",
    ],
)
def test_a_web_hook_elsewhere_is_refused(url: str) -> None:
    assert len(hook_problems(WecomBot(), url)) == 1


def test_the_real_one_a_private_one_and_the_sandbox_are_taken() -> None:
    bot = WecomBot()
    assert hook_problems(bot, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1") == []
    private = "https://wecom.example.gov.cn/cgi-bin/webhook/send?key=1"
    assert (hook_problems(bot, private) == [], hook_problems(bot, private, own_hosts={"wecom.example.gov.cn"})) == (
        False, [],
    )  # fmt: skip
    pretended = "http://127.0.0.1:8100/wecom/cgi-bin/webhook/send?key=1"
    assert hook_problems(bot, pretended, sandbox="http://127.0.0.1:8100") == []

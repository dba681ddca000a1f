"""Opening a channel: the one place where its secrets are sealed and unsealed, and where hosts are judged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from django.conf import settings

from zhijian.connectors.bots import Bot, Hook, hook_problems
from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.connectors.dingtalk_bot.client import DingtalkBot
from zhijian.connectors.feishu_bot.client import FeishuBot
from zhijian.connectors.smtp.client import MailServer, Security
from zhijian.connectors.wecom_bot.client import WecomBot
from zhijian.lib.sealing import SealBroken, sealer_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.notify.models import Channel

BOTS: Final[dict[str, Bot]] = {bot.code: bot for bot in (WecomBot(), DingtalkBot(), FeishuBot())}
BROKEN_SEAL: Final = "密钥打不开：数据目录里的 seal_key 换过或丢失。请恢复备份，或重新填写。"


def bot_of(channel: Channel) -> Bot:
    """Return the messenger of a bot's channel."""
    return BOTS[channel.kind]


def hook_of(channel: Channel) -> Hook:
    """Return the web hook of a bot's channel. Raises PlatformError when it may not be used or does not open."""
    secrets = secrets_of(channel)
    url = secrets.get("url", "")
    problems = address_problems(channel.kind, url)
    if problems:
        # Judged again at every message: an installation that becomes a real one must not talk to the sandbox.
        raise PlatformError(ErrKind.AUTH, "host_not_allowed", "Not a bot's address.", hint_zh=problems[0])
    return Hook(url, secrets.get("secret", ""))


def address_problems(kind: str, url: str) -> list[str]:
    """Give what is wrong with the address of a bot."""
    sandbox = "" if settings.IS_PRODUCTION else settings.ZHIJIAN_SANDBOX_URL
    return hook_problems(BOTS[kind], url, own_hosts=settings.ZHIJIAN_BOT_HOSTS, sandbox=sandbox)


def mail_server_of(channel: Channel) -> MailServer:
    """Return the mail server of a channel, password included. Raises PlatformError when it does not open."""
    told = channel.settings
    return MailServer(
        host=told["host"], port=int(told["port"]), security=Security(told["security"]), sender=told["sender"],
        username=told.get("username", ""), password=secrets_of(channel).get("password", ""),
    )  # fmt: skip


def seal_secrets(channel: Channel, given: Mapping[str, str]) -> bytes:
    """Return the secrets of a channel, sealed for this row alone."""
    return sealer_in(settings.ZHIJIAN_DATA).seal(json.dumps(dict(given)).encode(), place=_place(channel))


def secrets_of(channel: Channel) -> dict[str, str]:
    """Return the secrets of a channel. Raises PlatformError (AUTH) when the seal is broken."""
    if not channel.sealed:
        return {}
    try:
        plain = sealer_in(settings.ZHIJIAN_DATA).open(bytes(channel.sealed), place=_place(channel))
    except SealBroken as broken:
        raise PlatformError(ErrKind.AUTH, "seal_broken", str(broken), hint_zh=BROKEN_SEAL) from broken
    found: dict[str, str] = json.loads(plain)
    return found


def _place(channel: Channel) -> str:
    return f"notify.channel {channel.code}"

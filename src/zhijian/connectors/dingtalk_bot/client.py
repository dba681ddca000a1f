"""Sending one message by a DingTalk group bot: POST /robot/send with token, time and signature in the address."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from zhijian.connectors.bots import TIMEOUT, refusal
from zhijian.connectors.contract import ErrKind
from zhijian.connectors.dingtalk_bot.errors import HINTS, KINDS, PENALTY
from zhijian.connectors.transport import decode, send
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Collection

    from zhijian.connectors.bots import Hook, Word

MILLISECONDS: Final = 1_000


class DingtalkBot:
    code = "dingtalk"
    name_zh = "钉钉"
    hosts: Collection[str] = frozenset({"oapi.dingtalk.com"})
    path = "/robot/send"
    needs_secret = True

    def say(self, hook: Hook, word: Word) -> None:
        """Send one text. Raises PlatformError; after "too fast" `retry_after` is ten minutes away."""
        text = {"msgtype": "text", "text": {"content": f"{word.line}\n{word.url}"}}
        answer = decode(
            send("POST", hook.base_url, mutates=True, params=_query(hook), json_body=text, timeout=TIMEOUT),
            mutates=True,
        )
        code = int(answer.get("errcode", 0))
        if not code:
            return
        error = refusal(code, str(answer.get("errmsg", "")), KINDS, HINTS, name_zh=self.name_zh)
        if error.kind is ErrKind.RATE:
            error.retry_after = clock.now() + PENALTY
        raise error


def _query(hook: Hook) -> dict[str, str]:
    query = {"access_token": hook.parameter("access_token")}
    if hook.secret:
        stamp = str(int(clock.now().timestamp() * MILLISECONDS))
        query |= {"timestamp": stamp, "sign": sign(hook.secret, stamp)}
    return query


def sign(secret: str, stamp: str) -> str:
    """Return base64(HMAC-SHA256(secret, stamp + newline + secret)); `stamp` is Unix time in milliseconds."""
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()

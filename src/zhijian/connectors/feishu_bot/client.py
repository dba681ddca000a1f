"""Sending one message by a Feishu group bot: POST /open-apis/bot/v2/hook/… with a signed body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from zhijian.connectors.bots import TIMEOUT, refusal
from zhijian.connectors.feishu_bot.errors import HINTS, KINDS
from zhijian.connectors.transport import decode, send
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Collection

    from zhijian.connectors.bots import Hook, Word


class FeishuBot:
    code = "feishu"
    name_zh = "飞书"
    hosts: Collection[str] = frozenset({"open.feishu.cn"})
    path = "/open-apis/bot/v2/hook/"
    needs_secret = True

    def say(self, hook: Hook, word: Word) -> None:
        """Send one text. Raises PlatformError."""
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": f"{word.line}\n{word.url}"}}
        if hook.secret:
            stamp = str(int(clock.now().timestamp()))
            body |= {"timestamp": stamp, "sign": sign(hook.secret, stamp)}
        answer = decode(
            send("POST", hook.base_url, mutates=True, json_body=body, timeout=TIMEOUT), mutates=True
        )  # fmt: skip
        code = int(answer.get("code", 0))
        if code:
            raise refusal(code, str(answer.get("msg", "")), KINDS, HINTS, name_zh=self.name_zh)


def sign(secret: str, stamp: str) -> str:
    """Return base64(HMAC-SHA256(key = stamp + newline + secret, nothing)); `stamp` is Unix time in seconds."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()

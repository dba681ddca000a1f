"""Sending one message by a WeCom group bot: POST /cgi-bin/webhook/send?key=… (20 a minute)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhijian.connectors.bots import TIMEOUT, refusal
from zhijian.connectors.transport import decode, send
from zhijian.connectors.wecom_bot.errors import HINTS, KINDS

if TYPE_CHECKING:
    from collections.abc import Collection

    from zhijian.connectors.bots import Hook, Word

TEXT_BYTES: Final = 2_048


class WecomBot:
    code = "wecom"
    name_zh = "企业微信"
    hosts: Collection[str] = frozenset({"qyapi.weixin.qq.com"})
    path = "/cgi-bin/webhook/send"
    needs_secret = False

    def say(self, hook: Hook, word: Word) -> None:
        """Send one text. Raises PlatformError."""
        answer = decode(
            send(
                "POST", hook.base_url, mutates=True, params={"key": hook.parameter("key")}, json_body=_body(word),
                timeout=TIMEOUT,
            ),
            mutates=True,
        )  # fmt: skip
        code = int(answer.get("errcode", 0))
        if code:
            raise refusal(code, str(answer.get("errmsg", "")), KINDS, HINTS, name_zh=self.name_zh)


def _body(word: Word) -> dict[str, Any]:
    room = TEXT_BYTES - len(word.url.encode()) - 1
    line = word.line.encode()[:room].decode(errors="ignore")
    return {"msgtype": "text", "text": {"content": f"{line}\n{word.url}"}}

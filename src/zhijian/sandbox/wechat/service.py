"""Small service calls: quotas, callback addresses, the callback self-test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from zhijian.sandbox.wechat.answers import Refusal, done

if TYPE_CHECKING:
    from zhijian.sandbox.wechat.gate import Call

DAILY: dict[str, int] = {}
"""Daily limit of each endpoint path, filled by the route table."""


def quota(call: Call) -> dict[str, Any]:
    """Answer openapi/quota/get."""
    path = call.text("cgi_path").removeprefix("/cgi-bin/")
    if path not in DAILY:
        raise Refusal(76022)
    limit = call.account.limits.get(path, DAILY[path])
    used = call.account.used.get(f"{call.world.day()} {path}", 0)
    return {**done(), "quota": {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}}


def callback_addresses(_call: Call) -> dict[str, Any]:
    """Answer getcallbackip: the sandbox calls from this machine."""
    return {"ip_list": ["127.0.0.1"]}


def callback_check(call: Call) -> dict[str, Any]:
    """Answer callback/check with a name lookup and a ping of the callback address."""
    host = urlsplit(call.account.callback.url).hostname
    if call.text("action") not in {"dns", "ping", "all"} or not host:
        raise Refusal(40035)
    operator = call.text("check_operator") or "DEFAULT"
    return {
        "dns": [{"ip": host, "real_operator": operator}],
        "ping": [{"ip": host, "from_operator": operator, "package_loss": "0%", "time": "1.000ms"}],
    }

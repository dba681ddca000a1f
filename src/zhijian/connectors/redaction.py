"""Keeping tokens and secrets out of logs, errors and kept answers."""

from __future__ import annotations

import logging
import re
from typing import Any

MASK = "***"
SECRET_NAMES = frozenset({
    "access_token", "refresh_token", "secret", "appsecret", "app_secret", "client_secret", "signature",
    "msg_signature", "sign", "ticket", "authorization", "password", "aes_key", "token",
})  # fmt: skip
_NAMES = "|".join(sorted(SECRET_NAMES, key=len, reverse=True))
_QUERY = re.compile(rf"\b({_NAMES})=([^&\s\"'<>]+)", re.IGNORECASE)
_JSON = re.compile(rf"([\"']({_NAMES})[\"']\s*:\s*)([\"'])(?:(?!\3).)*\3", re.IGNORECASE)
# Web hooks of group bots carry their token in the path (Feishu) or as plain `key` (WeCom).
_HOOK = re.compile(r"(/bot/v2/hook/|/webhook/send\?key=)[^&\s\"'<>]+")
NOISY_LOGGERS = (
    "httpx2",
    "httpcore2",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.http2",
    "httpcore2.proxy",
)


def redact_text(text: str) -> str:
    """Return the text with the values of token- and secret-like names masked, in query strings and in JSON."""
    masked = _QUERY.sub(rf"\1={MASK}", text)
    masked = _HOOK.sub(rf"\1{MASK}", masked)
    return _JSON.sub(rf"\1\3{MASK}\3", masked)


def redact(value: Any) -> Any:
    """Return a copy of a JSON value with secret members masked at any depth."""
    if isinstance(value, dict):
        return {name: MASK if str(name).lower() in SECRET_NAMES else redact(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [redact(inner) for inner in value]
    return redact_text(value) if isinstance(value, str) else value


class RedactingFilter(logging.Filter):
    """Mask a record before any handler sees it. WeChat wants its token in the address, which HTTP clients log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact_text(record.getMessage()), None
        return True


def guard_loggers() -> None:
    """Put the filter on the loggers of the HTTP client; a second call changes nothing."""
    for name in NOISY_LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, RedactingFilter) for known in logger.filters):
            logger.addFilter(RedactingFilter())

"""How the platform says no: HTTP 200, an errcode, and a message that ends in a request id."""

from __future__ import annotations

import secrets
from typing import Any, Final

MESSAGES: Final[dict[int, str]] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40009: "invalid image size",
    40013: "invalid appid",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid args",
    40114: "invalid index value",
    40125: "invalid appsecret",
    40164: "invalid ip, not in whitelist",
    40243: "appsecret is frozen",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41039: "invalid content_source_url",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    44003: "empty news data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45110: "author size out of limit",
    47001: "data format error",
    48001: "api unauthorized",
    53600: "article id invalid",
    76022: "could not use this cgi_path, no permission",
}


class Refusal(Exception):  # noqa: N818 -- the platform refuses; nothing broke
    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def refusal(code: int) -> dict[str, Any]:
    """Return the body of a refusal."""
    rid = "-".join(secrets.token_hex(4) for _ in range(3))
    return {"errcode": code, "errmsg": f"{MESSAGES.get(code, 'error')} rid: {rid}"}


def done() -> dict[str, Any]:
    """Return the body of the successes that do carry an errcode."""
    return {"errcode": 0, "errmsg": "ok"}

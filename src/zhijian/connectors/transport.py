"""One careful way to speak HTTP to a platform: time-outs, a size limit, no redirects, nothing secret in errors."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2

from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.connectors.redaction import guard_loggers, redact_text

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = httpx2.Timeout(20.0, connect=5.0, pool=10.0)
LARGEST_ANSWER = 16 * 1024 * 1024
NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
HINT_UNREACHABLE = "暂时连不上平台。系统会自动重试；一直连不上时，请检查服务器网络。"
HINT_UNKNOWN = "平台没有回话，不知道有没有收到。系统会先去平台核对，再决定是否重发。"


@cache
def http_client() -> httpx2.Client:
    """Return the process-wide connection pool."""
    guard_loggers()
    return httpx2.Client(timeout=TIMEOUT, follow_redirects=False, headers={"User-Agent": "zhijian"})


def send(
    method: str,
    url: str,
    *,
    mutates: bool,
    params: Mapping[str, str] | None = None,
    json_body: Any = None,
    form: Mapping[str, str] | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    timeout: float | None = None,
) -> bytes:
    """Send one request and return the body of its 2xx answer.

    Raises PlatformError: TRANSIENT when nothing can have happened, UNKNOWN_OUTCOME when a changing request may have
    been carried out, INVALID for a 4xx answer.
    """
    # Chinese text must not arrive as \uXXXX: WeChat answers 40033.
    content = None if json_body is None else json.dumps(json_body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"} if content is not None else None
    request = http_client().build_request(
        method, url, params=params, content=content, data=form, files=files, headers=headers,
        timeout=TIMEOUT if timeout is None else timeout,
    )  # fmt: skip
    status, body, failure = _exchange(request)
    # Raised outside the except block, so that the client's exception with the token in its URL is not chained.
    if failure is not None:
        raise _transport_error(failure, mutates=mutates)
    if not 200 <= status < 300:  # noqa: PLR2004 -- the HTTP success class
        raise _status_error(status, mutates=mutates)
    return body


def decode(body: bytes, *, mutates: bool) -> dict[str, Any]:
    """Read a JSON object. A broken answer to a changing request leaves its outcome unknown."""
    try:
        answer = json.loads(body.decode("utf-8", "replace"), strict=False)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    start = redact_text(body[:80].decode("utf-8", "replace"))
    raise doubtful(mutates=mutates, code="bad_answer", message=f"The answer is not a JSON object: {start!r}")


def doubtful(*, mutates: bool, code: str, message: str) -> PlatformError:
    """Build the error for a failure after the request may have arrived."""
    if mutates:
        return PlatformError(ErrKind.UNKNOWN_OUTCOME, code, message, hint_zh=HINT_UNKNOWN)
    return PlatformError(ErrKind.TRANSIENT, code, message, hint_zh=HINT_UNREACHABLE)


def _exchange(request: httpx2.Request) -> tuple[int, bytes, Exception | None]:
    try:
        response = http_client().send(request, stream=True)
        try:
            return response.status_code, _read_limited(response), None
        finally:
            response.close()
    except (httpx2.HTTPError, httpx2.InvalidURL, OverflowError) as error:
        return 0, b"", error


def _read_limited(response: httpx2.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise OverflowError("The answer is larger than we are willing to read.")
    return bytes(body)


def _transport_error(error: Exception, *, mutates: bool) -> PlatformError:
    unsent = isinstance(error, NOT_SENT)
    message = redact_text(str(error)) or type(error).__name__
    return doubtful(mutates=mutates and not unsent, code=type(error).__name__, message=message)


def _status_error(status: int, *, mutates: bool) -> PlatformError:
    if status >= 500 or status == 408:  # noqa: PLR2004 -- server error and request time-out classes of HTTP
        return doubtful(mutates=mutates, code=f"http_{status}", message=f"HTTP status {status}")
    if status == 429:  # noqa: PLR2004 -- Too Many Requests
        return PlatformError(ErrKind.RATE, "http_429", "HTTP status 429", hint_zh="平台说请求太快，稍后会自动再试。")
    hint = "平台不接受这次请求。请检查平台地址配置，或联系技术人员。"
    return PlatformError(ErrKind.INVALID, f"http_{status}", f"HTTP status {status}", hint_zh=hint)

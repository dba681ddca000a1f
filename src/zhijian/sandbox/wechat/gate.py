"""What stands before every endpoint: method, token, permission, daily counter, readable body."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from zhijian.sandbox.wechat.answers import Refusal, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from zhijian.sandbox.state import Account, World

LARGEST_UPLOAD: Final = 12 * 1024 * 1024
_ESCAPED: Final = re.compile(rb"\\u[0-9a-fA-F]{4}")


@dataclass
class Upload:
    name: str
    media_type: str
    data: bytes


@dataclass
class Call:
    """One request that has passed the gate."""

    world: World
    account: Account
    query: Mapping[str, str]
    base_url: str
    body: dict[str, Any] = field(default_factory=dict)
    upload: Upload | None = None

    def text(self, name: str) -> str:
        """Return a member of the body as text; absent is empty."""
        value = self.body.get(name)
        return str(value) if isinstance(value, (str, int)) else ""

    def page(self) -> tuple[int, int]:
        """Return offset and count of a listing. Raises Refusal (40035)."""
        offset, count = self.body.get("offset", 0), self.body.get("count", 0)
        if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or not 1 <= count <= PAGE_LIMIT:
            raise Refusal(40035)
        return offset, count


PAGE_LIMIT: Final = 20


@dataclass(frozen=True)
class Endpoint:
    path: str
    answer: Callable[[Call], dict[str, Any] | Response]
    method: str = "POST"
    daily: int = 0
    verified: bool = False
    upload: bool = False

    async def serve(self, request: Request) -> Response:
        """Answer one HTTP request the way the platform does."""
        try:
            return _json(await self._answer(request))
        except Refusal as refused:
            return _json(refusal(refused.code))

    async def _answer(self, request: Request) -> dict[str, Any] | Response:
        if request.method != self.method:
            raise Refusal(43001 if self.method == "GET" else 43002)
        world: World = request.app.state.world
        account = owner_of(world, request.query_params.get("access_token", ""))
        if self.verified and not account.verified:
            raise Refusal(48001)
        call = Call(world, account, request.query_params, _base_url(world, request))
        if self.upload:
            call.upload = await _read_upload(request)
        elif self.method == "POST":
            call.body = read_json(await request.body())
        count_call(world, account, self)
        return self.answer(call)


def owner_of(world: World, token: str) -> Account:
    """Return the account a token belongs to. Raises Refusal (41001, 40001, 42001)."""
    if not token:
        raise Refusal(41001)
    for account in world.accounts.values():
        for held in account.tokens:
            if held.value == token:
                if held.expires_at <= world.now():
                    raise Refusal(42001)
                return account
    raise Refusal(40001)


def count_call(world: World, account: Account, endpoint: Endpoint) -> None:
    """Count a call towards today's quota. Raises Refusal (45009)."""
    limit = account.limits.get(endpoint.path, endpoint.daily)
    name = f"{world.day()} {endpoint.path}"
    used = account.used.get(name, 0)
    if limit and used >= limit:
        raise Refusal(45009)
    account.used[name] = used + 1


def read_json(raw: bytes) -> dict[str, Any]:
    """Read a request body. Raises Refusal (40033 for escaped text, 47001)."""
    if _ESCAPED.search(raw):
        raise Refusal(40033)
    try:
        body = json.loads(raw.decode("utf-8"))
    except ValueError:
        raise Refusal(47001) from None
    if not isinstance(body, dict):
        raise Refusal(47001)
    return body


def _json(answer: dict[str, Any] | Response) -> Response:
    if isinstance(answer, Response):
        return answer
    # The platform labels many of its JSON answers as text.
    return JSONResponse(answer, media_type="text/plain")


def _base_url(world: World, request: Request) -> str:
    return world.base_url or str(request.base_url).rstrip("/")


async def _read_upload(request: Request) -> Upload:
    async with request.form(max_files=1, max_part_size=LARGEST_UPLOAD) as form:
        media = form.get("media")
        if not isinstance(media, UploadFile):
            raise Refusal(41005)
        data = await media.read()
        return Upload(media.filename or "", media.content_type or "", data)

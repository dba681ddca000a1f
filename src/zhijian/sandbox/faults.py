"""Making the next requests go wrong in a chosen way."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Final

from zhijian.sandbox.wechat.answers import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from zhijian.sandbox.state import Fault, World

KINDS: Final = frozenset({"errcode", "http", "latency", "drop_after_commit", "truncate", "bad_json", "reset"})
_BEFORE: Final = frozenset({"errcode", "http", "reset"})


class FaultMiddleware:
    """Stands outside the application, so that a connection can be cut before or after the work is done."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        counted = scope["type"] == "http" and not scope["path"].startswith("/_ctl")
        self.world.under_way += counted
        try:
            await self._carry_out(scope, receive, send)
        finally:
            self.world.under_way -= counted

    async def _carry_out(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._due_fault(scope.get("path", "")) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.kind in _BEFORE:
            await _refuse(fault, receive, send)
        else:
            await self._spoil(fault, scope, receive, send)

    def _due_fault(self, path: str) -> Fault | None:
        if path.startswith("/_ctl"):
            return None
        for fault in self.world.faults:
            if fault.times > 0 and fault.match in path and random.random() < fault.probability:  # noqa: S311 -- a dice for tests
                fault.times -= 1
                return fault
        return None

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind == "latency":
            # What has arrived is carried out, however long it takes and whether the caller still lives or not.
            arrived = await _arrived(receive)
            await asyncio.sleep(fault.seconds)
            await self.app(scope, arrived, send)
            return
        body = bytearray()

        async def swallow(message: Message) -> None:
            body.extend(message.get("body", b""))

        await self.app(scope, receive, swallow)
        if fault.kind == "bad_json":
            await _answer(send, 200, b"<html>502 Bad Gateway</html>")
        elif fault.kind == "truncate":
            await _truncate(send, bytes(body))
        else:
            _cut(send)


async def _refuse(fault: Fault, receive: Receive, send: Send) -> None:
    await _drain(receive)
    if fault.kind == "errcode":
        await _answer(send, 200, json.dumps(refusal(fault.code)).encode())
    elif fault.kind == "http":
        await _answer(send, fault.status, b"")
    else:
        _cut(send)


async def _arrived(receive: Receive) -> Receive:
    """Return a receiver that hands out the whole request, taken in beforehand."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _truncate(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    _cut(send)


def _cut(send: Send) -> None:
    """Close the connection under the server. ASGI has no word for it, so the server's own transport is asked."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.close()

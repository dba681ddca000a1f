"""Who is asking, for the audit row: the address and the request number, held for the length of one request."""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Origin:
    address: str | None = None
    request: str = ""


_origin: ContextVar[Origin] = ContextVar("zhijian_origin", default=Origin())  # noqa: B039 - frozen


def origin() -> Origin:
    """Return where the present act comes from; empty outside a request."""
    return _origin.get()


class OriginMiddleware:
    """Hold the caller's address and a fresh request number while a request is served, and name it in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(8)
        token = _origin.set(Origin(request.META.get("REMOTE_ADDR") or None, number))
        try:
            response = self.get_response(request)
        finally:
            _origin.reset(token)
        response["X-Request-Number"] = number
        return response

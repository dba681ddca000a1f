"""Turns the answers of the rooms into pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig

from zhijian.lib.errors import Refused
from zhijian.ui.errors import error_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class RefusalMiddleware:
    """A `Refused` that no view caught becomes a 409 page with its reasons; a body over the limit a 413 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Called by Django when a view raised."""
        if isinstance(exception, Refused):
            return error_page(request, 409, reasons=exception.reasons)
        if isinstance(exception, RequestDataTooBig):
            return error_page(request, 413)
        return None

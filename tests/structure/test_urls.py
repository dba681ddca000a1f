"""Every address asks for a sign-in, or stands on the list of those that are meant for everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

# Rooms whose every page is for citizens, or whose pages prove the caller in another way.
PUBLIC_ROOMS = {
    "zhijian.portal": "the citizens' pages",
    "zhijian.ui": "colours and type size, kept in a cookie of the visitor's own",
    "zhijian.channels.hooks": "platforms call; each call is proved by its signature",
}
PUBLIC_ROUTES = {
    "sign-in/": "the sign-in itself",
    "sign-in/out/": "signing out when nobody is signed in leads home",
    "sign-in/inactive/": "says that a sign-in is closed",
    "sign-in/two-factor/authenticate/": "the second step of the sign-in",
    "setup/": "the wizard of an empty installation, opened by the code from the terminal; 404 once founded",
    "api/v1/": "the root of the interface holds nothing",
    "api/v1/openapi.json": "the description of the interface, for whoever writes a program",
}
SAMPLES = {
    "int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000",
    "sha256": "0" * 64,
}  # fmt: skip
CLOSED = {401, 403, 405}


def _walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, getattr(pattern.callback, "__module__", "")


def _is_public(route: str, module: str) -> bool:
    return route in PUBLIC_ROUTES or any(module == room or module.startswith(f"{room}.") for room in PUBLIC_ROOMS)


def _closed_routes() -> list[str]:
    return [route for route, module in _walk(get_resolver().url_patterns) if not _is_public(route, module)]


def _address(route: str) -> str:
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES.get(match[1] or "str", "x"), route)
    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)", "x", filled)


@pytest.mark.django_db
def test_every_page_that_is_not_public_sends_a_stranger_to_the_sign_in() -> None:
    visitor = Client()
    open_pages = {}
    for route in _closed_routes():
        answers = [visitor.get(_address(route)), visitor.post(_address(route))]
        told = [(answer.status_code, answer.headers.get("Location", "")) for answer in answers]
        refused = [status in CLOSED or (status == 302 and place.startswith("/sign-in/")) for status, place in told]
        if not all(refused) or all(status == 405 for status, _ in told):
            open_pages[route] = told
    assert open_pages == {}


def test_every_exception_is_still_an_address() -> None:
    routes = dict(_walk(get_resolver().url_patterns))
    assert set(PUBLIC_ROUTES) - set(routes) == set()

"""Who is asking, for the audit row: the address and the request number, held for the length of one request."""

from __future__ import annotations

import ipaddress
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest, HttpResponse

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Origin:
    address: str | None = None
    request: str = ""


_origin: ContextVar[Origin] = ContextVar("zhijian_origin", default=Origin())  # noqa: B039 - frozen


def origin() -> Origin:
    """Return where the present act comes from; empty outside a request."""
    return _origin.get()


def client_address(peer: str, forwarded_for: str, trusted: Iterable[Network]) -> str:
    """Return who really asks: the peer, or where the peer is a trusted gateway, whom it names.

    Each gateway appends the address it was asked from, so the list is read from the right: trusted gateways are
    skipped, the first other address counts, and whatever stands left of it was written by the caller. An entry that
    is no address ends the walk at the last trusted one.
    """
    found = peer
    for entry in [*reversed(forwarded_for.split(",")), ""]:
        if not _is_within(found, trusted) or not (named := _plain(entry)):
            break
        found = named
    return found


def _is_within(address: str, networks: Iterable[Network]) -> bool:
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(given in network for network in networks)


def _plain(entry: str) -> str:
    """Return an entry of X-Forwarded-For as an address, "" when it is none."""
    try:
        given = ipaddress.ip_address(entry.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return ""
    mapped = getattr(given, "ipv4_mapped", None)
    return str(mapped or given)


class GatewayMiddleware:
    """Put the real caller into REMOTE_ADDR, and drop forwarded headers that no trusted gateway has written.

    So the log, the rate limits of the sign-in and whoever else asks read one address, and nobody can choose it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        facts, trusted = request.META, settings.ZHIJIAN_TRUSTED_PROXIES
        peer = _plain(facts.get("REMOTE_ADDR", ""))
        forwarded_for = facts.pop("HTTP_X_FORWARDED_FOR", "")
        if not _is_within(peer, trusted):
            facts.pop("HTTP_X_FORWARDED_PROTO", None)
        elif peer:
            facts["REMOTE_ADDR"] = client_address(peer, forwarded_for, trusted)
        return self.get_response(request)


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

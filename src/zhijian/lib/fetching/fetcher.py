"""The guarded fetch itself: one address, its redirects by hand, each of them judged like the first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING, Final

import httpx2

from zhijian.lib.fetching import transport
from zhijian.lib.fetching.addresses import Guard
from zhijian.lib.fetching.bodies import ACCEPTED, read_body
from zhijian.lib.fetching.outcomes import Barred, Gone, NoSuchName, NotSeen, Obstacle, Outcome, Reached

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from zhijian.lib.fetching.transport import Resolver

AGENT: Final = "zhijian"
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
GONE: Final = frozenset({404, 410})
LONGEST_ADDRESS: Final = 4000
_LOOKS_NUMERIC: Final = re.compile(r"(\d+|0x[0-9a-f]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for each part and for the whole, redirects included; `size` counts bytes after unpacking."""

    resolve: float = 5.0
    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    size: int = 5 * 1024 * 1024
    hops: int = 5


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches what `guard` lets through.

    `pace(host)` is called before every request and may wait; `may_read(url)` may name an obstacle (see `robots`);
    `resolve(host, port)` returns addresses; `tls` is the context that verifies certificates.
    """

    guard: Guard = field(default_factory=Guard)
    limits: Limits = field(default_factory=Limits)
    pace: Callable[[str], None] | None = None
    may_read: Callable[[str], Obstacle | None] | None = None
    resolve: Resolver = transport.system_resolver
    tls: ssl.SSLContext | None = None
    agent: str = AGENT

    def get(self, url: str, *, body: bool = True, headers: Mapping[str, str] | None = None) -> Outcome:
        """Fetch a page, following redirects; without `body` only status and headers are read (for link checks)."""
        deadline = transport.Deadline(self.limits.total)
        hops: list[str] = []
        while True:
            found = self._one("GET", url, hops=hops, deadline=deadline, headers=headers, body=body)
            target = _target(found)
            if target is None or not isinstance(found, Reached):
                return found
            hops.append(url)
            if len(hops) > self.limits.hops:
                return NotSeen(found.url, Obstacle.TOO_MANY_HOPS, tuple(hops))
            if target in hops:
                return NotSeen(found.url, Obstacle.LOOP, tuple(hops))
            url = target

    def post(self, url: str, *, form: Mapping[str, str]) -> Outcome:
        """Send a form. A redirect is not followed: what was typed goes nowhere else."""
        return self._one("POST", url, hops=[], deadline=transport.Deadline(self.limits.total), form=form)

    def post_json(self, url: str, *, content: bytes, headers: Mapping[str, str] | None = None) -> Outcome:
        """Send JSON that is already bytes. A redirect is not followed: what was sent goes nowhere else."""
        deadline = transport.Deadline(self.limits.total)
        sent = {**(headers or {}), "Content-Type": "application/json; charset=utf-8"}
        return self._one("POST", url, hops=[], deadline=deadline, headers=sent, form=content)

    def why_not(self, url: str) -> Obstacle | None:
        """Tell what is wrong with an address by its looks, without asking anybody: for forms."""
        try:
            _checked(url, self.guard)
        except Barred as barred:
            return barred.obstacle
        return None

    def _one(
        self,
        method: str,
        url: str,
        *,
        hops: list[str],
        deadline: transport.Deadline,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | bytes | None = None,
        body: bool = True,
    ) -> Outcome:
        try:
            address = _checked(url, self.guard)
            self._ask_leave(url, address.host)
            found = self._exchange(method, address, deadline, headers or {}, form, body=body)
        except NoSuchName:
            return Gone(url, None, tuple(hops))
        except Barred as barred:
            return NotSeen(url, barred.obstacle, tuple(hops))
        if found[0] in GONE:
            return Gone(url, found[0], tuple(hops))
        return _reached(url, *found, hops=tuple(hops))

    def _ask_leave(self, url: str, host: str) -> None:
        obstacle = self.may_read(url) if self.may_read else None
        if obstacle is not None:
            raise Barred(obstacle)
        if self.pace is not None:
            self.pace(host)

    def _exchange(
        self,
        method: str,
        address: httpx2.URL,
        deadline: transport.Deadline,
        headers: Mapping[str, str],
        form: Mapping[str, str] | bytes | None,
        *,
        body: bool,
    ) -> tuple[int, httpx2.Headers, bytes]:
        backend = transport.GuardedBackend(self.guard, self.resolve, deadline, self.limits.resolve)
        timeout = httpx2.Timeout(self.limits.read, connect=self.limits.connect)
        sent = {**headers, "User-Agent": self.agent, "Accept-Encoding": ACCEPTED}
        plain = form if isinstance(form, bytes) else None
        fields = None if isinstance(form, bytes) else form
        way = transport.GuardedTransport(backend, self.tls or _usual_tls())
        try:
            with (
                httpx2.Client(transport=way, timeout=timeout, trust_env=False) as client,
                client.stream(method, address, headers=sent, content=plain, data=fields) as answer,
            ):
                wanted = body and answer.status_code not in REDIRECTS | GONE
                return answer.status_code, answer.headers, self._body(answer) if wanted else b""
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Barred(Obstacle.BROKEN) from error

    def _body(self, answer: httpx2.Response) -> bytes:
        encoding = answer.headers.get("content-encoding", "")
        return read_body(answer.iter_raw(), encoding=encoding, limit=self.limits.size)


@cache
def _usual_tls() -> ssl.SSLContext:
    """Return the system's trust; reading the certificates takes longer than a fetch, so it is kept."""
    return httpx2.create_ssl_context()


def _checked(url: str, guard: Guard) -> httpx2.URL:
    """Return the address as it will be opened. Raises Barred for what can be told by its looks."""
    address = _parsed(url)
    if address.scheme not in DEFAULT_PORTS:
        raise Barred(Obstacle.SCHEME)
    if address.userinfo or "@" in address.netloc.decode("ascii", "replace"):
        raise Barred(Obstacle.USER_INFO)
    if not address.host or _is_odd_number(address.host):
        raise Barred(Obstacle.BAD_ADDRESS)
    port = address.port or DEFAULT_PORTS[address.scheme]
    if not guard.knows_port(port):
        raise Barred(Obstacle.PORT)
    known = _known_address(address.host)
    if known is not None and not guard.admits(known, port):
        raise Barred(Obstacle.PRIVATE)
    return address


def _parsed(url: str) -> httpx2.URL:
    if len(url) > LONGEST_ADDRESS or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise Barred(Obstacle.BAD_ADDRESS)
    try:
        address = httpx2.URL(url)
        address.host, address.port, address.raw_path  # noqa: B018 -- read here, because a bad one raises when read
    except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise Barred(Obstacle.BAD_ADDRESS) from error
    return address


def _is_odd_number(host: str) -> bool:
    """Tell whether a host is a number in another form than four decimals: nobody honest writes 0x7f.1 or 017700000001.

    The old C library reads them as addresses, so they are no names either.
    """
    if ":" in host or not _LOOKS_NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return False
    try:
        return str(IPv4Address(host)) != host
    except ValueError:
        return True


def _known_address(host: str) -> str | None:
    """Return the address of a host that needs no name server: an address itself, or this machine's own name."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ip_address(name))
    except ValueError:
        return None


def _target(found: Outcome) -> str | None:
    """Return where a redirect points, in full; None for any other answer."""
    if not isinstance(found, Reached) or found.status not in REDIRECTS or not found.headers.get("location"):
        return None
    try:
        return str(httpx2.URL(found.url).join(found.headers["location"]))
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        return found.headers["location"]


def _reached(url: str, status: int, headers: httpx2.Headers, body: bytes, *, hops: tuple[str, ...]) -> Reached:
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters, re.IGNORECASE)
    return Reached(
        status, url, {name.lower(): value for name, value in headers.items()}, body, media_type.strip().lower(),
        charset[1] if charset else "", hops,
    )  # fmt: skip

"""The way to the server: the name is resolved once, judged, and the very address that was judged is connected to."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

from zhijian.lib.fetching.outcomes import Barred, NoSuchName, Obstacle

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from zhijian.lib.fetching.addresses import Guard

    Resolver = Callable[[str, int], Sequence[str]]

MOST_TRIED = 4
SMALLEST_WAIT = 0.001


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a name in the system's order. Raises NoSuchName, Barred."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:
            raise NoSuchName from error
        lasting = error.errno == getattr(socket, "EAI_NODATA", None)
        raise Barred(Obstacle.NO_ADDRESS if lasting else Obstacle.NAME_SERVER) from error
    except (UnicodeError, OSError) as error:
        raise Barred(Obstacle.BAD_ADDRESS) from error
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class Deadline:
    """The moment at which the whole fetch ends, whatever it is doing."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def cut(self, seconds: float | None) -> float:
        """Return `seconds`, or what is left when that is less. Raises Barred when nothing is left."""
        left = self._end - time.monotonic()
        if left < SMALLEST_WAIT:
            raise Barred(Obstacle.TIMEOUT)
        return left if seconds is None else min(seconds, left)


class TimedStream(httpcore2.NetworkStream):
    """A connection whose every read and write ends with the fetch: a server that drips gains no time by it."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.cut(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.cut(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.cut(timeout))
        except httpcore2.ConnectError as error:
            raise Barred(Obstacle.TLS) from error
        return TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@dataclass
class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections for one fetch. TLS goes on with the name, so certificate and SNI are the name's."""

    guard: Guard
    resolve: Resolver
    deadline: Deadline
    resolve_seconds: float

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        del local_address
        addresses = self._addresses(host, port)
        if not all(self.guard.admits(address, port) for address in addresses):
            raise Barred(Obstacle.PRIVATE)
        return TimedStream(self._first_that_answers(addresses, port, timeout, socket_options), self.deadline)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        raise Barred(Obstacle.PRIVATE)

    def _addresses(self, host: str, port: int) -> list[str]:
        """Ask the resolver, which knows no time-out of its own, from a thread that may be left behind."""
        answers: list[list[str] | Exception] = []

        def ask() -> None:
            try:
                answers.append(list(self.resolve(host, port)))
            except Exception as error:  # noqa: BLE001 -- handed to the thread that asked, which raises it
                answers.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self.deadline.cut(self.resolve_seconds))
        answer = answers[0] if answers else Barred(Obstacle.NAME_SERVER)
        if isinstance(answer, Exception):
            raise answer
        if not answer:
            raise Barred(Obstacle.NO_ADDRESS)
        return answer

    def _first_that_answers(
        self, addresses: Sequence[str], port: int, timeout: float | None, options: Iterable[Any] | None
    ) -> httpcore2.NetworkStream:
        failure: Exception = Barred(Obstacle.CONNECT)
        for address in addresses[:MOST_TRIED]:
            try:
                return httpcore2.SyncBackend().connect_tcp(
                    address, port, self.deadline.cut(timeout), socket_options=options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class GuardedTransport(httpx2.BaseTransport):
    """What httpx2 sends through: no proxy, no kept connection, nothing but the guarded backend."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore2.ConnectionPool(ssl_context=tls, network_backend=backend, max_keepalive_connections=0)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        with told_apart():
            answer = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method, url=url, headers=request.headers.raw, content=request.stream,
                    extensions=request.extensions,
                )
            )  # fmt: skip
        stream = _Stream(answer)
        return httpx2.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with told_apart():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn what goes wrong on the wire into the reasons of a fetch."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise Barred(Obstacle.TIMEOUT) from error
    except httpcore2.ConnectError as error:
        raise Barred(Obstacle.CONNECT) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        raise Barred(Obstacle.BROKEN) from error
    except httpcore2.UnsupportedProtocol as error:
        raise Barred(Obstacle.SCHEME) from error

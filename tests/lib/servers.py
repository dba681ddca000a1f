"""Real servers on this machine that behave as badly as strangers do."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Answer = bytes | Callable[[socket.socket], None] | dict[str, bytes]
    """What a path gives: bytes, who answers, or bytes by a word the request holds, the first that fits."""


def plain(body: bytes, *, status: str = "200 OK", **headers: str) -> bytes:
    """Write a whole answer."""
    told = {"Content-Length": str(len(body)), "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def moved(target: str, status: str = "302 Found") -> bytes:
    """Write a redirect."""
    return plain(b"", status=status, Location=target)


def drip(connection: socket.socket) -> None:
    """Send a byte now and then, for ever: each read is answered in time, the whole never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def drip_headers(connection: socket.socket) -> None:
    """Never come to the end of the headers."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    """Send as fast as the reader takes it, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def silent(connection: socket.socket) -> None:
    """Take the request and say nothing."""
    connection.recv(1)


def bomb(megabytes: int) -> bytes:
    """Pack zeros so that a thousandth of them goes over the wire."""
    return plain(gzip.compress(bytes(megabytes * 1024 * 1024)), Content_Encoding="gzip")


@dataclass
class Site:
    """A running server: `pages` by path; what was asked of it stands in the lists.

    `asked` are paths, `heads` whole heads of requests, `names` the TLS names it was called by.
    """

    port: int
    pages: dict[str, Answer]
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serving(pages: dict[str, Answer], *, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve on a free port of 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site = Site(listener.getsockname()[1], pages)
        if tls is not None:
            tls.sni_callback = lambda _, name, __: site.names.append(name)
        threading.Thread(target=_serve, args=(listener, site, tls), daemon=True).start()
        yield site
        # Closing alone leaves the thread that waits in accept() listening.
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, site: Site, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, site, tls), daemon=True).start()


def _answer(connection: socket.socket, site: Site, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), connection:
        talk = tls.wrap_socket(connection, server_side=True) if tls else connection
        request = b""
        while b"\r\n\r\n" not in request:
            got = talk.recv(65536)
            if not got:
                return
            request += got
        head, _, body = request.partition(b"\r\n\r\n")
        told = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while told and len(body) < int(told[1]):
            body += talk.recv(65536)
        path = head.split(b" ")[1].decode()
        site.asked.append(path)
        site.bodies.append(body)
        site.heads.append(head)
        answer = site.pages.get(path, plain(b"", status="404 Not Found"))
        if isinstance(answer, dict):
            answer = next(one for word, one in answer.items() if word.encode() in head)
        if isinstance(answer, bytes):
            talk.sendall(answer)
        else:
            answer(talk)
        talk.close()


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's context with a fresh certificate for `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + built.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cafile=str(path))
    return server, client

"""Reading a body to its limit: counted after unpacking, and unpacked in small pieces, so that a bomb does not burst."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from zhijian.lib.fetching.outcomes import Barred, Obstacle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE: Final = 64 * 1024
ACCEPTED: Final = "gzip, deflate"
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


def read_body(chunks: Iterable[bytes], *, encoding: str, limit: int) -> bytes:
    """Return the unpacked body. Raises Barred when it is longer than `limit` bytes, broken, or packed otherwise."""
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in {"", "identity"}]
    if len(names) > 1 or not _PACKED.issuperset(names):
        raise Barred(Obstacle.ENCODING)
    body = bytearray()
    for piece in _unpacked(chunks) if names else chunks:
        body += piece
        if len(body) > limit:
            raise Barred(Obstacle.TOO_LARGE)
    return bytes(body)


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    machine, begun = zlib.decompressobj(_GZIP_OR_ZLIB), False
    for chunk in chunks:
        waiting = chunk
        while waiting:
            if machine.eof:  # one gzip member after another is allowed (RFC 1952 §2.2)
                machine = zlib.decompressobj(_GZIP_OR_ZLIB)
            begun = True
            yield _step(machine, waiting)
            waiting = machine.unconsumed_tail or machine.unused_data
    while begun and not machine.eof:
        piece = _step(machine, b"")
        if not piece:
            raise Barred(Obstacle.BROKEN)
        yield piece


def _step(machine: zlib._Decompress, waiting: bytes) -> bytes:
    try:
        return machine.decompress(waiting, PIECE)
    except zlib.error as error:
        raise Barred(Obstacle.BROKEN) from error

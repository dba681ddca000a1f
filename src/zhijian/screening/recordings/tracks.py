"""What kinds of tracks an MP4 file holds (ISO/IEC 14496-12): its boxes are walked, nothing is unpacked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BOXES: Final = 10_000
"""Of one file; with more than that nothing is said about its tracks."""
_HEAD: Final = 8
_LONG_HEAD: Final = 16
_HOLDERS: Final = frozenset({b"moov", b"trak", b"mdia"})
_KIND_AT: Final = 8
"""Bytes from the beginning of a handler box: a version and a field of zeros come first."""
_BESIDE_SOUND: Final = frozenset({b"text", b"sbtl", b"subt", b"clcp", b"meta", b"hint", b"tmcd"})


def holds_only_sound(file: int) -> bool:
    """Tell whether an MP4 file (the number of an open file) says that it has sound and no pictures.

    False for files whose boxes cannot be read to their end: a damaged film is never taken for sound.
    """
    kinds = set(_kinds_of_tracks(file))
    return b"soun" in kinds and kinds <= {b"soun", *_BESIDE_SOUND}


def _kinds_of_tracks(file: int) -> Iterator[bytes]:
    """Yield the kind of every track as its handler tells it, and b"" where the boxes do not fit into one another."""
    waiting, boxes = [(0, os.fstat(file).st_size)], 0
    while waiting:
        at, end = waiting.pop()
        while at < end:
            name, inside, following = _box(file, at, end)
            boxes += 1
            if following > end or following <= at or boxes > _MOST_BOXES:
                yield b""
                return
            if name in _HOLDERS:
                waiting.append((inside, following))
            elif name == b"hdlr":
                yield os.pread(file, 4, inside + _KIND_AT)
            at = following


def _box(file: int, at: int, end: int) -> tuple[bytes, int, int]:
    """Return the name of the box at an offset, where its content begins and where the next box does."""
    head = os.pread(file, _LONG_HEAD, at)
    if len(head) < _HEAD:
        return b"", at, 0
    size, name = int.from_bytes(head[:4]), head[4:_HEAD]
    if size == 1:
        return name, at + _LONG_HEAD, at + int.from_bytes(head[_HEAD:])
    return name, at + _HEAD, end if size == 0 else at + size

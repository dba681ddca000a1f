"""What is said in a recording, written down by a plug-in of the office's own.

This product carries no model of speech. An office that runs one gives the dotted name of a `Listener`
(`package.module:name`); it is called in a process of its own, which is killed when its time is over.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES: Final = 8 * 1024**2
"""Of what was heard. An hour of talk is some 15,000 characters."""
LONGEST: Final = 4 * 3600.0
END: Final = b"end"
"""The last line of the answer; without it the plug-in went away in the middle."""
_LEAST: Final = 1.0
_NEVER: Final = 1e7
"""Seconds; no recording is that long, and what is no number is not below it."""
_HUNG: Final = "听声音的插件用时过长，已停下，声音没有听完。请自己听一遍。"
_BROKEN: Final = "听声音的插件出错，声音没有听。请管理员查看运行日志，并自己听一遍。"


class NotHeard(Exception):  # noqa: N818 - a result, not a fault
    """Nobody listened to the end; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words that are spoken from `at` to `until`, in seconds from the beginning."""

    text: str
    at: float
    until: float


class Listener(Protocol):
    """What a plug-in offers: it is called with the path of a file of sound or moving pictures.

    It gives the words in their order, each with the seconds it is spoken from and to. The path has no ending that
    tells the kind. What it prints goes to the log as an exception does, which is told as "not heard".
    """

    def __call__(self, path: str, /) -> Iterable[tuple[float, float, str]]: ...


def listen(file: IO[bytes], listener: str, *, seconds: float | None) -> tuple[Heard, ...]:
    """Return what a plug-in hears in an open file, in at most `seconds`. Raises `NotHeard`."""
    command = [sys.executable, "-m", "zhijian.screening.recordings.hearing", listener, f"/dev/fd/{file.fileno()}"]
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(  # noqa: S603 - our own module; the plug-in is named by the administrator
            command, stdin=subprocess.DEVNULL, stdout=answer,
            pass_fds=(file.fileno(),), start_new_session=True,
        )  # fmt: skip
        try:
            status = process.wait(LONGEST if seconds is None else max(_LEAST, min(seconds, LONGEST)))
        except subprocess.TimeoutExpired:
            raise NotHeard(_HUNG) from None
        finally:
            _end(process)
        answer.seek(0)
        told = answer.read(MOST_BYTES + 1)
    if status != 0 or len(told) > MOST_BYTES:
        raise NotHeard(_BROKEN)
    *lines, end = told.splitlines() or [b""]
    try:
        heard = [Heard(str(text), float(at), float(until)) for at, until, text in map(json.loads, lines)]
    except (ValueError, TypeError) as error:
        raise NotHeard(_BROKEN) from error
    if end != END or not all(0 <= one.at <= one.until < _NEVER for one in heard):
        raise NotHeard(_BROKEN)
    return tuple(heard)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the plug-in behind, also no programs it began."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

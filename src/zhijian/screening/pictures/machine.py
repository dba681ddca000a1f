"""The process that reads pictures: one per program, started when first needed, ended when it hangs, started anew."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Final

from zhijian.screening.pictures import wire

SECONDS: Final = 40.0
"""A whole poster takes about two seconds of one core, the first one two more for the model."""
MODULE: Final = "zhijian.screening.pictures.child"
HUNG: Final = "识别用时过长，已停下。请缩小图片再试，或者人工核对图片上的文字。"
DIED: Final = "识别程序中断。请稍后再试，或者人工核对图片上的文字。"
BUSY: Final = "正在识别别的图片，这一张没有轮到。请稍后再试。"


class NotLooked(Exception):  # noqa: N818 - reads as what happened
    """The picture was not looked at. The sentence tells a person why."""


class Machine:
    """Keeps one reading process and speaks to it, one picture at a time. Thread-safe; after a fork it starts anew.

    `seconds` is the time for one picture, waiting included; `command` is what to start, given a file number at its end.
    """

    def __init__(self, *, seconds: float = SECONDS, command: tuple[str, ...] = (sys.executable, "-m", MODULE)) -> None:
        self._seconds = seconds
        self._command = command
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._owner = 0

    def look(self, data: bytes, *, seconds: float | None = None, file: int | None = None) -> dict[str, Any]:
        """Return what the process read as JSON values. Raises `NotLooked` when it could not in time.

        `seconds` shortens the time of this one picture. With the number of an open `file` it is a recording, and
        `data` are the options of `recordings.watching.watch` as JSON.
        """
        most = self._seconds if seconds is None else max(0.1, min(seconds, self._seconds))
        deadline = time.monotonic() + most
        if not self._turn.acquire(timeout=most):
            raise NotLooked(BUSY)
        try:
            return self._ask(data, deadline, file)
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process, if there is one. The next picture starts another."""
        if self._channel is not None:
            self._channel.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._process = self._channel = None

    def _ask(self, data: bytes, deadline: float, file: int | None) -> dict[str, Any]:
        for last in (False, True):
            try:
                return self._exchange(data, deadline, file)
            except TimeoutError as error:
                self.close()
                raise NotLooked(HUNG) from error
            except (OSError, EOFError, ValueError) as error:
                self.close()
                if last:
                    raise NotLooked(DIED) from error
        raise NotLooked(DIED)

    def _exchange(self, data: bytes, deadline: float, file: int | None) -> dict[str, Any]:
        channel = self._ready()
        channel.settimeout(max(0.1, deadline - time.monotonic()))
        wire.send(channel, data, file)
        channel.settimeout(max(0.1, deadline - time.monotonic()))
        answer = json.loads(wire.receive(channel))
        if not isinstance(answer, dict):
            raise ValueError("An answer is an object.")  # noqa: TRY004 - a wrong answer, not a wrong type of ours
        return answer

    def _ready(self) -> socket.socket:
        alive = self._process is not None and self._owner == os.getpid() and self._process.poll() is None
        if not alive or self._channel is None:
            self.close()
            self._start()
        assert self._channel is not None  # noqa: S101 - for the type checker
        return self._channel

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 -- our own program
                [*self._command, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                close_fds=True,
            )
        self._channel, self._owner = ours, os.getpid()


USUAL: Final = Machine()

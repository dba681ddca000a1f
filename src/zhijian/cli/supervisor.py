"""Keeping the processes of a running installation alive, and stopping all of them together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from zhijian.cli.problems import StartupProblem, explained

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import FrameType

    from zhijian.cli.postgres import Cluster

RESTARTS = 3
WINDOW_SECONDS = 60.0
STOP_SECONDS = 20.0
LARGEST_LOG = 10 * 1024 * 1024
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


class Part(Protocol):
    """One part of a running installation."""

    @property
    def name(self) -> str:
        """The part's name in Chinese, for sentences."""

    def start(self) -> None:
        """Start it; a part that runs already is left alone."""

    def is_running(self) -> bool: ...

    def ask_to_stop(self) -> None:
        """Begin to stop without waiting."""

    def wait_until_stopped(self, seconds: float) -> None:
        """Wait, and end it the hard way when `seconds` are over."""


def _die_with_parent() -> None:
    """Ask Linux to end this child when the supervisor is killed, so that no port stays taken."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Process:
    """A child process in a group of its own: Ctrl-C reaches only the supervisor, which stops all in order."""

    name: str
    arguments: Sequence[str]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.is_running():
            return
        try:
            if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
                self.log.replace(self.log.with_suffix(".old.log"))
            with self.log.open("ab") as output:
                self.child = subprocess.Popen(  # noqa: S603 -- our own programs
                    self.arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=_die_with_parent,  # noqa: PLW1509 -- one prctl call, and the supervisor has no threads
                )
        except OSError as error:
            raise explained(error, self.log.parent) from error

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def ask_to_stop(self) -> None:
        if self.child is not None and self.is_running():
            self.child.terminate()

    def wait_until_stopped(self, seconds: float) -> None:
        if self.child is None:
            return
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()


@dataclass
class Server:
    """The embedded PostgreSQL as a part: restarted when it dies; stopped by whoever uses it last, not here."""

    cluster: Cluster
    name: str = "数据库"

    def start(self) -> None:
        self.cluster.start()

    def is_running(self) -> bool:
        return self.cluster.process_lives()

    def ask_to_stop(self) -> None:
        """Leave it running: the processes that are stopping still need it."""

    def wait_until_stopped(self, seconds: float) -> None:
        """Nothing to wait for, see `ask_to_stop`."""


@dataclass
class Supervisor:
    """Runs `parts` in order until a signal, or until one of them dies too often."""

    parts: Sequence[Part]
    logs: Path
    stopping: bool = False
    deaths: dict[str, deque[float]] = field(default_factory=dict)

    def run(self, *, when_ready: Callable[[Supervisor], None]) -> None:
        """Start everything, call `when_ready` once, and return after a signal, with every part stopped.

        Raises `StartupProblem` when a part died more than three times within a minute.
        """
        before = {number: signal.signal(number, self._note_signal) for number in SIGNALS}
        try:
            for part in self.parts:
                part.start()
            when_ready(self)
            while not self.stopping:
                self.look()
                time.sleep(0.3)
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def look(self) -> None:
        """Restart what has died. Raises `StartupProblem` when it dies again and again."""
        for part in self.parts:
            if not self.stopping and not part.is_running():
                self._note_death(part)
                part.start()

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _note_death(self, part: Part) -> None:
        times = self.deaths.setdefault(part.name, deque())
        now = time.monotonic()
        times.append(now)
        while times[0] < now - WINDOW_SECONDS:
            times.popleft()
        if len(times) > RESTARTS:
            raise StartupProblem(
                f"“{part.name}”一分钟内停了 {len(times)} 次，已全部停下。原因见“{self.logs}”里的日志。"
            )

    def _stop_all(self) -> None:
        for part in reversed(self.parts):
            part.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for part in reversed(self.parts):
            part.wait_until_stopped(max(0.1, deadline - time.monotonic()))

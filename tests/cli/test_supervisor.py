"""Real child processes under the supervisor: restarted, given up on, stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from zhijian.cli.problems import StartupProblem
from zhijian.cli.supervisor import RESTARTS, Process, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SLEEP = "import time; print('started', flush=True); time.sleep(600)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('started', flush=True); time.sleep(600)"
)


def _python(name: str, program: str, folder: Path) -> Process:
    return Process(name, [sys.executable, "-c", program], folder / f"{name}.log")


def _starts(process: Process) -> int:
    return process.log.read_text(encoding="utf-8").count("started") if process.log.exists() else 0


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _pid(process: Process) -> int:
    assert process.child is not None
    return process.child.pid


def test_signal_stops_every_part_and_returns(tmp_path: Path) -> None:
    parts = [_python("one", SLEEP, tmp_path), _python("two", SLEEP, tmp_path)]

    def interrupt(_running: Supervisor) -> None:
        _wait(lambda: all(_starts(part) == 1 for part in parts))
        os.kill(os.getpid(), signal.SIGTERM)

    handler = signal.getsignal(signal.SIGTERM)
    Supervisor(parts, tmp_path).run(when_ready=interrupt)
    assert [part.is_running() for part in parts] == [False, False]
    assert signal.getsignal(signal.SIGTERM) is handler


def test_dead_part_is_started_again_and_the_others_are_left_alone(tmp_path: Path) -> None:
    dying, steady = _python("dying", SLEEP, tmp_path), _python("steady", SLEEP, tmp_path)

    def kill_once(running: Supervisor) -> None:
        _wait(lambda: _starts(dying) == 1)
        first, other = _pid(dying), _pid(steady)
        os.kill(first, signal.SIGKILL)
        _wait(lambda: not dying.is_running())
        running.look()
        _wait(lambda: _starts(dying) == 2)
        assert _pid(dying) != first
        assert _pid(steady) == other
        running.stopping = True

    Supervisor([dying, steady], tmp_path).run(when_ready=kill_once)


def test_part_that_keeps_dying_stops_everything_with_one_sentence(tmp_path: Path) -> None:
    broken, steady = _python("网页服务", "print('started')", tmp_path), _python("steady", SLEEP, tmp_path)
    with pytest.raises(StartupProblem) as refusal:
        Supervisor([broken, steady], tmp_path).run(when_ready=lambda _running: None)
    times = RESTARTS + 1
    assert str(refusal.value) == (f"“网页服务”一分钟内停了 {times} 次，已全部停下。原因见“{tmp_path}”里的日志。")
    assert _starts(broken) == times
    assert steady.is_running() is False


def test_part_that_ignores_the_polite_signal_is_ended_the_hard_way(tmp_path: Path) -> None:
    deaf = _python("deaf", DEAF, tmp_path)
    deaf.start()
    _wait(lambda: _starts(deaf) == 1)
    deaf.ask_to_stop()
    deaf.wait_until_stopped(0.2)
    assert deaf.child is not None
    assert deaf.child.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_children_of_a_killed_supervisor_end_too(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time\n"
        "from zhijian.cli.supervisor import Process\n"
        "child = Process('child', [sys.executable, '-c', sys.argv[1]], pathlib.Path(sys.argv[2]))\n"
        "child.start()\n"
        "print(child.child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(  # noqa: S603 -- the program above
        [sys.executable, "-c", program, SLEEP, str(tmp_path / "child.log")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    _wait(lambda: _is_gone(child))


def _is_gone(process: int) -> bool:
    """A zombie counts: whoever adopted it has not read its exit code yet."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:  # noqa: PTH123 -- a file of the kernel
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True

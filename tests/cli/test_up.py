"""The whole installation: started, used, killed, started again, stopped."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = Path("/tmp")  # noqa: S108 -- the system user of a root start must reach it
READY = "按 Ctrl-C 停止。\n"


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """An empty data folder and two free ports."""
    folder = PLACES / f"zhijian-up-test-{os.getpid()}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIJIAN_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = {"ZHIJIAN_PORT": str(one.getsockname()[1]), "ZHIJIAN_SANDBOX_PORT": str(two.getsockname()[1])}
    yield kept | ports | {"ZHIJIAN_DATA": str(folder)}
    shutil.rmtree(folder, ignore_errors=True)


def _up(environment: dict[str, str]) -> tuple[subprocess.Popen[str], list[str]]:
    """Start an empty installation and return it with what it said until it was ready."""
    started = subprocess.Popen(
        [sys.executable, "-m", "zhijian.cli.main", "up", "--empty"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    assert started.stdout is not None
    for line in started.stdout:
        said.append(line)
        if line == READY:
            return started, said
    raise AssertionError("".join(said))


def _status(port: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    connection.request("GET", path)
    return connection.getresponse().status


def _is_free(port: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            return False
    return True


def _wait_until_free(*ports: str) -> None:
    """The children end by themselves once their parent was killed, but not within the same moment."""
    deadline = time.monotonic() + 60
    while not all(_is_free(port) for port in ports):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_everything_starts_survives_a_kill_and_stops_cleanly(environment: dict[str, str]) -> None:
    web, sandbox = environment["ZHIJIAN_PORT"], environment["ZHIJIAN_SANDBOX_PORT"]
    data = Path(environment["ZHIJIAN_DATA"])

    first, said = _up(environment)
    assert said[:2] == ["正在启动……\n", "正在建立数据表……\n"]
    assert f"指尖已启动：http://127.0.0.1:{web}/\n" in said
    assert _status(web, "/sign-in/") == 200
    assert _status(sandbox, "/") == 200
    first.kill()
    first.wait()
    _wait_until_free(web, sandbox)

    second, said = _up(environment)
    assert "正在建立数据表……\n" not in said
    assert _status(web, "/sign-in/") == 200
    second.send_signal(signal.SIGTERM)
    rest, _ = second.communicate(timeout=60)
    assert (second.returncode, rest) == (0, "正在停止……\n已全部停止。\n")
    assert (_is_free(web), _is_free(sandbox)) == (True, True)
    assert not (data / "postgres" / "postmaster.pid").exists()
    assert not (data / "log" / "error.log").exists()


def test_production_refuses_what_is_fine_for_a_try(environment: dict[str, str]) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "zhijian.cli.main", "up"],
        env=environment | {"ZHIJIAN_MODE": "production", "ZHIJIAN_DEBUG": "1", "ZHIJIAN_SECRET_KEY": "short"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "现在的设置不能启动：",
        "  · 正式运行不能打开 ZHIJIAN_DEBUG，请去掉这个环境变量。",
        "  · ZHIJIAN_SECRET_KEY 太短：请换成至少 40 个随机字符，或去掉它，由系统在数据目录里生成。",
        "  · 请用 ZHIJIAN_ALLOWED_HOSTS 写明对外的主机名，不能为空，也不能是 *。",
        "  · ZHIJIAN_BASE_URL 必须是 https:// 开头的对外地址。",
    ]

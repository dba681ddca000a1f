"""The real server, with the worker of `zhijian up`, asked for an address it cannot take."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION = """
def application(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(len(environ["QUERY_STRING"])).encode()]
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "tiny.py").write_text(APPLICATION)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [
        sys.executable, "-m", "gunicorn", "tiny:application", "--bind", f"127.0.0.1:{number}", "--workers", "1",
        "--worker-class", "zhijian.cli.webworker.Worker", "--threads", "2", "--limit-request-line", "8190",
        "--no-control-socket",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)  # noqa: S603 - our own server
    try:
        _wait_for(number)
        yield number
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up")


def ask(port: int, address: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", address)
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type", ""), answer.read().decode()


def test_an_address_over_the_limit_is_told_in_our_words_and_the_server_goes_on(port: int) -> None:
    assert ask(port, "/lookup/?q=" + "a" * 6_000) == (200, "text/plain", "6002")
    status, kind, page = ask(port, "/lookup/?q=.json" + "a" * 9_000)
    assert (status, kind, "网址太长，打不开。请回到上一页" in page) == (414, "text/html; charset=utf-8", True)
    assert "URI Too Long" not in page
    assert ask(port, "/?q=1") == (200, "text/plain", "3")


def test_a_program_that_asks_too_much_is_answered_in_its_own_language(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/lookup.json?q=1")
    assert connection.getresponse().read() == b"3"
    connection.request("GET", "/lookup.json?q=" + "a" * 9_000)
    answer = connection.getresponse()
    told = {name: answer.getheader(name) for name in ("Content-Type", "Access-Control-Allow-Origin")}
    assert (answer.status, told) == (414, {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"})
    assert json.loads(answer.read()) == {"error": "网址太长。请把要查的内容删短后再试。"}

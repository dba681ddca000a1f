"""Running the sandbox: on a port of its own, or inside a test."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from zhijian.sandbox.app import create_app
from zhijian.sandbox.state import World, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
START_WITHIN = 10.0


@contextlib.contextmanager
def running(*, port: int = 0, state_file: Path | None = None) -> Iterator[str]:
    """Run the sandbox in a thread and yield its address, such as http://127.0.0.1:43211. Port 0: a free one."""
    with _listening(port) as listener:
        base_url = f"http://{HOST}:{listener.getsockname()[1]}"
        server = _server(base_url, state_file)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        _await_start(server)
        try:
            yield base_url
        finally:
            server.should_exit = True
            thread.join(START_WITHIN)


def serve(*, port: int, state_file: Path | None = None) -> None:
    """Run the sandbox until it is stopped."""
    with _listening(port) as listener:
        server = _server(f"http://{HOST}:{listener.getsockname()[1]}", state_file)
        server.run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    """Listen without Nagle's waiting: asyncio leaves it on for a socket it is handed, which costs 40 ms an answer."""
    listener = socket.create_server((HOST, port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _server(base_url: str, state_file: Path | None) -> uvicorn.Server:
    world = load(state_file) if state_file is not None else World()
    world.base_url = base_url
    app = create_app(world, state_file=state_file)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    return uvicorn.Server(config)


def _await_start(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("The sandbox did not start.")
        time.sleep(0.01)

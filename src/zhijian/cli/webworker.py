"""The web server's worker: what it refuses before any page is asked is told in Chinese too."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import Any

from gunicorn.http.errors import (  # type: ignore[import-untyped]  # gunicorn ships no types
    LimitRequestHeaders,
    LimitRequestLine,
)
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # as above

LONGEST_PATH = 512
FIRST_BYTES_WITHIN = 0.5
SENTENCE = "网址太长，打不开。请回到上一页，把要查的内容删短后再试。"
ANSWER = json.dumps({"error": "网址太长。请把要查的内容删短后再试。"}, ensure_ascii=False)
PAGE = f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>网址太长</title></head><body><main><h1>网址太长</h1><p>{SENTENCE}</p>
<p><a href="/">回到首页</a></p></main></body></html>
"""


class Worker(ThreadWorker):  # type: ignore[misc]  # as above
    """Threads as usual; a request line or header over the limit gets our page with 414 or 431."""

    def __init__(self, *told: Any) -> None:
        """Keep the beginning of each thread's request: one that could not be read tells nothing of itself."""
        super().__init__(*told)
        self._asked = threading.local()

    def handle(self, conn: Any) -> Any:
        """Look at the first bytes of a request, and leave them where they are for whoever reads it."""
        self._asked.beginning = b""
        if conn.initialized or conn.wait_for_data(FIRST_BYTES_WITHIN):
            with contextlib.suppress(OSError):
                self._asked.beginning = conn.sock.recv(LONGEST_PATH, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that could not be read."""
        if not isinstance(exc, LimitRequestLine | LimitRequestHeaders):
            super().handle_error(req, client, addr, exc)
            return
        status = "414 URI Too Long" if isinstance(exc, LimitRequestLine) else "431 Request Header Fields Too Large"
        self.log.warning("Refused a request from %s: %s", addr[0] if isinstance(addr, tuple) else "-", status)
        kind, body = ("application/json", ANSWER) if self._asks_for_json() else ("text/html; charset=utf-8", PAGE)
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {kind}\r\n"
            f"Access-Control-Allow-Origin: *\r\nContent-Length: {len(body.encode())}\r\n\r\n"
        )
        self._answer(client, f"{head}{body}".encode())

    def _asks_for_json(self) -> bool:
        """Tell whether the path of the request line ends in .json; of one cut off within the path nobody knows."""
        words = getattr(self._asked, "beginning", b"").split(b" ", 2)
        return len(words) > 1 and words[1].partition(b"?")[0].endswith(b".json")

    def _answer(self, client: socket.socket, words: bytes) -> None:
        try:
            client.sendall(words)
        except OSError:
            self.log.debug("The asker had gone.")

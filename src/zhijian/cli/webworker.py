"""The web server's worker: what it refuses before any page is asked is told in Chinese too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gunicorn.http.errors import (  # type: ignore[import-untyped]  # gunicorn ships no types
    LimitRequestHeaders,
    LimitRequestLine,
)
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # as above

if TYPE_CHECKING:
    import socket

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>网址太长</title></head><body><main><h1>网址太长</h1><p>网址太长，打不开。请回到上一页，把要查的内容删短后再试。</p>
<p><a href="/">回到首页</a></p></main></body></html>
"""


class Worker(ThreadWorker):  # type: ignore[misc]  # as above
    """Threads as usual; a request line or header over the limit gets our page with 414 or 431."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that could not be read."""
        if not isinstance(exc, LimitRequestLine | LimitRequestHeaders):
            super().handle_error(req, client, addr, exc)
            return
        status = "414 URI Too Long" if isinstance(exc, LimitRequestLine) else "431 Request Header Fields Too Large"
        self.log.warning("Refused a request from %s: %s", addr[0] if isinstance(addr, tuple) else "-", status)
        body = PAGE.encode()
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError:
            self.log.debug("The asker had gone.")

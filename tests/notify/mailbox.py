"""A small mail server for tests: it speaks enough SMTP to take a letter, and can refuse or fall silent on demand."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


@dataclass
class Mailbox:
    """What arrived; `answers` replaces the answer to a verb once, "" cuts the line after the verb was carried out."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]  # set where the server is made
        self._say("220 mail")
        while line := self.rfile.readline():
            verb = line.decode().split(" ", 1)[0].strip().upper()
            if verb == "DATA":
                self._say("354 go on")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                box.letters.append(message_from_bytes(letter, policy=policy.default))
            answer = box.answers.pop(verb, "250 ok")
            if not answer:
                return
            if answer[0] in "45" and verb == "DATA":
                box.letters.pop()
            self._say(answer)
            if verb == "QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def running() -> Iterator[Mailbox]:
    """Run the server in a thread."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        box = Mailbox(server.server_address[1])
        server.box = box  # type: ignore[attr-defined]  # read by the handler
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()

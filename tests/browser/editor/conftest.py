"""A small real server that plays the pages the editor talks to."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, Page

from zhijian.content.document import parse_document, plain_text

HERE = Path(__file__).parent
SOURCE = Path(__file__).parents[3] / "src" / "zhijian"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
WRONG = {"按步就班": ("按部就班", "error"), "排查": ("", "hint"), "打印": ("", "veto")}


class Desk(BaseHTTPRequestHandler):
    """Static files, a screening that knows three words, and an autosave that can be switched off."""

    saved: ClassVar[list[dict[str, Any]]] = []
    tokens: ClassVar[set[str | None]] = set()
    answers: ClassVar[dict[str, int]] = {}
    submitted: ClassVar[list[bytes]] = []

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path.startswith("/files/"):
            self.answer(PIXEL, "image/png")
            return
        if self.path == "/ledger":
            self.answer(
                json.dumps({"saved": Desk.saved, "tokens": sorted(map(str, Desk.tokens))}).encode(), "application/json"
            )
            return
        room = self.path.split("/")[2] if self.path.startswith("/static/") else ""
        path = SOURCE / room / self.path.lstrip("/") if room else HERE / (self.path.lstrip("/") or "page.html")
        if path.is_file():
            self.answer(path.read_bytes(), f"{TYPES[path.suffix]}; charset=utf-8")
        else:
            self.answer(b"", "text/plain", 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Desk.tokens.add(self.headers.get("X-CSRFToken"))
        status = Desk.answers.get(self.path, 200)
        if status != 200:
            self.answer(json.dumps({"message": ""}).encode(), "application/json", status)
            return
        if self.path == "/submit":
            Desk.submitted.append(body)
            self.answer("已收到".encode(), "text/html; charset=utf-8")
            return
        self.answer(json.dumps(self.reply(body)).encode(), "application/json")

    def reply(self, body: bytes) -> dict[str, Any]:
        if self.path == "/upload":
            return {"file": "ab" * 32, "url": "/files/new.png"}
        if self.path == "/presence":
            return {"others": ["张三"]}
        data = json.loads(body)
        if self.path == "/autosave":
            Desk.saved.append(data)
            return {"saved_at": "09:30", "version": data["version"] + 1}
        return {"findings": findings(data)}


def findings(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Find the wrong words, with positions as the real screening gives them."""
    words = plain_text(parse_document(data["document"]))
    starts = {wrong: words.text.find(wrong) for wrong in WRONG}
    return [
        {
            "id": wrong,
            "block": list(place.path),
            "from": place.start,
            "to": place.end,
            "part": place.part,
            "severity": WRONG[wrong][1],
            "message": f"请核对“{wrong}”。",
            "suggestions": [WRONG[wrong][0]] if WRONG[wrong][0] else [],
            "source": "现代汉语词典",
            "rule": "typo",
        }
        for wrong, start in starts.items()
        if start >= 0
        for place in words.locate(start, start + len(wrong))
    ]


@pytest.fixture
def desk() -> Iterator[str]:
    Desk.saved, Desk.tokens, Desk.answers, Desk.submitted = [], set(), {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def refuse(desk: str) -> Callable[[str, int], None]:
    """Make the desk answer a path with a status from now on."""
    return Desk.answers.__setitem__


@pytest.fixture
def page(browser: Browser, desk: str) -> Iterator[Page]:
    """Open the editor; a page error or a breach of the content policy fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.goto(desk)
    page.wait_for_selector(".finding-item")
    yield page
    assert complaints == []
    context.close()

"""A running sandbox with one registered account, and two pieces to publish on it."""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from PIL import Image

from zhijian.connectors.contract import Account, Bundle, MediaRef, Piece, PlatformError, Receipt, State
from zhijian.connectors.progress import advance
from zhijian.connectors.tokens import MemoryTokenStore
from zhijian.connectors.wechat.connector import WechatConnector
from zhijian.sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "s3cr3t-of-the-test-account-000001"
CALLBACK_TOKEN = "callbacktoken01"
AES_KEY = base64.b64encode(hashlib.sha256(b"test key").digest()).decode().rstrip("=")


@dataclass
class Bench:
    """The sandbox as a test sees it: an account to use, and the bench controls."""

    base_url: str
    account: Account
    connector: WechatConnector = field(default_factory=WechatConnector)

    def control(self, path: str, **facts: Any) -> Any:
        return httpx2.post(f"{self.base_url}/_ctl/{path}", json=facts).raise_for_status().json()

    def look(self, path: str, **query: str) -> Any:
        return httpx2.get(f"{self.base_url}/_ctl/{path}", params=query).raise_for_status().json()

    def settings(self, **facts: Any) -> Any:
        return self.control("accounts", appid=self.account.uid, **facts)

    def fault(self, match: str, kind: str, **more: Any) -> None:
        self.control("faults", match=match, kind=kind, **more)

    def ledger(self, kind: str, **query: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.look("ledger", kind=kind, appid=self.account.uid, **query)
        return entries

    def drafts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.look(f"accounts/{self.account.uid}/drafts")
        return found


@dataclass
class Worker:
    """Drives one bundle as the room `publishing` does; what it saved is all that survives a crash."""

    bench: Bench
    bundle: Bundle
    state: State = field(default_factory=dict)
    errors: list[PlatformError] = field(default_factory=list)

    def save(self, state: State) -> None:
        self.state = state

    def run(self) -> Receipt:
        connector = self.bench.connector
        return advance(connector, self.bench.account, connector.render(self.bundle), self.state, save=self.save)

    def run_into_error(self) -> PlatformError:
        with pytest.raises(PlatformError) as caught:
            self.run()
        self.errors.append(caught.value)
        return caught.value


@pytest.fixture(scope="session")
def sandbox() -> Iterator[str]:
    with running() as base_url:
        yield base_url


@pytest.fixture
def bench(sandbox: str) -> Bench:
    httpx2.delete(f"{sandbox}/_ctl/faults")
    appid = f"wx{secrets.token_hex(8)}"
    account = Account(
        platform="wechat",
        uid=appid,
        base_url=f"{sandbox}/wechat",
        tokens=MemoryTokenStore(),
        credentials={"secret": SECRET},
        settings={"timeout": "5"},
    )
    made = Bench(sandbox, account)
    made.settings(secret=SECRET, name="临江发布", publish_seconds=0)
    return made


@pytest.fixture
def picture() -> Callable[..., MediaRef]:
    def make(key: str, colour: str = "navy") -> MediaRef:
        buffer = io.BytesIO()
        Image.new("RGB", (40, 24), colour).save(buffer, "JPEG")
        data = buffer.getvalue()
        return MediaRef(key, "image/jpeg", len(data), hashlib.sha256(data).hexdigest(), lambda: data)

    return make


@pytest.fixture
def bundle(picture: Callable[..., MediaRef]) -> Bundle:
    """Two pieces with a cover each; the first has two pictures in its body."""
    first = Piece(
        title="临江县启动夏季防汛演练",
        author="县应急局",
        body='<h2>现场</h2><p>演练于上午九点开始。</p><figure><img src="media:a" alt="">'
        '<figcaption>现场</figcaption></figure><p>详见<a href="https://www.example.cn/plan">预案</a>。</p>'
        '<p><img src="media:b" alt="道路"></p>',
        images=(picture("media:a", "red"), picture("media:b", "green")),
        cover=picture("cover:1", "blue"),
        source_url="https://www.example.cn/n/1?from=site",
        allow_comments=True,
    )
    second = Piece(title="周末图书馆开放时间调整", body="<p>周六开放至晚上九点。</p>", cover=picture("cover:2", "gray"))
    return Bundle((first, second), key=secrets.token_hex(32), marker_url="https://www.example.cn/d/")


@pytest.fixture
def worker(bench: Bench, bundle: Bundle) -> Worker:
    return Worker(bench, bundle)

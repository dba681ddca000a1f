"""Everything the sandbox remembers. All of it is JSON-able, so that a demo can be stopped and started again."""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
KEY_PARAMETER = "zk"
"""Query parameter under which the caller's own key is looked for in the addresses it sends."""


@dataclass
class Token:
    value: str
    kind: str
    expires_at: float


@dataclass
class Callback:
    """Where events go and how badly. `lose`: so many events vanish; `extra`: so many repeats of each."""

    url: str = ""
    token: str = ""
    aes_key: str = ""
    mode: str = "aes"
    delay: float = 0.0
    lose: int = 0
    extra: int = 0
    wrong_signature: bool = False
    retry_seconds: float = 5.0


@dataclass
class Material:
    media_id: str
    kind: str
    name: str
    image: str
    url: str
    at: float


@dataclass
class Draft:
    media_id: str
    articles: list[dict[str, Any]]
    updated_at: float


@dataclass
class Publication:
    """A publishing job, and the publication once it has finished. Status as in freepublish/get."""

    publish_id: str
    msg_data_id: str
    draft_id: str
    articles: list[dict[str, Any]]
    due_at: float
    status: int = 1
    article_id: str = ""
    slugs: list[str] = field(default_factory=list)
    deleted: list[bool] = field(default_factory=list)
    fail_idx: list[int] = field(default_factory=list)
    finished_at: float = 0.0


@dataclass
class Chat:
    """One line between a follower and an account. `kind`: said (by the follower), answer (passive), service."""

    openid: str
    kind: str
    text: str
    at: float


@dataclass
class Account:
    appid: str
    secret: str
    name: str
    original_id: str
    kind: str = "subscription"
    verified: bool = True
    frozen: bool = False
    allowed_ips: list[str] = field(default_factory=list)
    consume: str = "submit"
    publish_seconds: float = 1.0
    review_words: list[str] = field(default_factory=lambda: ["违规示例"])
    limits: dict[str, int] = field(default_factory=dict)
    callback: Callback = field(default_factory=Callback)
    tokens: list[Token] = field(default_factory=list)
    forced_at: list[float] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    materials: list[Material] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    chats: list[Chat] = field(default_factory=list)


@dataclass
class Image:
    media_type: str
    data: str  # base64


@dataclass
class Fault:
    """The next `times` requests whose path contains `match` go wrong, each with `probability`."""

    match: str
    kind: str
    times: int = 1
    probability: float = 1.0
    code: int = -1
    status: int = 502
    seconds: float = 1.0


@dataclass
class Feed:
    url: str
    title: str = ""
    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    fetched_at: float = 0.0
    error: str = ""


@dataclass
class Delivery:
    """An event on its way to an account's callback address."""

    appid: str
    xml: str
    due_at: float
    tries: int = 0
    openid: str = ""


@dataclass
class Bot:
    """A group bot of an office messenger: wecom, dingtalk or feishu. `said`: its messages, oldest first."""

    kind: str
    token: str
    name: str = "工作群"
    secret: str = ""
    removed: bool = False
    blocked_until: float = 0.0
    said: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class World:
    base_url: str = ""
    offset: float = 0.0
    accounts: dict[str, Account] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    feeds: dict[str, Feed] = field(default_factory=dict)
    outbox: list[Delivery] = field(default_factory=list)
    bots: dict[str, Bot] = field(default_factory=dict)
    counter: int = 2_247_483_650
    under_way: int = field(default=0, compare=False)
    changed: bool = field(default=False, compare=False)

    def now(self) -> float:
        """Return the sandbox's present moment as Unix seconds; drills move it together with the product's clock."""
        return time.time() + _drill_offset() + self.offset

    def day(self) -> str:
        """Return the Beijing date that daily counters belong to."""
        return datetime.fromtimestamp(self.now(), UTC).astimezone(BEIJING).date().isoformat()

    def number(self) -> str:
        """Return a fresh number of the kind the platform uses for jobs and messages."""
        self.counter += 1
        return str(self.counter)

    def record(self, kind: str, appid: str, **facts: Any) -> None:
        """Write a side effect into the ledger."""
        entry = {"number": len(self.ledger) + 1, "at": self.now(), "kind": kind, "appid": appid, **facts}
        self.ledger.append(entry)
        self.changed = True

    def reset(self) -> None:
        """Forget everything but the own address."""
        fresh = World(base_url=self.base_url, under_way=self.under_way)
        self.__dict__.update(fresh.__dict__)
        self.changed = True


def new_id(length: int = 43) -> str:
    """Return a fresh opaque id such as the platform gives out."""
    return secrets.token_urlsafe(length)[:length]


def caller_keys(articles: list[dict[str, Any]]) -> list[str]:
    """Return the caller's own keys found in the source addresses of the articles, each once."""
    found: list[str] = []
    for article in articles:
        query = parse_qs(urlsplit(str(article.get("content_source_url", ""))).query)
        found += [key for key in query.get(KEY_PARAMETER, []) if key not in found]
    return found


def save(world: World, file: Path) -> None:
    """Write the world to a file, whole or not at all."""
    world.changed = False
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(asdict(world), ensure_ascii=False), encoding="utf-8")
    draft.replace(file)


def load(file: Path) -> World:
    """Read a world back; a missing file is an empty world."""
    if not file.exists():
        return World()
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["accounts"] = {appid: _account(facts) for appid, facts in kept["accounts"].items()}
    kept["images"] = {name: Image(**facts) for name, facts in kept["images"].items()}
    kept["faults"] = [Fault(**facts) for facts in kept["faults"]]
    kept["feeds"] = {url: Feed(**facts) for url, facts in kept["feeds"].items()}
    kept["outbox"] = [Delivery(**facts) for facts in kept["outbox"]]
    kept["bots"] = {token: Bot(**facts) for token, facts in kept.get("bots", {}).items()}
    return World(**{**kept, "under_way": 0})


def _account(facts: dict[str, Any]) -> Account:
    parts: dict[str, type[Token | Material | Draft | Publication | Chat]] = {
        "tokens": Token,
        "materials": Material,
        "drafts": Draft,
        "publications": Publication,
        "chats": Chat,
    }
    built = {name: [part(**entry) for entry in facts.get(name, ())] for name, part in parts.items()}
    return Account(**{**facts, **built, "callback": Callback(**facts["callback"])})


def _drill_offset() -> float:
    name = os.environ.get("ZHIJIAN_CLOCK_FILE")
    if not name:
        return 0.0
    try:
        return float(Path(name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0

"""What every platform connector takes, promises and returns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

State = dict[str, Any]
"""What has been done so far for one bundle on one account. JSON-able; opaque to everyone but its connector."""


class Kind(StrEnum):
    ARTICLE = "article"
    GALLERY = "gallery"
    VIDEO = "video"
    SHORT = "short"


class Idempotency(StrEnum):
    """How a connector keeps one intent from becoming two posts."""

    NATIVE = "native"  # the platform takes a key
    NATURAL = "natural"  # the object itself can only be published once
    READBACK = "readback"  # we read back before any retry
    NONE = "none"


Unit = Literal["char", "byte", "px", "s", "item"]
Window = Literal["minute", "hour", "day", "month"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of the platform, with the page it comes from and the day we last read that page."""

    value: int
    unit: Unit
    source: str
    checked: date


@dataclass(frozen=True, slots=True)
class Quota:
    """A call allowance of a newly opened account; `probe` reads the account's own."""

    name: str
    amount: int
    window: Window
    source: str
    checked: date


@dataclass(frozen=True, slots=True)
class Capabilities:
    platform: str
    name_zh: str
    kinds: frozenset[Kind]
    limits: Mapping[str, Limit]
    quotas: tuple[Quota, ...]
    idempotency: Idempotency
    asynchronous: bool
    manual: bool = False
    max_pieces: int = 1
    withdraw: Literal["yes", "irreversible", "no"] = "no"
    requires: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    name: str
    limit: int
    used: int
    remain: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Something the account cannot do, and what a person can do about it."""

    capability: str
    code: str
    sentence_zh: str


@dataclass(frozen=True, slots=True)
class ProbeResult:
    at: datetime
    missing: tuple[Missing, ...] = ()
    quotas: tuple[QuotaLeft, ...] = ()

    @property
    def can_publish(self) -> bool:
        return not any(gap.capability in {"sign_in", "publish"} for gap in self.missing)


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    expires_at: datetime
    version: int


class TokenStore(Protocol):
    """Where access tokens are kept. Room `channels` supplies the sealed one; `MemoryTokenStore` serves tests."""

    def read(self, account: str) -> Token | None:
        """Return the token held for this account key, expired or not."""
        ...

    def replace(self, account: str, *, seen: int | None, value: str, expires_at: datetime) -> Token:
        """Store a new token if the held version is still `seen` (None: none held); return the token then held."""
        ...

    def lock(self, account: str) -> AbstractContextManager[None]:
        """Hold the single right to refresh this account's token, across processes. Bounded wait."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """One account on one platform: who it is, where the platform is, how to get in.

    `uid` is the platform's own id (WeChat: the appid). `base_url` has no trailing slash; it points at the real
    platform, at a private deployment, or at the sandbox. Credentials never show in `repr`.
    """

    platform: str
    uid: str
    base_url: str
    tokens: TokenStore = field(repr=False)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.uid}"


@dataclass(frozen=True, slots=True)
class MediaRef:
    """One picture. `key` is exactly what stands in `<img src>` of the body; `load` gives the approved bytes."""

    key: str
    media_type: str
    size: int
    sha256: str
    load: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def filename(self) -> str:
        return f"zj-{self.sha256[:24]}.{EXTENSIONS.get(self.media_type, 'bin')}"

    def read(self) -> bytes:
        """Return the bytes. Raises PlatformError (INVALID) when they are not the ones that were approved."""
        data = self.load()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise PlatformError(
                ErrKind.INVALID, "media_changed", "图片与审定时不一致。", hint_zh="请重新上传这张图片并送审。"
            )
        return data


EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "video/mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One article, platform-neutral.

    `body` is clean semantic HTML: p h2 h3 h4 ul ol li table thead tbody tr th td blockquote figure img figcaption
    strong em u a br hr. `source_url` is our own public page of the same revision ("" when there is none).
    """

    title: str
    body: str
    author: str = ""
    digest: str = ""
    images: tuple[MediaRef, ...] = ()
    cover: MediaRef | None = None
    source_url: str = ""
    allow_comments: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes out in one push: 1 to 8 pieces in order, under one idempotency key.

    `marker_url` is an address of ours that carries the key where a piece has no page of its own.
    """

    pieces: tuple[Piece, ...]
    key: str
    marker_url: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What will be sent. The same bundle always gives the same `payload_hash`."""

    platform: str
    key: str
    payload: Mapping[str, Any]
    payload_hash: str
    media: Mapping[str, MediaRef] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Issue:
    """Why a piece cannot go out as it is (blocking), or what will look different (not blocking)."""

    piece: int
    field: str
    message: str
    blocking: bool = True


class StepName(StrEnum):
    RECONCILE = "reconcile"
    UPLOAD_IMAGE = "upload_image"
    UPLOAD_COVER = "upload_cover"
    ADD_DRAFT = "add_draft"
    CHECK_DRAFT = "check_draft"
    SUBMIT = "submit"
    POLL = "poll"
    PING = "ping"
    HAND_OVER = "hand_over"


READ_ONLY = frozenset({StepName.RECONCILE, StepName.CHECK_DRAFT, StepName.POLL})


@dataclass(frozen=True, slots=True)
class Step:
    name: StepName
    ref: str = ""

    @property
    def mutates(self) -> bool:
        """Say whether the platform changes: then the intent is committed first."""
        return self.name not in READ_ONLY


class ReceiptState(StrEnum):
    PREPARING = "preparing"  # nothing submitted yet
    SUBMITTED = "submitted"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REJECTED = "rejected"
    REMOVED = "removed"
    WAITING_FOR_PERSON = "waiting_for_person"  # manual hand-off
    UNKNOWN = "unknown"  # sent, no answer: only reading back may decide


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a bundle stands on the platform. `urls[i]` belongs to piece i ("" when it has none)."""

    state: ReceiptState
    ids: Mapping[str, str] = field(default_factory=dict)
    urls: tuple[str, ...] = ()
    refused_pieces: tuple[int, ...] = ()
    reason_zh: str = ""
    check_after: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


class ErrKind(StrEnum):
    TRANSIENT = "transient"
    RATE = "rate"
    QUOTA = "quota"
    TOKEN = "token"  # noqa: S105 -- the name of a class of error, not a secret
    AUTH = "auth"
    PERMISSION = "permission"
    INVALID = "invalid"
    CONTENT = "content"
    DUPLICATE = "duplicate"
    NOT_FOUND = "not_found"
    UNKNOWN_OUTCOME = "unknown_outcome"


RETRYABLE = frozenset({ErrKind.TRANSIENT, ErrKind.RATE, ErrKind.QUOTA, ErrKind.UNKNOWN_OUTCOME})


class PlatformError(Exception):
    """The platform, or the way to it, refused. `message` is for the log, `hint_zh` tells a person what to do."""

    def __init__(
        self,
        kind: ErrKind,
        code: str,
        message: str,
        *,
        hint_zh: str = "",
        trace_id: str = "",
        retry_after: datetime | None = None,
    ) -> None:
        super().__init__(f"{kind} {code}: {message}")
        self.kind = kind
        self.code = code
        self.message = message
        self.hint_zh = hint_zh
        self.trace_id = trace_id
        self.retry_after = retry_after

    @property
    def outcome_known(self) -> bool:
        """Say whether we are sure that nothing happened on the platform."""
        return self.kind is not ErrKind.UNKNOWN_OUTCOME


@dataclass(frozen=True, slots=True)
class StrayDraft:
    """A draft of ours on the platform that no known intent owns."""

    draft_id: str
    key: str
    title: str
    updated_at: datetime


class EventKind(StrEnum):
    PUBLISH_FINISHED = "publish_finished"
    MESSAGE = "message"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """Something the platform told us. A hint only: it may be lost, repeated, late or reordered.

    `dedupe_key` is the same for repeated deliveries of the same event. `fields` holds the flat text fields.
    """

    kind: EventKind
    dedupe_key: str
    sender: str
    recipient: str
    created_at: datetime
    name: str
    text: str = ""
    publish_id: str = ""
    publish_status: int | None = None
    article_id: str = ""
    urls: Mapping[int, str] = field(default_factory=dict)
    refused_pieces: tuple[int, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


class Connector(Protocol):
    """One platform. Every call is synchronous; every method may raise PlatformError unless it says otherwise."""

    @property
    def capabilities(self) -> Capabilities: ...

    def validate(self, bundle: Bundle) -> list[Issue]:
        """List every reason why the bundle cannot or should not go out. Offline; raises nothing."""
        ...

    def render(self, bundle: Bundle) -> Rendered:
        """Turn the bundle into what will be sent. Offline and deterministic."""
        ...

    def probe(self, account: Account) -> ProbeResult:
        """Ask the platform what this account may do today. What is missing is told, not raised."""
        ...

    def next_step(self, rendered: Rendered, state: State) -> Step | None:
        """Name the next step; None when there is nothing left to do. An unsettled intent asks for RECONCILE first."""
        ...

    def run_step(self, account: Account, rendered: Rendered, state: State, step: Step) -> State:
        """Do one step and return the new state; the given state is not changed."""
        ...

    def reconcile(self, account: Account, key: str, state: State) -> tuple[State, Receipt | None]:
        """Read back what the platform has under this key. None: nothing; the open step may be done again."""
        ...

    def receipt(self, state: State) -> Receipt:
        """Tell where the bundle stands according to the state. Offline."""
        ...

    def hear(self, state: State, event: InboundEvent) -> State:
        """Take an event as a hint that the next look is due. Offline; what is true is still what polling says."""
        ...

    def look_again(self, state: State) -> State:
        """Return the state of something published so that the next step asks what became of it since. Offline."""
        ...

    def stray_drafts(self, account: Account, known_keys: Collection[str]) -> Sequence[StrayDraft]:
        """List drafts that carry a key of ours which is not among the known ones."""
        ...

    def delete_draft(self, account: Account, draft_id: str) -> None:
        """Delete a draft; one that is already gone is no error."""
        ...

    def withdraw(self, account: Account, state: State, *, piece: int | None) -> State:
        """Take the published piece (0-based), or all of them (None), off the platform."""
        ...

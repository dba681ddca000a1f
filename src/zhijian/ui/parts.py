"""The shapes that views hand to the template tags. All are optional: a mapping with the same keys does as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

TONES = {
    "ok": "circle-check",
    "warn": "alert-triangle",
    "danger": "alert-octagon",
    "info": "info-circle",
    "busy": "clock",
    "quiet": "circle-dashed",
}


class Badge(NamedTuple):
    """A state as word and tone (a key of TONES); a list column may return one."""

    text: str
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of a time line. `who` did `what` at `at`; `where` is the address or channel it came from."""

    at: datetime
    what: str
    who: str = ""
    where: str = ""
    text: str = ""
    tone: str = "quiet"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a route. `state` is done, current, waiting, returned, stopped or skipped."""

    label: str
    state: str = "waiting"
    who: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A long job. `state` is waiting, running, done, failed or cancelled; `total` 0 means the length is not known.

    `refresh_url` answers with the same part again while the job runs; `rows` are (row name, tone, sentence).
    """

    title: str
    state: str
    done: int = 0
    total: int = 0
    message: str = ""
    url: str = ""
    cancel_url: str = ""
    refresh_url: str = ""
    rows: Sequence[tuple[str, str, str]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab is a link: `count` stands beside the words, None shows nothing."""

    label: str
    url: str
    active: bool = False
    count: int | None = None


class Segment(NamedTuple):
    """A stretch of a difference: `kind` is equal, insert or delete."""

    kind: str
    text: str

"""The shapes that travel. Every number is bounded; times are ISO 8601 with the zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import ConfigDict

RepeatKey = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Asked(Schema):
    """What a caller sends. A name we do not know is refused: a slip of the pen must not pass for a wish."""

    model_config = ConfigDict(extra="forbid")


class Paging(Schema):
    """Which part of a list: pages are counted from 1."""

    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=100)


class Problem(Schema):
    """Why a call was not carried out, in sentences for people."""

    reasons: list[str]


class Me(Schema):
    username: str
    name: str
    organisation: str
    roles: list[str]


class AccountOut(Schema):
    id: int
    number: str
    platform: str
    kind: str
    name: str
    handle: str
    platform_uid: str
    url: str
    organisation_id: int
    organisation: str
    state: str
    positioning: str
    is_main: bool
    verified_subject: str
    certified_until: date | None
    changed_at: datetime


class ArticleOut(Schema):
    id: int
    title: str
    organisation_id: int
    organisation: str
    state: str
    item_class: str
    changed_at: datetime


class ArticlePage(Schema):
    items: list[ArticleOut]
    total: int


class AccountPage(Schema):
    items: list[AccountOut]
    total: int


class CensusOut(Schema):
    """A census (排查) as its askers and the asked bodies may know of it."""

    id: int
    title: str
    organisation_id: int
    organisation: str
    state: str
    bodies: int
    due_on: date
    opened_at: datetime | None
    closed_at: datetime | None


class CensusPage(Schema):
    items: list[CensusOut]
    total: int


class CensusProgress(Schema):
    """How many tables of the caller's scope stand where; `overdue` when the deadline of a running census is past."""

    id: int
    total: int
    states: dict[str, int]
    overdue: bool


class ArticleIn(Asked):
    """A piece as text: paragraphs are lines."""

    organisation_id: Id
    text: Annotated[str, Field(min_length=1, max_length=200_000)]


class ArticleText(ArticleOut):
    revision: int
    content_hash: str
    text: str


class DeliveryOut(Schema):
    id: int
    title: str
    organisation_id: int
    account_id: int
    connector: str
    state: str
    scheduled_at: datetime
    published_at: datetime | None
    problem: str


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    total: int


class ScreenIn(Asked):
    """A text to check; with `organisation_id` the term table of that body counts too, with `typos` the typing model."""

    text: Annotated[str, Field(max_length=200_000)]
    organisation_id: Id | None = None
    typos: bool = False


class ScreenOut(Schema):
    """`findings` carry `start` and `end` in code points of the text that was sent.

    At most 300 are told, the most serious ones; `left_out` is how many are not, and `blocking` counts them too.
    """

    ruleset: str
    blocking: bool
    findings: list[dict[str, Any]]
    left_out: int


class ScreenFileOut(ScreenOut):
    """Each finding also tells its `place` in the file, and `line` and `column` where the file is lines of text.

    `not_looked` are sentences about parts nobody looked at: while there is one, no findings does not mean clean.
    `looked` tells what of a recording was looked at.
    """

    looked: str
    not_looked: list[str]

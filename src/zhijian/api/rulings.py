"""The calls about the rules people keep and about looking back: each a query or an action, with the caller's rights.

`router` is mounted by `api.views`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from ninja import Header, Query, Router, Schema, Status
from pydantic import AfterValidator, Field

import zhijian.knowledge.actions as knowledge_actions
import zhijian.lookback.actions as lookback_actions
from zhijian.api.actions import once
from zhijian.api.identity import caller_of
from zhijian.api.schemas import Asked, Id, Paging, Problem, RepeatKey
from zhijian.knowledge.actions import TermDraft
from zhijian.knowledge.enums import TermKind, TermSeverity, TermState
from zhijian.knowledge.queries import find_term, visible_terms
from zhijian.lib.digests import digest_of
from zhijian.lookback.enums import FindingState
from zhijian.lookback.queries import (
    expected_end,
    find_look_back,
    seen_in,
    visible_findings,
    visible_look_backs,
)
from zhijian.organisations.queries import find_body
from zhijian.screening import Category

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.knowledge.models import Term
    from zhijian.lib.requests import StaffRequest
    from zhijian.lookback.models import Finding, LookBack

router = Router()
REFUSALS: Final = {401: Problem, 404: Problem, 409: Problem, 422: Problem}


def storable(text: str) -> str:
    """Return a text without space around it. Raises ValueError for signs no database keeps."""
    if "\x00" in text:
        raise ValueError("NUL")
    text.encode()
    return text.strip()


Words = Annotated[str, AfterValidator(storable)]
Word = Annotated[Words, Field(min_length=1, max_length=80)]


class TermOut(Schema):
    """A term and who it binds: its body and all below it, while it is `approved` and its days last."""

    id: int
    organisation_id: int
    organisation: str
    wrong: str
    right: str
    exceptions: list[str]
    kind: TermKind
    severity: TermSeverity
    message: str
    source: str
    state: TermState
    valid_from: date | None
    valid_to: date | None
    proposed_at: datetime
    rule: str


class TermsAsked(Schema):
    """Which terms: `q` searches both wordings."""

    q: Annotated[Words, Field(max_length=200)] = ""
    state: TermState | None = None


class TermPage(Schema):
    items: list[TermOut]
    total: int


class TermIn(Asked):
    """A term to propose. A second person decides on the desk; until then it judges nothing."""

    organisation_id: Id
    wrong: Word
    right: Annotated[Words, Field(max_length=80)] = ""
    exceptions: Annotated[list[Word], Field(max_length=20)] = []
    kind: TermKind = TermKind.WORDING
    severity: TermSeverity = TermSeverity.WARNING
    message: Annotated[Words, Field(max_length=200)] = ""
    source: Annotated[Words, Field(min_length=1, max_length=200)]
    valid_from: date | None = None
    valid_to: date | None = None


class LookBackIn(Asked):
    """What to look back by: terms in force by their wrong words, or categories, or (neither) all rules."""

    organisation_id: Id
    words: Annotated[list[Word], Field(max_length=200)] = []
    categories: Annotated[list[Category], Field(max_length=40)] = []


class LookBackOut(Schema):
    """A look-back and how far it is: `done` of `total` texts; `expected_end` while it runs and its pace is known."""

    id: int
    organisation_id: int
    organisation: str
    title: str
    cause: str
    state: str
    total: int | None
    done: int
    found: int
    ended: int
    started_at: datetime | None
    finished_at: datetime | None
    expected_end: datetime | None
    ruleset: str


class LookBackPage(Schema):
    items: list[LookBackOut]
    total: int


class FoundOut(Schema):
    """Words of one text that a rule faults: `before` and `after` stand around the first of its `places`."""

    id: int
    organisation_id: int
    account_id: int | None
    kind: str
    title: str
    url: str
    published_at: datetime | None
    rule: str
    category: str
    severity: str
    before: str
    excerpt: str
    after: str
    places: int
    message: str
    suggestion: str
    source: str
    state: FindingState
    found_at: datetime
    seen_at: datetime


class FoundPage(Schema):
    items: list[FoundOut]
    total: int


def _part(rows: QuerySet[Any], paging: Paging) -> tuple[list[Any], int]:
    start = (paging.page - 1) * paging.size
    return list(rows[start : start + paging.size]), rows.count()


@router.get("/terms", response={200: TermPage, **REFUSALS})
def terms(request: StaffRequest, paging: Query[Paging], asked: Query[TermsAsked]) -> dict[str, Any]:
    """List the terms of the caller's scope and those in force above it."""
    rows = visible_terms(actor=request.user)
    if asked.q:
        rows = rows.filter(wrong__icontains=asked.q) | rows.filter(right__icontains=asked.q)
    if asked.state is not None:
        rows = rows.filter(state=asked.state)
    found, total = _part(rows.order_by("-pk"), paging)
    return {"items": [_term(row) for row in found], "total": total}


@router.get("/terms/{term_id}", response={200: TermOut, **REFUSALS})
def term(request: StaffRequest, term_id: Id) -> dict[str, Any]:
    """Give one term."""
    return _term(find_term(actor=request.user, term_id=term_id))


@router.post("/terms", response={201: TermOut, **REFUSALS})
def propose_term(
    request: StaffRequest, payload: TermIn, idempotency_key: Header[RepeatKey | None] = None
) -> Status[dict[str, Any]]:
    """Propose a term; a second person switches it on. An `Idempotency-Key` keeps a repeated call from a second one."""
    actor = request.user
    body = find_body(actor=actor, organisation_id=payload.organisation_id)
    given = payload.model_dump(exclude={"organisation_id", "exceptions"})
    draft = TermDraft(exceptions=tuple(payload.exceptions), **given)

    def propose() -> int:
        return int(knowledge_actions.propose_term(actor=actor, organisation=body, draft=draft).pk)

    digest = digest_of({"term": payload.model_dump(mode="json")})
    made = _made(request, idempotency_key, digest, propose)
    return Status(201, _term(find_term(actor=actor, term_id=made)))


def _made(request: StaffRequest, key: str | None, digest: str, act: Any) -> int:
    if key is None:
        return int(act())
    return once(caller=caller_of(request), key=key, digest=digest, act=act)


def _term(row: Term) -> dict[str, Any]:
    names = (
        "organisation_id", "wrong", "right", "exceptions", "kind", "severity", "message", "source", "state",
        "valid_from", "valid_to", "proposed_at",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    return {"id": row.pk, "organisation": row.organisation.name, "rule": f"term.{row.pk}", **told}


@router.get("/lookbacks", response={200: LookBackPage, **REFUSALS})
def look_backs(request: StaffRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the look-backs of the caller's scope, newest first."""
    found, total = _part(visible_look_backs(actor=request.user).order_by("-pk"), paging)
    return {"items": [_look_back(row) for row in found], "total": total}


@router.get("/lookbacks/{look_back_id}", response={200: LookBackOut, **REFUSALS})
def look_back(request: StaffRequest, look_back_id: Id) -> dict[str, Any]:
    """Tell how far one look-back is."""
    return _look_back(find_look_back(actor=request.user, look_back_id=look_back_id))


@router.post("/lookbacks", response={201: LookBackOut, **REFUSALS})
def start_look_back(
    request: StaffRequest, payload: LookBackIn, idempotency_key: Header[RepeatKey | None] = None
) -> Status[dict[str, Any]]:
    """Begin to look back at what is out at a body and below; it goes on in the background."""
    actor = request.user
    body = find_body(actor=actor, organisation_id=payload.organisation_id)

    def start() -> int:
        row = lookback_actions.start_look_back(
            actor=actor, organisation=body, words=payload.words, categories=[one.value for one in payload.categories]
        )
        return int(row.pk)

    made = _made(request, idempotency_key, digest_of({"look_back": payload.model_dump(mode="json")}), start)
    return Status(201, _look_back(find_look_back(actor=actor, look_back_id=made)))


def _look_back(row: LookBack) -> dict[str, Any]:
    names = (
        "organisation_id", "title", "cause", "state", "total", "done", "found", "ended", "started_at", "finished_at",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    running = row.state == "running"
    return {
        "id": row.pk, "organisation": row.organisation.name, "ruleset": row.ruleset_version,
        "expected_end": expected_end(row) if running else None, **told,
    }  # fmt: skip


@router.get("/lookbacks/{look_back_id}/findings", response={200: FoundPage, **REFUSALS})
def found_in(
    request: StaffRequest, look_back_id: Id, paging: Query[Paging], state: Query[FindingState | None] = None
) -> dict[str, Any]:
    """List what a look-back saw, in the order it was written down."""
    row = find_look_back(actor=request.user, look_back_id=look_back_id)
    rows = seen_in(visible_findings(actor=request.user), row)
    rows = rows.filter(state=state) if state is not None else rows
    found, total = _part(rows.order_by("pk"), paging)
    return {"items": [_found(one) for one in found], "total": total}


def _found(row: Finding) -> dict[str, Any]:
    names = (
        "organisation_id", "account_id", "kind", "title", "url", "published_at", "category", "severity", "before",
        "excerpt", "after", "places", "message", "suggestion", "source", "state", "found_at", "seen_at",
    )  # fmt: skip
    return {"id": row.pk, "rule": row.rule_id, **{name: getattr(row, name) for name in names}}

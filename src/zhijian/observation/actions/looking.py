"""Looking at the sources whose turn it is: lease, look, next date. Nothing is fetched inside a transaction."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q

from zhijian.channels.actions import QuotaSpent, read_published
from zhijian.connectors.contract import PlatformError
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.fetching import Fetcher, Guard, HostPace, Limits, Reached, Robots, configured_openings
from zhijian.observation.actions.recording import (
    Sighting,
    keep_evidence,
    keep_failure,
    keep_sighting,
    last_covered,
    lock_sources,
)
from zhijian.observation.enums import FETCHED, Health, Method, Result
from zhijian.observation.models import Look, PostVersion, Source
from zhijian.observation.reading import feeds
from zhijian.observation.reading.moments import believable
from zhijian.observation.reading.pages import words_of
from zhijian.observation.reading.seen import LONGEST_TITLE, SeenPost, Unreadable, clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.channels.actions import PublishedPiece
    from zhijian.lib.fetching import Outcome

LEASE: Final = timedelta(minutes=10)
FIRST_RETRY: Final = timedelta(minutes=15)
LONGEST_RETRY: Final = timedelta(hours=12)
SECONDS_BETWEEN: Final = 1.0
"""A host is asked this seldom by one worker: these are others' servers."""
READ_BACK_TO: Final = timedelta(days=60)
KEPT_HEADERS: Final = ("date", "last-modified", "etag", "content-type", "content-length", "server", "location")
NOT_MODIFIED: Final = 304
EMPTY: Final = "订阅源里一条内容也没有，无法判断账号有没有更新。"


class CouldNot(Exception):  # noqa: N818 - reads as what happened
    """A look did not succeed: the sentence for people, and what is known of the answer."""

    def __init__(self, sentence: str, evidence: Mapping[str, Any] | None = None) -> None:
        self.sentence, self.evidence = sentence, dict(evidence or {})
        super().__init__(sentence)


def fetcher() -> Fetcher:
    """Return the guarded fetch of this process: paced by host, and obedient to what sites ask of programs."""
    return _fetcher(configured_openings())


@cache
def _fetcher(openings: str) -> Fetcher:
    guard = Guard.parse(openings)
    paced = Fetcher(guard=guard, limits=Limits(size=feeds.MOST_BYTES), pace=HostPace(SECONDS_BETWEEN))
    return replace(paced, may_read=Robots(paced).why_not)


def look_at(*, source_id: int) -> Look | None:
    """Look at one source and keep what came, or that nothing could be seen.

    None when it is not its turn, or when the lease was lost meanwhile: the source was changed, so that what came is of
    another place or on another basis, or the look took so long that somebody else looked.

    Must not run inside a transaction of the caller: platforms and sites are asked meanwhile.
    """
    source = _claim(source_id)
    if source is None:
        return None
    at = clock.now()
    start = last_covered(source) or at
    try:
        sighting, validators = _READERS[Method(source.method)](source, at)
    except (CouldNot, Refused) as refused:
        told = refused if isinstance(refused, CouldNot) else CouldNot(str(refused))
        return _finish_blind(source, told, start=start, at=at)
    with transaction.atomic():
        if not _is_ours(source):
            return None
        look = keep_sighting(source=source, sighting=sighting)
        _release(source, at + timedelta(hours=source.every_hours), validators=validators)
    return look


def _claim(source_id: int) -> Source | None:
    """Take the lease by compare-and-set: of two workers one gets it; a lease that ran out may be taken over."""
    moment, lease = clock.now(), secrets.token_hex(16)
    free = Q(lease_until=None) | Q(lease_until__lt=moment)
    rows = Source.objects.filter(free, pk=source_id, method__in=list(FETCHED), next_look_at__lte=moment)
    taken = rows.exclude(health=Health.STOPPED).update(lease=lease, lease_until=moment + LEASE)
    return Source.objects.select_related("account").filter(pk=source_id, lease=lease).first() if taken else None


def _is_ours(source: Source) -> bool:
    """Lock the account's sources and tell whether we still hold the lease of this one."""
    lock_sources(source.account_id)
    return Source.objects.filter(pk=source.pk, lease=source.lease).exists()


def _finish_blind(source: Source, told: CouldNot, *, start: datetime, at: datetime) -> Look | None:
    with transaction.atomic():
        if not _is_ours(source):
            return None
        look = keep_failure(source=source, start=start, at=at, reason=told.sentence, evidence=told.evidence)
        _release(source, at + retry_after(source.failures))
    return look


def retry_after(failures: int) -> timedelta:
    """Return how long to wait after `failures` earlier failures in a row: longer each time, at most 12 hours."""
    return min(FIRST_RETRY * (1 << min(failures, 10)), LONGEST_RETRY)


def _release(source: Source, due: datetime, **fields: Any) -> None:
    """Give the lease back; a source stopped meanwhile stays without a date."""
    mine = Source.objects.filter(pk=source.pk)
    mine.exclude(health=Health.STOPPED).update(next_look_at=due)
    mine.update(lease="", lease_until=None, **fields)


def _look_at_feed(source: Source, at: datetime) -> tuple[Sighting, dict[str, str]]:
    outcome = fetcher().get(source.url, headers=source.validators)
    evidence = _evidence(outcome, source.url)
    if isinstance(outcome, Reached) and outcome.status == NOT_MODIFIED and source.validators:
        return _unchanged(source, at, evidence), dict(source.validators)
    if not isinstance(outcome, Reached):
        raise CouldNot(outcome.sentence, evidence)
    if not outcome.is_page:
        raise CouldNot(f"对方网站没有给出订阅源（回答 {outcome.status}），稍后自动再看。", evidence)
    try:
        feed = feeds.read_feed(outcome.body, url=outcome.url, at=at, charset=outcome.charset)
    except Unreadable as unreadable:
        raise CouldNot(unreadable.sentence, evidence) from unreadable
    if not feed.posts:
        raise CouldNot(EMPTY, evidence)
    proof = keep_evidence(outcome.body, media_type=outcome.media_type, at=at)
    start = _start(source, feed.posts, at)
    evidence = {**evidence, "feed": feed.kind, "feed_title": feed.title}
    sighting = Sighting(at, start, at, feed.posts, source.sees_all, proof=proof, evidence=evidence)
    return sighting, _validators(outcome)


def _start(source: Source, posts: Sequence[SeenPost], at: datetime) -> datetime:
    """Return since when the list is without holes: by its own order, or since the last look when the two overlap."""
    reaches = min(feeds.horizon(posts) or at, at)
    before = last_covered(source)
    if before is None or before >= reaches:
        return reaches
    shown = PostVersion.objects.filter(look__source=source, post__key__in=[post.key for post in posts])
    return before if shown.exists() else reaches


def _unchanged(source: Source, at: datetime, evidence: dict[str, Any]) -> Sighting:
    """The site says that nothing changed since the last good look, whose bytes are the evidence."""
    last = Look.objects.filter(source=source, result=Result.SAW).order_by("-at", "-pk").first()
    start = last.covers_to if last else at
    return Sighting(at, start, at, (), source.sees_all, proof=last.snapshot if last else "", evidence=evidence)


def _evidence(outcome: Outcome, asked: str) -> dict[str, Any]:
    found: dict[str, Any] = {"asked": asked, "url": outcome.url, "hops": list(outcome.hops)}
    if isinstance(outcome, Reached):
        kept = {name: outcome.headers[name][:300] for name in KEPT_HEADERS if name in outcome.headers}
        found |= {"status": outcome.status, "headers": kept}
    return found


def _validators(outcome: Reached) -> dict[str, str]:
    """Return what to send along the next time, so that an unchanged feed need not be sent again."""
    named = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {header: outcome.headers[name][:200] for header, name in named if outcome.headers.get(name)}


def _read_back(source: Source, at: datetime) -> tuple[Sighting, dict[str, str]]:
    since = at - READ_BACK_TO
    try:
        listed = read_published(account_id=source.account_id, since=since)
    except PlatformError as error:
        raise CouldNot(error.hint_zh or "平台没有说明原因，稍后自动再看。", {"code": error.code}) from error
    except QuotaSpent as spent:
        raise CouldNot(spent.sentence) from spent
    posts = [_piece(piece, at) for piece in listed.pieces]
    there = [one for one, piece in zip(posts, listed.pieces, strict=True) if not piece.deleted]
    gone = frozenset(one.key for one, piece in zip(posts, listed.pieces, strict=True) if piece.deleted)
    dates = [one.published_at for one in posts if one.published_at]
    start = since if listed.reaches else max(min(dates, default=at), since)
    proof = keep_evidence(_as_bytes(listed.pieces), media_type="application/json", at=at)
    evidence = {"asked": "freepublish/batchget", "pieces": len(posts), "reaches": listed.reaches}
    return Sighting(at, start, at, there, source.sees_all, gone, proof, evidence), {}


def _piece(piece: PublishedPiece, at: datetime) -> SeenPost:
    text, links = words_of(piece.body, base=piece.url)
    moment, note = believable(piece.published_at, at=at) if piece.published_at else (None, "平台没有给出时间")
    return SeenPost(
        url=piece.url, name=piece.name, title=clean(piece.title, LONGEST_TITLE), text=text, whole=True, links=links,
        published_at=moment, date_note=note,
    )  # fmt: skip


def _as_bytes(pieces: Sequence[PublishedPiece]) -> bytes:
    from zhijian.lib.digests import canonical_json  # noqa: PLC0415 - used here only

    rows = [
        {
            "url": piece.url, "name": piece.name, "title": piece.title, "body": piece.body, "deleted": piece.deleted,
            "published_at": piece.published_at.isoformat() if piece.published_at else None,
        }
        for piece in pieces
    ]  # fmt: skip
    return canonical_json(rows).encode("utf-8", "replace")


_READERS: Final = {Method.FEED: _look_at_feed, Method.READ_BACK: _read_back}

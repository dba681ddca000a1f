"""Keeping what a look showed: the look itself, posts that are new, versions that differ, posts that vanished."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from zhijian.files.actions import write_once
from zhijian.lib.digests import sha256_hex
from zhijian.observation.enums import Health, Method, Result
from zhijian.observation.models import Look, Post, PostVersion, Snapshot, Source
from zhijian.observation.reading.seen import LONGEST_URL, SeenPost, comparable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from zhijian.organisations.models import User

SAME_POST: Final = timedelta(minutes=15)
"""Two sources may give the moment of one post this far apart, where one of them knows no address."""
SAME_DAY: Final = timedelta(days=1)
REDATED: Final = timedelta(days=1)
MOST_EVIDENCE: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look brought. `start` to `end` is the period it tells about; `sees_all`: what is not here was not there.

    `named_gone` are keys the source itself says were deleted. `proof` is the SHA-256 of kept evidence. `proven` False:
    a person's word alone; it neither dates what is known nor brings back what vanished.
    """

    at: datetime
    start: datetime
    end: datetime
    posts: Sequence[SeenPost]
    sees_all: bool
    named_gone: frozenset[str] = frozenset()
    proof: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    by: User | None = None
    proven: bool = True


@dataclass(slots=True)
class _Changes:
    """What keeping a sighting will do, worked out before anything is written: the look's counts never change."""

    known: dict[str, Post]
    new: list[tuple[Post, SeenPost]]
    versions: list[tuple[Post, SeenPost]]
    vanished: list[int]


def keep_evidence(data: bytes, *, media_type: str, at: datetime) -> str:
    """Keep bytes under their SHA-256 and return it; equal bytes are kept once.

    Raises Refused when the disk is full, ValueError for more than 10 MB: readers are bounded below that.
    """
    if len(data) > MOST_EVIDENCE:
        raise ValueError("Evidence is bounded where it is read.")
    sha256 = sha256_hex(data)
    write_once(sha256, data)
    Snapshot.objects.bulk_create(
        [
            Snapshot(
                sha256=sha256, size=len(data), media_type=media_type[:100] or "application/octet-stream", taken_at=at
            )
        ],
        ignore_conflicts=True,
    )
    return sha256


@transaction.atomic
def keep_sighting(*, source: Source, sighting: Sighting) -> Look:
    """Keep a look that saw, with everything it showed, and mark the source healthy. Repeating it doubles no post."""
    lock_sources(source.account_id)
    seen: dict[str, SeenPost] = {}
    for post in sighting.posts:
        seen.setdefault(post.key, post)
    changes = _changes(source, sighting, seen)
    look = _look(source, sighting, changes, len(seen))
    _write_posts(sighting, changes, set(seen))
    PostVersion.objects.bulk_create([_version(post, one, look) for post, one in changes.versions])
    mark_healthy(source, sighting.at)
    return look


@transaction.atomic
def keep_failure(
    *, source: Source, start: datetime, at: datetime, reason: str, evidence: Mapping[str, Any] | None = None
) -> Look:
    """Keep a look that could not see, with why, and mark the source failing: an outage is never silence."""
    reason = reason[:300] or "没有看成，原因不明。"
    look = Look.objects.create(
        source=source, account_id=source.account_id, at=at, covers_from=min(start, at), covers_to=at,
        result=Result.COULD_NOT, sees_all=False, reason=reason, evidence=dict(evidence or {}),
    )  # fmt: skip
    row = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if row.health not in {Health.FAILING, Health.STOPPED}:
        row.health, row.health_since = Health.FAILING, at
    row.last_error, row.failures = reason, row.failures + 1
    row.save(update_fields=["health", "health_since", "last_error", "failures"])
    return look


def lock_sources(account_id: int) -> None:
    """Keep one account's rows to this transaction, so that two sources do not both make the same post."""
    list(Source.objects.select_for_update(no_key=True).filter(account=account_id).order_by("pk").values_list("pk"))


def mark_healthy(source: Source, at: datetime) -> None:
    """Say that a source works again."""
    row = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if row.health in {Health.NEW, Health.FAILING}:
        row.health, row.health_since = Health.HEALTHY, at
    row.last_error, row.failures, row.last_seen_at = "", 0, at
    row.save(update_fields=["health", "health_since", "last_error", "failures", "last_seen_at"])


def last_covered(source: Source) -> datetime | None:
    """Return the end of the last period a source saw, None when it never saw one."""
    found: datetime | None = Look.objects.filter(source=source, result=Result.SAW).aggregate(end=Max("covers_to"))[
        "end"
    ]
    return found


def _changes(source: Source, sighting: Sighting, seen: dict[str, SeenPost]) -> _Changes:
    known = _known(source, seen)
    told = _last_told(source, [post.pk for post in known.values()])
    new = [(_new_post(source, key, one, sighting.at), one) for key, one in seen.items() if key not in known]
    versions = [
        (known[key], one) for key, one in seen.items() if key in known and _differs(told.get(known[key].pk), one)
    ]
    vanished = _vanished(source, sighting, {post.pk for post in known.values()})
    return _Changes(known, new, [*versions, *new], vanished)


def _known(source: Source, seen: Mapping[str, SeenPost]) -> dict[str, Post]:
    """Return the posts we have of what was seen: by key, or, where one side has no address, by title and moment."""
    account_id = source.account_id
    # A person reads the day off a screen, seldom the minute.
    near = SAME_DAY if source.method == Method.HAND else SAME_POST
    rows = Post.objects.filter(account=account_id, key__in=list(seen))
    found = {row.key: row for row in rows}
    lost = {key: one for key, one in seen.items() if key not in found and one.title and one.published_at}
    if not lost:
        return found
    taken = {row.pk for row in found.values()}
    titles = {one.title for one in lost.values()}
    alike = [
        row for row in Post.objects.filter(account=account_id, title__in=titles, dated=True) if row.pk not in taken
    ]
    for key, one in lost.items():
        match = next((row for row in alike if _is_same(row, one, near)), None)
        if match is not None:
            found[key] = match
            alike.remove(match)
    return found


def _is_same(row: Post, one: SeenPost, near: timedelta) -> bool:
    if row.title != one.title or row.published_at is None or one.published_at is None:
        return False
    lacks_address = not comparable(row.url) or not comparable(one.url)
    return lacks_address and abs(row.published_at - one.published_at) <= near


def _last_told(source: Source, post_ids: Sequence[int]) -> dict[int, PostVersion]:
    """Return what this source last showed of each post; other sources may show more or less of the same text."""
    rows = PostVersion.objects.filter(post__in=post_ids, look__source=source).order_by("post_id", "-pk")
    return {row.post_id: row for row in rows.distinct("post_id")}


def _differs(told: PostVersion | None, one: SeenPost) -> bool:
    return told is None or told.text_sha256 != one.text_sha256 or told.links != _links(one)


def _links(one: SeenPost) -> list[dict[str, str]]:
    return [{"url": url, "text": text} for url, text in one.links]


def _new_post(source: Source, key: str, one: SeenPost, at: datetime) -> Post:
    return Post(
        account_id=source.account_id, key=key, url=one.url[:LONGEST_URL], title=one.title, first_seen_at=at,
        last_seen_at=at, published_at=one.published_at, dated=one.published_at is not None,
        date_note=one.date_note[:100],
    )  # fmt: skip


def _vanished(source: Source, sighting: Sighting, seen: set[int]) -> list[int]:
    """Return the posts this source showed before, whose place in the list was looked at, and that are not there now.

    The edge of the period is left out: of several posts of that very moment the list may hold only some.
    """
    gone = Post.objects.filter(account=source.account_id, vanished_at=None)
    by_name = (
        set(gone.filter(key__in=sighting.named_gone).values_list("pk", flat=True)) if sighting.named_gone else set()
    )
    if not sighting.sees_all or source.method not in {Method.FEED, Method.READ_BACK}:
        return sorted(by_name)
    shown = gone.filter(dated=True, published_at__gt=sighting.start, published_at__lte=sighting.end)
    shown = shown.filter(versions__look__source=source).exclude(pk__in=seen).distinct()
    return sorted(by_name | set(shown.values_list("pk", flat=True)))


def _look(source: Source, sighting: Sighting, changes: _Changes, seen: int) -> Look:
    return Look.objects.create(
        source=source, account_id=source.account_id, at=sighting.at, covers_from=min(sighting.start, sighting.end),
        covers_to=sighting.end, result=Result.SAW, sees_all=sighting.sees_all, seen=seen, new=len(changes.new),
        changed=sum(1 for post, _ in changes.versions if post.pk), vanished=len(changes.vanished),
        undated=sum(1 for post in sighting.posts if post.published_at is None), snapshot=sighting.proof,
        evidence=dict(sighting.evidence), by=sighting.by,
    )  # fmt: skip


def _write_posts(sighting: Sighting, changes: _Changes, keys: set[str]) -> None:
    Post.objects.bulk_create([post for post, _ in changes.new])
    still = [post.pk for key, post in changes.known.items() if key in keys]
    back = {"vanished_at": None} if sighting.proven else {}
    Post.objects.filter(pk__in=still).update(last_seen_at=Greatest("last_seen_at", sighting.at), **back)
    for post, one in changes.versions if sighting.proven else ():
        if post.pk and one.key not in {row.key for row, _ in changes.new}:
            _refresh(post, one)
    Post.objects.filter(pk__in=changes.vanished).update(vanished_at=sighting.at)


def _refresh(post: Post, one: SeenPost) -> None:
    """Take over what a later version says better. The first date stands: a later one may be made up."""
    if one.published_at and not post.dated:
        post.published_at, post.dated, post.date_note = one.published_at, True, one.date_note
    elif one.published_at and post.published_at and abs(one.published_at - post.published_at) > REDATED:
        post.date_note = "来源前后给出的发布时间不一致"
    post.title, post.url = one.title or post.title, post.url or one.url[:LONGEST_URL]
    post.save(update_fields=["published_at", "dated", "date_note", "title", "url"])


def _version(post: Post, one: SeenPost, look: Look) -> PostVersion:
    return PostVersion(
        post=post, look=look, seen_at=look.at, title=one.title, text=one.text, whole=one.whole,
        text_sha256=one.text_sha256, links=_links(one), snapshot=look.snapshot,
    )  # fmt: skip

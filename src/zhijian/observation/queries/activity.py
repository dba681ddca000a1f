"""What is known of accounts over a period: what they put out, and for which stretches anybody could have known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q

from zhijian.observation.enums import Health, Method, Result
from zhijian.observation.models import Look, Post, Source
from zhijian.observation.queries.posts import unproven_posts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

Period = tuple["datetime", "datetime"]
NO_SOURCE = "没有能看全这个账号的来源，请添加订阅源、平台回读，或登记一次人工查看。"
NOT_LOOKED = "这段时间没有来源看过。"
ALL_STOPPED = "能看全的来源已停用。"
MOST_REASONS = 3


class SourceState(NamedTuple):
    """One source of an account as it stands now."""

    source_id: int
    method: str
    sees_all: bool
    health: str
    last_error: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What one account showed from `start` to `end`, and what could be seen of it.

    `posts` were published in the period and had not vanished by its end; `last_post_at` is the newest of those up to
    `end`, also from before `start`, that rests on more than a person's word. `undated` were first seen in the period
    and bear no date that can be true.
    `seen` are the merged stretches in which a look with `sees_all` covered the account, `gaps` the rest, each with why.
    `looks` are the ids of the looks the stretches rest on.
    """

    account_id: int
    start: datetime
    end: datetime
    last_post_at: datetime | None
    last_post_id: int | None
    posts: int
    undated: int
    seen: tuple[Period, ...]
    gaps: tuple[tuple[datetime, datetime, str], ...]
    sources: tuple[SourceState, ...]
    looks: tuple[int, ...]

    @property
    def covered(self) -> bool:
        """Tell whether the whole period could be seen; without that no verdict about silence may be given."""
        return not self.gaps

    @property
    def seen_until(self) -> datetime | None:
        """Return the end of the last stretch seen, None when nothing was."""
        return self.seen[-1][1] if self.seen else None


def activity(*, account_ids: Sequence[int], start: datetime, end: datetime) -> dict[int, Activity]:
    """Return what is known of each account from `start` to `end`; every id gets an answer. Four queries for any number.

    For the system's own work: the scope is the caller's to ask for. Raises ValueError when `end` is before `start`.
    """
    if end < start:
        raise ValueError("A period ends after it begins.")
    ids = list(dict.fromkeys(account_ids))
    looks = _looks(ids, start, end)
    sources = _sources(ids)
    counts = _counts(ids, start, end)
    last = _last_posts(ids, end)
    found: dict[int, Activity] = {}
    for pk in ids:
        seen = merged((max(look.covers_from, start), min(look.covers_to, end)) for look in looks[pk] if _covers(look))
        posts, undated = counts.get(pk, (0, 0))
        last_at, last_id = last.get(pk, (None, None))
        found[pk] = Activity(
            account_id=pk, start=start, end=end, last_post_at=last_at, last_post_id=last_id, posts=posts,
            undated=undated, seen=seen, gaps=_gaps(seen, looks[pk], sources[pk], (start, end)),
            sources=tuple(sources[pk]), looks=tuple(look.pk for look in looks[pk] if _covers(look)),
        )  # fmt: skip
    return found


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Merge periods that overlap or touch, in order of time."""
    found: list[Period] = []
    for begin, finish in sorted(periods):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], finish))
        else:
            found.append((begin, finish))
    return tuple(found)


def missing_of(seen: Sequence[Period], whole: Period) -> tuple[Period, ...]:
    """Return what `seen` (merged) leaves of the whole period; a stretch without length is no gap."""
    found: list[Period] = []
    reached = whole[0]
    for begin, finish in seen:
        if begin > reached:
            found.append((reached, begin))
        reached = max(reached, finish)
    if reached < whole[1] or (whole[0] == whole[1] and not seen):
        found.append((reached, whole[1]))
    return tuple(found)


def _covers(look: Look) -> bool:
    return look.result == Result.SAW and look.sees_all


def _looks(ids: Sequence[int], start: datetime, end: datetime) -> dict[int, list[Look]]:
    """Return the looks that touch the period: those that covered it, and those that were meant to and failed."""
    touching = Q(covers_from__lte=end, covers_to__gte=start)
    telling = Q(result=Result.SAW, sees_all=True) | Q(result=Result.COULD_NOT)
    rows = Look.objects.filter(touching, telling, account__in=ids).select_related("source")
    found: dict[int, list[Look]] = {pk: [] for pk in ids}
    for row in rows.defer("evidence").order_by("covers_from", "pk"):
        found[row.account_id].append(row)
    return found


def _sources(ids: Sequence[int]) -> dict[int, list[SourceState]]:
    found: dict[int, list[SourceState]] = {pk: [] for pk in ids}
    for row in Source.objects.filter(account__in=ids).order_by("pk"):
        state = SourceState(row.pk, row.method, row.sees_all, row.health, row.last_error)
        found[row.account_id].append(state)
    return found


def _counts(ids: Sequence[int], start: datetime, end: datetime) -> dict[int, tuple[int, int]]:
    """Return how many posts, and how many undated ones, of each account fall into the period."""
    there = Q(vanished_at=None) | Q(vanished_at__gt=end)
    dated = Q(there, dated=True, published_at__range=(start, end))
    undated = Q(there, dated=False, first_seen_at__range=(start, end))
    rows = Post.objects.filter(dated | undated, account__in=ids).order_by().values_list("account_id")
    counted = rows.annotate(posts=Count("pk", filter=dated), undated=Count("pk", filter=undated))
    return {pk: (posts, without) for pk, posts, without in counted}


def _last_posts(ids: Sequence[int], end: datetime) -> dict[int, tuple[datetime | None, int]]:
    there = Q(vanished_at=None) | Q(vanished_at__gt=end)
    rows = Post.objects.filter(there, account__in=ids, dated=True, published_at__lte=end)
    rows = rows.exclude(pk__in=unproven_posts(account_ids=ids))
    rows = rows.order_by("account_id", "-published_at", "-pk").distinct("account_id")
    return {pk: (moment, post) for pk, moment, post in rows.values_list("account_id", "published_at", "pk")}


def _gaps(
    seen: Sequence[Period], looks: Sequence[Look], sources: Sequence[SourceState], whole: Period
) -> tuple[tuple[datetime, datetime, str], ...]:  # fmt: skip
    return tuple((begin, finish, _why(begin, finish, looks, sources)) for begin, finish in missing_of(seen, whole))


def _why(begin: datetime, finish: datetime, looks: Sequence[Look], sources: Sequence[SourceState]) -> str:
    """Say why nobody could look: what the failed looks of that stretch said, else what is missing."""
    failed = [look for look in looks if not _covers(look) and look.covers_from <= finish and look.covers_to >= begin]
    told = list(dict.fromkeys(f"{look.source.get_method_display()}：{look.reason}" for look in failed))
    if told:
        return " ".join(told[-MOST_REASONS:])
    able = [state for state in sources if state.sees_all or state.method in {Method.HAND, Method.IMPORT}]
    if not able:
        return NO_SOURCE
    return ALL_STOPPED if all(state.health == Health.STOPPED for state in able) else NOT_LOOKED

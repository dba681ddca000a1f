from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from zhijian.lib.errors import Missing
from zhijian.observation.enums import Method
from zhijian.observation.models import Post, PostVersion
from zhijian.observation.queries.settled import settled_id
from zhijian.observation.queries.sources import BODY
from zhijian.observation.rules import VIEWERS
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.organisations.models import User


def visible_posts(*, actor: User) -> QuerySet[Post]:
    """Return the posts of the accounts in the actor's scope, with account and body."""
    rows = Post.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=BODY))
    return rows.select_related("account", "account__organisation")


def with_versions(rows: QuerySet[Post]) -> QuerySet[Post]:
    """Add `version_count` to posts."""
    counted = PostVersion.objects.filter(post=OuterRef("pk")).order_by().values("post")
    return rows.annotate(version_count=Subquery(counted.annotate(number=Count("pk")).values("number")))


def find_post(*, actor: User, post_id: int) -> Post:
    """Return one post of the actor's scope. Raises Missing."""
    post = visible_posts(actor=actor).filter(pk=post_id).first()
    if post is None:
        raise Missing
    return post


def posts_between(*, account_ids: Sequence[int], start: datetime, end: datetime) -> QuerySet[Post]:
    """Return the dated posts of accounts published from `start` to `end` (both included), oldest first.

    For the system's own work: the scope is the caller's to ask for. A post that vanished later is among them, one that
    rests on a person's word alone is not: these are what accounts are judged by.
    """
    rows = Post.objects.filter(account__in=account_ids, dated=True, published_at__range=(start, end))
    rows = rows.exclude(pk__in=unproven_posts(account_ids=account_ids))
    return rows.order_by("account_id", "published_at", "pk")


def unproven_posts(*, account_ids: Sequence[int]) -> QuerySet[PostVersion, Any]:
    """Return, for a subquery, the posts that no source showed and of which no person who saw them gave a proof."""
    word = {"look__source__method": Method.HAND, "snapshot": ""}
    others = PostVersion.objects.filter(post=OuterRef("post")).exclude(**word)
    return PostVersion.objects.filter(~Exists(others), look__account__in=account_ids, **word).values("post")


def last_posts(*, account_ids: Sequence[int], start: datetime, end: datetime) -> dict[int, tuple[datetime, int]]:
    """Return when each account last put out something dated from `start` to `end` that is still there, and its id.

    One query; accounts without such a post are left out. Scope as above.
    """
    rows = posts_between(account_ids=account_ids, start=start, end=end).filter(
        Q(vanished_at=None) | Q(vanished_at__gt=end)
    )
    rows = rows.order_by("account_id", "-published_at", "-pk").distinct("account_id")
    found = rows.values_list("account_id", "published_at", "pk")
    return {account: (moment, pk) for account, moment, pk in found if moment is not None}


def standing_posts(*, post_ids: Sequence[int]) -> dict[int, Post]:
    """Return some posts by id, those that vanished among them. Scope as above."""
    return Post.objects.in_bulk(list(post_ids))


def undated_between(*, account_ids: Sequence[int], start: datetime, end: datetime) -> QuerySet[Post]:
    """Return the posts without a date that can be true, first seen from `start` to `end`. Scope as above."""
    return Post.objects.filter(account__in=account_ids, dated=False, first_seen_at__range=(start, end)).order_by("pk")


def versions_for(*, post_ids: Sequence[int]) -> dict[int, list[PostVersion]]:
    """Return every version of some posts, oldest first, each with its look and source. Scope as above."""
    rows = PostVersion.objects.filter(post__in=post_ids).select_related("look", "look__source").order_by("pk")
    found: dict[int, list[PostVersion]] = {pk: [] for pk in post_ids}
    for row in rows:
        found[row.post_id].append(row)
    return found


def versions_after(*, version_id: int, limit: int) -> list[PostVersion]:
    """Return the next versions of all accounts in the order they were seen, with post and account: for nightly runs.

    Remember the last id and ask again: each version is judged once, however often the run is interrupted. None is given
    out while one with a lower id may still be committed.
    """
    rows = PostVersion.objects.filter(pk__gt=version_id, pk__lte=settled_id(PostVersion))
    rows = rows.select_related("post", "post__account", "look")
    return list(rows.order_by("pk")[:limit])


def newest_versions(*, post_ids: Sequence[int]) -> dict[int, PostVersion]:
    """Return the version to judge of each post: the newest whole text, else the newest summary. Scope as above."""
    rows = PostVersion.objects.filter(post__in=post_ids).select_related("look__source")
    rows = rows.order_by("post_id", "-whole", "-pk").distinct("post_id")
    return {row.post_id: row for row in rows}


def posts_in_order(*, account_id: int, after: int, limit: int) -> list[Post]:
    """Return the next posts of one account by their ids, those that vanished among them: for reading a whole archive.

    Remember the last id and ask again; memory stays the same however long the archive is. Scope: the caller's.
    """
    return list(Post.objects.filter(account=account_id, pk__gt=after).order_by("pk")[:limit])


def newest_posts(*, path: str, limit: int) -> list[Post]:
    """Return the newest dated posts that stand of the accounts of a branch (`path` of its body). Scope as above."""
    rows = Post.objects.filter(account__organisation__path__startswith=path, dated=True, vanished_at=None)
    return list(rows.order_by("-published_at", "-pk")[:limit])


def count_posts(*, path: str) -> int:
    """Count the posts of the accounts of a branch, those that vanished among them. Scope as above."""
    return Post.objects.filter(account__organisation__path__startswith=path).count()


def search_posts(rows: QuerySet[Post], text: str) -> QuerySet[Post]:
    """Keep the posts whose title, address or account's name holds the text."""
    return rows.filter(Q(title__icontains=text) | Q(url__icontains=text) | Q(account__name__icontains=text))

"""Trying links by night: those in recent posts, and those other rooms want looked at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.db.models import Max

from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.fetching import Fetcher, Guard, HostPace, Limits, NotSeen, Obstacle, Robots, configured_openings
from zhijian.lib.watched import GONE, tell_outcome, watched_links
from zhijian.observation.enums import Landing
from zhijian.observation.models import LinkCheck, PostVersion
from zhijian.observation.queries.links import url_digest
from zhijian.observation.reading.links import judged_link, with_crawled
from zhijian.observation.reading.seen import comparable
from zhijian.screening.links.hosts import belongs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.lib.watched import WatchedLink

RECENT: Final = timedelta(days=30)
"""Links are tried while a post is this young; older ones are tried when somebody asks for the archive."""
AGAIN_AFTER: Final = timedelta(hours=20)
NEVER: Final = datetime.min.replace(tzinfo=UTC)
AT_ONCE: Final = 500
LONGEST_URL: Final = 4000
READ: Final = 512 * 1024
CRAWLER: Final = "Mozilla/5.0 (compatible; zhijian; looks at what Baiduspider/2.0 is shown)"
"""Names us and whose view we ask for: pages that hide look for the spider's name, and nobody is lied to."""
CAME_FROM: Final = {"Referer": "https://www.baidu.com/"}


def link_fetcher() -> Fetcher:
    """Return the fetch for link checks: one visit a night, as a reader would pay it, so robots.txt is not asked."""
    return _link_fetcher(configured_openings())


@cache
def _link_fetcher(openings: str) -> Fetcher:
    return Fetcher(guard=Guard.parse(openings), limits=Limits(size=READ, total=20.0), pace=HostPace(1.0))


def crawled_fetcher() -> Fetcher:
    """Return the fetch for a second look at a page as search engines see it.

    It keeps the pace of the first look and, asking as programs do, goes where robots.txt lets it.
    """
    return _crawled_fetcher(configured_openings())


@cache
def _crawled_fetcher(openings: str) -> Fetcher:
    plain = _link_fetcher(openings)
    return replace(plain, agent=CRAWLER, may_read=Robots(plain).why_not)


def due_links(*, limit: int = AT_ONCE) -> list[str]:
    """Return addresses that were not tried for twenty hours: never tried ones first, then the longest untried.

    Where the nights are too short for all, every address has its turn.
    """
    wanted = {
        url_digest(url): url for url in (*_in_posts(), *(link.url for link in watched_links())) if _is_worth_trying(url)
    }
    checks = LinkCheck.objects.filter(url_sha256__in=list(wanted)).values_list("url_sha256")
    tried, since = dict(checks.annotate(last=Max("at")).order_by()), clock.now() - AGAIN_AFTER
    due = [(tried.get(digest, NEVER), digest) for digest in wanted if tried.get(digest, NEVER) < since]
    # The order of digests has nothing to do with the order of hosts: neighbours seldom share one.
    return [wanted[digest] for _, digest in sorted(due)[:limit]]


def _in_posts() -> Iterator[str]:
    """Yield the links of the version to judge of every recent post that is still there, and none it has dropped."""
    rows = PostVersion.objects.filter(post__published_at__gte=clock.now() - RECENT, post__vanished_at=None)
    rows = rows.order_by("post_id", "-whole", "-pk").distinct("post_id")
    for links in rows.values_list("links", flat=True).iterator(chunk_size=1000):
        yield from (link["url"] for link in links)


def _is_worth_trying(url: str) -> bool:
    return len(url) <= LONGEST_URL and bool(comparable(url))


def check_links(*, urls: Sequence[str]) -> list[LinkCheck]:
    """Try some addresses one after the other; keep what came of each at once, and tell the rooms that asked for it.

    Never inside a transaction: strangers are asked meanwhile.
    """
    askers: dict[str, list[WatchedLink]] = defaultdict(list)
    for link in watched_links():
        askers[link.url].append(link)
    return [_try(url, askers.get(url, ())) for url in urls]


def _try(url: str, askers: Sequence[WatchedLink]) -> LinkCheck:
    check = _check(url)
    # A page in somebody else's hands is no entrance any more: the rooms that lead there are told that it is gone.
    result = GONE if Landing(check.landing).is_bad else check.result
    for link in askers:
        tell_outcome(link, result=result, at=check.at, reason=check.reason)
    return check


def _check(url: str) -> LinkCheck:
    outcome = link_fetcher().get(url)
    if isinstance(outcome, NotSeen) and outcome.obstacle is Obstacle.TOO_LARGE:
        # A large file is there all the same; its head says so.
        outcome = replace(link_fetcher(), pace=None).get(url, body=False)
    verdict = judged_link(outcome)
    if verdict.landing == Landing.CLEAN and not _is_on_platform(verdict.final_url):
        verdict = with_crawled(verdict, outcome, crawled_fetcher().get(url, headers=CAME_FROM))
    return LinkCheck.objects.create(
        url=url, url_sha256=sha256_hex(url.encode()), at=clock.now(), result=verdict.result, status=verdict.status,
        final_url=verdict.final_url[:LONGEST_URL], title=verdict.title, reason=verdict.reason[:300],
        landing=verdict.landing, signs=list(verdict.signs),
    )  # fmt: skip


def _is_on_platform(url: str) -> bool:
    """Tell whether a page lies on a platform of accounts: nobody breaks in there, and programs are soon locked out."""
    return belongs((urlsplit(url).hostname or "").lower(), "platforms")

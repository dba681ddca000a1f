"""What a site asks of programs (RFC 9309, Robots Exclusion Protocol): obeyed wherever pages of others are read."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import httpx2

from zhijian.lib import clock
from zhijian.lib.fetching.outcomes import Gone, Obstacle, Reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from zhijian.lib.fetching.fetcher import Fetcher

KEPT: Final = timedelta(hours=24)
KEPT_AFTER_FAILURE: Final = timedelta(minutes=10)
MOST_KEPT: Final = 2000
LARGEST: Final = 500 * 1024
SERVER_ERRORS: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One `Allow` or `Disallow` of the group that speaks of us."""

    pattern: re.Pattern[str]
    weight: int
    allows: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site asks; `obstacle` stands for a file that could not be read: then nothing is read (RFC 9309 §2.3.1)."""

    lines: tuple[Line, ...] = ()
    obstacle: Obstacle | None = None

    def why_not(self, path: str) -> Obstacle | None:
        """Apply the longest line that matches; `Allow` wins a tie (RFC 9309 §2.2.2)."""
        if self.obstacle is not None:
            return self.obstacle
        fitting = [line for line in self.lines if line.pattern.match(path)]
        best = max(fitting, key=lambda line: (line.weight, line.allows), default=None)
        return None if best is None or best.allows else Obstacle.ROBOTS


class Robots:
    """Keeps each site's wishes for a day. `why_not` is made for `Fetcher.may_read`; one for many threads."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = replace(fetcher, may_read=None, limits=replace(fetcher.limits, size=LARGEST))
        self._kept: dict[str, tuple[datetime, Rules]] = {}
        self._guard = threading.Lock()

    def why_not(self, url: str) -> Obstacle | None:
        """Tell why a page should not be read now, None when it may be."""
        address = httpx2.URL(url)
        path = address.raw_path.decode("ascii", "replace")
        if path == "/robots.txt":
            return None
        return self._rules(f"{address.scheme}://{address.netloc.decode('ascii')}").why_not(unquote(path))

    def _rules(self, site: str) -> Rules:
        with self._guard:
            held = self._kept.get(site)
        if held is not None and held[0] > clock.now():
            return held[1]
        rules = self._asked(site)
        with self._guard:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[site] = clock.now() + (KEPT if rules.obstacle is None else KEPT_AFTER_FAILURE), rules
        return rules

    def _asked(self, site: str) -> Rules:
        found = self._fetcher.get(f"{site}/robots.txt")
        if isinstance(found, Reached):
            if found.is_page:
                return parse(found.body.decode("utf-8", "replace"), self._fetcher.agent)
            return Rules(obstacle=Obstacle.ROBOTS if found.status >= SERVER_ERRORS else None)
        # A site that does not exist bars nothing: the page itself will tell.
        return Rules() if isinstance(found, Gone) else Rules(obstacle=found.obstacle)


def polite(fetcher: Fetcher) -> Fetcher:
    """Return a fetcher like this one that obeys robots.txt: for the pages of others."""
    return replace(fetcher, may_read=Robots(fetcher).why_not)


def parse(text: str, agent: str) -> Rules:
    """Read a robots.txt for one agent: the groups that name it, or else those for everybody."""
    own: list[Line] = []
    everybody: list[Line] = []
    named = False
    for names, line in _entries(text):
        if agent.lower() in names:
            named = True
            own += [line] if line else []
        elif "*" in names:
            everybody += [line] if line else []
    return Rules(tuple(own if named else everybody))


def _entries(text: str) -> Iterator[tuple[frozenset[str], Line | None]]:
    """Yield each rule with the names of its group; a group without rules yields None."""
    names: set[str] = set()
    in_names = False
    for raw in text.removeprefix("\ufeff").splitlines():
        key, _, value = raw.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            names = {*(names if in_names else ()), value.lower()}
            in_names = True
            yield frozenset(names), None
        elif key in {"allow", "disallow"}:
            in_names = False
            # An empty Disallow forbids nothing.
            yield frozenset(names), _line(value, allows=key == "allow") if value else None


def _line(value: str, *, allows: bool) -> Line:
    ends = value.endswith("$")
    parts = [re.escape(unquote(part)) for part in re.sub(r"\*+", "*", value.removesuffix("$")).split("*")]
    return Line(re.compile(".*".join(parts) + ("$" if ends else ""), re.DOTALL), len(value.encode()), allows)

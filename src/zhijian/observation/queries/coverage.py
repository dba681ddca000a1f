"""The meter: how many of the accounts that must be watched can be seen today, by platform and by branch of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, CharField, Count, Exists, OuterRef, Value, When

from zhijian.lib import clock
from zhijian.observation.enums import Health, Result, Sight
from zhijian.observation.models import Look, Source
from zhijian.observation.queries.sources import watchable_accounts
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

FRESH: Final = timedelta(hours=36)
"""A whole look counts for today while its period ends within this; our own measure: a day, and half a day of slack."""


@dataclass(frozen=True, slots=True)
class Meter:
    """How many accounts of one kind are seen how well. `url` leads to them."""

    label: str
    key: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def whole(self) -> int:
        return self.counts.get(Sight.WHOLE, 0)

    @property
    def part(self) -> int:
        return self.counts.get(Sight.PART, 0)

    @property
    def failing(self) -> int:
        return self.counts.get(Sight.FAILING, 0)

    @property
    def none(self) -> int:
        return self.counts.get(Sight.NONE, 0)

    @property
    def percent(self) -> int:
        """Return the share seen whole, rounded down: 100 is said only when it is all of them."""
        return self.whole * 100 // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The meter at `at`: all together, by platform (most accounts first) and by branch (in tree order)."""

    at: datetime
    all: Meter
    platforms: tuple[Meter, ...]
    branches: tuple[Meter, ...]


def coverage(*, actor: User) -> Coverage:
    """Return how much of what the actor must watch can be seen today. Three queries for any number of accounts."""
    rows = with_sight(watchable_accounts(actor=actor)).order_by()
    counted = list(
        rows.values_list("platform", "organisation__path", "sight").annotate(number=Count("pk"))
    )  # fmt: skip
    platforms = _folded((platform, sight, number) for platform, _, sight, number in counted)
    root = _shared_root({path for _, path, _, _ in counted})
    branches = _folded((branch_of(path, root), sight, number) for _, path, sight, number in counted)
    names = _names(branches)
    by_size = sorted(platforms, key=lambda key: (-sum(platforms[key].values()), key))
    return Coverage(
        at=clock.now(),
        all=Meter("全部", "", _folded(("", sight, number) for _, _, sight, number in counted).get("", {})),
        platforms=tuple(Meter(platform_label(key), key, platforms[key]) for key in by_size),
        branches=tuple(Meter(names.get(key, "—"), key, branches[key]) for key in sorted(branches)),
    )


def with_sight(rows: QuerySet[Account]) -> QuerySet[Any]:
    """Add `sight` (a value of Sight) to accounts."""
    in_use = Source.objects.filter(account=OuterRef("pk")).exclude(health=Health.STOPPED)
    fresh = Look.objects.filter(
        account=OuterRef("pk"), result=Result.SAW, sees_all=True, covers_to__gte=clock.now() - FRESH
    )
    return rows.annotate(
        sight=Case(
            When(Exists(fresh), then=Value(str(Sight.WHOLE))),
            When(Exists(in_use.filter(health=Health.FAILING)), then=Value(str(Sight.FAILING))),
            When(Exists(in_use), then=Value(str(Sight.PART))),
            default=Value(str(Sight.NONE)),
            output_field=CharField(),
        )
    )


def branch_of(path: str, root: str) -> str:
    """Return the path of the branch below `root` to which a body belongs; the root itself is its own branch."""
    rest = path.removeprefix(root)
    return root + rest.split(".")[0] + "." if rest else root


def _folded(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, sight, number in rows:
        line = found.setdefault(key, {})
        line[sight] = line.get(sight, 0) + number
    return found


def _shared_root(paths: set[str]) -> str:
    """Return the longest path all bodies share, so that a county officer sees bureaus and not one line."""
    if not paths:
        return ""
    parts = [path.split(".")[:-1] for path in sorted(paths)]
    first, last = parts[0], parts[-1]
    shared = [one for one, other in zip(first, last, strict=False) if one == other]
    return "".join(f"{part}." for part in first[: len(shared)])


def _names(paths: Iterable[str]) -> dict[str, str]:
    rows = Organisation.objects.filter(path__in=list(paths))
    return {row.path: row.short_name for row in rows}

"""Asked names beside every official one of the register.

The prepared comparison is kept in the process. Made of a large register it costs seconds, so it is made anew only when
an official name has changed, and then behind the back of whoever asks: they get the one at hand meanwhile.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, DecimalField, F, Func, Max, Q, Sum, Value
from django.db.models.functions import Cast

from zhijian.impostors.models import AllowedName
from zhijian.lib import clock
from zhijian.organisations.enums import BodyKind
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import public_accounts
from zhijian.screening.lookalikes import Lookalikes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from django.db.models import QuerySet

    from zhijian.registry.models import Account
    from zhijian.screening.lookalikes import Alike

# What stands behind a region's name in the name of its government.
_OFFICES = ("人民政府办公室", "人民政府办公厅", "人民政府", "政府", "街道办事处")
# A comparison that was made in less is made anew at once; a slower one in the background, and then not for a while.
QUICK_SECONDS = 0.3
REST_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Compared:
    """A name as it was asked, and what it is: official itself, allowed, like official ones (the most alike first)."""

    name: str
    is_official: bool
    is_allowed: bool
    alike: tuple[Alike, ...]


def compare(names: Iterable[str]) -> list[Compared]:
    """Compare names with every official one; a name of nothing but marks is like none."""
    index = lookalikes()
    return [
        Compared(name, index.is_official(name), index.is_allowed(name), index.alike(name))
        for name in dict.fromkeys(filter(None, (one.strip() for one in names)))
    ]


def owner_of(alike: tuple[Alike, ...]) -> Account | None:
    """Return the real account that the most alike name belongs to, the main one first."""
    if not alike:
        return None
    rows = public_accounts().filter(name=alike[0].official)
    return rows.order_by("-is_main", "pk").first()


@dataclass(slots=True)
class _Kept:
    """The comparison at hand: of which names (`digest`), as far as which change of the register (`seen`).

    `made_at` is when it was begun on the monotonic clock, `seconds` how long that took.
    """

    index: Lookalikes
    digest: tuple[Any, ...]
    seen: tuple[Any, ...]
    allowed: tuple[str, ...]
    made_at: float
    seconds: float


class Comparison:
    """The comparison with the register, kept between requests. Safe to share between threads."""

    def __init__(
        self, *, quick: float = QUICK_SECONDS, rest: float = REST_SECONDS, later: Callable[[Callable[[], None]], None]
    ) -> None:  # fmt: skip
        """Make anew at once what took less than `quick` seconds, other by `later`, `rest` seconds after the last."""
        self._quick, self._rest, self._later = quick, rest, later
        self._kept: _Kept | None = None
        self._making = threading.Lock()
        self._is_renewed = threading.Lock()

    def current(self) -> Lookalikes:
        """Return the comparison with the register as it is, or as it was a while ago when it is large."""
        with self._making:
            kept = self._kept or self._make()
            if kept.seen != (seen := _seen()):
                if kept.digest == _digest():
                    kept.seen = seen
                elif kept.seconds < self._quick:
                    kept = self._make()
                else:
                    self._renew_later(kept)
            if kept.allowed != (allowed := _allowed()):
                kept.index, kept.allowed = kept.index.with_allowed(allowed), allowed
            return kept.index

    def _make(self) -> _Kept:
        begun, seen, digest, allowed = time.monotonic(), _seen(), _digest(), _allowed()
        index = _made(allowed)
        self._kept = _Kept(index, digest, seen, allowed, begun, time.monotonic() - begun)
        return self._kept

    def _renew_later(self, kept: _Kept) -> None:
        if time.monotonic() - kept.made_at >= self._rest and self._is_renewed.acquire(blocking=False):
            self._later(self._renew)

    def _renew(self) -> None:
        try:
            self._make()
        finally:
            self._is_renewed.release()


def _in_background(work: Callable[[], None]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threading.Thread(target=run, name="impostors-comparison", daemon=True).start()


_comparison = Comparison(later=_in_background)


def lookalikes() -> Lookalikes:
    """Return the comparison with the register."""
    return _comparison.current()


def _in_force() -> Q:
    return Q(ended_at=None) & (Q(expires_on=None) | Q(expires_on__gte=clock.today()))


def _allowed() -> tuple[str, ...]:
    return tuple(AllowedName.objects.filter(_in_force()).order_by("pk").values_list("name", flat=True))


def _governments() -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind__in=[BodyKind.GOVERNMENT, BodyKind.OFFICE], is_active=True)


def _seen() -> tuple[Any, ...]:
    """Return what changes with every change of a public account or of a government's name, and is asked in no time."""
    accounts = public_accounts().aggregate(rows=Count("pk"), newest=Max("changed_at"))
    return (*accounts.values(), *_names(_governments()))


def _digest() -> tuple[Any, ...]:
    """Return what changes only when the names to compare with do."""
    return (*_names(public_accounts().order_by()), *_names(_governments()))


def _names(rows: QuerySet[Any]) -> tuple[Any, ...]:
    """Return how many names there are and the sum of their hashes, whatever their order."""
    hashed = Cast(Func(F("name"), Value(0), function="hashtextextended"), DecimalField(max_digits=40, decimal_places=0))
    return tuple(rows.aggregate(rows=Count("pk"), names=Sum(hashed)).values())


def _made(allowed: Iterable[str]) -> Lookalikes:
    return Lookalikes(
        public_accounts().order_by("pk").values_list("name", flat=True).iterator(chunk_size=5_000),
        regions={_region(name) for name in _governments().values_list("name", flat=True)},
        allowed=allowed,
    )


def _region(name: str) -> str:
    return next((name.removesuffix(office) for office in _OFFICES if name.endswith(office)), name)

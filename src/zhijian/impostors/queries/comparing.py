"""Asked names beside every official one of the register.

The prepared comparison is kept in the process and made anew when the register, the bodies or the allowed names changed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q

from zhijian.impostors.models import AllowedName
from zhijian.lib import clock
from zhijian.organisations.enums import BodyKind
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import public_accounts
from zhijian.screening.lookalikes import Lookalikes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from zhijian.registry.models import Account
    from zhijian.screening.lookalikes import Alike

# What stands behind a region's name in the name of its government.
_OFFICES = ("人民政府办公室", "人民政府办公厅", "人民政府", "政府", "街道办事处")
_making = threading.Lock()
_kept: dict[str, tuple[tuple[Any, ...], Lookalikes]] = {}


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


def lookalikes() -> Lookalikes:
    """Return the comparison with the register as it is now."""
    state = _state()
    with _making:
        kept = _kept.get("index")
        if kept is None or kept[0] != state:
            kept = _kept["index"] = (state, _made())
    return kept[1]


def _in_force() -> Q:
    return Q(ended_at=None) & (Q(expires_on=None) | Q(expires_on__gte=clock.today()))


def _state() -> tuple[Any, ...]:
    """Return what changes whenever the comparison would: three short queries."""
    accounts = public_accounts().aggregate(rows=Count("pk"), newest=Max("changed_at"))
    bodies = Organisation.objects.aggregate(rows=Count("pk"), newest=Max("pk"))
    allowed = AllowedName.objects.filter(_in_force()).aggregate(rows=Count("pk"), newest=Max("pk"))
    return (*accounts.values(), *bodies.values(), *allowed.values())


def _made() -> Lookalikes:
    governments = Organisation.objects.filter(kind__in=[BodyKind.GOVERNMENT, BodyKind.OFFICE], is_active=True)
    return Lookalikes(
        public_accounts().order_by("pk").values_list("name", flat=True).iterator(chunk_size=5_000),
        regions={_region(name) for name in governments.values_list("name", flat=True)},
        allowed=AllowedName.objects.filter(_in_force()).values_list("name", flat=True),
    )


def _region(name: str) -> str:
    return next((name.removesuffix(office) for office in _OFFICES if name.endswith(office)), name)

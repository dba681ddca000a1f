"""Reports from nearly the same spot: likely the same lamp, the same lid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Final

from zhijian.inbox.queries.cases import visible_cases

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.inbox.models import Case
    from zhijian.organisations.models import User

NEAR_METRES: Final = 200
NEAR_WITHIN: Final = timedelta(days=30)
EARTH_METRES: Final = 6_371_000
METRES_A_DEGREE: Final = 111_195
MOST: Final = 5
MOST_LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True)
class Near:
    """A case and how far away it lies, in metres."""

    case: Case
    metres: int


def near_cases(*, actor: User, case: Case) -> list[Near]:
    """Return cases this person may see that lie within 200 m and came at most 30 days before, the nearest first."""
    if case.latitude is None or case.longitude is None:
        return []
    found = [Near(other, _metres(case, other)) for other in _around(actor, case)]
    near = [one for one in found if one.metres <= NEAR_METRES]
    return sorted(near, key=lambda one: (one.metres, -one.case.pk))[:MOST]


def _around(actor: User, case: Case) -> QuerySet[Case]:
    """Return the newest cases of the square around the circle, so that the distance is counted for few."""
    assert case.latitude is not None and case.longitude is not None  # noqa: S101, PT018 - the caller asked; tells mypy
    high = NEAR_METRES / METRES_A_DEGREE
    wide = high / max(cos(radians(float(case.latitude))), 0.01)
    up, across = Decimal(str(high)), Decimal(str(wide))
    rows = visible_cases(actor=actor).filter(
        is_confidential=False,
        received_at__gte=case.received_at - NEAR_WITHIN,
        received_at__lte=case.received_at,
        latitude__range=(case.latitude - up, case.latitude + up),
        longitude__range=(case.longitude - across, case.longitude + across),
    )
    return rows.exclude(pk=case.pk).order_by("-received_at", "-pk")[:MOST_LOOKED_AT]


def _metres(one: Case, other: Case) -> int:
    """Return the distance along the ground (haversine)."""
    lat1, lon1, lat2, lon2 = (
        radians(float(degrees or 0)) for degrees in (one.latitude, one.longitude, other.latitude, other.longitude)
    )
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(half)))

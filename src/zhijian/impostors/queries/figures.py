"""How many impostors there are, where, by which tricks, and how long platforms take."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from zhijian.impostors.enums import PUBLIC_STATES, CaseState
from zhijian.lib import clock
from zhijian.registry.queries import platform_label
from zhijian.screening.lookalikes import Trick

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.impostors.models import Case

MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows are (label, cases, confirmed, removed, median whole days from request to removal or None)."""

    total: int
    confirmed: int
    removed: int
    days: float | None
    by_platform: list[tuple[str, int, int, int, float | None]]
    by_month: list[tuple[str, int, int, int, float | None]]
    by_trick: list[tuple[str, int, int, int, float | None]]


def figures_of(rows: QuerySet[Case]) -> Figures:
    """Count the cases of a scoped query; those found unfounded are counted as cases only."""
    cases = list(rows.select_related(None).only("platform", "state", "tricks", "opened_at", "requested_at", "ended_at"))
    whole = _counted("", cases)
    months = sorted({f"{_local(case.opened_at):%Y-%m}" for case in cases}, reverse=True)[:MOST_MONTHS]
    platforms = Counter(case.platform for case in cases)
    tricks = Counter(trick for case in cases for trick in case.tricks)
    return Figures(
        *whole[1:],
        by_platform=[
            _counted(platform_label(code) if code else "还没有填平台", [one for one in cases if one.platform == code])
            for code, _ in platforms.most_common()
        ],
        by_month=[
            _counted(month, [one for one in cases if f"{_local(one.opened_at):%Y-%m}" == month]) for month in months
        ],
        by_trick=[
            _counted(Trick(code).label, [one for one in cases if code in one.tricks])
            for code, _ in tricks.most_common()
        ],
    )


def _counted(label: str, cases: list[Case]) -> tuple[str, int, int, int, float | None]:
    removed = [case for case in cases if case.state == CaseState.REMOVED]
    days = [(case.ended_at - case.requested_at).days for case in removed if case.ended_at and case.requested_at]
    confirmed = sum(case.state in PUBLIC_STATES for case in cases)
    return label, len(cases), confirmed, len(removed), median(days) if days else None


def _local(moment: datetime) -> datetime:
    return moment.astimezone(clock.BEIJING)

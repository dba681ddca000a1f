"""Counting what rules did, day by day: folded anew from the rows themselves, so that twice is as once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Count

from zhijian.content.queries import rule_hits, rule_waivers
from zhijian.lib import clock
from zhijian.lookback.enums import FindingState
from zhijian.lookback.models import Finding, RuleDay
from zhijian.screening import Category

if TYPE_CHECKING:
    from datetime import date

DAYS_BACK: Final = 7
"""Days folded anew each night: what was written a week ago may have been screened again since."""


@dataclass(slots=True)
class _Count:
    category: str = ""
    drafts: int = 0
    posts: int = 0
    waived: int = 0


def fold_days(*, days: int = DAYS_BACK) -> int:
    """Fold the last days, today among them; return how many rows they have."""
    return sum(fold_day(day=clock.today() - timedelta(days=ago)) for ago in range(days))


@transaction.atomic
def fold_day(*, day: date) -> int:
    """Count one day anew; return how many rows it has."""
    start = datetime.combine(day, time(), tzinfo=clock.BEIJING)
    counts = _counted(start, start + timedelta(days=1))
    RuleDay.objects.filter(day=day).delete()
    rows = [
        RuleDay(
            organisation_id=body, rule_id=rule, day=day, category=one.category, drafts=one.drafts, posts=one.posts,
            waived=one.waived,
        )
        for (body, rule), one in sorted(counts.items())
    ]  # fmt: skip
    RuleDay.objects.bulk_create(rows)
    return len(rows)


def _counted(start: datetime, end: datetime) -> dict[tuple[int, str], _Count]:
    counts: dict[tuple[int, str], _Count] = defaultdict(_Count)
    for body, rule, category, number in rule_hits(start=start, end=end):
        if category in set(Category):
            counts[body, rule].category, counts[body, rule].drafts = category, number
    found = Finding.objects.filter(found_at__gte=start, found_at__lt=end).order_by()
    for body, rule, category, number in found.values_list("organisation", "rule_id", "category").annotate(
        number=Count("pk")
    ):
        counts[body, rule].category, counts[body, rule].posts = category, number
    aside = Finding.objects.filter(state=FindingState.SET_ASIDE, state_at__gte=start, state_at__lt=end).order_by()
    for body, rule, category, number in aside.values_list("organisation", "rule_id", "category").annotate(
        number=Count("pk")
    ):
        counts[body, rule].category, counts[body, rule].waived = category, number
    for body, rule, number in rule_waivers(start=start, end=end):
        counts[body, rule].waived += number
    return counts

"""What this person must do today, gathered from every room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import zhijian.content.queries
import zhijian.knowledge.queries
import zhijian.publishing.queries
import zhijian.registry.queries
import zhijian.review.queries
from zhijian.lib import clock
from zhijian.workbench.models import SavedView

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.lib.work import WorkItem
    from zhijian.organisations.models import User

ROOMS = (
    zhijian.review.queries,
    zhijian.content.queries,
    zhijian.publishing.queries,
    zhijian.registry.queries,
    zhijian.knowledge.queries,
)
FAR = timedelta(days=36_500)


def work_today(*, actor: User) -> list[WorkItem]:
    """Return everything that waits for this person, the nearest deadline first, then the longest waiting."""
    items = [item for room in ROOMS for item in room.work_items(actor=actor)]
    return sorted(items, key=_urgency)


def _urgency(item: WorkItem) -> tuple[datetime, datetime]:
    return (item.due or clock.now() + FAR, item.since)


def saved_views(*, actor: User, path: str | None = None) -> QuerySet[SavedView]:
    """Return the views a person keeps, of one list where `path` names its page."""
    rows = SavedView.objects.filter(user=actor).order_by("name")
    return rows if path is None else rows.filter(path=path)

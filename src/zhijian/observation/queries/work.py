from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.lib.work import WorkItem
from zhijian.observation.enums import Health
from zhijian.observation.models import Source
from zhijian.observation.queries.sources import BODY
from zhijian.observation.rules import KEEPERS
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from datetime import datetime

    from zhijian.organisations.models import User

MOST_ITEMS = 50
MOST_BLIND = 200


def blind_sources(*, since: datetime) -> list[Source]:
    """Return the sources that have been failing from before a moment on, with account and body, the longest first.

    For the system's own work.
    """
    rows = Source.objects.filter(health=Health.FAILING, health_since__lt=since)
    return list(rows.select_related("account", "account__organisation").order_by("health_since", "pk")[:MOST_BLIND])


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the sources that cannot see and that this person may mend."""
    rows = Source.objects.filter(in_scope(actor=actor, roles=KEEPERS, field=BODY), health=Health.FAILING)
    rows = rows.select_related("account", "account__organisation").order_by("health_since", "pk")
    return [
        WorkItem(
            title=f"{row.account.name}：{row.last_error}",
            url=f"/desk/observation/sources/{row.pk}/",
            kind="修来源",
            organisation=row.account.organisation.short_name,
            state=row.get_health_display(),
            since=row.health_since,
        )
        for row in rows[:MOST_ITEMS]
    ]

"""What this person must do today, and what is open at a body, gathered from every room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import zhijian.assessment.queries
import zhijian.census.queries
import zhijian.content.queries
import zhijian.drives.queries
import zhijian.duty.queries
import zhijian.impostors.queries
import zhijian.inbox.queries
import zhijian.inspection.queries
import zhijian.knowledge.queries
import zhijian.lookback.queries
import zhijian.observation.queries
import zhijian.proof.queries
import zhijian.publishing.queries
import zhijian.reform.queries
import zhijian.registry.queries
import zhijian.resources.queries
import zhijian.review.queries
import zhijian.services.queries
import zhijian.vendors.queries
from zhijian.audit.queries import events_at
from zhijian.duty.queries import Matter
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import administered_body_ids, administers_everything
from zhijian.workbench.models import SavedView

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.audit.models import Event
    from zhijian.lib.work import WorkItem
    from zhijian.organisations.models import Organisation, User

ROOMS = (
    zhijian.duty.queries,
    zhijian.review.queries,
    zhijian.content.queries,
    zhijian.inbox.queries,
    zhijian.publishing.queries,
    zhijian.inspection.queries,
    zhijian.impostors.queries,
    zhijian.assessment.queries,
    zhijian.registry.queries,
    zhijian.reform.queries,
    zhijian.drives.queries,
    zhijian.census.queries,
    zhijian.proof.queries,
    zhijian.vendors.queries,
    zhijian.resources.queries,
    zhijian.observation.queries,
    zhijian.knowledge.queries,
    zhijian.lookback.queries,
    zhijian.services.queries,
)
FAR = timedelta(days=36_500)


def work_today(*, actor: User) -> list[WorkItem]:
    """Return everything that waits for this person, the nearest deadline first, then the longest waiting."""
    items = [item for room in ROOMS for item in room.work_items(actor=actor)]
    return sorted(items, key=_urgency)


def _urgency(item: WorkItem) -> tuple[datetime, datetime]:
    return (item.due or clock.now() + FAR, item.since)


def matters_at(organisation: Organisation) -> list[Matter]:
    """Return what the next on duty at a body must know of: late cases, unknown results, orders to answer.

    Numbers stand for what citizens wrote. For hand-overs, which the duty room keeps.
    """
    late = zhijian.inbox.queries.late_cases(organisation=organisation)
    unknown = zhijian.publishing.queries.unknown_deliveries(organisation=organisation)
    orders = zhijian.inspection.queries.open_orders(organisation=organisation)
    return [
        *(Matter(f"留言 {row.number} 已超期", f"/desk/inbox/{row.pk}/", "留言", row.received_at) for row in late),
        *(
            Matter(f"{row.title}（{row.account.name}）", f"/desk/deliveries/{row.pk}/", "发布待核实", row.planned_at)
            for row in unknown
        ),
        *(
            Matter(
                f"{row.number}：{row.finding.account.name}，{row.due_at.astimezone(clock.BEIJING):%-m月%-d日}前反馈",
                f"/desk/inspection/findings/{row.finding_id}/", "整改", row.issued_at,
            )
            for row in orders
        ),
    ]  # fmt: skip


def events_for(*, actor: User) -> QuerySet[Event]:
    """Return the log as an audit administrator sees it: the acts at the bodies of their subtree, newest first.

    Rows that belong to no body (a failed sign-in) are shown at a root body only.
    """
    office = [Role.AUDIT_ADMIN]
    return events_at(
        organisation_ids=administered_body_ids(actor=actor, roles=office),
        and_unowned=administers_everything(actor=actor, roles=office),
    )


def saved_views(*, actor: User, path: str | None = None) -> QuerySet[SavedView]:
    """Return the views a person keeps, of one list where `path` names its page."""
    rows = SavedView.objects.filter(user=actor).order_by("name")
    return rows if path is None else rows.filter(path=path)

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.lib.work import WorkItem
from zhijian.organisations.queries import in_scope
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, StrayDraft
from zhijian.publishing.queries.deliveries import SENDERS

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

MOST_WORK = 100
KINDS = {
    DeliveryState.UNKNOWN: "核实结果",
    DeliveryState.REJECTED: "处理退回",
    DeliveryState.FAILED: "处理失败",
    DeliveryState.MANUAL_PENDING: "人工发布",
}


def unknown_deliveries(*, organisation: Organisation) -> list[Delivery]:
    """Return the deliveries of a body of which nobody knows whether they are out. For the system's own work."""
    rows = Delivery.objects.filter(organisation=organisation, state=DeliveryState.UNKNOWN)
    return list(rows.select_related("account").order_by("planned_at", "pk")[:MOST_WORK])


def work_items(*, actor: User) -> list[WorkItem]:
    """Return what waits for this person: results to look after, hand-offs to carry out, stray drafts to clean."""
    return [*_deliveries(actor), *_strays(actor)]


def _deliveries(actor: User) -> list[WorkItem]:
    rows = Delivery.objects.filter(in_scope(actor=actor, roles=SENDERS), state__in=list(KINDS))
    rows = rows.select_related("organisation", "account").order_by("planned_at")
    return [
        WorkItem(
            title=f"{row.title}（{row.account.name}）",
            url=f"/desk/deliveries/{row.pk}/",
            kind=KINDS[DeliveryState(row.state)],
            organisation=row.organisation.short_name,
            state=row.get_state_display(),
            since=row.submitted_at or row.scheduled_at,
        )
        for row in rows[:MOST_WORK]
    ]


def _strays(actor: User) -> list[WorkItem]:
    rows = StrayDraft.objects.filter(in_scope(actor=actor, roles=SENDERS), cleaned_at=None)
    return [
        WorkItem(
            title=f"滞留草稿：{row.title}",
            url="/desk/deliveries/strays/",
            kind="清理草稿",
            organisation=row.organisation.short_name,
            state="滞留",
            since=row.found_at,
        )
        for row in rows.select_related("organisation").order_by("found_at")[:MOST_WORK]
    ]

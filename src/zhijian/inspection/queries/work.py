"""What waits for one person of inspection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.inspection.enums import AppealState, FindingState, Result, RunState
from zhijian.inspection.models import Order, Run
from zhijian.inspection.queries.findings import BODY, visible_appeals, visible_findings
from zhijian.inspection.queries.standings import visible_standings
from zhijian.inspection.rules import HOSTS, WATCHERS
from zhijian.lib.clock import BEIJING
from zhijian.lib.work import WorkItem
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from datetime import datetime

    from zhijian.inspection.models import Finding
    from zhijian.organisations.models import Organisation, User

MOST = 50
ACCOUNTS_URL = "/desk/inspection/accounts/"
FINDINGS_URL = "/desk/inspection/findings/"


def silent_runs(*, since: datetime) -> list[Run]:
    """Return the runs that are said to go on and have not moved since a moment. For the system's own work."""
    rows = Run.objects.filter(state=RunState.RUNNING, beat_at__lt=since)
    return list(rows.select_related("organisation").order_by("pk"))


def open_orders(*, organisation: Organisation) -> list[Order]:
    """Return the orders a body has still to answer, the nearest day first. For the system's own work."""
    rows = Order.objects.filter(finding__account__organisation=organisation, finding__state=FindingState.ORDERED)
    return list(rows.select_related("finding__account").order_by("due_at", "pk")[:MOST])


def work_items(*, actor: User) -> list[WorkItem]:
    """Return warnings and orders for the host; findings to dispose of, answers and appeals for the office."""
    return [*_warnings(actor), *_findings(actor), *_appeals(actor)]


def _warnings(actor: User) -> list[WorkItem]:
    """Only the host's own accounts: the office sees the list of all of them on its page."""
    rows = visible_standings(actor=actor).filter(
        in_scope(actor=actor, roles=HOSTS, field=f"{BODY}"),
        result=Result.WARNING,
        account__organisation=actor.organisation,
    )
    return [
        WorkItem(
            title=f"{row.account.name}已 {row.silent_days} 天没有更新", url=f"{ACCOUNTS_URL}{row.account_id}/",
            kind="更新账号", organisation=row.account.organisation.short_name,
            state=f"还剩 {row.left_days} 天" if (row.left_days or 0) > 0 else "今天到期",
            since=row.warned_at or row.checked_at,
        )
        for row in rows.order_by("left_days", "pk")[:MOST]
    ]  # fmt: skip


def _findings(actor: User) -> list[WorkItem]:
    host = Q(in_scope(actor=actor, roles=HOSTS, field=BODY), state=FindingState.ORDERED)
    office = Q(
        in_scope(actor=actor, roles=WATCHERS, field=BODY), state__in=[FindingState.OPEN, FindingState.ANSWERED]
    ) & ~Q(account__organisation=actor.organisation)
    rows = visible_findings(actor=actor).filter(host | office).order_by("order__due_at", "pk")
    return [_item(finding) for finding in rows[:MOST]]


KINDS = {FindingState.OPEN: "处置问题", FindingState.ORDERED: "整改", FindingState.ANSWERED: "复查"}


def _item(finding: Finding) -> WorkItem:
    order = getattr(finding, "order", None)
    ordered = order is not None and finding.state == FindingState.ORDERED
    due = order.due_at if ordered and order is not None else None
    return WorkItem(
        title=f"{finding.account.name}：{finding.title}", url=f"{FINDINGS_URL}{finding.pk}/",
        kind=KINDS[FindingState(finding.state)], organisation=finding.account.organisation.short_name,
        state=finding.get_state_display(), since=finding.found_at, due=due,
        due_text=f"{due.astimezone(BEIJING):%m-%d %H:%M} 前反馈" if due else "",
    )  # fmt: skip


def _appeals(actor: User) -> list[WorkItem]:
    rows = visible_appeals(actor=actor).filter(
        in_scope(actor=actor, roles=WATCHERS, field=f"finding__{BODY}"), state=AppealState.OPEN
    )
    rows = rows.exclude(by=actor).exclude(finding__account__organisation=actor.organisation).order_by("pk")
    return [
        WorkItem(
            title=f"{row.finding.account.name}：{row.finding.title}", url=f"{FINDINGS_URL}{row.finding_id}/",
            kind="裁定申诉", organisation=row.finding.account.organisation.short_name, state=row.get_kind_display(),
            since=row.at,
        )
        for row in rows[:MOST]
    ]  # fmt: skip

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.db.models import Count

from zhijian.census.enums import FILLABLE_STATES, UNSIGNED_STATES, CampaignState, SheetState
from zhijian.census.models import Campaign
from zhijian.census.queries.sheets import sheets_to_fill, visible_sheets
from zhijian.census.rules import READERS
from zhijian.lib import clock
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.census.models import Sheet
    from zhijian.organisations.models import User

MOST_WORK = 50
OWN_FIRST = 10


def due_moment(day: date) -> datetime:
    """Return the end of a deadline's day."""
    return datetime.combine(day, time(23, 59), tzinfo=clock.BEIJING)


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the tables of this person's own body, and a line for each census whose tables of a branch they keep.

    Who fills in for many bodies gets one line with their number, who asked gets one when the day is past.
    """
    if not actor.holds(*READERS):
        return []
    own = actor.organisation_id or 0
    rows = sheets_to_fill(actor=actor).filter(organisation=own)
    items = [_item(row) for row in rows.order_by("campaign__due_on", "pk")[:MOST_WORK]]
    own_items = {item.url: item for item in [*items, *_to_sign_as_empty(actor)]}
    return [*own_items.values(), *_of_branches(actor, own), *_overdue(actor)]


def _of_branches(actor: User, own: int) -> list[WorkItem]:
    rows = visible_sheets(actor=actor).filter(
        in_scope(actor=actor, roles=[Role.HOST_OFFICER]), campaign__state=CampaignState.RUNNING,
        state__in=FILLABLE_STATES,
    )  # fmt: skip
    counts = _counted(rows.exclude(organisation=own))
    return [
        _line(row, f"{row.title}：{counts[row.pk]:,} 个单位要填", "填报", "没有送签", row.opened_at)
        for row in Campaign.objects.filter(pk__in=counts).select_related("organisation").order_by("due_on", "pk")
    ]


def _overdue(actor: User) -> list[WorkItem]:
    """A census past its day waits for who asked it: to urge, to extend, or to end it."""
    late = Campaign.objects.filter(
        in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER]), state=CampaignState.RUNNING, due_on__lt=clock.today()
    )
    counts = _counted(visible_sheets(actor=actor).filter(campaign__in=late, state__in=UNSIGNED_STATES))
    return [
        _line(row, f"{row.title}：{counts.get(row.pk, 0):,} 个单位没有签字", "催报", "已过期限", due_moment(row.due_on))
        for row in late.select_related("organisation").order_by("due_on", "pk")[:MOST_WORK]
    ]


def _counted(rows: QuerySet[Sheet]) -> dict[int, int]:
    return dict(rows.order_by().values_list("campaign").annotate(number=Count("pk"))[:MOST_WORK])


def _line(row: Campaign, title: str, kind: str, state: str, since: datetime | None) -> WorkItem:
    return WorkItem(
        title=title, url=f"/desk/census/{row.pk}/sheets/", kind=kind, organisation=row.organisation.short_name,
        state=state, since=since or row.created_at, due=due_moment(row.due_on),
    )  # fmt: skip


def _item(row: Sheet) -> WorkItem:
    return WorkItem(
        title=row.campaign.title, url=f"/desk/census/sheets/{row.pk}/", kind="填报",
        due=due_moment(row.campaign.due_on), organisation=row.organisation.short_name, state=row.get_state_display(),
        since=row.changed_at or row.campaign.opened_at or row.campaign.created_at,
    )  # fmt: skip


def _to_sign_as_empty(actor: User) -> list[WorkItem]:
    """A head whose body has no account signs that in one click."""
    if not actor.holds(Role.HEAD):
        return []
    rows = visible_sheets(actor=actor).filter(
        organisation=actor.organisation_id or 0, campaign__state=CampaignState.RUNNING, rows=None,
        state=SheetState.NOT_STARTED,
    )  # fmt: skip
    return [_item(row) for row in rows.order_by("campaign__due_on", "pk")[:OWN_FIRST]]

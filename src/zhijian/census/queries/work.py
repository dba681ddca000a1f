from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from zhijian.census.enums import CampaignState, SheetState
from zhijian.census.queries.sheets import sheets_to_fill, visible_sheets
from zhijian.census.rules import READERS
from zhijian.lib import clock
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from datetime import date

    from zhijian.census.models import Sheet
    from zhijian.organisations.models import User

MOST_WORK = 50
OWN_FIRST = 10


def due_moment(day: date) -> datetime:
    """Return the end of a deadline's day."""
    return datetime.combine(day, time(23, 59), tzinfo=clock.BEIJING)


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the tables this person fills in: those of their own body, and what came back to bodies they keep.

    A supervising officer is not shown the tables of every body below: progress is told on the page of the census.
    """
    if not actor.holds(*READERS):
        return []
    rows = sheets_to_fill(actor=actor).filter(organisation=actor.organisation_id or 0)
    items = [_item(row) for row in rows.order_by("campaign__due_on", "pk")[:MOST_WORK]]
    return list({item.url: item for item in [*items, *_to_sign_as_empty(actor)]}.values())


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

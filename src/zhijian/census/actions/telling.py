"""Who is told what: bodies that a census asks them, who has not signed that time runs out, who wrote that it came back.

Reminders go to people (推送), nobody has to come and look (防治“指尖上的形式主义”).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.actions.campaigns import THING_KIND, lock_campaign
from zhijian.census.enums import UNSIGNED_STATES, CampaignState
from zhijian.census.models import Campaign, Sheet
from zhijian.census.rules import FILLERS
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.actions import Telling, notify, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import own_holders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import User

CHUNK: Final = 500
HEARERS: Final = (*FILLERS, Role.HEAD)


@dataclass(frozen=True, slots=True)
class Chased:
    """How many bodies were told, and how many have nobody to tell."""

    told: int
    silent: int


def tell_of_opening(campaign: Campaign, sheets: Sequence[Sheet]) -> int:
    """Tell every asked body; return how many have nobody to tell."""
    until = f"{campaign.due_on:%-m月%-d日}"
    return _tell(sheets, title=f"请在{until}前填报：{campaign.title}", key=f"census.opened {campaign.pk}")


def _tell(sheets: Sequence[Sheet], *, title: str, key: str) -> int:
    silent = 0
    for start in range(0, len(sheets), CHUNK):
        part = sheets[start : start + CHUNK]
        people = own_holders(organisations=[sheet.organisation for sheet in part], roles=HEARERS)
        silent += sum(sheet.organisation_id not in people for sheet in part)
        notify_many(
            kind=NoticeKind.INSPECTION,
            tellings=[
                Telling(people[sheet.organisation_id], title, f"/desk/census/sheets/{sheet.pk}/", f"{key} {sheet.pk}")
                for sheet in part
                if sheet.organisation_id in people
            ],
        )
    return silent


def why_not_chase(*, actor: User, row: Campaign) -> list[str]:
    """Give every reason why the bodies cannot be urged now."""
    reasons = why_not(Permission.CENSUS_ASK, actor=actor, thing=row.organisation)
    if row.state != CampaignState.RUNNING:
        reasons.append(f"这次排查{row.get_state_display()}，不用催报。")
    elif row.chased_on == clock.today():
        reasons.append("今天已经催过一次，明天可以再催。")
    return reasons


@transaction.atomic
def chase(*, actor: User, campaign_id: int) -> Chased:
    """Urge every body that has not signed, once a day at most; return how many were told.

    Raises Missing, Refused with every reason.
    """
    row = lock_campaign(actor, campaign_id)
    reasons = why_not_chase(actor=actor, row=row)
    if reasons:
        raise Refused(reasons)
    sheets = _unsigned(row)
    silent = _tell(sheets, title=_urging(row), key=f"census.chased {clock.today().isoformat()} {row.pk}")
    row.chased_on = clock.today()
    row.save(update_fields=["chased_on"])
    record(
        EventName.CENSUS_CHASED, actor=actor, organisation_id=row.organisation_id, thing_kind=THING_KIND,
        thing_id=row.pk, data={"bodies": len(sheets), "silent": silent},
    )  # fmt: skip
    return Chased(len(sheets) - silent, silent)


def _unsigned(row: Campaign) -> list[Sheet]:
    rows = Sheet.objects.filter(campaign=row, state__in=UNSIGNED_STATES).select_related("organisation")
    return list(rows.order_by("pk"))


def _urging(row: Campaign) -> str:
    days = (row.due_on - clock.today()).days
    if days < 0:
        return f"已过期限，请尽快填报：{row.title}"
    when = "今天" if days == 0 else f"还有 {days} 天"
    return f"{when}截止，请填报并签字：{row.title}"


def warn_due() -> list[int]:
    """Tell who has not signed that the deadline is near, once for each deadline; return the censuses."""
    running = Campaign.objects.filter(state=CampaignState.RUNNING, warned_on=None)
    return [campaign_id for campaign_id in running.values_list("pk", flat=True) if _warn(campaign_id)]


@transaction.atomic
def _warn(campaign_id: int) -> bool:
    row = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign_id)
    today = clock.today()
    if row.state != CampaignState.RUNNING or row.warned_on or not row.remind_days:
        return False
    if not today <= row.due_on <= today + timedelta(days=row.remind_days):
        return False
    _tell(_unsigned(row), title=_urging(row), key=f"census.warned {row.due_on.isoformat()} {row.pk}")
    row.warned_on = today
    row.save(update_fields=["warned_on"])
    return True


def tell_of_return(sheet: Sheet, comment: str) -> None:
    """Tell who filled a table in, and the body's people, that it came back, and why; the reason stays inside."""
    people = own_holders(organisations=[sheet.organisation], roles=HEARERS).get(sheet.organisation_id, [])
    notify(
        people=people, kind=NoticeKind.RETURNED, title=f"统计表退回：{sheet.campaign.title}", text=comment,
        url=f"/desk/census/sheets/{sheet.pk}/", dedup_key=f"census.returned {sheet.pk} {sheet.version}",
    )  # fmt: skip

"""Sending a census out: a table for every body, filled in with what the register says at that moment."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from procrastinate.contrib.django import app

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.actions.campaigns import THING_KIND, lock_campaign, why_not_open
from zhijian.census.actions.telling import tell_of_opening
from zhijian.census.enums import CampaignState
from zhijian.census.layouts import account_keys
from zhijian.census.models import Campaign, Row, Sheet
from zhijian.census.queries import asked_bodies
from zhijian.lib import clock
from zhijian.lib.copying import copy_rows
from zhijian.lib.errors import Refused
from zhijian.registry.enums import LIVE_STATES
from zhijian.registry.queries import all_accounts, finding_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.organisations.models import User

INLINE_BODIES: Final = 300
CHUNK: Final = 2_000
OPEN_TASK: Final = "census.fill_sheets"


def open_campaign(*, actor: User, campaign_id: int) -> Campaign:
    """Send a census out: at once when it asks few bodies, in the background otherwise. Raises Missing, Refused."""
    with transaction.atomic():
        row = lock_campaign(actor, campaign_id)
        reasons = why_not_open(actor=actor, row=row)
        if reasons:
            raise Refused(reasons)
        row.state, row.opened_by, row.opened_at = CampaignState.OPENING, actor, clock.now()
        row.bodies = asked_bodies(row).count()
        row.save(update_fields=["state", "opened_by", "opened_at", "bodies"])
        record(
            EventName.CENSUS_OPENED, actor=actor, organisation_id=row.organisation_id, thing_kind=THING_KIND,
            thing_id=row.pk, data={"bodies": row.bodies, "due_on": row.due_on.isoformat()},
        )  # fmt: skip
        if row.bodies > INLINE_BODIES:
            app.configure_task(OPEN_TASK).defer(campaign_id=row.pk)
    if row.bodies <= INLINE_BODIES:
        fill_sheets(campaign_id=row.pk)
        row.refresh_from_db()
    return row


@transaction.atomic
def fill_sheets(*, campaign_id: int) -> None:
    """Make the tables of a census and fill them from the register, in one transaction; a second run does nothing."""
    row = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "scope").get(
        pk=campaign_id
    )  # fmt: skip
    if row.state != CampaignState.OPENING:
        return
    bodies = list(asked_bodies(row))
    sheets = [Sheet(campaign=row, organisation=body) for body in bodies]
    copy_rows(sheets)
    rows = _copy_accounts(row, {sheet.organisation_id: sheet for sheet in sheets})
    row.state, row.bodies = CampaignState.RUNNING, len(bodies)
    row.save(update_fields=["state", "bodies"])
    record(
        EventName.CENSUS_FILLED, actor=row.opened_by, organisation_id=row.organisation_id, thing_kind=THING_KIND,
        thing_id=row.pk, data={"bodies": len(bodies), "accounts": rows},
    )  # fmt: skip
    tell_of_opening(row, sheets)


def _copy_accounts(campaign: Campaign, sheets: dict[int, Sheet]) -> int:
    """Copy every live account of the asked bodies into its table; return how many."""
    count = 0
    accounts = all_accounts().filter(organisation__path__startswith=campaign.scope.path, state__in=LIVE_STATES)
    for chunk in _chunks(accounts.order_by("pk").iterator(chunk_size=CHUNK)):
        asked = [account for account in chunk if account.organisation_id in sheets]
        kinds = finding_kinds(account.pk for account in asked)
        copy_rows([_row(campaign, sheets[one.organisation_id], one, kinds.get(one.pk, [])) for one in asked])
        count += len(asked)
    return count


def _chunks(accounts: Iterable[Any]) -> Iterator[list[Any]]:
    found = iter(accounts)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _row(campaign: Campaign, sheet: Sheet, account: Any, kinds: list[str]) -> Row:
    problems = [kind for kind in kinds if kind in campaign.problem_kinds]
    return Row(
        sheet=sheet, campaign=campaign, organisation=account.organisation, level=account.organisation.level,
        account=account, platform=account.platform, kind=account.kind, name=account.name, state=account.state,
        register=register_values(account), problems=problems,
    )  # fmt: skip


def register_values(account: Any) -> dict[str, Any]:
    """Return what the register says of an account, by column key, as plain JSON values."""
    return {key: _plain(getattr(account, key)) for key in account_keys()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def stuck_campaigns() -> list[int]:
    """Return the censuses whose sending out was lost with its worker."""
    return list(Campaign.objects.filter(state=CampaignState.OPENING).values_list("pk", flat=True))

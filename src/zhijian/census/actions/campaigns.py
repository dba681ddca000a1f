"""A census from its draft to its end: after it has been sent out only the deadline moves, and only later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.enums import CampaignState, SheetState
from zhijian.census.layouts import problem_labels, shipped_layouts
from zhijian.census.models import Campaign, Sheet, TableLayout
from zhijian.census.queries import SHEET_KIND, asked_bodies, find_campaign, visible_layouts
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import BodyKind, Level
from zhijian.review import actions as review

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from zhijian.organisations.models import Organisation, User

THING_KIND: Final = "census.campaign"
MOST_REMIND_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What an office asks: `layout` is a code of `queries.layout_choices`; empty filters keep every body."""

    title: str
    basis: str
    scope: Organisation
    layout: str
    due_on: date
    guidance: str = ""
    levels: Sequence[str] = ()
    kinds: Sequence[str] = ()
    problem_kinds: Sequence[str] = ()
    remind_days: int = 3


@transaction.atomic
def draft_campaign(*, actor: User, organisation: Organisation, draft: CampaignDraft) -> Campaign:
    """Begin a census; nobody is asked yet. Raises Refused with every reason."""
    require(Permission.CENSUS_ASK, actor=actor, thing=organisation)
    row = Campaign(organisation=organisation, created_by=actor, created_at=clock.now())
    _fill(row, actor, draft)
    row.save()
    _record(EventName.CENSUS_DRAFTED, row, actor)
    return row


@transaction.atomic
def change_campaign(*, actor: User, campaign_id: int, draft: CampaignDraft) -> Campaign:
    """Change a census that was not sent out yet. Raises Missing, Refused with every reason."""
    row = lock_campaign(actor, campaign_id)
    require_state(row, CampaignState.DRAFT)
    _fill(row, actor, draft)
    row.save()
    _record(EventName.CENSUS_CHANGED, row, actor)
    return row


def _fill(row: Campaign, actor: User, draft: CampaignDraft) -> None:
    reasons = _faults(row, actor, draft)
    if reasons:
        raise Refused(reasons)
    row.scope, row.title, row.basis, row.guidance = draft.scope, draft.title, draft.basis, draft.guidance
    row.layout, row.due_on, row.remind_days = _layout(actor, draft.layout), draft.due_on, draft.remind_days
    row.levels, row.kinds = list(draft.levels), list(draft.kinds)
    row.problem_kinds = [code for code in problem_labels() if code in draft.problem_kinds]


def _faults(row: Campaign, actor: User, draft: CampaignDraft) -> list[str]:
    reasons = why_not(Permission.CENSUS_ASK, actor=actor, thing=draft.scope)
    if not draft.scope.is_within(row.organisation):
        reasons.append(f"范围要在{row.organisation}及其下级里选。")
    if draft.due_on <= clock.today():
        reasons.append("截止日期要在今天以后。")
    if set(draft.levels) - set(Level.values) or set(draft.kinds) - set(BodyKind.values):
        reasons.append("层级或类别里有认不出的选项，请重新选。")
    if not 0 <= draft.remind_days <= MOST_REMIND_DAYS:
        reasons.append(f"提前提醒的天数写 0 到 {MOST_REMIND_DAYS}。")
    return reasons


def _layout(actor: User, code: str) -> dict[str, Any]:
    """Return a layout as the census keeps it: a later change of the layout does not reach into a running census."""
    if code in shipped_layouts():
        return {"code": code, **shipped_layouts()[code].as_data()}
    number = code.removeprefix("own:")
    own: TableLayout | None = None
    if number.isdecimal() and len(number) <= 18:  # noqa: PLR2004 - a key of the database
        own = visible_layouts(actor=actor).filter(pk=int(number), is_ready=True).first()
    if own is None:
        raise Refused("没有这个表样，请重新选。")
    return {"code": code, "name": own.name, "sheet_per_body": own.sheet_per_body, "columns": own.columns}


def why_not_open(*, actor: User, row: Campaign) -> list[str]:
    """Give every reason why a census cannot be sent out."""
    reasons = why_not(Permission.CENSUS_ASK, actor=actor, thing=row.scope)
    if row.state != CampaignState.DRAFT:
        return [*reasons, f"这次排查{row.get_state_display()}，不用再下发。"]
    if row.due_on <= clock.today():
        reasons.append("截止日期已经过了，请先改截止日期。")
    if not asked_bodies(row).exists():
        reasons.append("按现在的层级和类别，没有单位要填。请放宽条件。")
    return reasons


def why_not_extend(*, actor: User, row: Campaign) -> list[str]:
    """Give every reason why the deadline of a census cannot be moved, or the census not be ended."""
    reasons = why_not(Permission.CENSUS_ASK, actor=actor, thing=row.scope)
    if row.state != CampaignState.RUNNING:
        reasons.append(f"这次排查{row.get_state_display()}。")
    return reasons


@transaction.atomic
def extend_campaign(*, actor: User, campaign_id: int, due_on: date) -> Campaign:
    """Move the deadline of a running census to a later day. Raises Missing, Refused with every reason."""
    row = lock_campaign(actor, campaign_id)
    reasons = why_not_extend(actor=actor, row=row)
    if due_on <= row.due_on or due_on <= clock.today():
        reasons.append(f"下发以后期限只能延长：请选 {row.due_on.isoformat()} 和今天以后的日期。")
    if reasons:
        raise Refused(reasons)
    before, row.due_on, row.warned_on = row.due_on, due_on, None
    row.save(update_fields=["due_on", "warned_on"])
    _record(EventName.CENSUS_EXTENDED, row, actor, before=before.isoformat(), after=due_on.isoformat())
    return row


@transaction.atomic
def close_campaign(*, actor: User, campaign_id: int) -> Campaign:
    """End a census: what is not signed by now stays unsigned. Raises Missing, Refused with every reason."""
    row = lock_campaign(actor, campaign_id)
    reasons = why_not_extend(actor=actor, row=row)
    if reasons:
        raise Refused(reasons)
    _end_signing(row, actor)
    row.state, row.closed_at = CampaignState.CLOSED, clock.now()
    row.save(update_fields=["state", "closed_at"])
    _record(EventName.CENSUS_CLOSED, row, actor)
    return row


def _end_signing(row: Campaign, actor: User) -> None:
    """Nobody is left with something to sign that no longer counts: those tables stay filled in and unsigned."""
    waiting = Sheet.objects.select_for_update(no_key=True).filter(campaign=row, state=SheetState.SIGNING)
    for sheet in waiting.order_by("pk"):
        review.void(thing_kind=SHEET_KIND, thing_id=sheet.pk, actor=actor, reason="排查已结束。")
        sheet.state = SheetState.FILLING
        sheet.save(update_fields=["state"])


def lock_campaign(actor: User, campaign_id: int) -> Campaign:
    """Lock a census for the transaction of an act. Raises Missing outside the scope, Refused without the right."""
    find_campaign(actor=actor, campaign_id=campaign_id)
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "scope")
    row = rows.filter(pk=campaign_id).first()
    if row is None:
        raise Missing
    require(Permission.CENSUS_ASK, actor=actor, thing=row.organisation)
    return row


def require_state(row: Campaign, state: CampaignState) -> None:
    """Raise Refused when a locked census is in another state."""
    if row.state != state:
        raise Refused(f"这次排查{row.get_state_display()}，不能再改。只有期限可以延长。")


def _record(event: EventName, row: Campaign, actor: User | None, **data: object) -> None:
    record(event, actor=actor, organisation_id=row.organisation_id, thing_kind=THING_KIND, thing_id=row.pk, data=data)

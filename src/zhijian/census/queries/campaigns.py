from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q

from zhijian.census.enums import CampaignState
from zhijian.census.layouts import shipped_layouts
from zhijian.census.models import Campaign, Sheet, TableLayout
from zhijian.census.rules import OVERSEERS, READERS
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import Level
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import branches_supervised, in_scope
from zhijian.policy.queries import Remaining, load_calendars, time_left

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.organisations.models import User

SHOWN_TO_BODIES = (CampaignState.RUNNING, CampaignState.CLOSED)


def visible_campaigns(*, actor: User) -> QuerySet[Campaign]:
    """Return the censuses asked by the bodies this person oversees, and those that ask a body of theirs."""
    asked = Sheet.objects.filter(in_scope(actor=actor, roles=READERS), campaign=OuterRef("pk"))
    mine = in_scope(actor=actor, roles=OVERSEERS)
    rows = Campaign.objects.filter(mine | Q(Exists(asked), state__in=SHOWN_TO_BODIES))
    return rows.select_related("organisation", "scope", "created_by")


def find_campaign(*, actor: User, campaign_id: int) -> Campaign:
    """Return one census of the actor's scope. Raises Missing."""
    row = visible_campaigns(actor=actor).filter(pk=campaign_id).first()
    if row is None:
        raise Missing
    return row


def asked_bodies(campaign: Campaign) -> QuerySet[Organisation]:
    """Return the bodies a census asks, in tree order."""
    rows = Organisation.objects.filter(path__startswith=campaign.scope.path, is_active=True)
    if campaign.levels:
        rows = rows.filter(level__in=campaign.levels)
    if campaign.kinds:
        rows = rows.filter(kind__in=campaign.kinds)
    return rows.order_by("path")


def bodies_by_level(campaign: Campaign) -> list[tuple[str, str, int]]:
    """Return (level, label, number) of the bodies a census asks, the highest level first."""
    counted = dict(asked_bodies(campaign).order_by().values_list("level").annotate(number=Count("pk")))
    return [(str(level), str(level.label), counted[level]) for level in Level if level in counted]


def last_campaign(campaign: Campaign) -> Campaign | None:
    """Return the census of the same branch before this one, closed or not; None when this is the first."""
    rows = Campaign.objects.filter(scope=campaign.scope, organisation=campaign.organisation)
    return rows.filter(opened_at__lt=campaign.opened_at or clock.now()).exclude(pk=campaign.pk).order_by(
        "-opened_at"
    ).first()  # fmt: skip


def remaining(due_on: date) -> Remaining:
    """Return the time from today to a deadline; negative once it is over."""
    return time_left(clock.today(), due_on, calendar=load_calendars(settings.ZHIJIAN_CALENDARS))


def branch_choices(*, actor: User) -> QuerySet[Organisation]:
    """Return whom a census may be asked of: the branches the actor supervises, and those right below."""
    own = [row.organisation_id for row in branches_supervised(actor=actor)]
    below = Organisation.objects.filter(parent=OuterRef("pk"), is_active=True)
    rows = Organisation.objects.filter(Q(pk__in=own) | Q(Exists(below), parent__in=own), is_active=True)
    return rows.order_by("path")


def visible_layouts(*, actor: User) -> QuerySet[TableLayout]:
    """Return the layouts that offices of the actor's branch brought along."""
    rows = TableLayout.objects.filter(in_scope(actor=actor, roles=OVERSEERS))
    return rows.select_related("organisation", "created_by")


def find_layout(*, actor: User, layout_id: int) -> TableLayout:
    """Return one layout of the actor's scope. Raises Missing."""
    row = visible_layouts(actor=actor).filter(pk=layout_id).first()
    if row is None:
        raise Missing
    return row


def layout_choices(*, actor: User) -> list[tuple[str, str]]:
    """Return (code, name) of every layout a census may use: those of the product, then the office's own."""
    own = visible_layouts(actor=actor).filter(is_ready=True).order_by("pk")
    return [
        *((layout.code, layout.name) for layout in shipped_layouts().values()),
        *((f"own:{row.pk}", f"{row.name}（{row.organisation}）") for row in own),
    ]

"""What a person has to do about duty today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.duty.enums import AlarmState, SwapState
from zhijian.duty.models import Alarm, Call, Handover, Shift, Swap
from zhijian.duty.rules import WATCHERS
from zhijian.lib import clock
from zhijian.lib.work import WorkItem
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from zhijian.organisations.models import User

MOST: int = 50


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the actor's shift that stands now, unanswered alarms, hand-overs to take and swaps to decide."""
    return [*_alarms(actor), *_handovers(actor), *_swaps(actor), *_shifts(actor)]


def _shifts(actor: User) -> list[WorkItem]:
    now = clock.now()
    rows = Shift.objects.filter(person=actor, cancelled_at=None, starts_at__lte=now, ends_at__gt=now)
    return [
        WorkItem(
            title=f"今天由您值班，到 {row.ends_at.astimezone(clock.BEIJING):%m-%d %H:%M}",
            url=f"/desk/duty/?body={row.organisation_id}", kind="值班", organisation=row.organisation.short_name,
            state=row.get_kind_display(), since=row.starts_at,
        )
        for row in rows.select_related("organisation")[:MOST]
    ]  # fmt: skip


def _alarms(actor: User) -> list[WorkItem]:
    called = Call.objects.filter(person=actor).values("alarm")
    mine = in_scope(actor=actor, roles=WATCHERS) | Q(pk__in=called)
    rows = Alarm.objects.filter(
        mine, Q(state=AlarmState.OPEN) | Q(state=AlarmState.ACKNOWLEDGED, acknowledged_by=actor)
    )
    return [
        WorkItem(
            title=row.title, url=f"/desk/duty/alarms/{row.pk}/", kind="办告警",
            organisation=row.organisation.short_name, state=row.get_state_display(),
            since=row.raised_at, due=row.next_step_at,
        )
        for row in rows.select_related("organisation").order_by("raised_at")[:MOST]
    ]  # fmt: skip


def _handovers(actor: User) -> list[WorkItem]:
    rows = Handover.objects.filter(taker=actor, taken_at=None).select_related("organisation", "giver")
    return [
        WorkItem(
            title=f"{row.giver}的交班等您签名", url=f"/desk/duty/handovers/{row.pk}/", kind="接班",
            organisation=row.organisation.short_name, state="待接班", since=row.given_at,
        )
        for row in rows.order_by("given_at")[:MOST]
    ]  # fmt: skip


def _swaps(actor: User) -> list[WorkItem]:
    rows = Swap.objects.filter(asked_of=actor, state=SwapState.ASKED, shift__starts_at__gt=clock.now())
    return [
        WorkItem(
            title=f"{row.asked_by}想和您换班", url=f"/desk/duty/swaps/{row.pk}/", kind="换班",
            organisation=row.shift.organisation.short_name, state=row.get_state_display(), since=row.asked_at,
            due=row.shift.starts_at,
        )
        for row in rows.select_related("asked_by", "shift__organisation").order_by("asked_at")[:MOST]
    ]  # fmt: skip

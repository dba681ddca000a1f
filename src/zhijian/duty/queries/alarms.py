"""Alarms: whom they concern, and which of them nobody has answered in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.duty.enums import AlarmState
from zhijian.duty.models import Alarm, Call
from zhijian.duty.rules import VIEWERS
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User


def visible_alarms(*, actor: User) -> QuerySet[Alarm]:
    """Return the alarms of the actor's bodies, and those the actor was called for."""
    called = Call.objects.filter(person=actor).values("alarm")
    rows = Alarm.objects.filter(in_scope(actor=actor, roles=VIEWERS) | Q(pk__in=called))
    return rows.select_related("organisation", "acknowledged_by", "closed_by")


def find_alarm(*, actor: User, alarm_id: int) -> Alarm:
    """Return one alarm of the actor's scope. Raises Missing."""
    row = visible_alarms(actor=actor).filter(pk=alarm_id).first()
    if row is None:
        raise Missing
    return row


def open_alarms(organisation: Organisation) -> list[Alarm]:
    """Return the alarms of a body that are not closed, oldest first."""
    rows = Alarm.objects.filter(organisation=organisation).exclude(state=AlarmState.CLOSED)
    return list(rows.select_related("organisation", "acknowledged_by").order_by("raised_at", "pk"))


def was_raised(*, organisation: Organisation, key: str) -> bool:
    """Tell whether an alarm with this key was ever raised at a body, closed or not. For the system's own work."""
    return Alarm.objects.filter(organisation=organisation, key=key[:120]).exists()


def calls_of(alarm: Alarm) -> list[Call]:
    """Return who was called for an alarm, in order."""
    return list(Call.objects.filter(alarm=alarm).select_related("person").order_by("at", "pk"))


def due_alarms() -> QuerySet[Alarm]:
    """Return the alarms nobody has answered in time, for whom the next one is to be called."""
    return Alarm.objects.filter(state=AlarmState.OPEN, next_step_at__lte=clock.now()).order_by("next_step_at", "pk")

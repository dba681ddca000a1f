from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.duty.enums import AlarmState
from zhijian.duty.models import Call, Shift
from zhijian.lib import clock
from zhijian.organisations.enums import BUSINESS_ROLES, Role
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.duty.models import Alarm
    from zhijian.organisations.models import Organisation, User

MANAGERS: Final = (Role.HEAD, Role.SUPERVISING_OFFICER, Role.HOST_OFFICER)
WATCHERS: Final = (Role.DUTY_OFFICER, *MANAGERS)
VIEWERS: Final = BUSINESS_ROLES
AFTERWARDS: Final = timedelta(hours=12)
"""How long after its end a shift may still be handed over and written about."""


def _holds(actor: User, thing: Organisation | None, roles: Sequence[str], refusal: str) -> list[str]:
    allowed = actor.holds(*roles) if thing is None else holds_role(actor=actor, roles=roles, organisation=thing)
    return [] if allowed else [refusal]


@rule(Permission.DUTY_VIEW)
def duty_view(*, actor: User, thing: Organisation | None) -> list[str]:
    """Everybody who works at a body may know who is on duty there."""
    return _holds(actor, thing, VIEWERS, "您的岗位不查看值班表。")


@rule(Permission.DUTY_ROSTER_MANAGE)
def roster_manage(*, actor: User, thing: Organisation | None) -> list[str]:
    """The head, the host officer or the supervising officer makes the roster; without a body: whether they do any."""
    return _holds(actor, thing, MANAGERS, "值班表由单位负责人、主办人员或主管人员来排。")


@rule(Permission.DUTY_SWAP)
def shift_swap(*, actor: User, thing: Shift) -> list[str]:
    """Only whose shift it is gives it away, and only while it has not begun."""
    reasons = [] if thing.person_id == actor.pk else ["这一班不是您的，不能由您申请换班。"]
    if thing.cancelled_at is not None:
        reasons.append("这一班已经取消。")
    if thing.starts_at <= clock.now():
        reasons.append("这一班已经开始，不能再换。要请人顶替，请找单位负责人改班。")
    return reasons


@rule(Permission.DUTY_ALARM_HANDLE)
def alarm_handle(*, actor: User, thing: Alarm) -> list[str]:
    """Who was called, and who keeps watch at the body or above it, takes an alarm on and closes it."""
    if thing.state == AlarmState.CLOSED:
        return ["这条告警已经办结。"]
    if holds_role(actor=actor, roles=WATCHERS, organisation=thing.organisation):
        return []
    called = Call.objects.filter(alarm=thing, person=actor).exists()
    return [] if called else ["告警由被呼叫的人，或本单位的值班人员、负责人来办。"]


@rule(Permission.DUTY_LOG_WRITE)
def log_write(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who keeps watch or makes the roster writes the log, and whoever's shift it is or has just been."""
    if thing is not None and _has_shift(actor, thing):
        return []
    return _holds(actor, thing, WATCHERS, "值班日志由值班人员、单位负责人或主办人员来记。")


def _has_shift(actor: User, body: Organisation) -> bool:
    now = clock.now()
    rows = Shift.objects.filter(organisation=body, person=actor, cancelled_at=None)
    return rows.filter(starts_at__lte=now, ends_at__gt=now - AFTERWARDS).exists()


@rule(Permission.DUTY_HAND_OVER)
def hand_over(*, actor: User, thing: Shift) -> list[str]:
    """Whose shift it is hands over, once it has begun."""
    reasons = [] if thing.person_id == actor.pk else ["这一班不是您的，不能由您交班。"]
    if thing.starts_at > clock.now():
        reasons.append("这一班还没有开始，不用交班。")
    return reasons

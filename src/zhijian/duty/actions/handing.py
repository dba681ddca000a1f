"""Handing over, and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.duty.models import Handover, LogEntry
from zhijian.duty.queries.handing import find_handover, open_matters, visible_log
from zhijian.duty.queries.roster import find_shift, next_shift
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.actions import notify
from zhijian.notify.enums import NoticeKind

if TYPE_CHECKING:
    from zhijian.duty.models import Shift
    from zhijian.organisations.models import Organisation, User

LONGEST_TEXT = 2_000
LONGEST_LINE = 1_000


def why_not_hand_over(*, actor: User, shift: Shift) -> list[str]:
    """Give every reason why this person cannot hand over a shift."""
    reasons = why_not(Permission.DUTY_HAND_OVER, actor=actor, thing=shift)
    if Handover.objects.filter(shift=shift).exists():
        reasons.append("这一班已经交过。")
    follower = next_shift(shift)
    if follower is None:
        reasons.append("后面没有排班，不知道交给谁。请先排班。")
    elif follower.person_id == shift.person_id:
        reasons.append("下一班还是您，不用交班。")
    return reasons


@transaction.atomic
def hand_over(*, actor: User, shift_id: int, text: str) -> Handover:
    """Hand a shift over to whoever has the next one, with everything that is open. Raises Refused, Missing."""
    shift = find_shift(actor=actor, shift_id=shift_id)
    reasons = why_not_hand_over(actor=actor, shift=shift)
    follower = next_shift(shift)
    if not text.strip():
        reasons.append("请写交班说明，没有事就写“无”。")
    if reasons or follower is None:
        raise Refused(reasons)
    row = _given(shift, actor, follower.person, text.strip()[:LONGEST_TEXT])
    _record(EventName.DUTY_HANDOVER_WRITTEN, row, actor)
    notify(
        people=[follower.person], kind=NoticeKind.DUTY, title=f"{actor}的交班等您签名",
        url=f"/desk/duty/handovers/{row.pk}/", dedup_key=f"duty.handover {row.pk}",
    )  # fmt: skip
    return row


def _given(shift: Shift, actor: User, taker: User, text: str) -> Handover:
    matters = [
        {"title": one.title, "url": one.url, "kind": one.kind, "since": one.since.isoformat()}
        for one in open_matters(shift.organisation)
    ]
    try:
        with transaction.atomic():
            return Handover.objects.create(
                organisation=shift.organisation, shift=shift, giver=actor, taker=taker, text=text, matters=matters,
                given_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("这一班已经交过。") from error


def why_not_take(*, actor: User, handover: Handover) -> list[str]:
    """Give every reason why this person cannot sign for a hand-over."""
    reasons = [] if handover.taker_id == actor.pk else [f"接班由{handover.taker}签名。"]
    if handover.taken_at is not None:
        reasons.append("已经接班。")
    return reasons


@transaction.atomic
def take_over(*, actor: User, handover_id: int) -> Handover:
    """Sign for a hand-over. Raises Refused, Missing."""
    find_handover(actor=actor, handover_id=handover_id)
    row = Handover.objects.select_for_update(no_key=True, of=("self",)).select_related("taker").get(pk=handover_id)
    reasons = why_not_take(actor=actor, handover=row)
    if reasons:
        raise Refused(reasons)
    row.taken_at = clock.now()
    row.save(update_fields=["taken_at"])
    _record(EventName.DUTY_HANDOVER_TAKEN, row, actor)
    return row


@transaction.atomic
def write_log(*, actor: User, organisation: Organisation, text: str, corrects_id: int | None = None) -> LogEntry:
    """Write one line of the duty log; `corrects_id` names the line it puts right. Raises Refused, Missing."""
    require(Permission.DUTY_LOG_WRITE, actor=actor, thing=organisation)
    if not text.strip():
        raise Refused("请写下发生了什么、怎么处理的。")
    if corrects_id and not visible_log(actor=actor).filter(pk=corrects_id, organisation=organisation).exists():
        raise Missing
    row = LogEntry.objects.create(
        organisation=organisation, person=actor, at=clock.now(), text=text.strip()[:LONGEST_LINE],
        corrects_id=corrects_id,
    )  # fmt: skip
    record(
        EventName.DUTY_LOG_WRITTEN, actor=actor, organisation_id=organisation.pk, thing_kind="duty.log",
        thing_id=row.pk, data={"corrects": corrects_id},
    )  # fmt: skip
    return row


def _record(event: EventName, row: Handover, actor: User) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind="duty.handover", thing_id=row.pk,
        data={"giver": row.giver_id, "taker": row.taker_id, "matters": len(row.matters)},
    )  # fmt: skip

"""Swapping shifts: one asks, the other agrees; nobody is moved without having said yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.duty.enums import SwapState
from zhijian.duty.models import Shift, Swap
from zhijian.duty.queries.roster import candidates, find_shift, find_swap
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.actions import notify
from zhijian.notify.enums import NoticeKind

if TYPE_CHECKING:
    from zhijian.organisations.models import User


@transaction.atomic
def ask_swap(
    *, actor: User, shift_id: int, person_id: int | None = None, return_shift_id: int | None = None, reason: str = ""
) -> Swap:
    """Ask another person to take a shift, against one of theirs where `return_shift_id` is given.

    Raises Refused with every reason, Missing.
    """
    shift = find_shift(actor=actor, shift_id=shift_id)
    back = find_shift(actor=actor, shift_id=return_shift_id) if return_shift_id else None
    other = back.person if back else candidates(shift.organisation).filter(pk=person_id or 0).first()
    reasons = why_not(Permission.DUTY_SWAP, actor=actor, thing=shift)
    if other is None:
        reasons.append("请选择和谁换班。")
    elif other.pk == actor.pk:
        reasons.append("不能和自己换班。")
    if back and (back.organisation_id != shift.organisation_id or back.starts_at <= clock.now()):
        reasons.append("要换回来的那一班不在本单位，或者已经开始，请另选一班。")
    if reasons or other is None:
        raise Refused(reasons)
    swap = _asked(shift, back, actor, other, reason)
    _record(EventName.DUTY_SWAP_ASKED, swap, actor)
    notify(
        people=[other], kind=NoticeKind.DUTY, title=f"{actor}想和您换班", url=f"/desk/duty/swaps/{swap.pk}/",
        dedup_key=f"duty.swap {swap.pk} asked",
    )  # fmt: skip
    return swap


def _asked(shift: Shift, back: Shift | None, actor: User, other: User, reason: str) -> Swap:
    try:
        with transaction.atomic():
            return Swap.objects.create(
                shift=shift, return_shift=back, asked_by=actor, asked_of=other, reason=reason.strip()[:200],
                asked_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("这一班已经在等别人同意换班，请先收回。") from error


def why_not_decide(*, actor: User, swap: Swap) -> list[str]:
    """Give every reason why this person cannot agree to a swap or decline it."""
    reasons = [] if swap.asked_of_id == actor.pk else ["换班由被请求的人来决定。"]
    if swap.state != SwapState.ASKED:
        reasons.append(f"这次换班{swap.get_state_display()}。")
    elif any(shift.starts_at <= clock.now() for shift in (swap.shift, swap.return_shift) if shift):
        reasons.append("要换的班已经开始，不能再换。")
    return reasons


@transaction.atomic
def decide_swap(*, actor: User, swap_id: int, agrees: bool) -> Swap:
    """Agree to a swap, or decline it. Raises Refused with every reason, Missing."""
    swap = _locked(actor, swap_id)
    reasons = why_not_decide(actor=actor, swap=swap)
    moved = swap.shift.person_id != swap.asked_by_id or (
        swap.return_shift is not None and swap.return_shift.person_id != actor.pk
    )
    if moved or any(shift.cancelled_at for shift in (swap.shift, swap.return_shift) if shift):
        reasons.append("值班表已经改过，这次换班不再有效。")
    if reasons:
        raise Refused(reasons)
    if agrees:
        _give(swap.shift, swap.asked_by, actor)
        if swap.return_shift is not None:
            _give(swap.return_shift, actor, swap.asked_by)
    swap.state = SwapState.AGREED if agrees else SwapState.DECLINED
    _end(swap)
    _record(EventName.DUTY_SWAP_AGREED if agrees else EventName.DUTY_SWAP_DECLINED, swap, actor)
    notify(
        people=[swap.asked_by], kind=NoticeKind.DUTY, title=f"{actor}{'同意' if agrees else '没有同意'}换班",
        url=f"/desk/duty/swaps/{swap.pk}/", dedup_key=f"duty.swap {swap.pk} decided",
    )  # fmt: skip
    return swap


@transaction.atomic
def withdraw_swap(*, actor: User, swap_id: int) -> Swap:
    """Take one's own request back. Raises Refused, Missing."""
    swap = _locked(actor, swap_id)
    if swap.asked_by_id != actor.pk or swap.state != SwapState.ASKED:
        raise Refused("只能收回自己提出、对方还没有决定的换班。")
    swap.state = SwapState.WITHDRAWN
    _end(swap)
    _record(EventName.DUTY_SWAP_DECLINED, swap, actor)
    return swap


def _give(shift: Shift, giver: User, taker: User) -> None:
    """Put the taker on a shift; where they were its backup, the giver becomes that."""
    shift.person = taker
    if shift.backup_id == taker.pk:
        shift.backup = giver
    shift.save(update_fields=["person", "backup"])


def _locked(actor: User, swap_id: int) -> Swap:
    swap = find_swap(actor=actor, swap_id=swap_id)
    shifts = [pk for pk in (swap.shift_id, swap.return_shift_id) if pk]
    list(Shift.objects.select_for_update(no_key=True).filter(pk__in=shifts).order_by("pk"))
    Swap.objects.select_for_update(no_key=True).get(pk=swap_id)
    return find_swap(actor=actor, swap_id=swap_id)


def _end(swap: Swap) -> None:
    swap.decided_at = clock.now()
    swap.save(update_fields=["state", "decided_at"])


def _record(event: EventName, swap: Swap, actor: User) -> None:
    record(
        event, actor=actor, organisation_id=swap.shift.organisation_id, thing_kind="duty.shift", thing_id=swap.shift_id,
        data={"swap": swap.pk, "asked_of": swap.asked_of_id, "state": swap.state},
    )  # fmt: skip

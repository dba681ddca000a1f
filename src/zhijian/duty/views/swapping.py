from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhijian.duty import actions, queries
from zhijian.duty.enums import SwapState
from zhijian.duty.forms import SwapForm
from zhijian.duty.views.answers import ROSTER, act
from zhijian.lib.errors import Refused
from zhijian.ui.acting import tell_reasons
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest

TONES = {SwapState.ASKED: "busy", SwapState.AGREED: "ok", SwapState.DECLINED: "warn", SwapState.WITHDRAWN: "quiet"}


@require_POST
@login_required
def ask(request: StaffRequest, shift_id: int) -> HttpResponseBase:
    """Ask another person to take a shift."""
    shift = queries.find_shift(actor=request.user, shift_id=shift_id)
    form = SwapForm(request.POST, shift=shift)
    if not form.is_valid():
        messages.error(request, "请从列表里选择和谁换班。")
        return redirect("duty:shift", shift_id)
    data = form.cleaned_data
    try:
        swap = actions.ask_swap(
            actor=request.user, shift_id=shift_id, person_id=int(data["person"] or 0),
            return_shift_id=int(data["return_shift"] or 0), reason=data["reason"],
        )  # fmt: skip
    except Refused as refused:
        tell_reasons(request, refused)
        return redirect("duty:shift", shift_id)
    messages.success(request, "已告诉对方，等对方同意。")
    return redirect("duty:swap", swap.pk)


@require_GET
@login_required
def show(request: StaffRequest, swap_id: int) -> HttpResponseBase:
    """Show a request to swap and what the person may say to it."""
    swap = queries.find_swap(actor=request.user, swap_id=swap_id)
    facts = [
        ("提出人", str(swap.asked_by)), ("请求对象", str(swap.asked_of)), ("让出的班", swap.shift.starts_at),
        ("换回的班", swap.return_shift.starts_at if swap.return_shift else "不换回，请人顶替"),
        ("原因", swap.reason or "没有写"), ("提出时间", swap.asked_at),
    ]  # fmt: skip
    context = {
        "title": "换班", "swap": swap, "facts": facts, "breadcrumbs": ROSTER,
        "badge": Badge(swap.get_state_display(), TONES[SwapState(swap.state)]),
        "reasons": actions.why_not_decide(actor=request.user, swap=swap),
        "open": swap.state == SwapState.ASKED, "is_mine": swap.asked_by_id == request.user.pk,
    }  # fmt: skip
    return render(request, "duty/swap.html", context)


@require_POST
@login_required
def decide(request: StaffRequest, swap_id: int) -> HttpResponseBase:
    """Agree, decline, or take one's own request back."""
    queries.find_swap(actor=request.user, swap_id=swap_id)
    decision = request.POST.get("decision", "")
    if decision == "withdraw":
        return act(
            request, "已收回。", f"/desk/duty/swaps/{swap_id}/",
            lambda: actions.withdraw_swap(actor=request.user, swap_id=swap_id),
        )  # fmt: skip
    return act(
        request, "已换班。" if decision == "agree" else "已回复对方。", f"/desk/duty/swaps/{swap_id}/",
        lambda: actions.decide_swap(actor=request.user, swap_id=swap_id, agrees=decision == "agree"),
    )  # fmt: skip

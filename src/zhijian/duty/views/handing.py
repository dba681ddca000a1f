from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.duty import actions, queries
from zhijian.duty.forms import TextForm
from zhijian.duty.rules import VIEWERS
from zhijian.duty.views.answers import HANDOVERS, ROSTER, act
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import find_body
from zhijian.ui.acting import put_reasons
from zhijian.ui.listing import Choice, Column, Dates, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.duty.models import Handover, LogEntry
    from zhijian.lib.requests import StaffRequest


def taken_badge(row: Handover) -> Badge:
    """Show whether both have signed as word and tone."""
    return Badge("双方已签", "ok") if row.taken_at else Badge("待接班", "busy")


def _log_text(row: LogEntry) -> str:
    return f"更正“{row.corrects.text[:20]}”：{row.text}" if row.corrects else row.text


COLUMNS = (
    Column(
        key="given", label="交班时间", value="given_at", sort="given_at",
        link=lambda row: f"/desk/duty/handovers/{row.pk}/",
    ),
    Column(key="giver", label="交班人", value="giver.display_name"),
    Column(key="taker", label="接班人", value="taker.display_name"),
    Column(key="state", label="状态", value=taken_badge),
    Column(key="matters", label="未了事项", value=lambda row: len(row.matters), numeric=True),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
)  # fmt: skip
LOG_COLUMNS = (
    Column(key="at", label="时间", sort="at"),
    Column(key="text", label="内容", value=_log_text),
    Column(key="person", label="记录人", value="person.display_name"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
)


@require_http_methods(["GET", "POST"])
@login_required
def hand_over(request: StaffRequest, shift_id: int) -> HttpResponseBase:
    """Hand a shift over to the next, with everything that is open."""
    shift = queries.find_shift(actor=request.user, shift_id=shift_id)
    form = TextForm(request.POST or None, label="交班说明", help_text="没有别的事就写“无”。未了事项会一并交过去。")
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.hand_over(actor=request.user, shift_id=shift_id, text=form.cleaned_data["text"])
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, f"您已签名，等{row.taker}签名接班。")
            return redirect("duty:handover", row.pk)
    following = queries.next_shift(shift)
    context = {
        "title": "交班", "form": form, "shift": shift, "taker": following.person if following else None,
        "matters": queries.open_matters(shift.organisation), "breadcrumbs": ROSTER,
        "reasons": actions.why_not_hand_over(actor=request.user, shift=shift),
    }  # fmt: skip
    return render(request, "duty/hand_over.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def handover_list(request: StaffRequest) -> HttpResponseBase:
    """List the hand-overs of the person's bodies."""
    require(Permission.DUTY_VIEW, actor=request.user)
    listing = Listing(
        name="handovers",
        title="交接班",
        rows=queries.visible_handovers(actor=request.user),
        columns=COLUMNS,
        sort="-given",
        filters=[
            Choice(
                key="taken", label="状态", lookup="taken_at__isnull", choices=[(True, "待接班"), (False, "双方已签")]
            ),
            Dates(key="on", label="日期", lookup="given_at"),
        ],
        search=lambda rows, text: rows.filter(giver__display_name__icontains=text),
        search_hint="按交班人搜索",
        context={"breadcrumbs": ROSTER},
        empty=Empty("还没有交接班记录", "值班的人在值班表上点“交班”，下一班签名后两边都有记录。"),
    )
    return listing.respond(request)


@require_GET
@login_required
def show(request: StaffRequest, handover_id: int) -> HttpResponseBase:
    """Show a hand-over with what was open, and the taker's signature."""
    row = queries.find_handover(actor=request.user, handover_id=handover_id)
    matters = [{**one, "since": datetime.fromisoformat(one["since"])} for one in row.matters]
    context = {
        "title": f"{row.giver}交给{row.taker}", "handover": row, "badge": taken_badge(row), "matters": matters,
        "reasons": actions.why_not_take(actor=request.user, handover=row), "breadcrumbs": HANDOVERS,
    }  # fmt: skip
    return render(request, "duty/handover.html", context)


@require_POST
@login_required
def take(request: StaffRequest, handover_id: int) -> HttpResponseBase:
    """Sign for a hand-over."""
    queries.find_handover(actor=request.user, handover_id=handover_id)
    return act(
        request, "您已签名接班。", f"/desk/duty/handovers/{handover_id}/",
        lambda: actions.take_over(actor=request.user, handover_id=handover_id),
    )  # fmt: skip


@require_GET
@login_required
def log_list(request: StaffRequest) -> HttpResponseBase:
    """List the duty log of the person's bodies."""
    require(Permission.DUTY_VIEW, actor=request.user)
    bodies = queries.duty_bodies(actor=request.user)
    listing = Listing(
        name="duty-log",
        title="值班日志",
        rows=queries.visible_log(actor=request.user),
        columns=LOG_COLUMNS,
        sort="-at",
        filters=[
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:500]],
            ),
            Dates(key="on", label="日期", lookup="at"),
        ],
        search=lambda rows, text: rows.filter(text__icontains=text),
        search_hint="按内容搜索",
        context={"breadcrumbs": ROSTER},
        empty=Empty("还没有日志", "值班时遇到的事，在值班表页上记一笔。记下的不能改，写错了再记一条更正。"),
    )  # fmt: skip
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def write_log(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Write one line of the duty log."""
    body = find_body(actor=request.user, organisation_id=organisation_id, roles=VIEWERS)
    hint = "记下的不能改；写错了，再记一条更正。不要写群众的姓名和电话。"
    form = TextForm(request.POST or None, label="内容", help_text=hint)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_log(actor=request.user, organisation=body, text=form.cleaned_data["text"])
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已记下。")
            return redirect("duty:log")
    context = {
        "title": f"记{body.short_name}的值班日志", "form": form, "verb": "记下", "breadcrumbs": ROSTER,
        "reasons": why_not(Permission.DUTY_LOG_WRITE, actor=request.user, thing=body),
    }  # fmt: skip
    return render(request, "duty/form.html", context, status=409 if form.errors else 200)

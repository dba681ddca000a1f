from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.duty import actions, queries
from zhijian.duty.enums import AlarmKind, AlarmState
from zhijian.duty.forms import TextForm
from zhijian.duty.views.answers import ALARMS, ROSTER, act
from zhijian.organisations.queries import timeline_of
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.duty.models import Alarm
    from zhijian.lib.requests import StaffRequest

TONES = {AlarmState.OPEN: "danger", AlarmState.ACKNOWLEDGED: "busy", AlarmState.CLOSED: "ok"}


def state_badge(row: Alarm) -> Badge:
    """Show the state of an alarm as word and tone."""
    return Badge(row.get_state_display(), TONES[AlarmState(row.state)])


COLUMNS = (
    Column(key="title", label="内容", link=lambda row: f"/desk/duty/alarms/{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="kind", label="类别", value="get_kind_display", sort="kind"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="who", label="谁在办", value="acknowledged_by.display_name"),
    Column(key="raised", label="发生时间", value="raised_at", sort="raised_at"),
)


@require_GET
@login_required
def alarm_list(request: StaffRequest) -> HttpResponseBase:
    """List the alarms of the person's bodies, and those the person was called for."""
    require(Permission.DUTY_VIEW, actor=request.user)
    listing = Listing(
        name="alarms",
        title="告警",
        rows=queries.visible_alarms(actor=request.user),
        columns=COLUMNS,
        sort="-raised",
        filters=[
            Choices(key="state", label="状态", choices=AlarmState.choices),
            Choice(key="kind", label="类别", choices=AlarmKind.choices),
        ],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按内容搜索",
        context={"breadcrumbs": ROSTER},
        empty=Empty("没有告警", "出了急事，系统会呼叫值班的人，并记在这里。"),
    )
    return listing.respond(request)


@require_GET
@login_required
def show(request: StaffRequest, alarm_id: int) -> HttpResponseBase:
    """Show an alarm: one large button for whoever takes it on."""
    row = queries.find_alarm(actor=request.user, alarm_id=alarm_id)
    context = {
        "title": row.title, "alarm": row, "badge": state_badge(row), "calls": queries.calls_of(row),
        "reasons": why_not(Permission.DUTY_ALARM_HANDLE, actor=request.user, thing=row),
        "is_open": row.state == AlarmState.OPEN, "is_closed": row.state == AlarmState.CLOSED,
        "form": TextForm(label="处理结果", help_text="写清做了什么、还要盯什么。"), "breadcrumbs": ALARMS,
        "timeline": timeline_of(thing_kind="duty.alarm", thing_id=row.pk),
    }  # fmt: skip
    return render(request, "duty/alarm.html", context)


@require_POST
@login_required
def acknowledge(request: StaffRequest, alarm_id: int) -> HttpResponseBase:
    """Take an alarm on, with one tap."""
    queries.find_alarm(actor=request.user, alarm_id=alarm_id)
    return act(
        request, "已确认，由您来办。办完请写处理结果。", f"/desk/duty/alarms/{alarm_id}/",
        lambda: actions.acknowledge_alarm(actor=request.user, alarm_id=alarm_id),
    )  # fmt: skip


@require_POST
@login_required
def close(request: StaffRequest, alarm_id: int) -> HttpResponseBase:
    """Close an alarm with a word on what was done."""
    queries.find_alarm(actor=request.user, alarm_id=alarm_id)
    outcome = request.POST.get("text", "")
    return act(
        request, "已办结。", f"/desk/duty/alarms/{alarm_id}/",
        lambda: actions.close_alarm(actor=request.user, alarm_id=alarm_id, outcome=outcome),
    )  # fmt: skip

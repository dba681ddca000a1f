from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.duty import actions, queries
from zhijian.duty.enums import ShiftKind
from zhijian.duty.forms import MonthForm, PeopleForm, ShiftForm, SwapForm
from zhijian.duty.rules import VIEWERS
from zhijian.duty.views.answers import ROSTER, act
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import find_body, timeline_of
from zhijian.ui.acting import put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Column, Dates, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http.response import HttpResponseBase

    from zhijian.duty.models import Shift
    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation

MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
KIND_TONES = {ShiftKind.WORKING: "quiet", ShiftKind.WEEKEND: "info", ShiftKind.HOLIDAY: "warn"}
MONTHS_AHEAD: Final = 6
DAY: Final = timedelta(days=1)


@dataclass
class Day:
    """One field of the calendar. `outside`: of the month before or after, shown empty."""

    date: date
    kind: Badge
    outside: bool
    is_today: bool
    shifts: list[Shift] = field(default_factory=list)
    gap: bool = False


def kind_badge(kind: str) -> Badge:
    """Show what kind of day it is as word and tone."""
    return Badge(ShiftKind(kind).label, KIND_TONES[ShiftKind(kind)])


COLUMNS = (
    Column(
        key="starts", label="开始", value="starts_at", sort="starts_at", link=lambda row: f"/desk/duty/shifts/{row.pk}/"
    ),
    Column(key="ends", label="结束", value="ends_at"),
    Column(key="person", label="值班人员", value="person.display_name", sort="person__display_name"),
    Column(key="backup", label="备班人员", value="backup.display_name"),
    Column(key="kind", label="类别", value=lambda row: kind_badge(row.kind), sort="kind"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
)


@require_GET
@login_required
def month(request: StaffRequest) -> HttpResponseBase:
    """Show the roster of one body for one month, with who is on duty now at the top."""
    require(Permission.DUTY_VIEW, actor=request.user)
    bodies = queries.duty_bodies(actor=request.user)
    body = _body(request)
    year, number = _month(request)
    weeks, holes = _weeks(body, year, number)
    here = queries.on_duty(organisation=body)
    manage = why_not(Permission.DUTY_ROSTER_MANAGE, actor=request.user, thing=body)
    context = {
        "title": "值守", "body": body, "bodies": bodies[:500], "weeks": weeks, "holes": holes, "on_duty": here,
        "elsewhere": here is not None and here.organisation.pk != body.pk, "alarms": queries.open_alarms(body),
        "month": f"{year}-{number:02}", "heading_month": f"{year} 年 {number} 月", "manage_reasons": manage,
        "previous": _named(year, number - 1), "following": _named(year, number + 1),
        "mine": queries.shift_to_hand_over(actor=request.user, organisation=body),
        "log_reasons": why_not(Permission.DUTY_LOG_WRITE, actor=request.user, thing=body),
        "warning": _estimate_warning([year]),
    }  # fmt: skip
    return render(request, "duty/month.html", context)


def _estimate_warning(years: Iterable[int]) -> str:
    """Say what to do when the holidays of a year are not known yet, "" when all are."""
    guessed = "、".join(str(year) for year in actions.estimated_years(years))
    if not guessed:
        return ""
    return (
        f"{guessed} 年的放假安排还没有录入，节假日和调休是暂估的：放假通知公布后，请系统管理员录入，"
        "再到“排班”里勾选“替换还没有开始的班次”重排。"
    )


def _body(request: StaffRequest) -> Organisation:
    chosen = request.GET.get("body", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) <= 9:  # noqa: PLR2004 -- no id has more digits
        return find_body(actor=request.user, organisation_id=int(chosen), roles=VIEWERS)
    bodies = queries.duty_bodies(actor=request.user)
    found = bodies.filter(pk=request.user.organisation_id or 0).first() or bodies.first()
    if found is None:
        raise Missing
    return found


def _month(request: StaffRequest) -> tuple[int, int]:
    match = MONTH.fullmatch(request.GET.get("month", ""))
    today = clock.today()
    return (int(match[1]), int(match[2])) if match else (today.year, today.month)


def _named(year: int, number: int) -> str:
    return queries.month_start(year, number).strftime("%Y-%m")


def _weeks(body: Organisation, year: int, number: int) -> tuple[list[list[Day]], list[tuple[datetime, datetime]]]:
    """Return the days of a month in weeks from Monday, and the stretches still to come in which nobody is on duty."""
    start, end = queries.month_start(year, number), queries.month_start(year, number + 1)
    first = start.date() - timedelta(days=start.weekday())
    last = end.date() + timedelta(days=(7 - end.weekday()) % 7 - 1)
    kinds = actions.day_kinds(first, last)
    days = [Day(on, kind_badge(kinds[on]), on.month != number, on == clock.today()) for on in sorted(kinds)]
    shifts = queries.shifts_between(body, start, end)
    holes = queries.gaps(body, max(start, clock.now()), end) if shifts and end > clock.now() else []
    for day in days:
        opens = datetime.combine(day.date, time(0, 0), tzinfo=clock.BEIJING)
        day.shifts = [] if day.outside else [one for one in shifts if opens <= one.starts_at < opens + DAY]
        day.gap = not day.outside and any(begin < opens + DAY and over > opens for begin, over in holes)
    return [days[at : at + 7] for at in range(0, len(days), 7)], holes


@require_GET
@login_required
def shift_list(request: StaffRequest) -> HttpResponseBase:
    """List the shifts of the person's bodies."""
    require(Permission.DUTY_VIEW, actor=request.user)
    bodies = queries.duty_bodies(actor=request.user)
    listing = Listing(
        name="shifts",
        title="班次",
        rows=queries.visible_shifts(actor=request.user),
        columns=COLUMNS,
        sort="-starts",
        filters=[
            Choice(key="kind", label="类别", choices=ShiftKind.choices),
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:500]],
            ),
            Dates(key="on", label="日期", lookup="starts_at"),
        ],
        search=lambda rows, text: rows.filter(person__display_name__icontains=text),
        search_hint="按姓名搜索",
        context={"breadcrumbs": ROSTER},
        empty=Empty("还没有排班", "排班以后，告警会呼叫值班的人。", "看值班表", "/desk/duty/"),
    )  # fmt: skip
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def generate(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Fill a month from an ordered list of people."""
    body = find_body(actor=request.user, organisation_id=organisation_id, roles=VIEWERS)
    form = MonthForm(request.POST or None, organisation=body, months=_months())
    if request.method == "POST" and form.is_valid():
        try:
            rows = actions.generate_month(actor=request.user, organisation=body, plan=form.plan())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, f"已排 {len(rows)} 班，工作日、周末和节假日分开轮。")
            return redirect(f"/desk/duty/?body={body.pk}&month={form.cleaned_data['month']}")
    reasons = why_not(Permission.DUTY_ROSTER_MANAGE, actor=request.user, thing=body)
    lead = "按顺序轮流。工作日、周末、节假日各轮各的，接着上个月的顺序往下排。"
    warning = _estimate_warning(int(value[:4]) for value, _ in _months())
    return _form(request, f"给{body.short_name}排班", form, "排班", reasons, lead=lead, warning=warning)


def _months() -> list[tuple[str, str]]:
    today = clock.today()
    starts = [queries.month_start(today.year, today.month + step) for step in range(MONTHS_AHEAD)]
    return [(f"{one:%Y-%m}", f"{one.year} 年 {one.month} 月") for one in starts]


@require_http_methods(["GET", "POST"])
@login_required
def new_shift(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Put one shift on the roster."""
    body = find_body(actor=request.user, organisation_id=organisation_id, roles=VIEWERS)
    form = ShiftForm(request.POST or None, organisation=body)
    if request.method == "POST" and form.is_valid():
        times = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at")}
        people = form.chosen()
        try:
            row = actions.add_shift(
                actor=request.user, organisation=body, person=people["person"] or 0, backup=people["backup"], **times
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已加上这一班。")
            return redirect("duty:shift", row.pk)
    reasons = why_not(Permission.DUTY_ROSTER_MANAGE, actor=request.user, thing=body)
    return _form(request, f"给{body.short_name}加一班", form, "保存", reasons)


@require_GET
@login_required
def show_shift(request: StaffRequest, shift_id: int) -> HttpResponseBase:
    """Show a shift and what can be done with it."""
    row = queries.find_shift(actor=request.user, shift_id=shift_id)
    return render(request, "duty/shift.html", _shift_page(request, row))


def _shift_page(request: StaffRequest, row: Shift) -> dict[str, Any]:
    actor = request.user
    facts = [
        ("单位", row.organisation.name), ("值班人员", str(row.person)), ("备班人员", str(row.backup or "没有")),
        ("开始", row.starts_at), ("结束", row.ends_at),
    ]  # fmt: skip
    return {
        "title": f"{row.starts_at.astimezone(clock.BEIJING):%Y-%m-%d} 值班",
        "shift": row,
        "badge": kind_badge(row.kind),
        "facts": facts,
        "change_reasons": actions.why_not_change(actor=actor, shift=row),
        "swap_reasons": why_not(Permission.DUTY_SWAP, actor=actor, thing=row),
        "swap_form": SwapForm(shift=row),
        "hand_reasons": actions.why_not_hand_over(actor=actor, shift=row),
        "is_mine": row.person_id == actor.pk,
        "timeline": timeline_of(thing_kind="duty.shift", thing_id=row.pk),
        "breadcrumbs": ROSTER,
    }


@require_http_methods(["GET", "POST"])
@login_required
def change_people(request: StaffRequest, shift_id: int) -> HttpResponseBase:
    """Put others on a shift."""
    row = queries.find_shift(actor=request.user, shift_id=shift_id)
    form = PeopleForm(
        request.POST or None, organisation=row.organisation,
        initial={"person": row.person_id, "backup": row.backup_id or ""},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        people = form.chosen()
        try:
            actions.change_shift(
                actor=request.user, shift_id=row.pk, person=people["person"] or 0, backup=people["backup"]
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已改班。")
            return redirect("duty:shift", row.pk)
    return _form(request, "改由别人值班", form, "保存", actions.why_not_change(actor=request.user, shift=row))


@require_http_methods(["GET", "POST"])
@login_required
def cancel(request: StaffRequest, shift_id: int) -> HttpResponseBase:
    """Ask, then take a shift off the roster."""
    row = queries.find_shift(actor=request.user, shift_id=shift_id)
    if request.method == "GET":
        return confirmation(
            request, title="取消这一班？", text="取消后这段时间没有人值班，请记得补排。", act="取消这一班",
            tone="danger", back=f"/desk/duty/shifts/{row.pk}/",
            reasons=actions.why_not_change(actor=request.user, shift=row),
        )  # fmt: skip
    back = f"/desk/duty/?body={row.organisation_id}"
    return act(
        request, "已取消这一班。", back, lambda: actions.cancel_shift(actor=request.user, shift_id=shift_id)
    )  # fmt: skip


def _form(
    request: StaffRequest, title: str, form: Any, verb: str, reasons: list[str], *, lead: str = "", warning: str = ""
) -> HttpResponseBase:
    context = {
        "title": title, "form": form, "verb": verb, "reasons": reasons, "lead": lead, "warning": warning,
        "breadcrumbs": ROSTER,
    }  # fmt: skip
    return render(request, "duty/form.html", context, status=409 if form.errors else 200)

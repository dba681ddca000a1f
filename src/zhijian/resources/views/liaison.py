"""The log of talks with platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.template.defaultfilters import linebreaksbr
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.lib import clock
from zhijian.registry.queries import platform_choices, platform_label
from zhijian.resources import actions, forms, queries
from zhijian.resources.enums import EntryKind, LiaisonState, Way
from zhijian.resources.views.shared import (
    HOME_URL,
    STATE_TONES,
    fill,
    may_keep,
    new_button,
    sent,
    tabs,
    trail,
)
from zhijian.ui.listing import Choice, Column, Dates, Empty, Flag, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.resources.models import LiaisonEntry

LIAISON = f"{HOME_URL}liaison/"
SHORT = 60


def _badge(row: LiaisonEntry) -> Badge:
    return Badge(row.get_state_display(), STATE_TONES[row.state])


@require_GET
@login_required
def matter_list(request: StaffRequest) -> HttpResponseBase:
    """List the matters taken up with platforms, each by its newest entry."""
    listing = Listing(
        name="resources-liaison",
        title="平台对接",
        rows=queries.newest(queries.visible_entries(actor=request.user)),
        columns=(
            Column(
                key="asked", label="提了什么", link=lambda row: f"{LIAISON}{row.pk}/",
                value=lambda row: row.asked if len(row.asked) <= SHORT else f"{row.asked[:SHORT]}…",
                export=lambda row: row.asked,
            ),
            Column(key="platform", label="平台", value=lambda row: platform_label(row.platform), sort="platform"),
            Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
            Column(key="state", label="状态", value=_badge, sort="state"),
            Column(key="day", label="最近一次", sort="day"),
            Column(key="follow_up_on", label="跟进日期", sort="follow_up_on"),
            Column(key="contact_name", label="平台联系人"),
            Column(key="contact_phone", label="电话", shown=False),
            Column(key="way", label="方式", value="get_way_display", shown=False),
            Column(key="came_of", label="结果", shown=False),
        ),
        sort="-day",
        filters=[
            Choice(key="state", label="状态", choices=LiaisonState.choices),
            Choice(key="platform", label="平台", choices=platform_choices()),
            Choice(key="way", label="方式", choices=Way.choices),
            Flag(
                key="due", label="到了跟进日期",
                lookup=lambda rows, value: rows.filter(pk__in=queries.to_follow_up(rows).values("pk"))
                if value else rows.exclude(pk__in=queries.to_follow_up(rows).values("pk")),
            ),
            Dates(key="day", label="日期", moments=False),
        ],
        search=queries.search_entries,
        search_hint="提了什么、结果、联系人、单位",
        actions=new_button(request, "记一次对接", "liaison"),
        template="resources/list.html",
        context={"tabs": tabs(LIAISON)},
        empty=Empty("还没有平台对接记录", "向平台提过什么、找的谁、结果怎样，记在这里，下次知道找谁。"),
    )  # fmt: skip
    return listing.respond(request)


@require_GET
@login_required
def contact_list(request: StaffRequest) -> HttpResponseBase:
    """List whom to call at each platform, the one spoken with last first."""
    listing = Listing(
        name="resources-contacts",
        title="平台联系人",
        rows=queries.contacts(actor=request.user),
        columns=(
            Column(key="contact_name", label="联系人", sort="contact_name", link=lambda row: f"{LIAISON}{row.pk}/"),
            Column(key="platform", label="平台", value=lambda row: platform_label(row.platform), sort="platform"),
            Column(key="contact_phone", label="电话"),
            Column(key="contact_mail", label="邮箱"),
            Column(key="day", label="最近一次", sort="day"),
            Column(key="organisation", label="谁联系的", value="organisation.short_name"),
        ),
        sort="-day",
        filters=[Choice(key="platform", label="平台", choices=platform_choices())],
        search=queries.search_entries,
        search_hint="联系人、电话、提过什么",
        actions=new_button(request, "记一次对接", "liaison"),
        template="resources/list.html",
        context={"tabs": tabs(f"{LIAISON}contacts/")},
        empty=Empty("还没有平台联系人", "记平台对接时写了联系人的，自动列在这里。"),
    )
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Write down that a matter was taken up with a platform."""
    body = queries.find_kept_body(actor=request.user, organisation_id=organisation_id)
    form = forms.TalkForm(sent(request), initial={"day": clock.today()})

    def save() -> str:
        row = actions.record_talk(actor=request.user, organisation=body, draft=form.draft())
        return f"{LIAISON}{row.pk}/"

    return fill(
        request, form, save, title="记一次平台对接", act="记下", done="已记下。", back=LIAISON, breadcrumbs=trail(body),
        lead="记下以后不能改；写错了，再记一条更正。", reasons=may_keep(request, body),
    )  # fmt: skip


@require_GET
@login_required
def matter_page(request: StaffRequest, entry_id: int) -> HttpResponseBase:
    """Show a whole matter, its newest entry first."""
    asked_for = queries.find_entry(actor=request.user, entry_id=entry_id)
    entries = queries.entries_of(asked_for)
    row = entries[0]
    corrected = {entry.corrects_id for entry in entries}
    context = {
        "title": f"{platform_label(row.platform)}：{row.asked[:30]}", "row": row, "badge": _badge(row),
        "entries": [(entry, _facts(entry), entry.pk in corrected) for entry in entries],
        "reasons": actions.why_not_go_on(actor=request.user, entry=row),
        "breadcrumbs": [*trail(row.organisation), ("平台对接", LIAISON)],
    }  # fmt: skip
    return render(request, "resources/matter.html", context)


def _facts(row: LiaisonEntry) -> list[tuple[str, object]]:
    contact = "，".join(part for part in (row.contact_name, row.contact_phone, row.contact_mail) if part)
    following = [("跟进日期", row.follow_up_on)] if row.follow_up_on else []
    return [
        ("平台", platform_label(row.platform)), ("方式", row.get_way_display()), ("平台联系人", contact or "没有写"),
        ("提了什么", linebreaksbr(row.asked, autoescape=True)),
        ("结果", linebreaksbr(row.came_of, autoescape=True) or "还没有"), ("状态", row.get_state_display()), *following,
        ("谁记的", str(row.created_by)),
    ]  # fmt: skip


def _go_on(request: StaffRequest, entry_id: int, kind: EntryKind) -> HttpResponseBase:
    row = queries.find_entry(actor=request.user, entry_id=entry_id)
    is_correction = kind == EntryKind.CORRECTION
    start = forms.next_talk(row, is_correction=is_correction)
    form = forms.TalkForm(sent(request), initial={"day": clock.today(), **start})
    act = actions.correct_entry if is_correction else actions.follow_up

    def save() -> str:
        return f"{LIAISON}{act(actor=request.user, entry_id=row.pk, draft=form.draft()).pk}/"

    told = (
        {"title": "更正这条记录", "lead": "原来的一条留着，标明已更正。"}
        if is_correction
        else {"title": "记跟进", "lead": "后来又联系了，记一条新的，前面的不动。"}
    )
    return fill(
        request, form, save, act="记下", done="已记下。", back=f"{LIAISON}{row.pk}/",
        breadcrumbs=trail(row.organisation), reasons=actions.why_not_go_on(actor=request.user, entry=row), **told,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def follow_up(request: StaffRequest, entry_id: int) -> HttpResponseBase:
    """Write down how a matter went on."""
    return _go_on(request, entry_id, EntryKind.FOLLOW_UP)


@require_http_methods(["GET", "POST"])
@login_required
def correct(request: StaffRequest, entry_id: int) -> HttpResponseBase:
    """Put an entry right by a new one."""
    return _go_on(request, entry_id, EntryKind.CORRECTION)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.events import EventName
from zhijian.audit.labels import label_of
from zhijian.census import actions, queries
from zhijian.census.enums import SheetState, Standing
from zhijian.census.forms import ReturnForm, RowForm
from zhijian.census.views.parts import HOME, attempt, form_page, home_tabs, permit_export, sheet_badge
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.review.queries import under_review
from zhijian.ui.acting import carry_out
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choices, Column, Empty, Listing

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.census.models import Sheet
    from zhijian.lib.requests import StaffRequest
    from zhijian.ui.parts import Happening

COLUMNS = (
    Column(
        key="campaign", label="排查", value="campaign.title", sort="campaign__title",
        link=lambda row: f"/desk/census/sheets/{row.pk}/",
    ),
    Column(key="state", label="状态", value=sheet_badge, sort="state"),
    Column(key="body", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="asker", label="下发单位", value="campaign.organisation.short_name"),
    Column(key="due", label="截止", value="campaign.due_on", sort="campaign__due_on"),
    Column(key="signed", label="签字", value="signed_at", sort="signed_at", shown=False),
)  # fmt: skip

TOLD_BY_THE_TABLE = {label_of(name) for name in EventName if name.value.startswith("review.")}


@require_GET
@login_required
def sheet_list(request: StaffRequest) -> HttpResponseBase:
    """List the tables of a person's own body, those still to be filled in first."""
    own = request.user.organisation_id or 0
    listing = Listing(
        name="own-sheets",
        title="要填的统计表",
        rows=queries.visible_sheets(actor=request.user).filter(organisation=own),
        columns=COLUMNS,
        sort="-due",
        filters=[Choices(key="state", label="状态", choices=SheetState.choices)],
        search=lambda rows, text: rows.filter(campaign__title__icontains=text),
        search_hint="按排查名称搜索",
        empty=Empty("没有要填的统计表", "上级下发排查后，本单位的统计表会预先填好，列在这里。"),
        permit=permit_export,
        template="census/list.html",
    )
    return listing.respond(request, tabs=home_tabs(request, "sheets"))


def _breadcrumbs(sheet: Sheet) -> list[tuple[str, str]]:
    return [HOME, (sheet.campaign.title, f"/desk/census/{sheet.campaign_id}/")]


@require_GET
@login_required
def sheet_page(request: StaffRequest, sheet_id: int) -> HttpResponseBase:
    """Show the table of a body, and everything that can be done with it."""
    sheet = queries.find_sheet(actor=request.user, sheet_id=sheet_id)
    rows = queries.shown_rows(sheet)
    context = {
        "title": sheet.organisation.name, "sheet": sheet, "campaign": sheet.campaign, "badge": sheet_badge(sheet),
        "rows": rows, "left": queries.remaining(sheet.campaign.due_on), "breadcrumbs": _breadcrumbs(sheet),
        "fill_reasons": why_not(Permission.CENSUS_FILL, actor=request.user, thing=sheet),
        "submit_reasons": actions.why_not_submit(actor=request.user, sheet=sheet),
        "empty_reasons": actions.why_not_sign_empty(actor=request.user, sheet=sheet),
        "return_reasons": actions.why_not_return(actor=request.user, sheet=sheet),
        "is_fillable": sheet.state in {SheetState.NOT_STARTED, SheetState.FILLING, SheetState.RETURNED},
        "under_review": under_review(actor=request.user, thing_kind=queries.SHEET_KIND, thing_id=sheet.pk),
        "timeline": _happened(sheet),
    }  # fmt: skip
    return render(request, "census/sheet.html", context)


def _happened(sheet: Sheet) -> list[Happening]:
    """Return the time line with each step once: the review engine tells of its own what the table tells as well."""
    rows = timeline_of(thing_kind=queries.SHEET_KIND, thing_id=sheet.pk)
    return [row for row in rows if row.what not in TOLD_BY_THE_TABLE]


@require_http_methods(["GET", "POST"])
@login_required
def edit_row(request: StaffRequest, sheet_id: int, row_id: int) -> HttpResponseBase:
    """Say what is different of one account, its problems and what is done about them."""
    row = queries.find_row(actor=request.user, sheet_id=sheet_id, row_id=row_id)
    sheet = queries.find_sheet(actor=request.user, sheet_id=sheet_id)
    form = RowForm(request.POST or None, sheet=sheet, row=row)
    if form.is_bound and form.is_valid() and _save_row(request, form, sheet_id, row_id):
        messages.success(request, "已保存。")
        return redirect("census:sheet", sheet_id)
    return form_page(
        request, form, title=row.name, verb="保存", back=f"/desk/census/sheets/{sheet_id}/",
        reasons=why_not(Permission.CENSUS_FILL, actor=request.user, thing=sheet), template="census/row.html",
        row=queries.shown_row(row, sheet.campaign.keys), sheet=sheet, is_added=row.standing == Standing.ADDED,
        breadcrumbs=[*_breadcrumbs(sheet), (sheet.organisation.name, f"/desk/census/sheets/{sheet_id}/")],
    )  # fmt: skip


def _save_row(request: StaffRequest, form: RowForm, sheet_id: int, row_id: int) -> bool:
    """Save; who was overtaken keeps their words, with the version they must now build upon."""
    try:
        actions.change_row(
            actor=request.user, sheet_id=sheet_id, row_id=row_id, base_version=form.cleaned_data["base_version"],
            draft=form.draft(),
        )  # fmt: skip
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        newest = queries.find_row(actor=request.user, sheet_id=sheet_id, row_id=row_id).version
        data = request.POST.copy()
        data["base_version"] = str(newest)
        form.data = data
        return False
    return True


@require_http_methods(["GET", "POST"])
@login_required
def add_row(request: StaffRequest, sheet_id: int) -> HttpResponseBase:
    """Add an account the register does not know."""
    sheet = queries.find_sheet(actor=request.user, sheet_id=sheet_id)
    form = RowForm(request.POST or None, sheet=sheet, row=None)
    added = attempt(form, lambda: actions.add_row(actor=request.user, sheet_id=sheet.pk, draft=form.draft()))
    if added is not None:
        messages.success(request, f"已补报“{added.name}”。")
        return redirect("census:sheet", sheet.pk)
    return form_page(
        request, form, title="补报账号", verb="补报", back=f"/desk/census/sheets/{sheet.pk}/",
        reasons=why_not(Permission.CENSUS_FILL, actor=request.user, thing=sheet), template="census/row.html",
        sheet=sheet, breadcrumbs=[*_breadcrumbs(sheet), (sheet.organisation.name, f"/desk/census/sheets/{sheet.pk}/")],
    )  # fmt: skip


@require_POST
@login_required
def remove_row(request: StaffRequest, sheet_id: int, row_id: int) -> HttpResponseBase:
    """Take an added account off again."""
    queries.find_row(actor=request.user, sheet_id=sheet_id, row_id=row_id)
    carry_out(
        request, lambda: actions.remove_row(actor=request.user, sheet_id=sheet_id, row_id=row_id), done="已删去这一行。"
    )
    return redirect("census:sheet", sheet_id)


@require_POST
@login_required
def submit(request: StaffRequest, sheet_id: int) -> HttpResponseBase:
    """Send a table to the head."""
    queries.find_sheet(actor=request.user, sheet_id=sheet_id)
    text = request.POST.get("version", "")
    seen = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1  # noqa: PLR2004 - a small count
    carry_out(
        request, lambda: actions.submit_sheet(actor=request.user, sheet_id=sheet_id, base_version=seen),
        done="已送负责人签字。",
    )  # fmt: skip
    return redirect("census:sheet", sheet_id)


@require_http_methods(["GET", "POST"])
@login_required
def sign_empty(request: StaffRequest, sheet_id: int) -> HttpResponseBase:
    """Sign that a body has no account; GET asks first."""
    sheet = queries.find_sheet(actor=request.user, sheet_id=sheet_id)
    if request.method == "GET":
        return confirmation(
            request, title="没有账号，签字？", text=EMPTY_TEXT, act="签字", back=f"/desk/census/sheets/{sheet.pk}/",
            reasons=actions.why_not_sign_empty(actor=request.user, sheet=sheet),
        )  # fmt: skip
    carry_out(
        request, lambda: actions.sign_empty(actor=request.user, sheet_id=sheet.pk), done="已签字：本单位没有账号。"
    )
    return redirect("census:sheet", sheet.pk)


EMPTY_TEXT = "签字确认本单位在各平台都没有开设账号，没有私自开设和忘记的账号。"


@require_http_methods(["GET", "POST"])
@login_required
def give_back(request: StaffRequest, sheet_id: int) -> HttpResponseBase:
    """Send a signed table back to its body."""
    sheet = queries.find_sheet(actor=request.user, sheet_id=sheet_id)
    form = ReturnForm(request.POST or None)
    done: Any = attempt(
        form,
        lambda: actions.return_sheet(actor=request.user, sheet_id=sheet.pk, comment=form.cleaned_data["comment"]),
    )
    if done is not None:
        messages.success(request, "已退回，单位收到了通知。")
        return redirect("census:sheet", sheet.pk)
    return form_page(
        request, form, title=f"退回：{sheet.organisation.name}", verb="退回", back=f"/desk/census/sheets/{sheet.pk}/",
        reasons=actions.why_not_return(actor=request.user, sheet=sheet), breadcrumbs=_breadcrumbs(sheet),
    )  # fmt: skip

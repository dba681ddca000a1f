from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.shortcuts import render

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.census.enums import CampaignState, SheetState
from zhijian.lib.errors import Refused
from zhijian.ui.acting import put_reasons
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.forms import Form
    from django.http.response import HttpResponseBase

    from zhijian.census.models import Campaign, Sheet
    from zhijian.lib.requests import StaffRequest

Made = TypeVar("Made")
HOME = ("排查", "/desk/census/")
CAMPAIGN_TONES = {
    CampaignState.DRAFT: "info", CampaignState.OPENING: "busy", CampaignState.RUNNING: "busy",
    CampaignState.CLOSED: "quiet",
}  # fmt: skip
SHEET_TONES = {
    SheetState.NOT_STARTED: "quiet", SheetState.FILLING: "info", SheetState.SIGNING: "busy", SheetState.SIGNED: "ok",
    SheetState.RETURNED: "warn",
}  # fmt: skip


def campaign_badge(row: Campaign) -> Badge:
    """Show where a census stands."""
    return Badge(row.get_state_display(), CAMPAIGN_TONES[CampaignState(row.state)])


def sheet_badge(row: Sheet) -> Badge:
    """Show where a table stands."""
    return Badge(row.get_state_display(), SHEET_TONES[SheetState(row.state)])


def home_tabs(request: StaffRequest, active: str) -> list[Tab]:
    """Return the tabs of the room: what a person has no part in is not among them."""
    tabs = [
        Tab("排查", "/desk/census/", active == "campaigns"),
        Tab("要填的统计表", "/desk/census/sheets/", active == "sheets"),
    ]
    if not why_not(Permission.CENSUS_LAYOUT_KEEP, actor=request.user):
        tabs += [
            Tab("表样", "/desk/census/layouts/", active == "layouts"),
            Tab("全国系统导出表", "/desk/census/dumps/", active == "dumps"),
        ]
    return tabs


def campaign_tabs(request: StaffRequest, row: Campaign, active: str) -> list[Tab]:
    """Return the tabs of one census that was sent out."""
    address = f"/desk/census/{row.pk}/"
    tabs = [
        Tab("进度", address, active == "progress"),
        Tab("各单位", f"{address}sheets/", active == "sheets"),
        Tab("统计和汇总表", f"{address}figures/", active == "figures"),
    ]
    if not why_not(Permission.CENSUS_COMPARE, actor=request.user):
        tabs.append(Tab("比对", f"{address}comparisons/", active == "comparisons"))
    return tabs


def attempt(form: Form, what: Callable[[], Made]) -> Made | None:
    """Do something with a valid form; the reasons of a refusal are shown on it, and no typed word is lost."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return what()
    except Refused as refused:
        put_reasons(form, refused)
    return None


def form_page(
    request: StaffRequest, form: Form, *, title: str, verb: str, back: str, reasons: Sequence[str] = (), **more: Any
) -> HttpResponseBase:
    """Show a form, with 409 when it was sent with something to mend."""
    context = {"title": title, "form": form, "verb": verb, "back": back, "reasons": list(reasons), **more}
    status = 409 if form.is_bound and form.errors else 200
    return render(request, more.get("template", "census/form.html"), context, status=status)


def number_in(request: StaffRequest, name: str) -> int | None:
    """Return an id from the query; None for anything that is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None  # noqa: PLR2004 - longest id


def permit_export(request: Any) -> None:
    """Refuse a file of tables to those without the right to take one."""
    require(Permission.CENSUS_EXPORT, actor=request.user)

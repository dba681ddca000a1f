from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.shortcuts import render

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.drives.enums import DriveState, Reason, Standing
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role
from zhijian.ui.acting import put_reasons
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import BaseForm
    from django.http.response import HttpResponseBase

    from zhijian.drives.models import Drive
    from zhijian.lib.requests import StaffRequest

Made = TypeVar("Made")
HOME_URL = "/desk/drives/"
HOME = ("清理整合", HOME_URL)
STATE_TONES = {DriveState.DRAFT: "info", DriveState.SENT: "busy", DriveState.CLOSED: "quiet"}
STANDING_TONES = {
    Standing.DONE: "ok", Standing.KEPT: "ok", Standing.UNDER_WAY: "busy", Standing.AGREED: "info",
    Standing.ASKED: "warn", Standing.REFUSED: "warn", Standing.WAITING: "quiet",
}  # fmt: skip
LONGEST_ID = 12


def drive_badge(row: Drive) -> Badge:
    """Show where a drive stands."""
    return Badge(row.get_state_display(), STATE_TONES[DriveState(row.state)])


def standing_badge(standing: str) -> Badge:
    """Show how far one account is."""
    return Badge(str(Standing(standing).label), STANDING_TONES[Standing(standing)])


def reason_label(code: str) -> str:
    """Return the words of a reason."""
    return str(Reason(code).label)


def home_tabs(request: StaffRequest, active: str) -> list[Tab]:
    """Return the tabs of the room: what a person has no part in is not among them."""
    tabs = [Tab("行动", HOME_URL, active == "drives")]
    if not why_not(Permission.DRIVE_RUN, actor=request.user):
        tabs.append(Tab("建议", f"{HOME_URL}proposals/", active == "proposals"))
    if request.user.holds(Role.HOST_OFFICER):
        tabs.append(Tab("要答复的账号", f"{HOME_URL}answers/", active == "answers"))
    return tabs


def attempt(form: BaseForm, what: Callable[[], Made]) -> Made | None:
    """Do something with a valid form; the reasons of a refusal are shown on it, and no typed word is lost."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return what()
    except Refused as refused:
        put_reasons(form, refused)
    return None


def form_page(request: StaffRequest, form: BaseForm, **context: Any) -> HttpResponseBase:
    """Show a form; one that was sent wrongly answers 409."""
    return render(request, "drives/form.html", {"form": form, **context}, status=409 if form.is_bound else 200)


def sent(request: StaffRequest) -> Any:
    """Return what a form sent; a form may be sent with nothing in it."""
    return request.POST if request.method == "POST" else None


def chosen_ids(request: StaffRequest) -> list[int]:
    """Return the ids somebody ticked; what is none is left out."""
    texts = request.POST.getlist("chosen")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID]


def number_in(text: str) -> int:
    """Return an id from a form; 0 for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0

"""What the pages of this room have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.lib.errors import Refused
from zhijian.resources import queries
from zhijian.ui.acting import put_reasons
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django import forms as django_forms
    from django.http import QueryDict
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation
    from zhijian.resources.enums import LicenceState, RuleState

HOME_URL = "/desk/resources/"
HOME = [("保障与资质", HOME_URL)]
TABS = (
    (HOME_URL, "缺什么"), (f"{HOME_URL}branches/", "按分支"), (f"{HOME_URL}licences/", "许可证"),
    (f"{HOME_URL}rules/", "本单位制度"), (f"{HOME_URL}liaison/", "平台对接"),
    (f"{HOME_URL}liaison/contacts/", "平台联系人"),
)  # fmt: skip
STATE_TONES = {
    "not_begun": "quiet", "in_force": "ok", "no_end": "ok", "ends_soon": "warn", "over": "danger", "renewed": "quiet",
    "withdrawn": "quiet", "review_due": "warn", "replaced": "quiet", "abolished": "quiet",
    "open": "busy", "closed": "ok",
}  # fmt: skip
LISTED_FOR_BUTTON = 2


def tabs(active: str) -> list[Tab]:
    """Return the pages of the room."""
    return [Tab(label, url, url == active) for url, label in TABS]


def badge(state: LicenceState | RuleState) -> Badge:
    """Return a state as a badge."""
    return Badge(str(state.label), STATE_TONES[state])


def body_url(body: Organisation | int) -> str:
    """Return the address of what a body has."""
    return f"{HOME_URL}bodies/{body if isinstance(body, int) else body.pk}/"


def trail(body: Organisation) -> list[tuple[str, str]]:
    """Return the way back from a page of a body."""
    return [*HOME, (body.short_name, body_url(body))]


def sent(request: StaffRequest) -> QueryDict | None:
    """Return what a form sent; a form may be sent with nothing in it."""
    return request.POST if request.method == "POST" else None


def new_button(request: StaffRequest, label: str, place: str) -> list[dict[str, Any]]:
    """Return the button over a list: to the form of the one body a person keeps, or to the bodies to choose from."""
    bodies = list(queries.kept_bodies(actor=request.user).order_by("path")[:LISTED_FOR_BUTTON])
    url = f"{body_url(bodies[0])}{place}/" if len(bodies) == 1 else HOME_URL
    words = label if len(bodies) == 1 else f"选单位，{label}"
    return [{"label": words, "url": url, "tone": "primary", "icon": "plus"}] if bodies else []


def may_keep(request: StaffRequest, body: Organisation) -> list[str]:
    """Give every reason why this person may not write for a body."""
    return why_not(Permission.RESOURCES_KEEP, actor=request.user, thing=body)


def fill(
    request: StaffRequest, form: django_forms.Form, save: Callable[[], str], *, reasons: Sequence[str] = (), **told: Any
) -> HttpResponseBase:
    """Show a form and take its answer; `save` acts and gives the next address; `told` = title, act, done, back."""
    if request.method == "POST" and form.is_valid():
        try:
            address = save()
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, told["done"])
            return redirect(address)
    context = {**told, "form": form, "reasons": list(reasons)}
    return render(request, "resources/form.html", context, status=409 if form.errors or reasons else 200)

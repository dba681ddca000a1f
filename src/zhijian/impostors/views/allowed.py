from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import may, why_not
from zhijian.impostors import actions, queries
from zhijian.impostors.forms import AllowForm
from zhijian.impostors.views.parts import HOME, HOME_URL, tabs
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.listing import Column, Empty, Flag, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.impostors.models import AllowedName
    from zhijian.lib.requests import StaffRequest

URL = f"{HOME_URL}allowed/"


def _badge(row: AllowedName) -> Badge:
    if row.ended_at:
        return Badge("已停用", "quiet")
    return Badge("已到期", "warn") if row.expires_on and row.expires_on < clock.today() else Badge("有效", "ok")


def _in_force(rows: QuerySet[AllowedName], value: object) -> QuerySet[AllowedName]:
    valid = Q(ended_at=None) & (Q(expires_on=None) | Q(expires_on__gte=clock.today()))
    return rows.filter(valid) if value else rows.exclude(valid)


COLUMNS = (
    Column(key="name", label="名称", sort="name"),
    Column(key="state", label="状态", value=_badge),
    Column(key="reason", label="理由"),
    Column(key="expires", label="有效期至", value="expires_on", sort="expires_on"),
    Column(key="body", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="by", label="登记人", value="by.display_name"),
    Column(key="at", label="登记", sort="at"),
)


@require_GET
@login_required
def allowed_list(request: StaffRequest) -> HttpResponseBase:
    """List the names that may sound like official ones, ended ones among them."""
    reasons = why_not(Permission.NAME_ALLOW, actor=request.user)
    rows = queries.visible_allowed(actor=request.user)
    listing = Listing(
        name="allowed-names",
        title="可接受的名称",
        rows=rows,
        columns=COLUMNS,
        sort="-at",
        filters=[Flag(key="valid", label="有效", lookup=_in_force)],
        search=lambda rows, text: rows.filter(Q(name__icontains=text) | Q(reason__icontains=text)),
        search_hint="按名称或理由搜索",
        actions=[
            {"label": "登记名称", "url": f"{URL}new/", "tone": "primary", "icon": "plus", "reasons": reasons},
        ],
        template="impostors/allowed.html",
        context={"tabs": tabs(URL), "breadcrumbs": HOME, "standing": _endable(request, rows)},
        empty=Empty("名单是空的", "和官方账号同音、形近但确实不是仿冒的名称放在这里，比对时不再提示。"),
    )
    return listing.respond(request)


def _endable(request: StaffRequest, rows: QuerySet[AllowedName]) -> list[AllowedName]:
    """Return the names this person may take from the list, the newest first."""
    if not may(Permission.NAME_ALLOW, actor=request.user):
        return []
    return list(rows.filter(ended_at=None).order_by("-pk")[:50])


@require_http_methods(["GET", "POST"])
@login_required
def allow(request: StaffRequest) -> HttpResponseBase:
    """Put a name on the list."""
    begun = {"name": request.GET.get("name", "")[:80]}
    form = AllowForm(request.POST or None, actor=request.user, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            body = form.cleaned_data["organisation"]
            actions.allow_name(actor=request.user, organisation=body, draft=form.draft())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已登记，比对时不再提示这个名称。")
            return redirect("impostors:allowed")
    context = {
        "title": "登记可接受的名称", "form": form, "breadcrumbs": [*HOME, ("可接受的名称", URL)],
        "reasons": why_not(Permission.NAME_ALLOW, actor=request.user),
    }  # fmt: skip
    return render(request, "impostors/allow.html", context, status=409 if form.errors else 200)


@require_POST
@login_required
def end_allowance(request: StaffRequest, allowed_id: int) -> HttpResponseBase:
    """Take a name from the list."""
    queries.find_allowed(actor=request.user, allowed_id=allowed_id)
    carry_out(
        request,
        lambda: actions.end_allowance(actor=request.user, allowed_id=allowed_id),
        done="已停用，比对时会再提示。",
    )
    return redirect("impostors:allowed")

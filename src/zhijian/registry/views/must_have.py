from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_GET

from zhijian.organisations.enums import Level
from zhijian.registry import queries
from zhijian.registry.views.tabs import permit_export, tabs
from zhijian.ui.listing import Choice, Column, Empty, Listing

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation


def _open(body: Organisation) -> str:
    return f"/desk/accounts/filings/new/?kind=opening&organisation={body.pk}"


COLUMNS = (
    Column(key="name", label="单位", sort="sort_key", link=_open),
    Column(key="level", label="层级", value="get_level_display", sort="level"),
    Column(key="above", label="上级", value=lambda row: row.parent.short_name if row.parent else ""),
    Column(key="act", label="要办的事", value=lambda _: "办开设备案"),
)


@require_GET
@login_required
def must_have(request: StaffRequest) -> HttpResponseBase:
    """List the bodies of the person's scope that must have an account and have none; the name leads to the filing."""
    listing = Listing(
        name="must-have",
        title="应开未开",
        rows=queries.bodies_without(actor=request.user),
        sort="name",
        columns=COLUMNS,
        filters=[Choice(key="level", label="层级", choices=Level.choices)],
        search=lambda rows, text: rows.filter(name__icontains=text),
        search_hint="按单位名称搜索",
        empty=Empty("没有应开未开的单位", "县级以上人民政府都有了账号。不应开设而开设的，在“台账问题”里筛选。"),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("must_have"))

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_GET

from zhijian.registry import queries
from zhijian.registry.enums import NoticeKind
from zhijian.registry.views.tabs import permit_export, tabs
from zhijian.ui.listing import Choices, Column, Dates, Empty, Listing

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest

COLUMNS = (
    Column(key="title", label="公告", link=lambda row: f"/notices/{row.pk}/"),
    Column(key="kind", label="事项", value="get_kind_display"),
    Column(key="organisation", label="主办单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="published", label="发布", value="published_at", sort="published_at"),
    Column(key="until", label="公告期至", sort="until"),
)


@require_GET
@login_required
def notice_list(request: StaffRequest) -> HttpResponseBase:
    """List the public notices of the bodies in the person's scope; each is written and signed with a filing."""
    listing = Listing(
        name="account-notices",
        title="公告",
        rows=queries.visible_notices(actor=request.user),
        sort="-published",
        columns=COLUMNS,
        filters=[
            Choices(key="kind", label="事项", choices=NoticeKind.choices),
            Dates(key="published", label="发布", lookup="published_at"),
        ],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按标题搜索",
        empty=Empty("还没有公告", "变更、停更、关停、合并、注销的公告随备案一起审核，批准后自动发布。"),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("notices"))

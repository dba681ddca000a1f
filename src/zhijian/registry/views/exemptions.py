from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_GET

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.lib import clock
from zhijian.registry import queries
from zhijian.registry.views.tabs import permit_export, tabs
from zhijian.ui.listing import Column, Dates, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.registry.models import Exemption

NEW = "/desk/accounts/filings/new/?kind=exemption"


def _badge(row: Exemption) -> Badge:
    if row.ended_at is not None:
        return Badge("已结束", "quiet")
    return Badge("在期", "ok") if row.valid_until >= clock.today() else Badge("已到期", "warn")


COLUMNS = (
    Column(key="organisation", label="主办单位", value="organisation.short_name", sort="organisation__sort_key",
           link=lambda row: f"/desk/accounts/filings/{row.filing_id}/"),
    Column(key="platform", label="平台", value=lambda row: queries.platform_label(row.filing.platform)),
    Column(key="account", label="账号", value=lambda row: row.account.name if row.account else "还没有开设"),
    Column(key="grounds", label="理由"),
    Column(key="state", label="状态", value=_badge),
    Column(key="granted", label="批准", value="granted_on", sort="granted_on"),
    Column(key="until", label="有效期至", value="valid_until", sort="valid_until"),
)  # fmt: skip


@require_GET
@login_required
def exemption_list(request: StaffRequest) -> HttpResponseBase:
    """List the exemptions from one account per platform, those that are over too."""
    new = {
        "label": "申请多开例外", "url": NEW, "tone": "primary", "icon": "plus",
        "reasons": why_not(Permission.FILING_CREATE, actor=request.user),
    }  # fmt: skip
    listing = Listing(
        name="exemptions",
        title="多开例外",
        rows=queries.visible_exemptions(actor=request.user),
        sort="until",
        columns=COLUMNS,
        filters=[Dates(key="until", label="有效期至", lookup="valid_until")],
        search=lambda rows, text: rows.filter(organisation__name__icontains=text),
        search_hint="按主办单位搜索",
        actions=[new],
        empty=Empty("没有多开例外", "一个单位在同一平台原则上只开一个账号，确需多开的可以申请。", "申请多开例外", NEW),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("exemptions"))

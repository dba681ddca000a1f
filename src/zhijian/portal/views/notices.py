"""Public notices about accounts, as pages and as a feed; and who may keep more than one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from zhijian.portal.context import government_name
from zhijian.registry.enums import NoticeKind
from zhijian.registry.queries import (
    exemptions_in_force,
    find_notice,
    notices,
    platform_label,
    public_account,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 20
MOST_IN_FEED = 50
FIRST_YEAR, LAST_YEAR = 2018, 2100


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """List the notices, newest first; `?kind=` and `?year=` narrow the archive, what they say wrongly is ignored."""
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    rows = notices()
    if kind in NoticeKind.values:
        rows = rows.filter(kind=kind)
    if year.isascii() and year.isdigit() and FIRST_YEAR <= int(year) <= LAST_YEAR:
        rows = rows.filter(published_at__year=int(year))
    years = notices().order_by().dates("published_at", "year", order="DESC")
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "title": "公告", "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "query": query.urlencode(),
        "kinds": NoticeKind.choices, "kind": kind, "years": [str(day.year) for day in years], "year": year,
    }  # fmt: skip
    return render(request, "portal/notices.html", context)


@require_safe
def notice(request: HttpRequest, public_notice_id: int) -> HttpResponse:
    """Show one notice exactly as it was approved, with the account as the register has it now."""
    row = find_notice(public_notice_id)
    later = notices().filter(account=row.account, published_at__gt=row.published_at).last()
    context = {
        "title": row.title, "notice": row, "later": later, "account": public_account(row.account),
        "target": public_account(row.account.merged_into) if row.account.merged_into else None,
    }  # fmt: skip
    return render(request, "portal/notice.html", context)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Give the newest notices as an Atom feed."""
    told = Atom1Feed(
        title=f"{government_name()}政务新媒体公告", link=request.build_absolute_uri("/notices/"),
        feed_url=request.build_absolute_uri("/notices/feed.xml"), description="账号变更、停更、关停、注销的公告。",
        language="zh-CN",
    )  # fmt: skip
    for row in notices()[:MOST_IN_FEED]:
        address = request.build_absolute_uri(f"/notices/{row.pk}/")
        told.add_item(
            title=row.title, link=address, unique_id=address, description=row.text, pubdate=row.published_at,
            updateddate=row.published_at, author_name=row.organisation.name, categories=[row.get_kind_display()],
        )  # fmt: skip
    return HttpResponse(told.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
def exemptions(request: HttpRequest) -> HttpResponse:
    """List who may keep more than one account on a platform, why and until when."""
    page = Paginator(exemptions_in_force().order_by("organisation__path", "pk"), PAGE).get_page(request.GET.get("page"))
    rows = [(row, platform_label(row.filing.platform)) for row in page]
    context = {"title": "多开账号清单", "page": page, "rows": rows, "query": ""}
    return render(request, "portal/exemptions.html", context)

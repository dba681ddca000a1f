from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.lookback import actions, queries
from zhijian.lookback.enums import CATEGORIES, SEVERITIES, FindingState, Kind
from zhijian.lookback.forms import AsideForm
from zhijian.lookback.rules import VIEWERS
from zhijian.lookback.views.parts import FINDINGS_URL, HOME, finding_badge, home_tabs, severity_badge
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import bodies_in_scope, timeline_of
from zhijian.registry.queries import platform_label, visible_accounts
from zhijian.ui.acting import carry_out
from zhijian.ui.listing import Choice, Choices, Column, Dates, Empty, Listing

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.lookback.models import Finding
    from zhijian.registry.models import Account

MOST_CHOICES: Final = 500


def _words(row: Finding) -> str:
    return f"{row.before}【{row.excerpt}】{row.after}"


COLUMNS = (
    Column(key="excerpt", label="原文", value=_words, link=lambda row: f"{FINDINGS_URL}{row.pk}/"),
    Column(key="severity", label="级别", value=severity_badge, sort="severity"),
    Column(key="state", label="状态", value=finding_badge, sort="state"),
    Column(key="suggestion", label="建议"),
    Column(key="account", label="账号", value=lambda row: row.account.name if row.account else "答问库",
           sort="account__sort_key"),
    Column(key="platform", label="平台", value=lambda row: platform_label(row.account.platform) if row.account else "",
           shown=False),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="title", label="标题", sort="title"),
    Column(key="category", label="类别", value="category_label", sort="category", shown=False),
    Column(key="message", label="说明", shown=False),
    Column(key="source", label="依据", shown=False),
    Column(key="url", label="地址", shown=False),
    Column(key="published", label="发布", value="published_at", sort="published_at", shown=False),
    Column(key="found", label="发现", value="found_at", sort="found_at"),
)  # fmt: skip


def _named(account: Account) -> str:
    """Name an account with its platform: a body's accounts mostly share one name."""
    return f"{account.name}（{platform_label(account.platform, account.kind)}）"


def _listing(request: StaffRequest, rows: QuerySet[Finding], title: str, name: str, empty: Empty) -> Listing:
    actor = request.user
    accounts = visible_accounts(actor=actor, roles=VIEWERS).order_by("sort_key")
    bodies = bodies_in_scope(actor=actor, roles=VIEWERS)
    platforms = accounts.order_by("platform").values_list("platform", flat=True).distinct()
    return Listing(
        name=name,
        title=title,
        rows=rows,
        columns=COLUMNS,
        sort="-found",
        filters=[
            Choices(key="state", label="状态", choices=FindingState.choices),
            Choices(key="severity", label="级别", choices=SEVERITIES),
            Choice(key="category", label="类别", choices=CATEGORIES),
            Choice(key="kind", label="来源", choices=Kind.choices),
            Choice(
                key="platform", label="平台", lookup="account__platform",
                choices=lambda: [(code, platform_label(code)) for code in platforms[:MOST_CHOICES]],
            ),
            Choice(
                key="account", label="账号", lookup="account_id",
                choices=lambda: [(row.pk, _named(row)) for row in accounts[:MOST_CHOICES]],
            ),
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:MOST_CHOICES]],
            ),
            Dates(key="found", label="发现日期", lookup="found_at"),
        ],
        search=queries.search_findings,
        search_hint="按原文、标题或账号搜索",
        empty=empty,
        template="lookback/list.html",
    )  # fmt: skip


@require_GET
@login_required
def finding_list(request: StaffRequest) -> HttpResponseBase:
    """List what was found in the texts of the person's bodies, whoever looked back."""
    rows = queries.visible_findings(actor=request.user)
    empty = Empty("没有查出的问题", "回查已发的内容以后，查出的问题列在这里。", "看回查", HOME[1])
    listing = _listing(request, rows, "查出的问题", "lookback-findings", empty)
    return listing.respond(request, tabs=home_tabs("findings", supervises=request.user.holds(Role.SUPERVISING_OFFICER)))


@require_GET
@login_required
def found_in(request: StaffRequest, look_back_id: int) -> HttpResponseBase:
    """List what one look-back saw."""
    row = queries.find_look_back(actor=request.user, look_back_id=look_back_id)
    rows = queries.seen_in(queries.visible_findings(actor=request.user), row)
    empty = Empty("没有查出问题", "已发的内容里没有这些规则管的问题。")
    listing = _listing(request, rows, f"{row.title}：查出的问题", "lookback-found", empty)
    trail = [HOME, (row.title, f"{HOME[1]}{row.pk}/")]
    return listing.respond(request, breadcrumbs=trail)


@require_http_methods(["GET", "POST"])
@login_required
def finding_page(request: StaffRequest, found_id: int) -> HttpResponseBase:
    """Show one finding with its evidence; a person may say that it is a false alarm, and why."""
    row = queries.find_finding(actor=request.user, finding_id=found_id)
    form = AsideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        carry_out(
            request, lambda: actions.set_aside(actor=request.user, finding_id=row.pk, reason=reason),
            done="已记为误报，以后的回查不再提它。",
        )  # fmt: skip
        return redirect("lookback:finding", row.pk)
    return render(request, "lookback/finding.html", _page(request, row, form), status=409 if form.is_bound else 200)


def _page(request: StaffRequest, row: Finding, form: AsideForm) -> dict[str, Any]:
    return {
        "title": f"“{row.excerpt}”", "row": row, "form": form, "breadcrumbs": [HOME, ("查出的问题", FINDINGS_URL)],
        "badge": finding_badge(row), "severity": severity_badge(row),
        "platform": platform_label(row.account.platform) if row.account else "",
        "allow_url": f"/desk/terms/allowed/new/?{urlencode({'rule': row.rule_id, 'words': row.excerpt})}",
        "inspected": queries.inspection_of(actor=request.user, finding=row),
        "aside_reasons": actions.why_not_set_aside(actor=request.user, finding=row),
        "timeline": timeline_of(thing_kind="lookback.finding", thing_id=row.pk),
    }  # fmt: skip

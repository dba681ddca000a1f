from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.inspection import actions, queries
from zhijian.inspection.enums import FindingState, Result
from zhijian.inspection.forms import CheckForm
from zhijian.inspection.views.parts import HOME, result_badge, state_badge, tabs
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.registry.queries import platform_choices, platform_label
from zhijian.ui.acting import put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Flag, Listing, grouped_counts

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.inspection.models import Standing
    from zhijian.lib.requests import StaffRequest

LIST_URL = "/desk/inspection/accounts/"
FINDINGS_URL = "/desk/inspection/findings/"
COLUMNS = (
    Column(
        key="account", label="账号", value="account.name", sort="account__sort_key",
        link=lambda row: f"{LIST_URL}{row.account_id}/",
    ),
    Column(key="result", label="结果", value=lambda row: result_badge(row.result), sort="result"),
    Column(key="platform", label="平台", value=lambda row: platform_label(row.account.platform, row.account.kind)),
    Column(
        key="body", label="主办单位", value="account.organisation.short_name", sort="account__organisation__sort_key"
    ),
    Column(key="last", label="最近更新", value="last_post_at", sort="last_post_at"),
    Column(key="silent", label="未更新（天）", value="silent_days", sort="silent_days", numeric=True),
    Column(key="left", label="还剩（天）", value="left_days", sort="left_days", numeric=True),
    Column(key="window", label="期限（天）", value="window_days", numeric=True, shown=False),
    Column(key="findings", label="有未办结问题", value="open_findings"),
    Column(key="checked", label="检查时间", value="checked_at", sort="checked_at", shown=False),
)  # fmt: skip


def _search(rows: QuerySet[Standing], text: str) -> QuerySet[Standing]:
    return rows.filter(account__name__icontains=text) | rows.filter(account__organisation__name__icontains=text)


@require_GET
@login_required
def home(request: StaffRequest) -> HttpResponseBase:
    """Show today's picture: every number leads to its list."""
    found = queries.today(actor=request.user)
    numbers = [
        {"badge": result_badge(result), "count": found.results[result], "url": f"{LIST_URL}?result={result}"}
        for result in (Result.FAIL, Result.WARNING, Result.COULD_NOT_LOOK, Result.PASS)
    ]
    states = [
        {"label": FindingState(state).label, "count": found.findings[state], "url": f"{FINDINGS_URL}?state={state}"}
        for state in (FindingState.OPEN, FindingState.ORDERED, FindingState.ANSWERED)
    ]
    context = {
        "title": "巡检", "tabs": tabs("/desk/inspection/"), "today": found, "numbers": numbers, "states": states,
        "late_url": f"{FINDINGS_URL}?late=1", "run_reasons": why_not(Permission.INSPECTION_RUN, actor=request.user),
    }  # fmt: skip
    return render(request, "inspection/home.html", context)


@require_GET
@login_required
def account_list(request: StaffRequest) -> HttpResponseBase:
    """List the accounts with how they stand: days since the last post, days left."""
    listing = Listing(
        name="inspection-accounts",
        title="账号巡检",
        rows=queries.with_open_findings(queries.visible_standings(actor=request.user)),
        columns=COLUMNS,
        sort="left",
        filters=[
            Choices(key="result", label="结果", choices=Result.choices, counts=grouped_counts("result")),
            Choice(key="platform", label="平台", lookup="account__platform", choices=platform_choices()),
            Flag(key="open", label="有未办结问题", lookup="open_findings"),
        ],
        search=_search,
        search_hint="按账号或单位搜索",
        template="inspection/list.html",
        context={"tabs": tabs(LIST_URL), "breadcrumbs": HOME},
        empty=Empty("还没有巡检结果", "每天凌晨巡检一次，也可以在“今日”里马上开始一次。"),
    )
    return listing.respond(request)


@require_GET
@login_required
def account_page(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Show one account: its days, what stands of each indicator, its findings."""
    account, standing = queries.find_standing(actor=request.user, account_id=account_id)
    days = queries.strip_of(account)
    context: dict[str, Any] = {
        "title": account.name, "account": account, "standing": standing, "days": days,
        "platform": platform_label(account.platform, account.kind),
        "active_days": sum(1 for day in days if day.posts), "posts": sum(day.posts for day in days),
        "unseen_days": sum(1 for day in days if not day.seen and not day.posts),
        "half_seen_days": sum(1 for day in days if not day.seen and day.posts),
        "badge": result_badge(standing.result) if standing else None,
        "lines": [
            {"line": line, "badge": result_badge(line.current.result) if line.current else None}
            for line in queries.lines_of(account)
        ],
        "findings": [{"finding": row, "badge": state_badge(row)} for row in queries.findings_of(account)[:50]],
        "check_reasons": why_not(Permission.VERDICT_ENTER, actor=request.user, thing=account),
        "breadcrumbs": [*HOME, ("账号", LIST_URL)],
        "timeline": timeline_of(thing_kind="inspection.account", thing_id=account.pk),
    }  # fmt: skip
    return render(request, "inspection/account.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def check(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Enter what a person checked, with its proof."""
    account, _ = queries.find_standing(actor=request.user, account_id=account_id)
    reasons = why_not(Permission.VERDICT_ENTER, actor=request.user, thing=account)
    form = CheckForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_verdict(actor=request.user, account_id=account_id, **form.values())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已登记检查结论。")
            return redirect("inspection:account", account_id)
    context = {
        "title": f"人工检查：{account.name}", "form": form, "reasons": reasons, "verb": "登记结论",
        "back": f"{LIST_URL}{account.pk}/",
        "breadcrumbs": [*HOME, ("账号", LIST_URL), (account.name, f"{LIST_URL}{account.pk}/")],
    }  # fmt: skip
    return render(request, "inspection/form.html", context, status=409 if form.errors else 200)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.files.queries import read_bytes
from zhijian.inspection import actions, queries
from zhijian.inspection.enums import UNFINISHED, AppealState, FindingState
from zhijian.inspection.forms import ActForm, AnswerForm, AppealForm, DecideForm, OrderForm, RecheckForm
from zhijian.inspection.views.parts import HOME, appeal_badge, result_badge, state_badge, tabs
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.observation.actions import proof_type
from zhijian.organisations.queries import timeline_of
from zhijian.screening import default_rules
from zhijian.ui.acting import tell_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Flag, Listing, grouped_counts

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.inspection.models import Finding
    from zhijian.lib.requests import StaffRequest

LIST_URL = "/desk/inspection/findings/"
APPEALS_URL = "/desk/inspection/appeals/"
COLUMNS = (
    Column(key="title", label="问题", link=lambda row: f"{LIST_URL}{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="account", label="账号", value="account.name", sort="account__sort_key"),
    Column(
        key="body", label="主办单位", value="account.organisation.short_name", sort="account__organisation__sort_key"
    ),
    Column(key="indicator", label="指标", sort="indicator"),
    Column(key="repeat", label="反复", value=lambda row: row.repeat_of_id is not None),
    Column(key="found", label="发现", value="found_at", sort="found_at"),
    Column(
        key="due", label="整改期限", sort="order__due_at",
        value=lambda row: row.order.due_at if hasattr(row, "order") else None,
    ),
    Column(key="ended", label="办结", value="ended_at", sort="ended_at", shown=False),
    Column(key="ending", label="结果", shown=False),
)  # fmt: skip
APPEAL_COLUMNS = (
    Column(key="finding", label="问题", value="finding.title", link=lambda row: f"{LIST_URL}{row.finding_id}/"),
    Column(key="state", label="状态", value=appeal_badge, sort="state"),
    Column(key="kind", label="类别", value="get_kind_display", sort="kind"),
    Column(key="account", label="账号", value="finding.account.name"),
    Column(key="reason", label="理由"),
    Column(key="by", label="提出人", value="by.display_name"),
    Column(key="at", label="提出", sort="at"),
    Column(key="decided_by", label="裁定人", value="decided_by.display_name"),
    Column(key="decision", label="裁定理由"),
)
ACTS: dict[str, tuple[str, Permission, type[ActForm], Any, str]] = {
    "order": ("下达整改通知", Permission.ORDER_ISSUE, OrderForm, actions.issue_order, "已下达，主办单位会收到通知。"),
    "answer": (
        "反馈整改情况", Permission.ORDER_ANSWER, AnswerForm, actions.answer_order,
        "已反馈。系统下次巡检时会复查，主管单位也可以直接复查。",
    ),
    "recheck": ("人工复查", Permission.FINDING_RECHECK, RecheckForm, actions.recheck_by_person, "已记下复查结果。"),
    "appeal": (
        "申诉或提出核销", Permission.FINDING_APPEAL, AppealForm, actions.appeal, "已提出，由主管单位另一位人员裁定。"
    ),
}  # fmt: skip
"""Name in the address: words, permission, form, action, what to say when it is done."""


def _late(rows: QuerySet[Finding], value: object) -> QuerySet[Finding]:
    late = Q(state=FindingState.ORDERED, order__due_at__lt=clock.now())
    return rows.filter(late) if value else rows.exclude(late)


@require_GET
@login_required
def finding_list(request: StaffRequest) -> HttpResponseBase:
    """List the findings of the person's accounts, ended ones among them: nothing disappears."""
    listing = Listing(
        name="inspection-findings",
        title="问题和整改",
        rows=queries.visible_findings(actor=request.user),
        columns=COLUMNS,
        sort="-found",
        filters=[
            Choices(key="state", label="状态", choices=FindingState.choices, counts=grouped_counts("state")),
            Choice(key="indicator", label="指标", choices=[(k, v.title) for k, v in queries.indicators().items()]),
            Flag(key="late", label="整改超期", lookup=_late),
        ],
        search=lambda rows, text: rows.filter(Q(title__icontains=text) | Q(account__name__icontains=text)),
        search_hint="按问题或账号搜索",
        template="inspection/list.html",
        context={"tabs": tabs(LIST_URL), "breadcrumbs": HOME},
        empty=Empty("没有问题", "巡检发现问题后会列在这里，办结以后也留着。"),
    )
    return listing.respond(request)


@require_GET
@login_required
def finding_page(request: StaffRequest, finding_id: int) -> HttpResponseBase:
    """Show a finding: what, why, by which rule, on what evidence, and what can be done now."""
    return _page(request, finding_id)


def _page(
    request: StaffRequest, finding_id: int, bound: dict[str, Any] | None = None, status: int = 200
) -> HttpResponseBase:  # fmt: skip
    finding = queries.find_finding(actor=request.user, finding_id=finding_id)
    order = getattr(finding, "order", None)
    context: dict[str, Any] = {
        "title": finding.title, "finding": finding, "badge": state_badge(finding), "order": order,
        "ended": finding.state not in UNFINISHED, "indicator": queries.indicator(finding.indicator),
        "acts": _acts(request, finding, bound or {}), "proofs": sorted(queries.proofs_of(finding)),
        "texts": finding.verdict.evidence.get("texts", []), "rule_source": _source_of(finding.rule_id),
        "replies": list(order.replies.select_related("by")) if order else [],
        "rechecks": [
            {"row": row, "badge": result_badge(row.result)} for row in finding.rechecks.select_related("by")
        ],
        "appeals": _appeals(request, finding, bound or {}),
        "breadcrumbs": [*HOME, ("问题和整改", LIST_URL)],
        "timeline": timeline_of(thing_kind="inspection.finding", thing_id=finding.pk),
    }  # fmt: skip
    return render(request, "inspection/finding.html", context, status=status)


def _source_of(rule_id: str) -> str:
    return next((rule.source for rule in default_rules() if rule.id == rule_id), "")


def _acts(request: StaffRequest, finding: Finding, bound: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the acts that may matter now, each with its form or its reasons."""
    found = []
    for name, (label, permission, form_class, _, _) in ACTS.items():
        reasons = why_not(permission, actor=request.user, thing=finding)
        first = {"seen": finding.version, "text": queries.indicator(finding.indicator).ask if name == "order" else ""}
        form = bound.get(name) or form_class(initial=first, prefix=name)
        found.append({"name": name, "label": label, "reasons": reasons, "form": form, "open": name in bound})
    return found


def _appeals(request: StaffRequest, finding: Finding, bound: dict[str, Any]) -> list[dict[str, Any]]:
    rows = finding.appeals.select_related("by", "decided_by", "finding__account__organisation", "finding__order")
    return [
        {
            "row": row, "badge": appeal_badge(row), "is_open": row.state == AppealState.OPEN,
            "reasons": why_not(Permission.APPEAL_DECIDE, actor=request.user, thing=row),
            "form": bound.get("decide") or DecideForm(prefix="decide"),
        }
        for row in rows.order_by("pk")
    ]  # fmt: skip


@require_POST
@login_required
def act(request: StaffRequest, finding_id: int, name: str) -> HttpResponseBase:
    """Do one act; a refused one shows the finding again with its reasons and what was typed."""
    queries.find_finding(actor=request.user, finding_id=finding_id)
    if name not in ACTS:
        raise Http404("没有这个操作。请回到问题页重试。")
    _, _, form_class, action, done = ACTS[name]
    form = form_class(request.POST, request.FILES, prefix=name)
    try:
        if form.is_valid():
            action(actor=request.user, finding_id=finding_id, **form.values())
            messages.success(request, done)
            return redirect("inspection:finding", finding_id)
    except Refused as refused:
        tell_reasons(request, refused)
    return _page(request, finding_id, {name: form}, status=409)


@require_POST
@login_required
def decide(request: StaffRequest, appeal_id: int) -> HttpResponseBase:
    """Decide an appeal; a refused decision shows the finding again with what was typed."""
    row = queries.find_appeal(actor=request.user, appeal_id=appeal_id)
    form = DecideForm(request.POST, prefix="decide")
    try:
        if form.is_valid():
            actions.decide_appeal(actor=request.user, appeal_id=appeal_id, **form.values())
            messages.success(request, "已裁定，理由和经过都留着。")
            return redirect("inspection:finding", row.finding_id)
    except Refused as refused:
        tell_reasons(request, refused)
    return _page(request, row.finding_id, {"decide": form}, status=409)


@require_GET
@login_required
def evidence(request: StaffRequest, finding_id: int, sha256: str) -> HttpResponseBase:
    """Give the bytes of a piece of evidence of a finding: a picture to look at, anything else as a file."""
    finding = queries.find_finding(actor=request.user, finding_id=finding_id)
    if sha256 not in queries.proofs_of(finding):
        raise Missing
    data = read_bytes(sha256)
    kind = proof_type(data)
    shown = kind.startswith("image/")
    response = HttpResponse(data, content_type=kind or "application/octet-stream")
    ending = kind.rpartition("/")[2] or "bin"
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{sha256[:12]}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@login_required
def appeal_list(request: StaffRequest) -> HttpResponseBase:
    """List the appeals, decided ones among them, with who decided and why."""
    listing = Listing(
        name="inspection-appeals",
        title="申诉和核销",
        rows=queries.visible_appeals(actor=request.user),
        columns=APPEAL_COLUMNS,
        sort="-at",
        filters=[Choices(key="state", label="状态", choices=AppealState.choices)],
        search=lambda rows, text: rows.filter(Q(reason__icontains=text) | Q(finding__account__name__icontains=text)),
        search_hint="按理由或账号搜索",
        template="inspection/list.html",
        context={"tabs": tabs(APPEALS_URL), "breadcrumbs": HOME},
        empty=Empty("没有申诉", "认为结论有误时，在问题页里提出，由主管单位另一位人员裁定。"),
    )
    return listing.respond(request)


@require_GET
@login_required
def false_alarms(request: StaffRequest) -> HttpResponseBase:
    """Show for each rule how often it was wrong: rules that often are should be mended."""
    rows = [
        {**row, "title": queries.indicator(str(row["indicator"])).title}
        for row in queries.false_alarms(actor=request.user)
    ]
    context = {
        "title": "误报统计", "rows": rows, "tabs": tabs("/desk/inspection/false-alarms/"), "breadcrumbs": HOME
    }  # fmt: skip
    return render(request, "inspection/false_alarms.html", context)

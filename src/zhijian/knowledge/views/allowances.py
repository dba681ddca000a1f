from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.knowledge import actions, queries
from zhijian.knowledge.enums import AllowanceKind, TermSeverity, TermState
from zhijian.knowledge.forms import AllowanceForm, DecisionForm
from zhijian.knowledge.rules import WRITERS
from zhijian.knowledge.views.parts import ALLOWED, LIST, RULES, severity_badge, state_badge, tabs
from zhijian.knowledge.views.shipped import told
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import bodies_in_scope, timeline_of
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.knowledge.models import Allowance
    from zhijian.lib.requests import StaffRequest

TRAIL: Final = [*LIST, ("放行", ALLOWED)]
NEW: Final = f"{ALLOWED}new/"
NO_WRITER: Final = ["放行由采编、审核或主管人员提出。"]
LONGEST_GIVEN: Final = 80


def what(row: Allowance) -> str:
    """Say in words what is set aside."""
    if row.kind == AllowanceKind.WORDS:
        return f"“{row.words}”不算错"
    if row.kind == AllowanceKind.HOST:
        return row.words
    return "停用" if row.kind == AllowanceKind.OFF else f"降为{TermSeverity(row.severity).label}"


COLUMNS = (
    Column(key="what", label="放行", value=what, link=lambda row: f"{ALLOWED}{row.pk}/"),
    Column(key="rule", label="规则", value="rule_id", sort="rule_id"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="until", label="到哪天止", value="valid_to", sort="valid_to"),
    Column(key="reason", label="理由"),
    Column(key="by", label="提出人", value="proposed_by.display_name", shown=False),
    Column(key="proposed", label="提出时间", value="proposed_at", sort="proposed_at", shown=False),
)


@require_GET
@login_required
def allowance_list(request: StaffRequest) -> HttpResponseBase:
    """List what the person's bodies set aside of rules, and what bodies above them did."""
    actor = request.user
    bodies = bodies_in_scope(actor=actor, roles=BUSINESS_ROLES)
    reasons = [] if actor.holds(*WRITERS) else NO_WRITER
    listing = Listing(
        name="allowances",
        title="放行",
        rows=queries.visible_allowances(actor=actor),
        columns=COLUMNS,
        sort="-proposed",
        filters=[
            Choices(key="state", label="状态", choices=TermState.choices),
            Choice(key="kind", label="放行什么", choices=AllowanceKind.choices),
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:500]],
            ),
        ],
        search=lambda rows, text: rows.filter(words__icontains=text) | rows.filter(rule_id__icontains=text),
        search_hint="按说法或规则编号搜索",
        actions=[{"label": "提出放行", "url": NEW, "tone": "primary", "icon": "plus", "reasons": reasons}],
        empty=Empty(
            "还没有放行", "规则报错、但说法在本单位没有错时，在这里提出放行，经第二个人同意后对本单位和下级生效。",
            "提出放行", NEW,
        ),
        template="knowledge/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=tabs("allowed"))


@require_http_methods(["GET", "POST"])
@login_required
def new_allowance(request: StaffRequest) -> HttpResponseBase:
    """Propose an allowance; `?rule=` and `?words=` fill in what a finding says."""
    given = {
        "rule_id": request.GET.get("rule", "")[:LONGEST_GIVEN], "words": request.GET.get("words", "")[:LONGEST_GIVEN],
    }  # fmt: skip
    form = AllowanceForm(request.POST or None, actor=request.user, initial=given)
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["organisation"]
        try:
            row = actions.propose_allowance(actor=request.user, organisation=body, draft=form.draft())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已提出，等另一位人员来审。审定以前规则照常检查。")
            return redirect("knowledge:allowance", row.pk)
    reasons = [] if request.user.holds(*WRITERS) else NO_WRITER
    context = {"title": "提出放行", "form": form, "breadcrumbs": TRAIL, "reasons": reasons, "back": ALLOWED}
    return render(request, "knowledge/allow.html", context, status=409 if request.method == "POST" else 200)


@require_GET
@login_required
def show_allowance(request: StaffRequest, allowance_id: int) -> HttpResponseBase:
    """Show an allowance: of which rule, who decided, and the decision that can be taken now."""
    row = queries.find_allowance(actor=request.user, allowance_id=allowance_id)
    return render(request, "knowledge/allowance.html", _page(request, row))


def _page(request: StaffRequest, row: Allowance) -> dict[str, Any]:
    actor = request.user
    rule = queries.known_rule(organisation=row.organisation, rule_id=row.rule_id)
    is_term = row.rule_id.startswith("term.")
    return {
        "title": f"{row.get_kind_display()}：{what(row)}", "row": row, "badge": state_badge(row), "rule": rule,
        "message": told(rule) if rule else "",
        "rule_url": f"/desk/terms/{row.rule_id.removeprefix('term.')}/" if is_term else f"{RULES}{row.rule_id}/",
        "severity": severity_badge(rule.severity) if rule else None, "form": DecisionForm(),
        "mine": row.proposed_by_id == actor.pk,
        "decide_reasons": why_not(Permission.ALLOWANCE_DECIDE, actor=actor, thing=row),
        "end_reasons": actions.why_not_end_allowance(actor=actor, row=row),
        "timeline": timeline_of(thing_kind="knowledge.allowance", thing_id=row.pk), "breadcrumbs": TRAIL,
    }  # fmt: skip


@require_POST
@login_required
def decide_allowance(request: StaffRequest, allowance_id: int) -> HttpResponseBase:
    """Approve or turn down a proposed allowance."""
    queries.find_allowance(actor=request.user, allowance_id=allowance_id)
    comment = request.POST.get("comment", "")
    if request.POST.get("decision") == "approve":
        return _act(
            request, allowance_id, "已同意，对本单位和下级单位立即生效，到期自动失效。",
            lambda: actions.approve_allowance(actor=request.user, allowance_id=allowance_id, comment=comment),
        )  # fmt: skip
    return _act(
        request, allowance_id, "已记为不同意，提出的人会看到您的意见。",
        lambda: actions.reject_allowance(actor=request.user, allowance_id=allowance_id, comment=comment),
    )  # fmt: skip


@require_POST
@login_required
def end_allowance(request: StaffRequest, allowance_id: int) -> HttpResponseBase:
    """End an allowance, with the reason written in the comment."""
    queries.find_allowance(actor=request.user, allowance_id=allowance_id)
    comment = request.POST.get("comment", "")
    return _act(
        request, allowance_id, "已结束，规则恢复检查。",
        lambda: actions.end_allowance(actor=request.user, allowance_id=allowance_id, reason=comment),
    )  # fmt: skip


def _act(request: StaffRequest, allowance_id: int, done: str, act: Callable[[], object]) -> HttpResponseBase:
    carry_out(request, act, done=done)
    return redirect("knowledge:allowance", allowance_id)

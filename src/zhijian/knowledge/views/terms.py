from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.knowledge import actions, queries
from zhijian.knowledge.enums import TermKind, TermSeverity, TermState
from zhijian.knowledge.forms import DecisionForm, ListForm, TermForm, read_lines, read_table
from zhijian.knowledge.rules import WRITERS
from zhijian.knowledge.views.parts import ALLOWED, LIST, figures_url, severity_badge, state_badge, tabs
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import bodies_in_scope, timeline_of
from zhijian.screening import BadRule, Rule, rule_from_term
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http.response import HttpResponseBase

    from zhijian.knowledge.actions import TermDraft
    from zhijian.knowledge.forms import ListedTerm
    from zhijian.knowledge.models import Term
    from zhijian.knowledge.queries import Trial
    from zhijian.lib.requests import StaffRequest

NO_WRITER = ["添加用语需要采编、审核或主管角色，请联系本单位安全管理员。"]


COLUMNS = (
    Column(key="wrong", label="不规范表述", sort="wrong", link=lambda row: f"/desk/terms/{row.pk}/"),
    Column(key="right", label="规范表述", sort="right"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="severity", label="级别", value=lambda row: severity_badge(row.severity), sort="severity"),
    Column(key="kind", label="类别", value="get_kind_display", sort="kind"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="source", label="依据", shown=False),
    Column(key="by", label="提出人", value="proposed_by.display_name", shown=False),
    Column(key="proposed", label="提出时间", value="proposed_at", sort="proposed_at"),
)


@require_GET
@login_required
def term_list(request: StaffRequest) -> HttpResponseBase:
    """List the terms of the person's bodies and those above that bind them."""
    actor = request.user
    bodies = bodies_in_scope(actor=actor, roles=BUSINESS_ROLES)
    reasons = [] if actor.holds(*WRITERS) else NO_WRITER
    listing = Listing(
        name="terms",
        title="用语表",
        rows=queries.visible_terms(actor=actor),
        columns=COLUMNS,
        sort="-proposed",
        filters=[
            Choices(key="state", label="状态", choices=TermState.choices),
            Choice(key="severity", label="级别", choices=TermSeverity.choices),
            Choice(key="kind", label="类别", choices=TermKind.choices),
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:500]],
            ),
        ],
        search=lambda rows, text: rows.filter(wrong__icontains=text) | rows.filter(right__icontains=text),
        search_hint="按表述搜索",
        actions=[
            {"label": "添加用语", "url": "/desk/terms/new/", "tone": "primary", "icon": "plus", "reasons": reasons},
            {"label": "导入", "url": "/desk/terms/import/", "tone": "plain", "icon": "file-import", "reasons": reasons},
        ],
        empty=Empty(
            "还没有本单位的用语", "内置规则已经在用。这里记本单位自己的规范说法、姓名职务和内部用语。",
            "添加用语", "/desk/terms/new/",
        ),
        template="knowledge/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=tabs("terms"))


@require_http_methods(["GET", "POST"])
@login_required
def new_term(request: StaffRequest) -> HttpResponseBase:
    """Propose a term; "try" shows what it would hit, in the box and in the body's recent pieces."""
    form = TermForm(request.POST or None, actor=request.user)
    wants_trial = "try" in request.POST or request.headers.get("HX-Request") == "true"
    if request.method == "POST" and wants_trial:
        return _trial(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            body = form.cleaned_data["organisation"]
            term = actions.propose_term(actor=request.user, organisation=body, draft=form.draft())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已提出，等另一位审核人员来审。")
            return redirect("knowledge:term", term.pk)
    return _new_page(request, form, {})


def _new_page(request: StaffRequest, form: TermForm, trial: dict[str, Any]) -> HttpResponseBase:
    reasons = [] if request.user.holds(*WRITERS) else NO_WRITER
    context = {"title": "添加用语", "form": form, "breadcrumbs": LIST, "reasons": reasons, **trial}
    status = 409 if form.is_bound and form.errors and not trial else 200
    return render(request, "knowledge/new.html", context, status=status)


def _trial(request: StaffRequest, form: TermForm) -> HttpResponseBase:
    """Answer the trial alone for htmx, or the whole page where there is no script. Nothing is saved."""
    form.fields["source"].required = False
    trial = _trial_context(request, form) if form.is_valid() else {"trial_problems": ["先写不规范表述，再试。"]}
    if request.headers.get("HX-Request") == "true":
        return render(request, "knowledge/parts/trial.html", trial)
    return _new_page(request, form, trial)


def _trial_context(request: StaffRequest, form: TermForm) -> dict[str, Any]:
    try:
        rule = _trial_rule(form.draft())
    except BadRule as bad:
        return {"trial_problems": [str(bad)]}
    text = form.cleaned_data["trial_text"]
    body = form.cleaned_data["organisation"]
    return {
        "own": queries.try_rule(rule, [queries.TrialText("试一试", "", text)]) if text.strip() else None,
        "trial": queries.try_in_archive(rule, actor=request.user, organisation=body),
    }


def _trial_rule(draft: TermDraft) -> Rule:
    return rule_from_term(
        rule_id="term.trial", wrong=draft.wrong, right=draft.right, exceptions=draft.exceptions,
        severity=draft.severity, message=draft.message, source=draft.source or "试用",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def import_terms(request: StaffRequest) -> HttpResponseBase:
    """Read a list, show it row by row, and propose it once it was confirmed."""
    form = ListForm(request.POST or None, request.FILES or None, actor=request.user)
    rows: list[ListedTerm] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows = _rows(form)
            if "confirm" in request.POST:
                return _propose(request, form, rows)
        except Refused as refused:
            for reason in refused.reasons[:20]:
                form.add_error(None, reason)
    reasons = [] if request.user.holds(*WRITERS) else NO_WRITER
    faulty = [row for row in rows if row.problems]
    context = {
        "title": "导入用语", "form": form, "rows": rows, "good": len(rows) - len(faulty), "faulty": len(faulty),
        "lines": _lines(rows), "breadcrumbs": LIST, "reasons": reasons,
    }  # fmt: skip
    return render(request, "knowledge/import.html", context, status=409 if form.errors else 200)


def _rows(form: ListForm) -> list[ListedTerm]:
    data = form.cleaned_data
    file = data["file"]
    if file:
        return read_table(file.name, file.read(), source=data["source"])
    if "\t" in data["lines"].partition("\n")[0]:
        return read_table("pasted.csv", data["lines"].encode(), source=data["source"])
    return read_lines(data["lines"], source=data["source"])


def _propose(request: StaffRequest, form: ListForm, rows: Sequence[ListedTerm]) -> HttpResponseBase:
    drafts = [row.draft for row in rows if not row.problems]
    if not drafts:
        raise Refused("没有可以导入的用语，请先改正表里的问题。")
    body = form.cleaned_data["organisation"]
    terms = actions.propose_terms(actor=request.user, organisation=body, drafts=drafts)
    messages.success(request, f"已提出 {len(terms):,} 条，等另一位审核人员来审。")
    return redirect("/desk/terms/?state=proposed")


def _lines(rows: Sequence[ListedTerm]) -> str:
    """Write the good rows as a table with heads, which the confirming form sends back."""
    heads = "不规范表述\t规范表述\t类别\t级别\t依据\t说明\t例外"
    good = [row.draft for row in rows if not row.problems]
    cells = [
        (one.wrong, one.right, one.kind, one.severity, one.source, one.message, "、".join(one.exceptions))
        for one in good
    ]
    return "\n".join([heads, *("\t".join(" ".join(cell.split()) for cell in row) for row in cells)])


@require_GET
@login_required
def show_term(request: StaffRequest, term_id: int) -> HttpResponseBase:
    """Show a term: what it says, what it would hit, who decided, and the decision that can be taken now."""
    term = queries.find_term(actor=request.user, term_id=term_id)
    return render(request, "knowledge/term.html", _term_page(request, term))


def _term_page(request: StaffRequest, term: Term) -> dict[str, Any]:
    actor = request.user
    open_to_trial = term.state in {TermState.PROPOSED, TermState.APPROVED}
    trial: Trial | None = None
    if open_to_trial:
        trial = queries.try_in_archive(queries.rule_of(term), actor=actor, organisation=term.organisation)
    return {
        "title": term.wrong,
        "term": term,
        "badge": state_badge(term),
        "severity": severity_badge(term.severity),
        "form": DecisionForm(),
        "trial": trial,
        "decide_reasons": why_not(Permission.TERM_APPROVE, actor=actor, thing=term),
        "retire_reasons": actions.why_not_retire(actor=actor, term=term),
        "timeline": timeline_of(thing_kind="knowledge.term", thing_id=term.pk),
        "look_back_url": f"/desk/lookback/new/?term={term.pk}",
        "allow_url": f"{ALLOWED}new/?rule={queries.term_rule_id(term.pk)}",
        "figures_url": figures_url(actor, queries.term_rule_id(term.pk)),
        "breadcrumbs": LIST,
    }


@require_POST
@login_required
def decide(request: StaffRequest, term_id: int) -> HttpResponseBase:
    """Approve or reject a proposed term."""
    queries.find_term(actor=request.user, term_id=term_id)
    comment = request.POST.get("comment", "")
    if request.POST.get("decision") == "approve":
        return _act(
            request, term_id, "已启用，对本单位和下级单位立即生效。",
            lambda: actions.approve_term(actor=request.user, term_id=term_id, comment=comment),
        )  # fmt: skip
    return _act(
        request, term_id, "已记为未通过，提出的人会看到您的意见。",
        lambda: actions.reject_term(actor=request.user, term_id=term_id, comment=comment),
    )  # fmt: skip


@require_POST
@login_required
def retire(request: StaffRequest, term_id: int) -> HttpResponseBase:
    """Take a term out of use, with the reason written in the comment."""
    queries.find_term(actor=request.user, term_id=term_id)
    comment = request.POST.get("comment", "")
    return _act(
        request, term_id, "已停用。",
        lambda: actions.retire_term(actor=request.user, term_id=term_id, reason=comment),
    )  # fmt: skip


def _act(request: StaffRequest, term_id: int, done: str, act: Callable[[], object]) -> HttpResponseBase:
    carry_out(request, act, done=done)
    return redirect("knowledge:term", term_id)

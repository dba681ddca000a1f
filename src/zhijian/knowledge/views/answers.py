"""The Q&A library for those who keep it: the list, an entry, its editor, differing answers, suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.knowledge import actions, queries
from zhijian.knowledge.enums import Confidentiality, ConflictState, QuestionState
from zhijian.knowledge.forms.answers import AnswerForm, NewAnswerForm, ReasonForm
from zhijian.knowledge.queries import ANSWER_KIND
from zhijian.knowledge.rules import QUESTION_WRITERS
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import bodies_in_scope, timeline_of
from zhijian.review.queries import under_review
from zhijian.search.enums import Topic
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.knowledge.models import Conflict, Question
    from zhijian.lib.requests import StaffRequest

LIST = [("答问库", "/desk/answers/")]
TONES = {
    QuestionState.DRAFT: "quiet",
    QuestionState.IN_REVIEW: "busy",
    QuestionState.RETURNED: "warn",
    QuestionState.APPROVED: "ok",
    QuestionState.WITHDRAWN: "quiet",
}
CONFLICT_TONES = {ConflictState.OPEN: "warn", ConflictState.SETTLED: "ok", ConflictState.GONE: "quiet"}
NO_WRITER = ["写答问需要留言答复、采编、审核或主管角色，请联系本单位安全管理员。"]
MOST_SUGGESTED = 5


def state_badge(entry: Question) -> Badge:
    """Show how an entry stands as word and tone; an older version in force beside a newer one is said."""
    text = entry.get_state_display()
    if entry.approved_version_id is not None and entry.state != QuestionState.APPROVED:
        text = f"在用，新版{text}"
    return Badge(text, TONES[QuestionState(entry.state)])


def _lapse(entry: Question) -> Badge | str:
    lapse = queries.lapse_of(entry)
    if lapse is not None:
        return Badge(f"{lapse.state} {lapse.due:%Y-%m-%d}", "warn")
    return f"{entry.confirm_by:%Y-%m-%d}" if entry.confirm_by else ""


COLUMNS = (
    Column(key="title", label="问题", sort="sort_key", link=lambda row: f"/desk/answers/{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="topic", label="主题", value="get_topic_display", sort="topic"),
    Column(key="public", label="公开范围", value="get_confidentiality_display", sort="confidentiality"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="confirm", label="复核日期", value=_lapse, sort="confirm_by"),
    Column(key="uses", label="使用次数", value="uses", sort="uses"),
    Column(key="changed", label="改动时间", value="changed_at", sort="changed_at"),
)


@require_GET
@login_required
def answer_list(request: StaffRequest) -> HttpResponseBase:
    """List the entries of the person's bodies, and those in force above them."""
    actor = request.user
    bodies = bodies_in_scope(actor=actor, roles=BUSINESS_ROLES)
    reasons = [] if actor.holds(*QUESTION_WRITERS) else NO_WRITER
    listing = Listing(
        name="answers",
        title="答问库",
        rows=queries.visible_questions(actor=actor),
        columns=COLUMNS,
        sort="-changed",
        filters=[
            Choices(key="state", label="状态", choices=QuestionState.choices),
            Choice(key="topic", label="主题", choices=Topic.choices),
            Choice(key="public", label="公开范围", lookup="confidentiality", choices=Confidentiality.choices),
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:500]],
            ),
        ],
        search=lambda rows, text: rows.filter(title__icontains=text)
        | rows.filter(current_version__answer__icontains=text),
        search_hint="按问题或答案里的词搜索",
        actions=[
            {"label": "写一条答问", "url": "/desk/answers/new/", "tone": "primary", "icon": "plus", "reasons": reasons},
            {"label": "导入", "url": "/desk/answers/import/", "icon": "file-import", "reasons": reasons},
            {"label": "答案不一致", "url": "/desk/answers/conflicts/", "tone": "plain", "icon": "arrows-diff"},
        ],
        empty=Empty(
            "还没有答问", "把群众常问的问题和答案写下来。审核通过后，门户、微信和答复留言都用同一个答案。",
            "写一条答问", "/desk/answers/new/",
        ),
    )  # fmt: skip
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new_answer(request: StaffRequest) -> HttpResponseBase:
    """Begin an entry."""
    form = NewAnswerForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            body = form.cleaned_data["organisation"]
            entry = actions.create_question(
                actor=request.user, organisation=body, draft=form.draft(), note=form.cleaned_data["note"]
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。看过检查结果，再送审。")
            return redirect("answers:answer", entry.pk)
    reasons = [] if request.user.holds(*QUESTION_WRITERS) else NO_WRITER
    context = {"title": "写一条答问", "form": form, "breadcrumbs": LIST, "reasons": reasons, "back": "/desk/answers/"}
    return render(request, "knowledge/answer_edit.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def edit_answer(request: StaffRequest, question_id: int) -> HttpResponseBase:
    """Write a new version upon the newest one; what is in force stays so until the new one is approved."""
    entry = queries.find_question(actor=request.user, question_id=question_id)
    form = AnswerForm(request.POST or None, initial=_initial(entry))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_question(
                actor=request.user, question_id=entry.pk, draft=form.draft(), note=form.cleaned_data["note"],
                base_number=_number(request.POST.get("base_number", "")),
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存为新的一版。看过检查结果，再送审。")
            return redirect("answers:answer", entry.pk)
    context = {
        "title": "修改答问", "form": form, "entry": entry, "back": f"/desk/answers/{entry.pk}/",
        "base_number": request.POST.get("base_number", entry.newest.number),
        "findings": queries.screen_answer(
            organisation=entry.organisation, draft=queries.draft_of_version(entry.newest)
        ),
        "breadcrumbs": [*LIST, (entry.title, f"/desk/answers/{entry.pk}/")],
        "reasons": actions.why_not_edit_question(actor=request.user, entry=entry),
    }  # fmt: skip
    return render(request, "knowledge/answer_edit.html", context, status=409 if form.errors else 200)


def _initial(entry: Question) -> dict[str, Any]:
    draft = queries.draft_of_version(entry.newest)
    names = ("question", "answer", "basis", "basis_number", "basis_url", "topic", "valid_from", "valid_to")
    told: dict[str, Any] = {name: getattr(draft, name) for name in names}
    return {**told, "confidentiality": draft.confidentiality, "similar": "\n".join(draft.similar)}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else 0


@require_GET
@login_required
def show_answer(request: StaffRequest, question_id: int) -> HttpResponseBase:
    """Show an entry: what is in force, what is newer, what screening found, what can be done now."""
    entry = queries.find_question(actor=request.user, question_id=question_id)
    return render(request, "knowledge/answer.html", _page(request, entry))


def _page(request: StaffRequest, entry: Question) -> dict[str, Any]:
    actor = request.user
    whole = queries.sees_whole_question(actor=actor, question=entry)
    shown = entry.newest if whole or entry.approved_version is None else entry.approved_version
    findings = queries.screen_answer(organisation=entry.organisation, draft=queries.draft_of_version(shown))
    return {
        "title": shown.question,
        "entry": entry,
        "version": shown,
        "in_force": entry.approved_version,
        "is_newer": entry.approved_version_id not in {None, shown.pk},
        "badge": state_badge(entry),
        "lapse": queries.lapse_of(entry),
        "findings": findings,
        "asks_for_reason": any(one.asks_for_reason for one in findings),
        "versions": queries.versions_of(entry) if whole else [],
        "under_review": under_review(actor=actor, thing_kind=ANSWER_KIND, thing_id=entry.pk) if whole else None,
        "conflicts": queries.visible_conflicts(actor=actor).filter(first=entry, state=ConflictState.OPEN)
        | queries.visible_conflicts(actor=actor).filter(second=entry, state=ConflictState.OPEN),
        "form": ReasonForm(),
        "edit_reasons": actions.why_not_edit_question(actor=actor, entry=entry),
        "submit_reasons": _submit_reasons(request, entry),
        "confirm_reasons": actions.why_not_confirm(actor=actor, entry=entry),
        "withdraw_reasons": actions.why_not_withdraw_question(actor=actor, entry=entry),
        "timeline": timeline_of(thing_kind=ANSWER_KIND, thing_id=entry.pk) if whole else [],
        "breadcrumbs": LIST,
    }


def _submit_reasons(request: StaffRequest, entry: Question) -> list[str]:
    """The reason for a doubtful finding is asked for on the form itself, so it does not grey the button."""
    return actions.why_not_submit_question(actor=request.user, entry=entry, override_reason="（待填）")


@require_POST
@login_required
def submit_answer(request: StaffRequest, question_id: int) -> HttpResponseBase:
    """Send the newest version to review."""
    queries.find_question(actor=request.user, question_id=question_id)
    reason = request.POST.get("override_reason", "")
    return _act(
        request, question_id, "已送审。审核通过后自动启用。",
        lambda: actions.submit_question(actor=request.user, question_id=question_id, override_reason=reason),
    )  # fmt: skip


@require_POST
@login_required
def confirm_answer(request: StaffRequest, question_id: int) -> HttpResponseBase:
    """Note that the answer in force still holds."""
    return _act(
        request, question_id, "已记下：这个答案还对。到下次复核日期再提醒。",
        lambda: actions.confirm_question(actor=request.user, question_id=question_id),
    )  # fmt: skip


@require_POST
@login_required
def withdraw_answer(request: StaffRequest, question_id: int) -> HttpResponseBase:
    """Take an entry out of use."""
    reason = request.POST.get("reason", "")
    return _act(
        request, question_id, "已停用，门户和微信不再给出这个答案。",
        lambda: actions.withdraw_question(actor=request.user, question_id=question_id, reason=reason),
    )  # fmt: skip


def _act(request: StaffRequest, question_id: int, done: str, act: Callable[[], object]) -> HttpResponseBase:
    carry_out(request, act, done=done)
    return redirect("answers:answer", question_id)


def _conflict_badge(row: Conflict) -> Badge:
    return Badge(row.get_state_display(), CONFLICT_TONES[ConflictState(row.state)])


CONFLICT_COLUMNS = (
    Column(
        key="question", label="问题", value="first_version.question", sort="first_version__question",
        link=lambda row: f"/desk/answers/conflicts/{row.pk}/",
    ),
    Column(key="state", label="状态", value=_conflict_badge, sort="state"),
    Column(key="first", label="一方", value="first.organisation.short_name", sort="first__organisation__sort_key"),
    Column(key="second", label="另一方", value="second.organisation.short_name", sort="second__organisation__sort_key"),
    Column(key="found", label="发现时间", value="found_at", sort="found_at"),
)  # fmt: skip


@require_GET
@login_required
def conflict_list(request: StaffRequest) -> HttpResponseBase:
    """List nearly the same questions that two bodies answer differently."""
    listing = Listing(
        name="conflicts",
        title="答案不一致",
        rows=queries.visible_conflicts(actor=request.user),
        columns=CONFLICT_COLUMNS,
        sort="-found",
        filters=[Choices(key="state", label="状态", choices=ConflictState.choices)],
        search=lambda rows, text: (
            rows.filter(first_version__question__icontains=text) | rows.filter(second_version__question__icontains=text)
        ),
        search_hint="按问题搜索",
        empty=Empty(
            "没有不一致的答案", "两个单位对差不多的问题给出不同答案时，会列在这里。", "回答问库", "/desk/answers/"
        ),
    )
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def show_conflict(request: StaffRequest, conflict_id: int) -> HttpResponseBase:
    """Show two answers side by side; one of the owners says why both stand, or changes theirs."""
    conflict = queries.find_conflict(actor=request.user, conflict_id=conflict_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_conflict(
                actor=request.user, conflict_id=conflict.pk, reason=form.cleaned_data["reason"]
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已记下，两边都能看到这个说明。")
            return redirect("answers:conflict", conflict.pk)
    context = {
        "title": "两家答案不一致", "conflict": conflict, "form": form,
        "badge": _conflict_badge(conflict),
        "sides": [(conflict.first, conflict.first_version), (conflict.second, conflict.second_version)],
        "difference": queries.difference(conflict.first_version.answer, conflict.second_version.answer),
        "reasons": actions.why_not_settle(actor=request.user, conflict=conflict),
        "breadcrumbs": [*LIST, ("答案不一致", "/desk/answers/conflicts/")],
    }  # fmt: skip
    return render(request, "knowledge/conflict.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def suggest(request: StaffRequest) -> HttpResponseBase:
    """Answer with the part of a page that lists answers in force to `q`, for a person who writes a reply."""
    asked = request.GET.get("q", "")[:500]
    found = queries.suggested_answers(actor=request.user, text=asked, limit=MOST_SUGGESTED)
    return render(request, "knowledge/_suggestions.html", {"suggestions": found, "asked": asked})

"""The editor of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.inbox import actions, queries
from zhijian.inbox.forms import AnswerForm
from zhijian.inbox.views.acts import DONE_ALREADY, form_with_fresh_version
from zhijian.inbox.views.cases import LIST, state_badge
from zhijian.knowledge.actions import use_answer
from zhijian.knowledge.queries import suggested_answers
from zhijian.lib.errors import Refused
from zhijian.ui.acting import put_reasons

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.inbox.models import Case
    from zhijian.knowledge.queries import Answer as LibraryAnswer
    from zhijian.lib.requests import StaffRequest

SUGGESTED: Final = 3


@require_http_methods(["GET", "POST"])
@login_required
def write_answer(request: StaffRequest, case_id: int) -> HttpResponseBase:
    """Write, check and submit an answer.

    "lookup" fills in how to find the right body, "insert" an answer of the library.
    """
    case = actions.look_at_case(actor=request.user, case_id=case_id)
    if request.method == "GET":
        return _page(request, case, AnswerForm(initial=_last(case)))
    form = AnswerForm(request.POST)
    if "lookup" in request.POST:
        return _looked_up(request, case, form)
    if "insert" in request.POST:
        return _inserted(request, case, form)
    if form.is_valid() and "check" not in request.POST:
        try:
            actions.submit_answer(
                actor=request.user, case_id=case_id, draft=form.draft(), seen=form.cleaned_data["seen"]
            )  # fmt: skip
        except Refused as refused:
            if queries.did_just_now(actor=request.user, case_id=case_id, act="answer", given=form.cleaned_data):
                messages.info(request, DONE_ALREADY)
                return redirect("inbox:case", case_id)
            put_reasons(form, refused)
        else:
            messages.success(request, "已送审。审核通过后，答复按来时的渠道发给群众。")
            return redirect("inbox:case", case_id)
    case = queries.find_case(actor=request.user, case_id=case_id)
    form_with_fresh_version(form, case.version)
    return _page(request, case, form, checked=True)


def _looked_up(request: StaffRequest, case: Case, form: AnswerForm) -> HttpResponseBase:
    if form.is_valid() and form.cleaned_data["right_body"] is not None:
        address = queries.right_address_of(form.cleaned_data["right_body"])[:300]
        form_with_fresh_version(form, case.version, right_address=address)
    else:
        form.add_error("right_body", "请先选择应找的单位，再查联系方式。")
    return _page(request, case, form, checked=True)


def _inserted(request: StaffRequest, case: Case, form: AnswerForm) -> HttpResponseBase:
    """Put the words of a public answer the page offers after what is written; what is internal stays in the library."""
    offered = {str(one.question_id): one.question_id for one in _suggested(request, case) if one.is_public}
    chosen = offered.get(request.POST["insert"])
    if form.is_valid():
        try:
            words = use_answer(question_id=chosen) if chosen is not None else ""
        except Refused as refused:
            put_reasons(form, refused)
        else:
            parts = (form.cleaned_data["text"].strip(), words)
            form_with_fresh_version(form, case.version, text="\n\n".join(part for part in parts if part))
    return _page(request, case, form)


def _suggested(request: StaffRequest, case: Case) -> list[LibraryAnswer]:
    return suggested_answers(actor=request.user, text=case.title, limit=SUGGESTED)


def _last(case: Case) -> dict[str, object]:
    """Begin with the last wording: what a reviewer sent back is mended, not written anew."""
    written = queries.answers_of(case)
    seen: dict[str, object] = {"seen": case.version}
    if not written:
        return seen
    last = written[0]
    names = ("kind", "text", "right_body", "right_address", "note")
    return {**seen, **{name: getattr(last, name) for name in names}}


def _page(
    request: StaffRequest, case: Case, form: AnswerForm, *, checked: bool = False
) -> HttpResponseBase:  # fmt: skip
    text = f"{form['text'].value() or ''}\n{form['right_address'].value() or ''}"
    reasons = why_not(Permission.ANSWER_WRITE, actor=request.user, thing=case)
    context = {
        "title": "写答复",
        "case": case,
        "badge": state_badge(case),
        "form": form,
        "checked": checked,
        "findings": queries.findings_in(case.organisation, text) if text.strip() else [],
        "similar": queries.similar_cases(actor=request.user, case=case),
        "suggested": _suggested(request, case),
        "photos": queries.photos_of(case),
        "now_clock": queries.running_clock(case),
        "reasons": reasons,
        "breadcrumbs": [*LIST, (case.number, f"/desk/inbox/{case.pk}/")],
    }
    return render(request, "inbox/answer.html", context, status=409 if form.errors else 200)

"""Bringing a list of questions and answers in: read, shown row by row, kept once it was confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhijian.knowledge import actions
from zhijian.knowledge.forms.answers import AnswerListForm, read_answers, written_answers
from zhijian.knowledge.rules import QUESTION_WRITERS
from zhijian.knowledge.views.answers import LIST, NO_WRITER
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http.response import HttpResponseBase

    from zhijian.knowledge.forms.answers import ListedAnswer
    from zhijian.lib.requests import StaffRequest

SHOWN_FAULTS = 20


@require_http_methods(["GET", "POST"])
@login_required
def import_answers(request: StaffRequest) -> HttpResponseBase:
    """Read a list, show it row by row, and keep the good rows as drafts once it was confirmed."""
    form = AnswerListForm(request.POST or None, request.FILES or None, actor=request.user)
    rows: list[ListedAnswer] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows = _rows(form)
            if "confirm" in request.POST:
                return _keep(request, form, rows)
        except Refused as refused:
            for reason in refused.reasons[:SHOWN_FAULTS]:
                form.add_error(None, reason)
    faulty = [row for row in rows if row.problems]
    context = {
        "title": "导入答问", "form": form, "rows": rows, "good": len(rows) - len(faulty), "faulty": len(faulty),
        "lines": written_answers(rows), "breadcrumbs": LIST,
        "reasons": [] if request.user.holds(*QUESTION_WRITERS) else NO_WRITER,
    }  # fmt: skip
    return render(request, "knowledge/answer_import.html", context, status=409 if form.errors else 200)


def _rows(form: AnswerListForm) -> list[ListedAnswer]:
    file = form.cleaned_data["file"]
    if file:
        return read_answers(file.name, file.read())
    return read_answers("confirmed.csv", form.cleaned_data["lines"].encode())


def _keep(request: StaffRequest, form: AnswerListForm, rows: Sequence[ListedAnswer]) -> HttpResponseBase:
    drafts = [row.draft for row in rows if not row.problems]
    if not drafts:
        raise Refused("没有可以导入的答问，请先改正表里的问题。")
    body = form.cleaned_data["organisation"]
    made = actions.create_questions(actor=request.user, organisation=body, drafts=drafts)
    messages.success(request, f"已导入 {len(made):,} 条草稿。逐条看过检查结果，再送审。")
    return redirect("/desk/answers/?state=draft")

"""Making a question and its answer public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhijian.inbox import actions, queries
from zhijian.inbox.forms import PublicForm, ReasonForm
from zhijian.inbox.views.acts import form_with_fresh_version
from zhijian.inbox.views.cases import LIST
from zhijian.lib.errors import Refused
from zhijian.review.queries import under_review
from zhijian.ui.acting import put_reasons, tell_reasons

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.inbox.models import Case
    from zhijian.lib.requests import StaffRequest


@require_http_methods(["GET", "POST"])
@login_required
def publish(request: StaffRequest, case_id: int) -> HttpResponseBase:
    """Show original and masked text side by side, and send the masked one to review."""
    case = queries.find_case(actor=request.user, case_id=case_id)
    shots = queries.photos_of(case)
    if request.method == "GET":
        return _page(request, case, PublicForm(initial=_start(request, case), shots=shots))
    form = PublicForm(request.POST, shots=shots)
    if form.is_valid():
        try:
            actions.submit_publication(
                actor=request.user, case_id=case_id, text=form.wording(), seen=form.cleaned_data["seen"]
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "公开稿已送审，通过后才会公开。")
            return redirect("inbox:case", case_id)
    form_with_fresh_version(form, queries.find_case(actor=request.user, case_id=case_id).version)
    return _page(request, case, form)


def _start(request: StaffRequest, case: Case) -> dict[str, object]:
    """Begin with the last wording of this answer, or with what masking makes of the original.

    The note is written anew each time: it speaks of what was found then.
    """
    last = queries.last_public_wording(case)
    if last is not None and (case.closed_at is None or last.written_at >= case.closed_at):
        names = ("title", "question", "answer", "place", "photos")
        return {"seen": case.version, **{name: getattr(last, name) for name in names}}
    try:
        text = actions.masked_text(actor=request.user, case=case)
    except Refused:
        return {"seen": case.version}
    return {
        "seen": case.version, "title": text.title, "question": text.question, "answer": text.answer,
        "place": text.place,
    }  # fmt: skip


def _page(request: StaffRequest, case: Case, form: PublicForm) -> HttpResponseBase:
    publication = queries.publication_of(case)
    context = {
        "title": "公开这件留言",
        "case": case,
        "form": form,
        "publication": publication,
        "under_review": publication
        and under_review(actor=request.user, thing_kind=queries.PUBLICATION_KIND, thing_id=publication.pk),
        "photos": queries.photos_of(case),
        "answer": case.sent_answer,
        "reasons": actions.why_not_publish(actor=request.user, case=case),
        "hide_form": ReasonForm(auto_id="hide_%s"),
        "breadcrumbs": [*LIST, (case.number, f"/desk/inbox/{case.pk}/")],
    }
    return render(request, "inbox/publish.html", context, status=409 if form.errors else 200)


@require_POST
@login_required
def hide(request: StaffRequest, case_id: int) -> HttpResponseBase:
    """Take a public question down."""
    try:
        actions.hide_publication(actor=request.user, case_id=case_id, reason=request.POST.get("reason", ""))
    except Refused as refused:
        tell_reasons(request, refused)
    else:
        messages.success(request, "已撤下，公众看不到了。")
    return redirect("inbox:publish", case_id)

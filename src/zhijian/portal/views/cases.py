"""The private page of a case: whoever has its number and key sees where it stands, adds, rates, asks again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import segno
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from zhijian.files.queries import file_facts
from zhijian.files.views import serve
from zhijian.inbox import actions, queries
from zhijian.inbox.enums import CaseState, EntryKind
from zhijian.lib.errors import Refused
from zhijian.portal.forms import AddForm, RateForm, ReopenForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from zhijian.inbox.models import Case

ADD_SALT = "zhijian.portal.add"
TONES = {
    CaseState.RECEIVED: "info",
    CaseState.WORKING: "busy",
    CaseState.WAITING: "warn",
    CaseState.IN_REVIEW: "busy",
    CaseState.ANSWERED: "ok",
    CaseState.REDIRECTED: "ok",
}
# What reviewers do with a draft is no news to the citizen: for them the matter is being worked on.
WORDS = {CaseState.IN_REVIEW: "办理中"}


@require_safe
def show(request: HttpRequest, case_number: str, case_key: str) -> HttpResponse:
    """Show a case to whoever has its link."""
    case = queries.find_by_key(number=case_number, key=case_key)
    return _page(request, case, case_key)


def _page(
    request: HttpRequest, case: Case, key: str, form: forms.Form | None = None, reasons: list[str] | None = None
) -> HttpResponse:
    state, clocks = CaseState(case.state), queries.clocks_of(case)
    plain = queries.plain_key(key)
    reopening = actions.why_not_reopen(case)
    context: dict[str, Any] = {
        "title": case.title,
        "case": case,
        "key": plain,
        "shown_key": "-".join(plain[start : start + 4] for start in range(0, len(plain), 4)),
        "just_sent": "sent" in request.GET,
        "address": request.build_absolute_uri(f"/messages/{case.number}/{plain}/"),
        "state": WORDS.get(state, state.label),
        "tone": TONES[state],
        "closed": state in {CaseState.ANSWERED, CaseState.REDIRECTED},
        "waiting": state is CaseState.WAITING,
        "late": queries.is_late(case),
        "clock": clocks[-1] if clocks else None,
        "entries": list(reversed(queries.entries_of(case, public_only=True))),
        "answer_kinds": [EntryKind.ANSWER, EntryKind.REDIRECTED],
        "photos": queries.photos_of(case),
        "rating": queries.rating_of(case),
        "add_form": AddForm(auto_id="add_%s"),
        "rate_form": RateForm(auto_id="rate_%s"),
        "reopen_form": ReopenForm(auto_id="reopen_%s"),
        "reopening": reopening,
        "reopen_until": actions.reopen_until(case),
        "add_token": signing.dumps(case.version, salt=ADD_SALT),
        "reasons": reasons or [],
    }
    if form is not None:
        context[{AddForm: "add_form", RateForm: "rate_form", ReopenForm: "reopen_form"}[type(form)]] = form
    response = render(request, "portal/case.html", context, status=409 if form is not None else 200)
    response["Cache-Control"], response["X-Robots-Tag"] = "no-store", "noindex"
    return response


@csrf_exempt
@require_POST
def add(request: HttpRequest, case_number: str, case_key: str) -> HttpResponseBase:
    """Add a word; a second click on the button adds nothing."""
    form = AddForm(request.POST, auto_id="add_%s")
    token = request.POST.get("token", "").replace("\0", "")[:200]  # PostgreSQL keeps no NUL
    return _do(
        request, case_number, case_key, form,
        lambda said: actions.add_word(number=case_number, key=case_key, text=said["text"], token=token),
    )  # fmt: skip


@csrf_exempt
@require_POST
def rate(request: HttpRequest, case_number: str, case_key: str) -> HttpResponseBase:
    """Say what the answer was worth."""
    form = RateForm(request.POST, auto_id="rate_%s")
    return _do(
        request, case_number, case_key, form,
        lambda said: actions.rate_case(
            number=case_number, key=case_key, satisfaction=said["satisfaction"] or 0, comment=said["comment"]
        ),
    )  # fmt: skip


@csrf_exempt
@require_POST
def reopen(request: HttpRequest, case_number: str, case_key: str) -> HttpResponseBase:
    """Ask for it to be done again."""
    form = ReopenForm(request.POST, auto_id="reopen_%s")
    return _do(
        request, case_number, case_key, form,
        lambda said: actions.reopen_case(number=case_number, key=case_key, reason=said["reason"]),
    )  # fmt: skip


def _do(
    request: HttpRequest, number: str, key: str, form: forms.Form, act: Callable[[dict[str, Any]], object]
) -> HttpResponseBase:  # fmt: skip
    if not form.is_valid():
        return _page(request, queries.find_by_key(number=number, key=key), key, form)
    try:
        act(form.cleaned_data)
    except Refused as refused:
        return _page(request, queries.find_by_key(number=number, key=key), key, form, refused.reasons)
    return redirect(f"/messages/{number}/{queries.plain_key(key)}/")


@require_safe
def code(request: HttpRequest, case_number: str, case_key: str) -> HttpResponse:
    """Draw the code that leads to the private page (SVG), to be kept on another phone or on paper."""
    case = queries.find_by_key(number=case_number, key=case_key)
    address = request.build_absolute_uri(f"/messages/{case.number}/{queries.plain_key(case_key)}/")
    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=6, border=2, dark="#000", light="#fff")
    response = HttpResponse(drawing.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def photo(request: HttpRequest, case_number: str, case_key: str, sha256: str) -> HttpResponseBase:
    """Serve a picture of a case to whoever has its link."""
    _ = request
    case = queries.find_by_key(number=case_number, key=case_key)
    facts = file_facts([sha256]).get(sha256) if queries.is_photo_of(case, sha256) else None
    if facts is None:
        raise Http404("没有这张照片。")
    return serve(sha256, facts.media_type, cache="private, no-store")

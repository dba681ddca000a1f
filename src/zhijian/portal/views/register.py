"""The public register: is this account official, which accounts are there."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import segno
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhijian.portal.forms import DirectoryForm
from zhijian.registry.queries import public_account, public_accounts, public_lookup

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 30
TONES = {"official": "ok", "former": "warn", "not_registered": "danger", "cannot_tell": "info"}


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """Answer whether what a citizen pasted names an official account."""
    asked = request.GET.get("q", "")
    answer = public_lookup(asked) if asked.strip() else None
    context = {
        "title": "查一查，是不是官方账号",
        "q": asked[:200],
        "answer": answer,
        "tone": TONES[str(answer.verdict)] if answer else "",
    }
    return render(request, "portal/lookup.html", context)


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the official accounts."""
    form = DirectoryForm(request.GET)
    rows = form.narrow(public_accounts()).order_by("sort_key", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "title": "官方账号名录",
        "form": form,
        "page": page,
        "accounts": [public_account(row) for row in page],
        "query": query.urlencode(),
    }
    return render(request, "portal/directory.html", context)


@require_safe
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Show one registered account with its number and code."""
    row = public_accounts().filter(number=number).first()
    if row is None:
        raise Http404("名录里没有这个登记号。它可能已经注销，请到“查账号”里再查一查。")
    return render(request, "portal/account.html", {"title": row.name, "account": public_account(row)})


@require_safe
def account_code(request: HttpRequest, number: str) -> HttpResponse:
    """Draw the code that leads to the register page of an account (SVG)."""
    if not public_accounts().filter(number=number).exists():
        raise Http404
    address = request.build_absolute_uri(f"/directory/{number}/")
    drawing = io.BytesIO()
    # Whole, with its namespace: browsers draw a picture of its own only then.
    segno.make(address, error="m").save(drawing, kind="svg", scale=6, border=2, dark="#000", light="#fff")
    response = HttpResponse(drawing.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Tell developers what is open."""
    return render(request, "portal/data.html", {"title": "开放数据"})


@require_safe
def lookup_json(request: HttpRequest) -> JsonResponse:
    """Give the answer of the look-up as JSON, for sites that ask on behalf of citizens."""
    response = JsonResponse(
        public_lookup(request.GET.get("q", "")).as_json(), json_dumps_params={"ensure_ascii": False}
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response

"""The public register: is this account official, which accounts are there."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from zhijian.impostors.queries import public_impostor
from zhijian.lib.errors import Refused
from zhijian.portal.forms import DirectoryForm
from zhijian.proof.actions import ready_words
from zhijian.proof.badges import badge as draw_badge
from zhijian.proof.codes import MAX_BYTES, read_code
from zhijian.proof.queries import newest_edition, register_address
from zhijian.registry.enums import PUBLIC_STATES
from zhijian.registry.queries import Verdict, public_account, public_accounts, public_lookup
from zhijian.registry.queries.lookup import known_account, past_names

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zhijian.registry.models import Account

PAGE = 30
LOOKUP_TITLE = "查一查，是不是官方账号"
LONGEST_SHOWN = 200
TONES = {"official": "ok", "former": "warn", "not_registered": "danger", "cannot_tell": "info"}


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """Answer whether what a citizen pasted names an official account."""
    asked = request.GET.get("q", "")
    answer = public_lookup(asked) if asked.strip() else None
    context = {
        "title": LOOKUP_TITLE,
        "q": asked[:LONGEST_SHOWN],
        "asks_nothing": "q" in request.GET and not asked.strip(),
        "from_code": request.GET.get("from") == "code",
        "answer": answer,
        "tone": TONES[str(answer.verdict)] if answer else "",
        "impostor": public_impostor(asked) if answer else None,
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
    """Answer whether the account of a register number is official: the page that its code leads to."""
    row = _known(number)
    context = {
        "title": row.name,
        "account": public_account(row),
        "is_official": row.state in PUBLIC_STATES,
        "past_names": past_names(row),
        "words": ready_words(row),
    }
    return render(request, "portal/account.html", context)


def _known(number: str) -> Account:
    row = known_account(number)
    if row is None:
        raise Http404("登记册里没有这个登记号。请核对号码，或到“查账号”里再查一查。")
    return row


@require_safe
def account_code(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Draw the code that leads to the register page of an account (SVG)."""
    if not public_accounts().filter(number=number).exists():
        raise Http404
    drawing = io.BytesIO()
    # Whole, with its namespace: browsers draw a picture of its own only then.
    code = segno.make(register_address(number), error="m")
    code.save(drawing, kind="svg", scale=6, border=2, dark="#000", light="#fff")
    return _picture(drawing.getvalue())


@require_safe
def badge(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001 - as above
    """Draw the badge for pages elsewhere (SVG); it says so when the account is official no more."""
    row = _known(number)
    return _picture(draw_badge(public_account(row), is_official=row.state in PUBLIC_STATES).encode(), seconds=300)


def _picture(drawing: bytes, *, seconds: int = 3600) -> HttpResponse:
    response = HttpResponse(drawing, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@csrf_exempt  # nothing is written: whoever sends a picture gets its answer, and no cookie is asked for
@require_http_methods(["GET", "POST"])
def lookup_code(request: HttpRequest) -> HttpResponse:
    """Look up what the code of a picture holds: an address of the register leads to its page, all else is asked for."""
    picture = request.FILES.get("picture")
    if request.method == "GET":
        return redirect("portal:lookup")
    try:
        if picture is None:
            raise Refused("没有收到图片。请选一张带二维码的图片，或者现在拍一张。")  # noqa: TRY301 - one place shows it
        held = read_code(picture.read(MAX_BYTES + 1))
    except Refused as refused:
        context = {"title": LOOKUP_TITLE, "q": "", "refused": refused.reasons}
        return render(request, "portal/lookup.html", context, status=409)
    answer = public_lookup(held)
    if answer.verdict in {Verdict.OFFICIAL, Verdict.FORMER} and held.startswith(settings.ZHIJIAN_BASE_URL):
        return redirect("portal:account", answer.matches[0].number)
    return redirect(f"{reverse('portal:lookup')}?{urlencode({'q': held[:LONGEST_SHOWN], 'from': 'code'})}")


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Tell developers what is open, and everybody how the register is verified."""
    context = {"title": "开放数据", "edition": newest_edition(), "base": settings.ZHIJIAN_BASE_URL}
    return render(request, "portal/data.html", context)


@require_safe
def lookup_json(request: HttpRequest) -> JsonResponse:
    """Give the answer of the look-up as JSON, for sites that ask on behalf of citizens."""
    asked = request.GET.get("q", "")
    impostor = public_impostor(asked)
    told = {**public_lookup(asked).as_json(), "impostor": impostor.as_json() if impostor else None}
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response

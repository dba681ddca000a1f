"""Telling of an account that pretends to be official. Nothing is kept of who tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core import signing
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from zhijian.audit.request import origin
from zhijian.impostors import actions
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.portal.forms import ImpostorForm

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

FORM_SALT: Final = "zhijian.portal.impostor"
FORM_LIVES: Final = 24 * 60 * 60
TOO_MANY: Final = 429
WRONG: Final = 409
TITLE: Final = "举报仿冒账号"


@csrf_exempt  # the signed token of the page stands in for a cookie, as at the message form
@require_http_methods(["GET", "POST"])
def report_impostor(request: HttpRequest) -> HttpResponseBase:
    """Tell of an account; the look-up that found nothing leads here with its words filled in."""
    if request.method == "GET":
        asked = request.GET.get("q", "")[:500].strip()
        is_link = "://" in asked or "/" in asked
        return _page(request, ImpostorForm(initial={"url": asked} if is_link else {"name": asked[:80]}), [], 200)
    form = ImpostorForm(request.POST, request.FILES)
    problems = _visitor_problems(request, is_whole=form.is_valid())
    if problems or not form.is_valid():
        return _page(request, form, problems, WRONG)
    try:
        actions.report_by_citizen(
            suspect=form.suspect(), proof=form.proof(actions.MOST_BYTES), address=origin().address or ""
        )
    except Refused as refused:
        status = TOO_MANY if isinstance(refused, actions.TooOften) else WRONG
        return _page(request, form, list(refused.reasons), status)
    return redirect("portal:impostor_reported")


@require_safe
def impostor_reported(request: HttpRequest) -> HttpResponseBase:
    """Say that the report was taken, and how to hear of it."""
    return render(request, "portal/impostor_reported.html", {"title": "已收到举报"})


def _visitor_problems(request: HttpRequest, *, is_whole: bool) -> list[str]:
    """Keep machines out without riddles: a hidden field, and a page sent faster than anybody reads."""
    if request.POST.get("website"):
        return ["最下面那一栏请留空，再点一次提交。"]
    try:
        opened, again = signing.loads(request.POST.get("token", ""), salt=FORM_SALT, max_age=FORM_LIVES)
    except (signing.BadSignature, TypeError, ValueError):
        return ["这一页打开得太久了。您写的内容都还在，请再点一次提交。"]
    too_fast = clock.now().timestamp() - float(opened) < settings.ZHIJIAN_INBOX_LEAST_SECONDS
    return ["提交得太快了。请再看一遍写的内容，过几秒再点提交。"] if too_fast and is_whole and not again else []


def _page(request: HttpRequest, form: ImpostorForm, problems: list[str], status: int) -> HttpResponseBase:
    context: dict[str, Any] = {
        "title": TITLE, "form": form, "problems": problems,
        "token": signing.dumps([clock.now().timestamp(), form.is_bound], salt=FORM_SALT),
    }  # fmt: skip
    response = render(request, "portal/report_impostor.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response

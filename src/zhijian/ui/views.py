from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from zhijian.lib.errors import Missing
from zhijian.ui import samples
from zhijian.ui.context import ELDER_COOKIE, THEME_COOKIE, THEMES
from zhijian.ui.errors import EXPLANATIONS, error_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

ONE_YEAR = 365 * 24 * 3600


@csrf_exempt  # only two display cookies of the caller can change here; portal pages stay free of a CSRF cookie
@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Remember theme and elder mode in cookies, and go back to where the person was."""
    response = HttpResponseRedirect(_way_back(request))
    theme = request.POST.get("theme")
    if theme in THEMES:
        _remember(response, request, THEME_COOKIE, theme)
    elder = request.POST.get("elder")
    if elder in {"0", "1"}:
        _remember(response, request, ELDER_COOKIE, elder)
    return response


def _remember(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())


def _way_back(request: HttpRequest) -> str:
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if address and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return "/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handler shape
    """For handler400."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handler shape
    """For handler403."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handler shape
    """For handler404."""
    return error_page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's handler shape
    """For settings.CSRF_FAILURE_VIEW."""
    text = "这一页停留太久，或者浏览器没有保存会话。请返回上一页，刷新后再提交。"
    return error_page(request, 403, text=text)


def server_error(request: HttpRequest) -> HttpResponse:
    """For handler500: needs neither database nor session."""
    return error_page(request, 500)


def style_page(request: HttpRequest) -> HttpResponseBase:
    """Show every component in every state; only with ZHIJIAN_STYLE_PAGE or DEBUG. `?rows=0` empties the list."""
    if not (settings.DEBUG or getattr(settings, "ZHIJIAN_STYLE_PAGE", False)):
        raise Missing
    listing = samples.sample_listing(rows=0 if request.GET.get("rows") == "0" else 64)
    listing.keep = ("rows",)
    listing.template = "ui/style/desk.html"
    return listing.respond(request, **samples.sample_context(), **_sample_frame())


def style_layout(request: HttpRequest, layout: str) -> HttpResponse:
    """Show a layout (portal, plain, or an error's status) with sample contents, under the same condition."""
    if not (settings.DEBUG or getattr(settings, "ZHIJIAN_STYLE_PAGE", False)):
        raise Missing
    if layout.isdigit() and int(layout) in EXPLANATIONS:
        return error_page(request, int(layout), reasons=samples.REASONS if layout == "409" else ())
    if layout not in {"portal", "plain"}:
        raise Missing
    return render(request, f"ui/style/{layout}.html", {**samples.sample_context(), **_sample_frame()})


def _sample_frame() -> dict[str, Any]:
    return {
        "title": "界面样例",
        "navigation": samples.sample_navigation(),
        "portal_navigation": samples.sample_navigation()[:4],
        "government_name": "青禾县人民政府",
        "search_url": "#",
        "body_switcher": {
            "current": "青禾县融媒体中心",
            "url": "#",
            "choices": [
                {"value": 1, "label": "青禾县融媒体中心", "selected": True},
                {"value": 2, "label": "青禾县教育局"},
            ],
        },
    }

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from zhijian.content import queries
from zhijian.content.views.article import trail
from zhijian.lib.errors import Missing

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest


@require_GET
@login_required
def preview(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Show the piece as one platform will (`platform`): as a page, or as the part that stands beside the editor."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    platform = request.GET.get("platform", next(iter(queries.PLATFORMS)))
    if platform not in queries.PLATFORMS:
        raise Missing
    part = request.headers.get("HX-Request") == "true"
    context = {
        "title": "平台预览",
        "article": article,
        "preview": queries.preview_of(actor=request.user, article=article, platform=platform),
        "platforms": queries.PLATFORMS.items(),
        "breadcrumbs": trail(article),
    }
    response = render(request, "content/parts/preview.html" if part else "content/preview.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhijian.impostors import queries
from zhijian.impostors.views.parts import HOME, HOME_URL, tabs

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest


@require_GET
@login_required
def figures(request: StaffRequest) -> HttpResponseBase:
    """Show the figures of the cases the person may see: by platform, month and trick, and how long platforms take."""
    counted = queries.figures_of(queries.visible_cases(actor=request.user))
    context = {
        "title": "仿冒账号统计", "figures": counted, "tabs": tabs(f"{HOME_URL}figures/"), "breadcrumbs": HOME,
        "tables": [
            ("按平台", "平台", counted.by_platform), ("按月", "立案月份", counted.by_month),
            ("按手法", "名称上的手法", counted.by_trick),
        ],
    }  # fmt: skip
    return render(request, "impostors/figures.html", context)

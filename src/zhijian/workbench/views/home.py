from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhijian.lib import clock
from zhijian.workbench.queries import work_today

if TYPE_CHECKING:
    from django.http import HttpResponse

    from zhijian.lib.requests import StaffRequest


@require_GET
@login_required
def home(request: StaffRequest) -> HttpResponse:
    """Show what this person must do today, by deadline."""
    items = work_today(actor=request.user)
    now = clock.now()
    groups = [
        ("已超期", [item for item in items if item.due and item.due < now]),
        ("今天到期", [item for item in items if item.due and item.due >= now and item.due.date() == now.date()]),
        ("以后到期", [item for item in items if item.due and item.due.date() > now.date()]),
        ("没有期限", [item for item in items if item.due is None]),
    ]
    context = {"title": "工作台", "groups": [group for group in groups if group[1]], "count": len(items)}
    return render(request, "workbench/home.html", context)

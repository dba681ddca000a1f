from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhijian.workbench import actions
from zhijian.workbench.queries import saved_views

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest


@require_POST
@login_required
def save_view(request: StaffRequest) -> HttpResponseBase:
    """Keep the state of a list under a name, and show it."""
    data = request.POST
    row = actions.save_view(
        actor=request.user, path=request.GET.get("path", ""), listing=data.get("listing", ""),
        name=data.get("name", ""), query=data.get("query", ""),
    )  # fmt: skip
    messages.success(request, f"已存为“{row.name}”。")
    return redirect(row.url)


@require_GET
@login_required
def views(request: StaffRequest) -> HttpResponse:
    """List one's views, to forget those not needed."""
    return render(request, "workbench/views.html", {"title": "常用条件", "views": saved_views(actor=request.user)})


@require_POST
@login_required
def drop_view(request: StaffRequest, view_id: int) -> HttpResponseBase:
    """Forget a view."""
    actions.drop_view(actor=request.user, view_id=view_id)
    messages.success(request, "已删除。")
    return redirect("workbench:views")

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhijian.lib import clock
from zhijian.organisations.queries import security_administrators
from zhijian.workbench.queries import work_today

if TYPE_CHECKING:
    from django.http import HttpResponse

    from zhijian.lib.requests import StaffRequest


@require_GET
@login_required
def home(request: StaffRequest) -> HttpResponse:
    """Show what this person must do today, by deadline."""
    if not request.user.assignments:
        return _without_role(request)
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


def _without_role(request: StaffRequest) -> HttpResponse:
    """Say that there is nothing to do without a role, and who grants one."""
    body = request.user.organisation
    context = {"title": "还没有角色", "body": body, "administrators": security_administrators(body)}
    return render(request, "workbench/no_role.html", context)

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
    from zhijian.lib.work import WorkItem


GROUPS = ("已超期", "今天到期", "以后到期", "没有期限")


@require_GET
@login_required
def home(request: StaffRequest) -> HttpResponse:
    """Show what this person must do today, by deadline."""
    if not request.user.assignments:
        return _without_role(request)
    items = work_today(actor=request.user)
    groups = [(label, [item for item in items if _group(item) == label]) for label in GROUPS]
    context = {"title": "工作台", "groups": [group for group in groups if group[1]], "count": len(items)}
    return render(request, "workbench/home.html", context)


def _group(item: WorkItem) -> str:
    """Return the group of an item; what is due today and what is late is counted by the day in Beijing."""
    if item.due is None:
        return "没有期限"
    if item.due < clock.now():
        return "已超期"
    return "今天到期" if item.due.astimezone(clock.BEIJING).date() == clock.today() else "以后到期"


def _without_role(request: StaffRequest) -> HttpResponse:
    """Say that there is nothing to do without a role, and who grants one."""
    body = request.user.organisation
    context = {"title": "还没有角色", "body": body, "administrators": security_administrators(body)}
    return render(request, "workbench/no_role.html", context)

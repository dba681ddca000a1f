from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

import zhijian.audit.queries as audit
from zhijian.access.permissions import Permission
from zhijian.access.rules import may, why_not
from zhijian.audit.labels import LABELS, label_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.ui.listing import Choice, Column, Dates, Empty, Listing
from zhijian.workbench.queries import events_for

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest


@require_GET
@login_required
def audit_log(request: StaffRequest) -> HttpResponseBase:
    """List the acts of the audit administrator's subtree; what belongs to no body is shown at a root body only."""
    _refuse_others(request, Permission.AUDIT_READ)
    actor = request.user
    reasons = why_not(Permission.AUDIT_VERIFY, actor=actor)
    listing = Listing(
        name="audit",
        title="操作记录",
        rows=events_for(actor=actor),
        sort="-number",
        columns=(
            Column(key="number", label="编号", value="pk", sort="id", numeric=True),
            Column(key="at", label="时间", sort="at"),
            Column(key="what", label="事项", value=lambda row: label_of(row.name)),
            Column(key="who", label="登录名", value="actor_label"),
            Column(key="thing", label="对象", value=lambda row: f"{row.thing_kind} {row.thing_id}".strip()),
            Column(key="where", label="地址", value="address"),
            Column(key="request", label="请求号", value="request", shown=False),
            Column(key="data", label="细节", value=lambda row: str(row.data) if row.data else None, shown=False),
        ),
        filters=(
            Choice(key="name", label="事项", choices=[(str(name), label) for name, label in LABELS.items()]),
            Dates(key="at", label="时间"),
        ),
        search=lambda rows, text: rows.filter(actor_label__iexact=text) | rows.filter(thing_id=text),
        search_hint="按登录名或对象编号搜索",
        actions=[
            {"label": "核对封存", "url": "/desk/audit/verify/", "icon": "shield-lock", "reasons": reasons},
            {"label": "导出全部记录", "url": "/desk/audit/export/", "icon": "download", "reasons": reasons},
        ],
        empty=Empty("还没有操作记录", "系统里的每次操作都会记在这里，不能修改和删除。"),
    )
    return listing.respond(request)


def _refuse_others(request: StaffRequest, permission: Permission) -> None:
    if not may(permission, actor=request.user):
        raise Missing


@require_GET
@login_required
def verify_log(request: StaffRequest) -> HttpResponse:
    """Walk the chain of seals and say what was found; `anchor` is a digest noted down earlier."""
    _refuse_others(request, Permission.AUDIT_VERIFY)
    anchor = request.GET.get("anchor", "").strip()
    context: dict[str, Any] = {
        "title": "核对封存",
        "verdict": audit.verify_database(anchor=anchor),
        "anchor": anchor,
        "breadcrumbs": [("操作记录", "/desk/audit/")],
    }
    return render(request, "workbench/verify.html", context)


@require_GET
@login_required
def export_log(request: StaffRequest) -> HttpResponseBase:
    """Send the whole log with its seals as JSON lines, for `zhijian audit verify` on any machine."""
    _refuse_others(request, Permission.AUDIT_VERIFY)
    lines = (f"{line}\n" for line in audit.export_lines())
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{clock.today():%Y%m%d}.jsonl"'
    return response

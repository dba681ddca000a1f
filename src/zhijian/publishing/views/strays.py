from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.lib.errors import Refused
from zhijian.publishing import actions, queries
from zhijian.publishing.views.lists import tabs_for
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Column, Empty, Flag, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.publishing.models import StrayDraft


def _state(row: StrayDraft) -> Badge:
    return Badge("已清理", "quiet") if row.cleaned_at else Badge("滞留", "warn")


COLUMNS = (
    Column(key="title", label="标题", sort="title"),
    Column(key="account", label="账号", value="connection.account.name", sort="connection__account__sort_key"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="state", label="状态", value=_state, sort="cleaned_at"),
    Column(key="found", label="发现时间", value="found_at", sort="found_at"),
    Column(key="cleaned", label="清理时间", value="cleaned_at", shown=False),
    Column(key="act", label="处理", template="publishing/stray_act.html", export=lambda _: None),
)


@require_GET
@login_required
def stray_list(request: StaffRequest) -> HttpResponseBase:
    """List what was left in the platforms' draft boxes."""
    require(Permission.DELIVERY_VIEW, actor=request.user)
    scan_now = {
        "label": "现在检查一遍",
        "url": "/desk/deliveries/strays/scan/",
        "icon": "radar",
        "reasons": why_not(Permission.STRAY_CLEAN, actor=request.user),
    }
    listing = Listing(
        name="strays",
        title="滞留草稿",
        rows=queries.visible_strays(actor=request.user),
        columns=COLUMNS,
        sort="-found",
        filters=[
            Flag(
                key="cleaned",
                label="状态",
                lookup=lambda rows, value: rows.filter(cleaned_at__isnull=not value),
                choices=((True, "已清理"), (False, "滞留")),
            )
        ],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按标题搜索",
        actions=[scan_now],
        empty=Empty(
            "没有滞留的草稿", "发送中断时，平台草稿箱里可能留下多余的草稿。系统每十分钟检查一次，发现了会列在这里。"
        ),
        template="publishing/list.html",
    )
    return listing.respond(request, tabs=tabs_for(request.user, "strays"))


@require_http_methods(["GET", "POST"])
@login_required
def scan(request: StaffRequest) -> HttpResponseBase:
    """Look into the draft boxes now; GET asks first."""
    require(Permission.STRAY_CLEAN, actor=request.user)
    if request.method == "GET":
        return confirmation(
            request,
            title="现在检查草稿箱？",
            text="系统会到各账号的草稿箱看一遍，只看本系统留下的草稿。",
            act="检查",
            back="/desk/deliveries/strays/",
        )
    boxes = actions.request_scan(actor=request.user)
    told = f"正在检查 {boxes} 个账号的草稿箱……查到的会列在这里，请稍后刷新。" if boxes else "还没有账号要检查。"
    messages.info(request, told)
    return redirect("publishing:strays")


@require_http_methods(["GET", "POST"])
@login_required
def clean(request: StaffRequest, stray_id: int) -> HttpResponseBase:
    """Delete a stray draft on the platform; GET asks first."""
    stray = queries.find_stray(actor=request.user, stray_id=stray_id)
    if request.method == "GET":
        return confirmation(
            request,
            title="清理这份草稿？",
            text=f"会从“{stray.connection.account.name}”的草稿箱删除《{stray.title}》。已经发布的内容不受影响。",
            act="清理",
            back="/desk/deliveries/strays/",
            tone="danger",
            reasons=actions.why_not_clean(actor=request.user, stray=stray),
        )
    try:
        actions.clean_stray(actor=request.user, stray_id=stray.pk)
    except Refused as refused:
        messages.error(request, " ".join(refused.reasons))
    else:
        messages.success(request, "已清理。")
    return redirect("publishing:strays")

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.census import actions, queries
from zhijian.census.enums import DumpState
from zhijian.census.forms import DumpColumnsForm, DumpForm, LayoutColumnsForm, LayoutForm
from zhijian.census.views.parts import attempt, form_page, home_tabs
from zhijian.ui.listing import Column, Empty, Listing
from zhijian.ui.parts import Badge, Job

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.census.models import Dump
    from zhijian.lib.requests import StaffRequest

LAYOUTS = ("表样", "/desk/census/layouts/")
DUMPS = ("全国系统导出表", "/desk/census/dumps/")
DUMP_TONES = {DumpState.MAPPING: "info", DumpState.READING: "busy", DumpState.READY: "ok", DumpState.FAILED: "danger"}
LAYOUT_COLUMNS = (
    Column(key="name", label="名称", sort="name", link=lambda row: f"/desk/census/layouts/{row.pk}/"),
    Column(
        key="state", label="状态", value=lambda row: Badge("可用", "ok") if row.is_ready else Badge("待核对列", "info")
    ),
    Column(key="body", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="columns", label="列数", value=lambda row: len(row.columns), numeric=True),
    Column(key="created", label="上传", value="created_at", sort="created_at"),
)
DUMP_COLUMNS = (
    Column(
        key="file", label="文件", value="file_name", sort="file_name", link=lambda row: f"/desk/census/dumps/{row.pk}/"
    ),
    Column(
        key="state", label="状态", value=lambda row: Badge(row.get_state_display(), DUMP_TONES[DumpState(row.state)]),
        sort="state",
    ),
    Column(key="body", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="total", label="行数", numeric=True, sort="total"),
    Column(key="faulty", label="读不懂", numeric=True, sort="faulty"),
    Column(key="uploaded", label="上传", value="uploaded_at", sort="uploaded_at"),
)  # fmt: skip


@require_GET
@login_required
def layout_list(request: StaffRequest) -> HttpResponseBase:
    """List the layouts of the person's offices."""
    require(Permission.CENSUS_LAYOUT_KEEP, actor=request.user)
    listing = Listing(
        name="census-layouts",
        title="表样",
        rows=queries.visible_layouts(actor=request.user),
        columns=LAYOUT_COLUMNS,
        sort="-created",
        search=lambda rows, text: rows.filter(name__icontains=text),
        search_hint="按名称搜索",
        actions=[{"label": "上传表样", "url": "/desk/census/layouts/new/", "icon": "upload", "tone": "primary"}],
        empty=Empty(
            "还没有自己的表样", "通用表样不用上传。上级给了固定格式的，上传它的空表，核对每一列填什么。", "上传表样",
            "/desk/census/layouts/new/",
        ),
        template="census/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=home_tabs(request, "layouts"))


@require_http_methods(["GET", "POST"])
@login_required
def new_layout(request: StaffRequest) -> HttpResponseBase:
    """Take the heads out of an empty form."""
    require(Permission.CENSUS_LAYOUT_KEEP, actor=request.user)
    form = LayoutForm(request.POST or None, request.FILES or None, actor=request.user)
    made = attempt(
        form,
        lambda: actions.bring_layout(
            actor=request.user, organisation=form.cleaned_data["organisation"], name=form.cleaned_data["name"],
            sheet_per_body=form.cleaned_data["sheet_per_body"], content=form.cleaned_data["file"].read(),
        ),
    )  # fmt: skip
    if made is not None:
        return redirect("census:layout", made.pk)
    return form_page(
        request, form, title="上传表样", verb="上传", back=LAYOUTS[1], breadcrumbs=[LAYOUTS], has_file=True
    )


@require_http_methods(["GET", "POST"])
@login_required
def layout_page(request: StaffRequest, layout_id: int) -> HttpResponseBase:
    """Settle what goes below each head."""
    row = queries.find_layout(actor=request.user, layout_id=layout_id)
    form = LayoutColumnsForm(request.POST or None, layout=row)
    saved = attempt(form, lambda: actions.map_layout(actor=request.user, layout_id=row.pk, keys=form.keys()))
    if saved is not None:
        messages.success(request, "表样可以用了。")
        return redirect("census:layouts")
    return form_page(
        request, form, title=f"核对表样：{row.name}", verb="保存", back=LAYOUTS[1], template="census/columns.html",
        lead="每一列填什么是猜的，不对的请改；不用系统填的选“留空”。", breadcrumbs=[LAYOUTS],
        reasons=why_not(Permission.CENSUS_LAYOUT_KEEP, actor=request.user, thing=row.organisation),
    )  # fmt: skip


@require_GET
@login_required
def dump_list(request: StaffRequest) -> HttpResponseBase:
    """List the dumps of the national system."""
    require(Permission.CENSUS_COMPARE, actor=request.user)
    listing = Listing(
        name="census-dumps",
        title="全国系统导出表",
        rows=queries.visible_dumps(actor=request.user),
        columns=DUMP_COLUMNS,
        sort="-uploaded",
        search=lambda rows, text: rows.filter(file_name__icontains=text),
        search_hint="按文件名搜索",
        actions=[{"label": "上传导出表", "url": "/desk/census/dumps/new/", "icon": "upload", "tone": "primary"}],
        empty=Empty(
            "还没有导出表", "从全国政务新媒体信息报送系统导出表格，上传后就能和排查结果逐个账号比对。", "上传导出表",
            "/desk/census/dumps/new/",
        ),
        template="census/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=home_tabs(request, "dumps"))


@require_http_methods(["GET", "POST"])
@login_required
def new_dump(request: StaffRequest) -> HttpResponseBase:
    """Take a dump in."""
    require(Permission.CENSUS_COMPARE, actor=request.user)
    form = DumpForm(request.POST or None, request.FILES or None, actor=request.user)
    made = attempt(
        form,
        lambda: actions.upload_dump(
            actor=request.user, organisation=form.cleaned_data["organisation"],
            file_name=form.cleaned_data["file"].name, content=form.cleaned_data["file"].read(),
        ),
    )  # fmt: skip
    if made is not None:
        return redirect("census:dump", made.pk)
    return form_page(request, form, title="上传导出表", verb="上传", back=DUMPS[1], breadcrumbs=[DUMPS], has_file=True)


@require_http_methods(["GET", "POST"])
@login_required
def dump_page(request: StaffRequest, dump_id: int) -> HttpResponseBase:
    """Settle the columns of a dump; later show how its reading went."""
    row = queries.find_dump(actor=request.user, dump_id=dump_id)
    if row.state in {DumpState.READING, DumpState.READY}:
        context = {"title": row.file_name, "dump": row, "job": _job(row), "breadcrumbs": [DUMPS]}
        return render(request, "census/dump.html", context)
    form = DumpColumnsForm(request.POST or None, dump=row)
    chosen = attempt(
        form,
        lambda: actions.choose_dump_columns(actor=request.user, dump_id=row.pk, fields=form.fields_chosen()),
    )
    if chosen is not None:
        return redirect("census:dump", row.pk)
    return form_page(
        request, form, title="核对导出表的列", verb="读入", back=DUMPS[1], template="census/columns.html",
        lead=f"{row.file_name}。含义是猜的，不对的请改；不需要的列选“不读”。", breadcrumbs=[DUMPS], message=row.message,
        reasons=why_not(Permission.CENSUS_COMPARE, actor=request.user, thing=row.organisation),
    )  # fmt: skip


def _job(row: Dump) -> Job:
    ready = row.state == DumpState.READY
    word = f"读到 {row.total:,} 个账号。" if ready else f"约 {row.total:,} 行。"
    if row.faulty:
        word += f"另有 {row.faulty:,} 行没有平台或账号名称，没有读。"
    return Job(
        title=row.file_name, state="done" if ready else "running", message=word,
        refresh_url=f"/desk/census/dumps/{row.pk}/progress/",
    )  # fmt: skip


@require_GET
@login_required
def dump_progress(request: StaffRequest, dump_id: int) -> HttpResponseBase:
    """Answer the progress card; when the dump was read, the whole page is loaded anew."""
    row = queries.find_dump(actor=request.user, dump_id=dump_id)
    if row.state != DumpState.READING:
        response = HttpResponse()
        response["HX-Redirect"] = f"/desk/census/dumps/{row.pk}/"
        return response
    return HttpResponse(render_to_string("census/job.html", {"job": _job(row)}, request))

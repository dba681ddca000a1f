from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.lib.errors import Refused
from zhijian.observation import actions, queries
from zhijian.observation.enums import HistoryState
from zhijian.observation.forms import ColumnsForm, HistoryForm
from zhijian.observation.tasks import run_history
from zhijian.observation.views.tabs import HOME, tabs
from zhijian.ui.acting import carry_out
from zhijian.ui.listing import Choice, Column, Empty, Listing
from zhijian.ui.parts import Badge, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.observation.models import History

STATE_TONES = {
    HistoryState.MAPPING: "info", HistoryState.READING: "busy", HistoryState.PREVIEW: "warn",
    HistoryState.IMPORTING: "busy", HistoryState.IMPORTED: "ok", HistoryState.DISCARDED: "quiet",
}  # fmt: skip
RUNNING = (HistoryState.READING, HistoryState.IMPORTING)
TRAIL = [*HOME, ("历史导入", "/desk/observation/histories/")]


def state_badge(history: History) -> Badge:
    """Show where a file stands."""
    return Badge(history.get_state_display(), STATE_TONES[HistoryState(history.state)])


COLUMNS = (
    Column(
        key="file", label="文件", value="file_name", sort="file_name",
        link=lambda row: f"/desk/observation/histories/{row.pk}/",
    ),
    Column(key="body", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="total", label="行数", value="total", numeric=True),
    Column(key="new", label="新增", value=lambda row: row.summary.get("new"), numeric=True),
    Column(key="by", label="上传人", value="uploaded_by.display_name"),
    Column(key="uploaded", label="上传", value="uploaded_at", sort="uploaded_at"),
)  # fmt: skip
NEW_URL = "/desk/observation/histories/new/"


@require_GET
@login_required
def history_list(request: StaffRequest) -> HttpResponseBase:
    """List the files of past posts."""
    reasons = why_not(Permission.HISTORY_IMPORT, actor=request.user)
    listing = Listing(
        name="histories",
        title="历史导入",
        rows=queries.visible_histories(actor=request.user),
        columns=COLUMNS,
        sort="-uploaded",
        filters=[Choice(key="state", label="状态", choices=HistoryState.choices)],
        search=lambda rows, text: rows.filter(file_name__icontains=text),
        search_hint="按文件名搜索",
        actions=[
            {"label": "导入历史内容", "url": NEW_URL, "tone": "primary", "icon": "file-import", "reasons": reasons}
        ],
        empty=Empty("还没有导入过", "主办单位从后台导出的往年内容，可以整份带进来。", "导入历史内容", NEW_URL),
        template="observation/list.html",
    )
    return listing.respond(request, tabs=tabs("histories"))


@require_http_methods(["GET", "POST"])
@login_required
def new_history(request: StaffRequest) -> HttpResponseBase:
    """Take a file in."""
    form = HistoryForm(request.POST or None, request.FILES or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            history = actions.upload_history(
                actor=request.user, organisation=data["organisation"], file_name=data["file"].name,
                content=data["file"].read(), account_id=data["account"],
            )  # fmt: skip
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error("file", reason)
        else:
            return redirect("observation:history", history.pk)
    context = {
        "title": "导入历史内容", "form": form, "breadcrumbs": TRAIL, "act": "上传", "files": True,
        "reasons": why_not(Permission.HISTORY_IMPORT, actor=request.user),
        "lead": "上传后先核对各列，再看检查结果；您确认之前，什么也不会写入。",
    }  # fmt: skip
    return render(request, "observation/form.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def history_page(request: StaffRequest, history_id: int) -> HttpResponseBase:
    """Show a file where it stands: columns, progress, faults or result."""
    history = queries.find_history(actor=request.user, history_id=history_id)
    return _page(request, history, ColumnsForm(history=history))


def _page(request: StaffRequest, history: History, form: ColumnsForm, reasons: Any = ()) -> HttpResponseBase:
    actor = request.user
    choosing = history.state == HistoryState.MAPPING or (
        history.state == HistoryState.PREVIEW and "columns" in request.GET
    )
    checked = history.summary.get("checked", history.summary)
    context = {
        "title": history.file_name, "history": history, "badge": state_badge(history), "breadcrumbs": TRAIL,
        "form": form if choosing or reasons else None, "refused": reasons, "checked": checked,
        "job": job_of(history) if history.state in RUNNING else None, "samples": _samples(history),
        "faults": list(queries.faults_of(history)[:200]), "accounts": len(checked.get("accounts", ())),
        "import_reasons": why_not(Permission.HISTORY_IMPORT, actor=actor, thing=history),
        "confirm_reasons": actions.why_not_confirm(actor=actor, history=history),
        "is_preview": history.state == HistoryState.PREVIEW, "is_open": history.state not in CLOSED,
    }  # fmt: skip
    return render(request, "observation/history.html", context, status=409 if reasons else 200)


CLOSED = (HistoryState.IMPORTED, HistoryState.DISCARDED, HistoryState.IMPORTING)


def _samples(history: History) -> list[tuple[str, str]]:
    return [(head, "、".join(row.get(head, "") for row in history.samples if row.get(head))) for head in history.heads]


def job_of(history: History) -> Job:
    """Return the running step for the progress card."""
    reading = history.state == HistoryState.READING
    address = f"/desk/observation/histories/{history.pk}/"
    return Job(
        title="正在检查文件" if reading else "正在写入",
        state="running",
        done=history.done,
        total=0 if reading else history.total,
        message=f"已检查 {history.done:,} 行。" if reading else "中途出错会接着做，不会写两遍。",
        refresh_url=f"{address}progress/",
    )


@require_GET
@login_required
def progress(request: StaffRequest, history_id: int) -> HttpResponseBase:
    """Answer the progress card; when the step is over, the whole page is loaded anew."""
    history = queries.find_history(actor=request.user, history_id=history_id)
    if history.state not in RUNNING:
        response = HttpResponse()
        response["HX-Redirect"] = f"/desk/observation/histories/{history.pk}/"
        return response
    return HttpResponse(render_to_string("observation/parts/job.html", {"job": job_of(history)}, request))


@require_POST
@login_required
def choose_columns(request: StaffRequest, history_id: int) -> HttpResponseBase:
    """Say which column is which, and read the file through."""
    history = queries.find_history(actor=request.user, history_id=history_id)
    form = ColumnsForm(request.POST, history=history)
    if not form.is_valid():
        return _page(request, history, form, ["有填得不对的地方，请看下面标红的格子。"])
    try:
        actions.choose_columns(actor=request.user, history_id=history_id, choice=form.choice())
    except Refused as refused:
        return _page(request, history, form, refused.reasons)
    run_history.defer(history_id=history_id)
    return redirect("observation:history", history_id)


@require_POST
@login_required
def confirm(request: StaffRequest, history_id: int) -> HttpResponseBase:
    """Write the good rows."""

    def act() -> None:
        actions.confirm_history(actor=request.user, history_id=history_id)
        run_history.defer(history_id=history_id)

    return _act(request, history_id, "开始导入，可以离开这一页。", act)


@require_POST
@login_required
def discard(request: StaffRequest, history_id: int) -> HttpResponseBase:
    """Give a file up."""
    return _act(
        request, history_id, "已放弃，什么也没有写入。",
        lambda: actions.discard_history(actor=request.user, history_id=history_id),
    )  # fmt: skip


def _act(request: StaffRequest, history_id: int, done: str, act: Callable[[], object]) -> HttpResponseBase:
    queries.find_history(actor=request.user, history_id=history_id)
    carry_out(request, act, done=done)
    return redirect("observation:history", history_id)

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.inspection import actions, queries
from zhijian.inspection.enums import Result, RunKind, RunState
from zhijian.inspection.rules import WATCHERS
from zhijian.inspection.views.parts import HOME, result_badge, tabs
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import bodies_in_scope
from zhijian.ui.acting import tell_reasons
from zhijian.ui.listing import Choice, Column, Empty, Listing
from zhijian.ui.parts import Badge, Job

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.inspection.models import Run
    from zhijian.lib.requests import StaffRequest

LIST_URL = "/desk/inspection/runs/"
SHOWN_UNSEEN = 100


def run_badge(run: Run) -> Badge:
    """Show whether a run is done."""
    return Badge(run.get_state_display(), "ok" if run.state == RunState.DONE else "busy")


COLUMNS = (
    Column(key="started", label="开始", value="started_at", sort="started_at", link=lambda row: f"{LIST_URL}{row.pk}/"),
    Column(key="kind", label="类别", value="get_kind_display", sort="kind"),
    Column(key="state", label="状态", value=run_badge, sort="state"),
    Column(key="body", label="范围", value=lambda row: row.organisation.short_name if row.organisation else "全部账号"),
    Column(key="by", label="发起人", value="by.display_name"),
    Column(key="finished", label="完成", value="finished_at", sort="finished_at"),
)


@require_GET
@login_required
def run_list(request: StaffRequest) -> HttpResponseBase:
    """List the runs, the newest first."""
    listing = Listing(
        name="inspection-runs",
        title="巡检记录",
        rows=queries.visible_runs(actor=request.user),
        columns=COLUMNS,
        sort="-started",
        filters=[Choice(key="kind", label="类别", choices=RunKind.choices)],
        template="inspection/list.html",
        context={"tabs": tabs(LIST_URL), "breadcrumbs": HOME},
        empty=Empty("还没有巡检过", "每天凌晨四点半自动巡检。"),
    )
    return listing.respond(request)


@require_GET
@login_required
def run_page(request: StaffRequest, run_id: int) -> HttpResponseBase:
    """Show a run as far as the person's accounts go: what was judged, what could not be seen, by which rules."""
    run = queries.find_run(actor=request.user, run_id=run_id)
    verdicts = queries.visible_verdicts(actor=request.user).filter(run=run)
    counted = dict(verdicts.order_by().values_list("result").annotate(number=Count("pk")))
    standings = queries.visible_standings(actor=request.user).filter(run=run)
    context = {
        "title": f"{run.get_kind_display()} {run.started_at.astimezone():%Y-%m-%d %H:%M}", "run": run,
        "badge": run_badge(run), "job": _job(run), "looked_at": standings.count(),
        "counts": [{"badge": result_badge(one), "count": counted.get(str(one), 0)} for one in Result],
        "unseen": verdicts.filter(result=Result.COULD_NOT_LOOK).order_by("pk")[:SHOWN_UNSEEN],
        "breadcrumbs": [*HOME, ("巡检记录", LIST_URL)],
    }  # fmt: skip
    return render(request, "inspection/run.html", context)


def _job(run: Run) -> Job | None:
    if run.state == RunState.DONE:
        return None
    return Job(
        title="正在巡检", state="running", url=f"{LIST_URL}{run.pk}/",
        refresh_url=f"{LIST_URL}{run.pk}/progress/",
    )  # fmt: skip


@require_GET
@login_required
def progress(request: StaffRequest, run_id: int) -> HttpResponseBase:
    """Answer with the progress part again; when the run is done, the page that shows it is loaded anew."""
    run = queries.find_run(actor=request.user, run_id=run_id)
    job = _job(run) or Job(title="巡检完成", state="done", url=f"{LIST_URL}{run.pk}/")
    response = render(request, "inspection/progress.html", {"job": job})
    if run.state == RunState.DONE:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@login_required
def start(request: StaffRequest) -> HttpResponseBase:
    """Begin a run over the highest body this person inspects."""
    require(Permission.INSPECTION_RUN, actor=request.user)
    body = bodies_in_scope(actor=request.user, roles=WATCHERS).order_by("path").first()
    try:
        run = actions.start_run(actor=request.user, organisation=body)
    except Refused as refused:
        tell_reasons(request, refused)
        return redirect("inspection:home")
    messages.success(request, "已开始巡检。")
    return redirect("inspection:run", run.pk)

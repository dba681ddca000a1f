from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.census import actions, queries
from zhijian.census.enums import JobState
from zhijian.census.forms import ReportForm
from zhijian.census.views.parts import HOME, attempt, campaign_badge, campaign_tabs, number_in
from zhijian.organisations.enums import Level
from zhijian.ui.downloads import download
from zhijian.ui.listing.exports import SPREADSHEET
from zhijian.ui.parts import Job

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.census.models import Campaign, Report
    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation

CSV = "text/csv; charset=utf-8"


@require_http_methods(["GET", "POST"])
@login_required
def figures(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Show the statistics of a branch, and take the order for its consolidated file."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    branch = queries.find_branch(actor=request.user, campaign=row, organisation_id=number_in(request, "branch"))
    form = ReportForm(request.POST or None)
    report = attempt(
        form, lambda: actions.request_report(actor=request.user, campaign=row, branch=branch, **form.cleaned_data)
    )
    if report is not None:
        return redirect("census:report", report.pk)
    status = 409 if form.is_bound else 200
    return render(request, "census/figures.html", _context(request, row, branch, form), status=status)


def _context(request: StaffRequest, row: Campaign, branch: Organisation, form: ReportForm) -> dict[str, Any]:
    signed_only = request.GET.get("all") != "1"
    found = queries.statistics(actor=request.user, campaign=row, branch=branch, signed_only=signed_only)
    levels = [(code, str(Level(code).label)) for code in found.by_level]
    return {
        "title": row.title, "campaign": row, "badge": campaign_badge(row), "breadcrumbs": [HOME],
        "tabs": campaign_tabs(request, row, "figures"), "branch": branch, "found": found, "form": form,
        "signed_only": signed_only,
        "heads": ["平台", *(label for _, label in levels), "合计", *_heads(found)],
        "lines": _lines(found, levels), "branch_heads": ["单位及下级", "账号", *_heads(found)],
        "branch_lines": [[line.label, line.total, *_rest(found, line)] for line in found.by_branch],
        "report_reasons": actions.why_not_report(actor=request.user, campaign=row, branch=branch),
    }  # fmt: skip


def _heads(found: queries.Statistics) -> list[str]:
    words = [label for _, label in [*queries.state_columns(found), *queries.measure_columns()]]
    return [*words, "有问题"]


def _rest(found: queries.Statistics, line: queries.Line) -> list[int]:
    states = [line.states[code] for code, _ in queries.state_columns(found)]
    return [*states, *(line.measures[code] for code, _ in queries.measure_columns()), line.troubled]


def _lines(found: queries.Statistics, levels: list[tuple[str, str]]) -> list[list[Any]]:
    lines: list[list[Any]] = []
    for platform, line in found.by_platform.items():
        cells = [found.by_platform_level.get((platform, code)) for code, _ in levels]
        lines.append([line.label, *(cell.total if cell else 0 for cell in cells), line.total, *_rest(found, line)])
    totals = [found.by_level[code].total for code, _ in levels]
    return [*lines, ["合计", *totals, found.whole.total, *_rest(found, found.whole)]]


@require_GET
@login_required
def report_page(request: StaffRequest, report_id: int) -> HttpResponseBase:
    """Show how far a consolidated file is, then the button that takes it."""
    report = queries.find_report(actor=request.user, report_id=report_id)
    campaign = report.campaign
    context = {
        "title": "汇总表", "report": report, "campaign": campaign, "job": _job(report),
        "is_done": report.state == JobState.DONE,
        "breadcrumbs": [HOME, (campaign.title, f"/desk/census/{campaign.pk}/figures/")],
    }  # fmt: skip
    return render(request, "census/report.html", context)


def _job(report: Report) -> Job:
    states = {JobState.WAITING: "running", JobState.DONE: "done", JobState.FAILED: "failed"}
    done = report.state == JobState.DONE
    return Job(
        title=f"{report.campaign.title}（{report.organisation.short_name}）", state=states[JobState(report.state)],
        message=report.message or f"{report.rows if done else report.total:,} 个账号",
        refresh_url=f"/desk/census/reports/{report.pk}/progress/",
    )  # fmt: skip


@require_GET
@login_required
def report_progress(request: StaffRequest, report_id: int) -> HttpResponseBase:
    """Answer the progress card; when the file is there, the whole page is loaded anew."""
    report = queries.find_report(actor=request.user, report_id=report_id)
    if report.state != JobState.WAITING:
        response = HttpResponse()
        response["HX-Redirect"] = f"/desk/census/reports/{report.pk}/"
        return response
    return HttpResponse(render_to_string("census/job.html", {"job": _job(report)}, request))


@require_GET
@login_required
def report_file(request: StaffRequest, report_id: int) -> HttpResponseBase:
    """Hand the file out."""
    report, content = actions.take_report(actor=request.user, report_id=report_id)
    name = f"{report.campaign.title}（{report.organisation.short_name}）.{report.file_format}"
    return download(content, name=name, kind=SPREADSHEET if report.file_format == "xlsx" else CSV)

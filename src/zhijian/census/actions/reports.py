"""Making the consolidated file: at once when it is short, by a worker otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from procrastinate.contrib.django import app

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record_export
from zhijian.census.enums import UNSIGNED_STATES, CampaignState, JobState, Standing
from zhijian.census.models import Campaign, Report, ReportFile, Row
from zhijian.census.queries import counted_rows, find_report, statistics, visible_sheets
from zhijian.census.workbook import as_csv, as_xlsx, branches_table, figures_table
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Level, RelationKind
from zhijian.organisations.models import Organisation, Relation
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.census.workbook import Table
    from zhijian.organisations.models import User

INLINE_ROWS: Final = 2_000
MOST_SHEETS: Final = 200
CHUNK: Final = 2_000
REPORT_TASK: Final = "census.make_report"
FORMATS: Final = ("xlsx", "csv")


def why_not_report(*, actor: User, campaign: Campaign, branch: Organisation) -> list[str]:
    """Give every reason why a branch of a census cannot be taken out as a file."""
    reasons = why_not(Permission.CENSUS_EXPORT, actor=actor, thing=branch)
    if campaign.state not in {CampaignState.RUNNING, CampaignState.CLOSED}:
        reasons.append("下发以后才能汇总。")
    return reasons


def request_report(
    *, actor: User, campaign: Campaign, branch: Organisation, file_format: str, signed_only: bool
) -> Report:
    """Have the consolidated file of a branch made. Raises Refused with every reason."""
    reasons = why_not_report(actor=actor, campaign=campaign, branch=branch)
    if file_format not in FORMATS:
        reasons.append("请选 XLSX 或 CSV。")
    if reasons:
        raise Refused(reasons)
    rows = counted_rows(actor=actor, campaign=campaign, branch=branch, signed_only=signed_only)
    with transaction.atomic():
        _forget(actor, campaign, branch)
        report = Report.objects.create(
            campaign=campaign, organisation=branch, file_format=file_format, signed_only=signed_only,
            total=rows.count(), requested_by=actor, requested_at=clock.now(),
        )  # fmt: skip
        if report.total > INLINE_ROWS:
            app.configure_task(REPORT_TASK).defer(report_id=report.pk)
    if report.total <= INLINE_ROWS:
        make_report(report_id=report.pk)
        report.refresh_from_db()
    return report


def _forget(actor: User, campaign: Campaign, branch: Organisation) -> None:
    """A person's earlier files of the same branch are overtaken: only the newest is kept."""
    Report.objects.filter(campaign=campaign, organisation=branch, requested_by=actor).delete()


@transaction.atomic
def make_report(*, report_id: int) -> None:
    """Write the file with the rights of who asked for it; a second run does nothing."""
    rows = Report.objects.select_for_update(of=("self",), skip_locked=True)
    report = rows.select_related("campaign__scope", "organisation", "requested_by").filter(pk=report_id).first()
    if report is None or report.state != JobState.WAITING:
        return
    try:
        content, count = _write(report)
        ReportFile.objects.create(report=report, content=content)
        report.state, report.rows = JobState.DONE, count
    except Refused as refused:
        report.state, report.message = JobState.FAILED, " ".join(refused.reasons)[:300]
    report.save(update_fields=["state", "rows", "message"])


def _write(report: Report) -> tuple[bytes, int]:
    actor, campaign, branch = report.requested_by, report.campaign, report.organisation
    require(Permission.CENSUS_EXPORT, actor=actor, thing=branch)
    rows = counted_rows(actor=actor, campaign=campaign, branch=branch, signed_only=report.signed_only)
    ours = rows.exclude(standing=Standing.NOT_OURS)
    layout = campaign.layout
    if layout["sheet_per_body"] and report.file_format == "xlsx":
        _refuse_too_many_sheets(ours)
    listed = ours.select_related("organisation", "sheet").order_by("organisation__path", "platform", "name", "pk")
    found = listed.iterator(chunk_size=CHUNK)
    supervisors = _supervisors(branch)
    if report.file_format == "csv":
        return as_csv(layout, found, supervisors), ours.count()
    figures = statistics(actor=actor, campaign=campaign, branch=branch, signed_only=report.signed_only)
    more = [
        ("统计", figures_table(figures)), ("分单位", branches_table(figures)), ("没有签字的单位", _unsigned(report)),
        ("不是本单位的账号", _disowned(rows)),
    ]  # fmt: skip
    return as_xlsx(layout, found, supervisors, more), figures.whole.total


def _refuse_too_many_sheets(rows: QuerySet[Row]) -> None:
    bodies = rows.order_by().values("organisation").distinct().count()
    if bodies > MOST_SHEETS:
        raise Refused(
            f"这种表样一个单位一张表，这里有 {bodies:,} 个单位，超过 {MOST_SHEETS} 张。请进到下级再汇总，或导出 CSV。"
        )


def _supervisors(branch: Organisation) -> dict[int, str]:
    """Return the name of the supervising body (主管单位) of every body of a branch: the relation, else the parent."""
    bodies = Organisation.objects.filter(path__startswith=branch.path, parent__isnull=False)
    found = {pk: name or "" for pk, name in bodies.order_by().values_list("pk", "parent__name")}
    set_apart = Relation.objects.filter(kind=RelationKind.SUPERVISING, organisation__path__startswith=branch.path)
    return found | {pk: name or "" for pk, name in set_apart.values_list("organisation_id", "other__name")}


def _unsigned(report: Report) -> Table:
    sheets = visible_sheets(actor=report.requested_by).filter(
        campaign=report.campaign, organisation__path__startswith=report.organisation.path, state__in=UNSIGNED_STATES
    )
    table: Table = [["单位", "层级", "现在到哪一步"]]
    for row in sheets.order_by("organisation__path"):
        table.append([row.organisation.name, Level(row.organisation.level).label, row.get_state_display()])
    return table


def _disowned(rows: QuerySet[Row]) -> Table:
    listed = rows.filter(standing=Standing.NOT_OURS).select_related("organisation").order_by("organisation__path", "pk")
    table: Table = [["登记的主办单位", "平台", "账号名称", "说明"]]
    for row in listed:
        table.append([row.organisation.name, platform_label(row.platform, row.kind), row.name, row.problem_note])
    return table


@transaction.atomic
def take_report(*, actor: User, report_id: int) -> tuple[Report, bytes]:
    """Hand a finished file out; the log tells that it left. Raises Missing, Refused."""
    report = find_report(actor=actor, report_id=report_id)
    require(Permission.CENSUS_EXPORT, actor=actor, thing=report.organisation)
    if report.state != JobState.DONE:
        raise Refused(report.message or "汇总表还没有做好，请稍后刷新。")
    record_export(
        actor=actor, what="census_report", file_format=report.file_format, rows=report.rows,
        narrowed={"campaign": report.campaign_id, "branch": report.organisation_id},
    )  # fmt: skip
    return report, bytes(report.file.content)


def waiting_reports() -> list[int]:
    """Return the files whose making was lost with its worker."""
    return list(Report.objects.filter(state=JobState.WAITING).values_list("pk", flat=True))

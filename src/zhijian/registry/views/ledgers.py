from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import bodies_in_scope, holds_role
from zhijian.registry import actions, queries
from zhijian.registry.enums import LedgerState, Outcome
from zhijian.registry.forms import ColumnsForm, UploadForm
from zhijian.registry.importing.headers import FIELDS
from zhijian.registry.queries.filings import OFFICERS
from zhijian.registry.views.tabs import permit_export, tabs
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Column, Empty, Listing
from zhijian.ui.parts import Badge, Job

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.registry.models import Ledger, LedgerRow

UNDO_TITLE = "撤回这次导入？"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATE_TONES = {
    LedgerState.MAPPING: "info",
    LedgerState.READING: "busy",
    LedgerState.PREVIEW: "warn",
    LedgerState.IMPORTING: "busy",
    LedgerState.IMPORTED: "ok",
    LedgerState.DISCARDED: "quiet",
    LedgerState.UNDONE: "quiet",
}
OUTCOME_TONES = {Outcome.NEW: "ok", Outcome.UPDATE: "info", Outcome.SAME: "quiet", Outcome.FAULTY: "danger"}


def _badge(ledger: Ledger) -> Badge:
    return Badge(ledger.get_state_display(), STATE_TONES[LedgerState(ledger.state)])


LEDGER_COLUMNS = (
    Column(key="file_name", label="文件", sort="file_name", link=lambda row: f"/desk/accounts/ledgers/{row.pk}/"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="state", label="状态", value=_badge, sort="state"),
    Column(key="new", label="新增", value=lambda row: row.summary.get("new"), numeric=True),
    Column(key="update", label="更新", value=lambda row: row.summary.get("update"), numeric=True),
    Column(key="faulty", label="有问题", value=lambda row: row.summary.get("faulty"), numeric=True),
    Column(key="by", label="上传人", value="uploaded_by.display_name"),
    Column(key="uploaded", label="上传", value="uploaded_at", sort="uploaded_at"),
)


@require_GET
@login_required
def ledger_list(request: StaffRequest) -> HttpResponseBase:
    """List the ledgers uploaded for the person's bodies."""
    reasons = why_not(Permission.LEDGER_IMPORT, actor=request.user)
    new = {
        "label": "导入台账", "url": "/desk/accounts/ledgers/new/", "tone": "primary", "icon": "file-import",
        "reasons": reasons,
    }  # fmt: skip
    listing = Listing(
        name="ledgers",
        title="台账导入",
        rows=queries.visible_ledgers(actor=request.user),
        sort="-uploaded",
        columns=LEDGER_COLUMNS,
        filters=[Choice(key="state", label="状态", choices=LedgerState.choices)],
        search=lambda rows, text: rows.filter(file_name__icontains=text),
        search_hint="按文件名搜索",
        actions=[new],
        empty=Empty(
            "还没有导入过台账",
            "手头的 Excel 或 CSV 台账可以直接导入，列名和顺序不限。",
            "导入台账",
            "/desk/accounts/ledgers/new/",
        ),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("ledgers"))


@require_http_methods(["GET", "POST"])
@login_required
def upload(request: StaffRequest) -> HttpResponseBase:
    """Take a ledger file in."""
    require(Permission.LEDGER_IMPORT, actor=request.user)
    bodies = bodies_in_scope(actor=request.user, roles=OFFICERS)
    form = UploadForm(request.POST or None, request.FILES or None, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            ledger = actions.upload_ledger(
                actor=request.user, organisation=form.cleaned_data["organisation"], file_name=file.name,
                content=file.read(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error("file", " ".join(refused.reasons))
        else:
            return redirect("registry:ledger", ledger_id=ledger.pk)
    context = {"title": "导入台账", "form": form, "breadcrumbs": _breadcrumbs()}
    return render(request, "registry/ledger_upload.html", context, status=409 if form.errors else 200)


def _supervises(request: StaffRequest, ledger: Ledger) -> bool:
    """Tell whether this person's import enters new accounts as official ones at once."""
    return holds_role(actor=request.user, roles=[Role.SUPERVISING_OFFICER], organisation=ledger.organisation)


def _breadcrumbs() -> list[tuple[str, str]]:
    return [("账号", "/desk/accounts/"), ("台账导入", "/desk/accounts/ledgers/")]


@require_GET
@login_required
def ledger_page(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Show a ledger where it stands: columns, progress, preview or result."""
    ledger = queries.find_ledger(actor=request.user, ledger_id=ledger_id)
    if ledger.state == LedgerState.MAPPING or (ledger.state == LedgerState.PREVIEW and "columns" in request.GET):
        return _columns_page(request, ledger, ColumnsForm(ledger=ledger))
    if ledger.state in {LedgerState.READING, LedgerState.IMPORTING}:
        context = {"title": ledger.file_name, "ledger": ledger, "job": job_of(ledger), "breadcrumbs": _breadcrumbs()}
        return render(request, "registry/ledger_job.html", context)
    return _rows_page(request, ledger)


def _columns_page(
    request: StaffRequest, ledger: Ledger, form: ColumnsForm, reasons: tuple[str, ...] = ()
) -> HttpResponseBase:
    context = {
        "title": "核对各列的含义", "ledger": ledger, "form": form, "reasons": reasons, "breadcrumbs": _breadcrumbs(),
    }  # fmt: skip
    return render(request, "registry/ledger_columns.html", context, status=409 if reasons else 200)


def job_of(ledger: Ledger) -> Job:
    """Return the running step of a ledger for the progress card."""
    reading = ledger.state == LedgerState.READING
    address = f"/desk/accounts/ledgers/{ledger.pk}/"
    return Job(
        title="正在读取台账" if reading else "正在写入登记册",
        state="running",
        done=ledger.done if reading else 0,
        total=ledger.total if reading else 0,
        message="读完后由您确认，确认前不会改动任何账号。" if reading else "全部写完才生效；中途出错，一行也不会写入。",
        refresh_url=f"{address}progress/",
        cancel_url=f"{address}discard/" if reading else "",
    )


@require_GET
@login_required
def progress(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Answer the progress card; when the step is over, the whole page is loaded anew."""
    ledger = queries.find_ledger(actor=request.user, ledger_id=ledger_id)
    if ledger.state not in {LedgerState.READING, LedgerState.IMPORTING}:
        response = HttpResponse()
        response["HX-Redirect"] = f"/desk/accounts/ledgers/{ledger.pk}/"
        return response
    return HttpResponse(render_to_string("registry/parts/job.html", {"job": job_of(ledger)}, request))


def _platform(row: LedgerRow) -> str:
    return queries.platform_label(row.values.get("platform", ""), row.values.get("kind", ""))


def _told(row: LedgerRow) -> list[str]:
    """Return the sentences of a row: problems with their cells, changes field by field, notices."""
    problems = [
        f"{problem['letter']} 列：{problem['sentence']}" if problem["letter"] else problem["sentence"]
        for problem in row.problems
    ]
    changes = [f"{FIELDS.get(name, name)}：{_shown(pair[0])} → {_shown(pair[1])}" for name, pair in row.changes.items()]
    return [*problems, *changes, *(notice["sentence"] for notice in row.notices)]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "空" if value in (None, "") else str(value)


ROW_COLUMNS = (
    Column(key="row", label="行", value=lambda row: f"{row.sheet} 第 {row.row} 行".strip(), sort="id"),
    Column(
        key="outcome",
        label="结果",
        value=lambda row: Badge(row.get_outcome_display(), OUTCOME_TONES[row.outcome]),
        sort="outcome",
    ),
    Column(key="body", label="主办单位", value=lambda row: str(row.values.get("body", ""))),
    Column(key="matched", label="认作", value="organisation.name"),
    Column(key="platform", label="平台", value=_platform),
    Column(
        key="name",
        label="账号名称",
        value=lambda row: row.values.get("name", ""),
        link=lambda row: f"/desk/accounts/{row.account_id}/" if row.account_id else None,
    ),
    Column(
        key="told",
        label="问题或变化",
        template="registry/parts/row_told.html",
        value=_told,
        export=lambda row: " ".join(_told(row)),
    ),
)


def _rows_page(request: StaffRequest, ledger: Ledger, reasons: tuple[str, ...] = ()) -> HttpResponseBase:
    listing = Listing(
        name="ledger-rows",
        title=ledger.file_name,
        rows=queries.ledger_rows(ledger),
        sort="row",
        columns=ROW_COLUMNS,
        filters=[Choice(key="outcome", label="结果", choices=Outcome.choices)],
        search=lambda rows, text: rows.filter(values__name__icontains=text),
        search_hint="按账号名称搜索",
        empty=Empty("没有可看的行", "这份台账已放弃，读到的内容没有保留。", "导入台账", "/desk/accounts/ledgers/new/"),
        keep=("columns",),
        permit=permit_export,
        template="registry/ledger.html",
    )
    is_preview = ledger.state == LedgerState.PREVIEW
    context = {
        "ledger": ledger, "badge": _badge(ledger), "is_preview": is_preview, "refused": reasons,
        "counts": [(one.label, ledger.summary.get(one.value, 0), OUTCOME_TONES[one]) for one in Outcome],
        "faulty": ledger.summary.get("faulty", 0),
        "surplus": ledger.summary.get("surplus", 0),
        "entered": ledger.summary.get("new", 0) if is_preview and _supervises(request, ledger) else 0,
        "confirm_reasons": actions.why_not_confirm(ledger=ledger, skip_faulty=True) if is_preview else [],
        "unknown": actions.unknown_bodies(ledger)[:50] if is_preview and ledger.summary.get("unknown_bodies") else [],
        "body_reasons": why_not(Permission.ORGANISATION_MANAGE, actor=request.user, thing=ledger.organisation),
        **_undoing(request, ledger),
        "breadcrumbs": _breadcrumbs(),
    }  # fmt: skip
    response = listing.respond(request, **context)
    if reasons:
        response.status_code = 409
    return response


def _undoing(request: StaffRequest, ledger: Ledger) -> dict[str, Any]:
    """Return what the button that takes an import back asks, and why it is grey."""
    if ledger.state != LedgerState.IMPORTED:
        return {}
    reasons = actions.why_not_undo(actor=request.user, ledger=ledger)
    return {"undo_title": UNDO_TITLE, "undo_text": _undo_text(ledger), "undo_reasons": reasons}


@require_POST
@login_required
def columns(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Settle the columns and read the file."""
    ledger = queries.find_ledger(actor=request.user, ledger_id=ledger_id)
    form = ColumnsForm(request.POST, ledger=ledger)
    if not form.is_valid():
        return _columns_page(request, ledger, form, ("有一列选了没有的含义。请重新选。",))
    try:
        actions.choose_columns(actor=request.user, ledger_id=ledger.pk, layouts=form.layouts())
    except Refused as refused:
        return _columns_page(request, ledger, form, tuple(refused.reasons))
    return redirect("registry:ledger", ledger_id=ledger.pk)


@require_POST
@login_required
def guess(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Guess the columns of one sheet anew with the header in another row."""
    sheet, row = (request.POST.get(name, "") for name in ("sheet", "row"))
    if not (sheet.isdecimal() and row.isdecimal() and len(sheet) < 4 and len(row) < 4):  # noqa: PLR2004 - near the top
        raise Refused("请填表头所在的行号，例如 3。")
    actions.guess_columns(actor=request.user, ledger_id=ledger_id, sheet=int(sheet), header_row=int(row))
    return redirect(f"/desk/accounts/ledgers/{ledger_id}/?columns=1")


@require_POST
@login_required
def bodies(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Add the bodies the ledger names and the tree does not have."""
    actions.create_missing_bodies(actor=request.user, ledger_id=ledger_id)
    messages.success(request, "单位已建立，台账已重新预览。层级和类别按名称推定，请到“单位与人员”核对。")
    return redirect("registry:ledger", ledger_id=ledger_id)


@require_POST
@login_required
def confirm(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Import what the person has seen."""
    try:
        ledger = actions.confirm_ledger(
            actor=request.user, ledger_id=ledger_id, skip_faulty=request.POST.get("skip_faulty") == "1"
        )
    except Refused as refused:
        ledger = queries.find_ledger(actor=request.user, ledger_id=ledger_id)
        return _rows_page(request, ledger, tuple(refused.reasons))
    if ledger.state == LedgerState.IMPORTED:
        messages.success(request, "已导入。")
    return redirect("registry:ledger", ledger_id=ledger_id)


@require_POST
@login_required
def discard(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Give a ledger up."""
    actions.discard_ledger(actor=request.user, ledger_id=ledger_id)
    messages.success(request, "已放弃，登记册没有改动。")
    return redirect("registry:ledgers")


@require_http_methods(["GET", "POST"])
@login_required
def undo(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Take an import back; GET asks first."""
    ledger = queries.find_ledger(actor=request.user, ledger_id=ledger_id)
    if request.method == "GET":
        return confirmation(
            request, title=UNDO_TITLE, text=_undo_text(ledger), act="撤回", tone="danger",
            back=f"/desk/accounts/ledgers/{ledger.pk}/",
            reasons=actions.why_not_undo(actor=request.user, ledger=ledger),
        )  # fmt: skip
    actions.undo_ledger(actor=request.user, ledger_id=ledger.pk)
    messages.success(request, "已撤回这次导入。")
    return redirect("registry:ledger", ledger_id=ledger.pk)


def _undo_text(ledger: Ledger) -> str:
    """Tell what taking an import back will do, in the numbers of now."""
    if ledger.state != LedgerState.IMPORTED:
        return "只有已导入的台账可以撤回。"
    made, changed = actions.made_accounts(ledger).count(), actions.changed_accounts(ledger).count()
    kept = ledger.summary.get("update", 0) - changed
    parts = [f"新增的 {made:,} 个账号从登记册去掉。"] if made else []
    parts += [f"更新过的 {changed:,} 个账号恢复导入前的内容。"] if changed else []
    parts += [f"另有 {kept:,} 个账号导入后又改过，不动。"] if kept else []
    return "".join([*parts, "随台账新建的单位保留。"])


@require_GET
@login_required
def faulty(request: StaffRequest, ledger_id: int) -> HttpResponseBase:
    """Give the faulty rows back as XLSX."""
    ledger = queries.find_ledger(actor=request.user, ledger_id=ledger_id)
    actions.record_export(
        actor=request.user, what="ledger_faulty", file_format="xlsx", rows=ledger.summary.get("faulty", 0)
    )
    response = HttpResponse(actions.faulty_workbook(ledger), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="ledger-{ledger.pk}-faulty.xlsx"'
    return response

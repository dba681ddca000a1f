from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.drives import actions, queries
from zhijian.drives.enums import DriveState, Standing
from zhijian.drives.forms import DriveForm, ExtendForm
from zhijian.drives.views.parts import HOME, HOME_URL, attempt, drive_badge, form_page, home_tabs, sent
from zhijian.drives.workbook import as_xlsx
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import timeline_of
from zhijian.registry.enums import LIVE_STATES
from zhijian.registry.queries import platform_label, search_accounts, visible_accounts
from zhijian.ui.acting import carry_out
from zhijian.ui.confirm import confirmation
from zhijian.ui.downloads import download
from zhijian.ui.listing import Choices, Column, Empty, Listing
from zhijian.ui.listing.exports import SPREADSHEET

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.drives.models import Drive
    from zhijian.lib.requests import StaffRequest

NEW = f"{HOME_URL}new/"
MOST_FOUND = 20
LONGEST_QUERY = 100
COLUMNS = (
    Column(key="title", label="名称", sort="title", link=lambda row: f"{HOME_URL}{row.pk}/"),
    Column(key="state", label="状态", value=drive_badge, sort="state"),
    Column(key="organisation", label="下发单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="due", label="截止", value="due_on", sort="due_on"),
    Column(key="basis", label="依据文件"),
    Column(key="sent", label="下发", value="sent_at", sort="sent_at"),
    Column(key="created", label="建立", value="created_at", sort="created_at", shown=False),
)


@require_GET
@login_required
def drive_list(request: StaffRequest) -> HttpResponseBase:
    """List the drives a person runs, and those that name accounts of their bodies."""
    listing = Listing(
        name="drives",
        title="清理整合",
        rows=queries.visible_drives(actor=request.user),
        columns=COLUMNS,
        sort="-created",
        filters=[Choices(key="state", label="状态", choices=DriveState.choices)],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按名称搜索",
        actions=[
            {
                "label": "新建行动", "url": NEW, "icon": "plus", "tone": "primary",
                "reasons": why_not(Permission.DRIVE_RUN, actor=request.user),
            }
        ],
        empty=Empty("还没有清理整合行动", "从“建议”里勾选账号列入行动，下发后各单位答复、办备案，进度自动统计。"),
        template="drives/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=home_tabs(request, "drives"))


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin a drive."""
    require(Permission.DRIVE_RUN, actor=request.user)
    form = DriveForm(sent(request), actor=request.user)
    made = attempt(
        form,
        lambda: actions.create_drive(
            actor=request.user, organisation=form.cleaned_data["organisation"], draft=form.draft()
        ),
    )
    if made is not None:
        messages.success(request, "已存为草稿。请列入账号，核对以后再下发。")
        return redirect("drives:drive", made.pk)
    return form_page(request, form, title="新建行动", verb="存为草稿", back=HOME_URL, breadcrumbs=[HOME])


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Change a drive that was not sent yet."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    form = DriveForm(sent(request), actor=request.user, drive=row)
    saved = attempt(form, lambda: actions.change_drive(actor=request.user, drive_id=row.pk, draft=form.draft()))
    if saved is not None:
        messages.success(request, "已保存。")
        return redirect("drives:drive", row.pk)
    return form_page(
        request, form, title=f"修改：{row.title}", verb="保存", back=_url(row),
        breadcrumbs=[HOME, (row.title, _url(row))], reasons=actions.why_not_change(actor=request.user, row=row),
    )  # fmt: skip


def _url(row: Drive) -> str:
    return f"{HOME_URL}{row.pk}/"


@require_GET
@login_required
def drive_page(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Show a drive: a draft with what is in it, or how far every platform and branch is."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    actor = request.user
    runs = not why_not(Permission.DRIVE_RUN, actor=actor, thing=row.organisation)
    context = {
        "title": row.title, "drive": row, "badge": drive_badge(row), "breadcrumbs": [HOME], "runs": runs,
        "left": queries.remaining(row.due_on), "progress": queries.progress_of(drive=row, actor=actor),
        "heads": [str(standing.label) for standing in Standing],
        "change_reasons": actions.why_not_change(actor=actor, row=row),
        "send_reasons": actions.why_not_send(actor=actor, row=row),
        "extend_reasons": actions.why_not_extend(actor=actor, row=row),
        "timeline": timeline_of(thing_kind=queries.THING_KIND, thing_id=row.pk) if runs else [],
        "send_text": SEND_TEXT, "close_text": _close_text(row) if row.state == DriveState.SENT else "",
    }  # fmt: skip
    return render(request, "drives/drive.html", context)


SEND_TEXT = "各单位的主办人员会收到通知。下发以后账号只能增加，期限只能延长，行动不能删除。"


def _close_text(row: Drive) -> str:
    left = queries.unfinished_targets(row)
    told = f"还有 {left:,} 个账号没有办结，报表会写明。" if left else "账号都已办结或保留。"
    return f"{told}结束后各单位不能再答复，报表不再变；在办的备案照常办。"


@require_http_methods(["GET", "POST"])
@login_required
def send(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Ask the bodies; GET asks first."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    if request.method == "GET":
        return confirmation(
            request, title="下发这个行动？", text=SEND_TEXT, act="下发", back=_url(row),
            reasons=actions.why_not_send(actor=request.user, row=row),
        )  # fmt: skip
    silent = actions.send_drive(actor=request.user, drive_id=row.pk)
    messages.success(request, "已下发，各单位已收到通知。")
    if silent:
        messages.warning(request, f"{silent:,} 个单位没有主办人员，没有人收到通知。请先在“单位与人员”里落实。")
    return redirect("drives:drive", row.pk)


@require_http_methods(["GET", "POST"])
@login_required
def extend(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Move the deadline to a later day."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    form = ExtendForm(sent(request))
    done = attempt(
        form, lambda: actions.extend_drive(actor=request.user, drive_id=row.pk, due_on=form.cleaned_data["due_on"])
    )
    if done is not None:
        messages.success(request, f"期限已延长到 {done.due_on.isoformat()}。")
        return redirect("drives:drive", row.pk)
    return form_page(
        request, form, title="延长期限", verb="延长", back=_url(row), breadcrumbs=[HOME, (row.title, _url(row))],
        lead=f"现在的截止日期是 {row.due_on.isoformat()}。",
        reasons=actions.why_not_extend(actor=request.user, row=row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def close(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """End a drive and freeze its report; GET asks first."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    reasons = actions.why_not_close(actor=request.user, row=row)
    if request.method == "GET":
        text = "" if reasons else _close_text(row)
        return confirmation(
            request, title="结束这个行动？", text=text, act="结束", back=_url(row), tone="danger", reasons=reasons
        )
    carry_out(
        request, lambda: actions.close_drive(actor=request.user, drive_id=row.pk), done="已结束，报表已经定下来。"
    )
    return redirect("drives:drive", row.pk)


@require_http_methods(["GET", "POST"])
@login_required
def delete(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Delete a draft; GET asks first."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    if request.method == "GET":
        return confirmation(
            request, title="删除这个草稿？", act="删除", back=_url(row), tone="danger",
            text="还没有下发，删除后各单位不受影响，列入的账号也一并去掉。",
            reasons=actions.why_not_change(actor=request.user, row=row),
        )  # fmt: skip
    actions.delete_drive(actor=request.user, drive_id=row.pk)
    messages.success(request, "草稿已删除。")
    return redirect("drives:list")


@require_GET
@login_required
def report(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Hand the report out: as it was at the end, or as it is now."""
    row, data = actions.take_report(actor=request.user, drive_id=drive_id)
    return download(as_xlsx(row.title, data), name=f"{row.title}.xlsx", kind=SPREADSHEET)


@require_GET
@login_required
def add(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Look accounts up and put them in by hand."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    require(Permission.DRIVE_RUN, actor=request.user, thing=row.organisation)
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    context: dict[str, Any] = {
        "title": "查找账号列入", "drive": row, "q": text, "breadcrumbs": [HOME, (row.title, _url(row))],
        "found": _found(request, row, text) if text else [], "most": MOST_FOUND,
    }  # fmt: skip
    return render(request, "drives/add.html", context)


def _found(request: StaffRequest, row: Drive, text: str) -> list[tuple[Any, str, bool]]:
    rows = visible_accounts(actor=request.user, roles=[Role.SUPERVISING_OFFICER]).filter(
        state__in=LIVE_STATES, organisation__path__startswith=row.organisation.path
    )
    accounts = list(search_accounts(rows, text).order_by("sort_key", "pk")[:MOST_FOUND])
    inside = set(row.targets.filter(account__in=accounts).values_list("account_id", flat=True))
    return [(one, platform_label(one.platform, one.kind), one.pk in inside) for one in accounts]

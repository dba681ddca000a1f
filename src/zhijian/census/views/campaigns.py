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
from zhijian.census import actions, queries
from zhijian.census.enums import CampaignState, SheetState
from zhijian.census.forms import CampaignForm, ExtendForm
from zhijian.census.views.parts import (
    HOME,
    attempt,
    campaign_badge,
    campaign_tabs,
    form_page,
    home_tabs,
    number_in,
    permit_export,
    sheet_badge,
)
from zhijian.organisations.enums import BodyKind, Level
from zhijian.organisations.queries import timeline_of
from zhijian.ui.acting import carry_out
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing
from zhijian.ui.parts import Job

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.census.models import Campaign
    from zhijian.lib.requests import StaffRequest

CAMPAIGN_COLUMNS = (
    Column(key="title", label="名称", sort="title", link=lambda row: f"/desk/census/{row.pk}/"),
    Column(key="state", label="状态", value=campaign_badge, sort="state"),
    Column(key="asker", label="下发单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="scope", label="范围", value="scope.short_name", shown=False),
    Column(key="bodies", label="单位数", numeric=True, sort="bodies"),
    Column(key="due", label="截止", value="due_on", sort="due_on"),
    Column(key="opened", label="下发", value="opened_at", sort="opened_at", shown=False),
    Column(key="created", label="建立", value="created_at", sort="created_at", shown=False),
)
BODY_COLUMNS = (
    Column(key="name", label="单位", sort="path"),
    Column(key="level", label="层级", value=lambda row: Level(row.level).label, sort="level"),
    Column(key="kind", label="类别", value=lambda row: BodyKind(row.kind).label, sort="kind"),
)
SHEET_COLUMNS = (
    Column(
        key="body", label="单位", value="organisation.name", sort="organisation__path",
        link=lambda row: f"/desk/census/sheets/{row.pk}/",
    ),
    Column(key="state", label="状态", value=sheet_badge, sort="state"),
    Column(key="accounts", label="账号", numeric=True, sort="accounts"),
    Column(key="troubled", label="有问题", numeric=True, sort="troubled"),
    Column(key="signed", label="签字", value="signed_at", sort="signed_at"),
    Column(key="by", label="签字人", value="signed_by.display_name", shown=False),
    Column(key="changed", label="最近变动", value="changed_at", sort="changed_at", shown=False),
)  # fmt: skip


@require_GET
@login_required
def campaign_list(request: StaffRequest) -> HttpResponseBase:
    """List the censuses a person asks or is asked by."""
    listing = Listing(
        name="censuses",
        title="排查",
        rows=queries.visible_campaigns(actor=request.user),
        columns=CAMPAIGN_COLUMNS,
        sort="-created",
        filters=[Choices(key="state", label="状态", choices=CampaignState.choices)],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按名称搜索",
        actions=[
            {
                "label": "发起排查", "url": "/desk/census/new/", "icon": "plus", "tone": "primary",
                "reasons": why_not(Permission.CENSUS_ASK, actor=request.user),
            }
        ],
        empty=Empty("还没有排查", "主管单位问一次，各单位核对预先填好的表，签字后自动汇总。"),
        template="census/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=home_tabs(request, "campaigns"))


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin a census."""
    require(Permission.CENSUS_ASK, actor=request.user)
    form = CampaignForm(request.POST or None, actor=request.user)
    made = attempt(
        form,
        lambda: actions.draft_campaign(
            actor=request.user, organisation=form.cleaned_data["organisation"], draft=form.draft()
        ),
    )
    if made is not None:
        messages.success(request, "已存为草稿。看过要填的单位，再下发。")
        return redirect("census:campaign", made.pk)
    return form_page(request, form, title="发起排查", verb="存为草稿", back=HOME[1], breadcrumbs=[HOME])


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Change a census that was not sent out yet."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    form = CampaignForm(request.POST or None, actor=request.user, campaign=row)
    saved = attempt(form, lambda: actions.change_campaign(actor=request.user, campaign_id=row.pk, draft=form.draft()))
    if saved is not None:
        messages.success(request, "已保存。")
        return redirect("census:campaign", row.pk)
    reasons = why_not(Permission.CENSUS_ASK, actor=request.user, thing=row.organisation)
    if row.state != CampaignState.DRAFT:
        reasons.append("已经下发，不能再改。只有期限可以延长。")
    return form_page(
        request, form, title=f"修改：{row.title}", verb="保存", back=f"/desk/census/{row.pk}/", reasons=reasons,
        breadcrumbs=[HOME, (row.title, f"/desk/census/{row.pk}/")],
    )  # fmt: skip


@require_GET
@login_required
def campaign_page(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Show a census: the draft with who will be asked, or how far each branch is."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    context = {
        "title": row.title, "campaign": row, "badge": campaign_badge(row), "breadcrumbs": [HOME],
        "left": queries.remaining(row.due_on), "edit_reasons": _edit_reasons(request, row),
    }  # fmt: skip
    if row.state == CampaignState.DRAFT:
        return render(request, "census/draft.html", {**context, **_draft_context(request, row)})
    if row.state == CampaignState.OPENING:
        return render(request, "census/opening.html", {**context, "job": _job(row)})
    return render(request, "census/campaign.html", {**context, **_progress_context(request, row)})


def _edit_reasons(request: StaffRequest, row: Campaign) -> list[str]:
    return why_not(Permission.CENSUS_ASK, actor=request.user, thing=row.organisation)


def _draft_context(request: StaffRequest, row: Campaign) -> dict[str, Any]:
    levels = queries.bodies_by_level(row)
    total = sum(number for *_, number in levels)
    return {
        "levels": levels, "total": total, "open_reasons": actions.why_not_open(actor=request.user, row=row),
        "townships": sum(number for level, _, number in levels if level == Level.TOWNSHIP),
        "columns": row.layout["columns"], "open_text": _open_text(row, total),
    }  # fmt: skip


def _open_text(row: Campaign, total: int) -> str:
    return f"{total:,} 个单位会收到通知，请在 {row.due_on.isoformat()} 前核对签字。下发以后只有期限可以延长。"


def _progress_context(request: StaffRequest, row: Campaign) -> dict[str, Any]:
    branch = queries.find_branch(actor=request.user, campaign=row, organisation_id=number_in(request, "branch"))
    found = queries.branch_progress(actor=request.user, campaign=row, branch=branch)
    return {
        "tabs": campaign_tabs(request, row, "progress"), "branch": branch, "progress": found,
        "above": branch.parent_id if branch.pk != row.scope_id else None,
        "chase_reasons": actions.why_not_chase(actor=request.user, row=row),
        "extend_reasons": actions.why_not_extend(actor=request.user, row=row),
        "close_text": f"还有 {found.whole.unsigned:,} 个单位没有签字，结束后不能再填。",
        "timeline": timeline_of(thing_kind="census.campaign", thing_id=row.pk),
    }  # fmt: skip


def _job(row: Campaign) -> Job:
    return Job(
        title="正在给各单位预填统计表", state="running", message=f"共 {row.bodies:,} 个单位，按登记册现在的内容填。",
        refresh_url=f"/desk/census/{row.pk}/opening/",
    )  # fmt: skip


@require_GET
@login_required
def opening(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Answer the progress card; when the tables are made, the whole page is loaded anew."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    if row.state != CampaignState.OPENING:
        response = HttpResponse()
        response["HX-Redirect"] = f"/desk/census/{row.pk}/"
        return response
    return HttpResponse(render_to_string("census/job.html", {"job": _job(row)}, request))


@require_GET
@login_required
def bodies(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """List the bodies a draft will ask, before it is sent out."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    require(Permission.CENSUS_ASK, actor=request.user, thing=row.organisation)
    listing = Listing(
        name="census-bodies",
        title="要填的单位",
        rows=queries.asked_bodies(row),
        columns=BODY_COLUMNS,
        sort="name",
        filters=[
            Choices(key="level", label="层级", choices=Level.choices),
            Choices(key="kind", label="类别", choices=BodyKind.choices),
        ],
        search=lambda rows, text: rows.filter(name__icontains=text),
        search_hint="按单位名称搜索",
        empty=Empty("没有单位要填", "按现在的层级和类别没有单位。请放宽条件。"),
        permit=permit_export,
    )
    return listing.respond(request, breadcrumbs=[HOME, (row.title, f"/desk/census/{row.pk}/")])


@require_GET
@login_required
def sheets(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """List the tables of a census, one for each body."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    branch = queries.find_branch(actor=request.user, campaign=row, organisation_id=number_in(request, "branch"))
    rows = queries.visible_sheets(actor=request.user).filter(campaign=row, organisation__path__startswith=branch.path)
    listing = Listing(
        name="census-sheets",
        title=row.title,
        rows=queries.with_counts(rows),
        columns=SHEET_COLUMNS,
        sort="body",
        filters=[
            Choices(key="state", label="状态", choices=SheetState.choices),
            Choice(key="level", label="层级", lookup="organisation__level", choices=Level.choices),
        ],
        search=lambda found, text: found.filter(organisation__name__icontains=text),
        search_hint="按单位名称搜索",
        empty=Empty("没有统计表", "这个范围里没有要填的单位。"),
        keep=("branch",),
        permit=permit_export,
        template="census/list.html",
    )
    return listing.respond(request, tabs=campaign_tabs(request, row, "sheets"), branch=branch, breadcrumbs=[HOME])


@require_http_methods(["GET", "POST"])
@login_required
def open_(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Send a census out; GET asks first."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    if request.method == "GET":
        return confirmation(
            request, title="下发排查？", text=_open_text(row, queries.asked_bodies(row).count()), act="下发",
            back=f"/desk/census/{row.pk}/", reasons=actions.why_not_open(actor=request.user, row=row),
        )  # fmt: skip
    carry_out(
        request,
        lambda: actions.open_campaign(actor=request.user, campaign_id=row.pk),
        done="已下发，各单位收到了通知。",
    )
    return redirect("census:campaign", row.pk)


@require_http_methods(["GET", "POST"])
@login_required
def extend(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Move the deadline to a later day."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    form = ExtendForm(request.POST or None, initial={"due_on": row.due_on})
    moved = attempt(
        form,
        lambda: actions.extend_campaign(actor=request.user, campaign_id=row.pk, due_on=form.cleaned_data["due_on"]),
    )
    if moved is not None:
        messages.success(request, f"期限已延长到 {moved.due_on.isoformat()}。")
        return redirect("census:campaign", row.pk)
    return form_page(
        request, form, title="延长期限", verb="延长", back=f"/desk/census/{row.pk}/",
        reasons=actions.why_not_extend(actor=request.user, row=row),
        breadcrumbs=[HOME, (row.title, f"/desk/census/{row.pk}/")],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def close(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """End a census; GET asks first."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    if request.method == "GET":
        return confirmation(
            request, title="结束排查？", text="没有签字的单位不能再填。", act="结束", tone="danger",
            back=f"/desk/census/{row.pk}/", reasons=actions.why_not_extend(actor=request.user, row=row),
        )  # fmt: skip
    carry_out(request, lambda: actions.close_campaign(actor=request.user, campaign_id=row.pk), done="排查已结束。")
    return redirect("census:campaign", row.pk)


@require_POST
@login_required
def chase(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Urge every body that has not signed."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    told = actions.chase(actor=request.user, campaign_id=row.pk)
    word = f"已提醒 {told.told:,} 个单位。"
    if told.silent:
        word += f"另有 {told.silent:,} 个单位没有主办人员和负责人，收不到提醒，请先设好人员。"
    messages.success(request, word)
    return redirect("census:campaign", row.pk)

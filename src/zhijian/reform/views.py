from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.reform import actions, queries
from zhijian.reform.enums import PartKind, PlanAct, ReformState
from zhijian.reform.forms import PartForm, ReformForm
from zhijian.reform.suggesting import acts_for
from zhijian.registry.queries import platform_label
from zhijian.ui.acting import put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Column, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.reform.models import Plan, Reform
    from zhijian.reform.queries import Left

NEW = "/desk/reforms/new/"
BREADCRUMBS = [("机构改革", "/desk/reforms/")]
STATE_TONES = {
    ReformState.DRAFT: "quiet", ReformState.RUNNING: "busy", ReformState.DONE: "ok", ReformState.DISCARDED: "quiet",
}  # fmt: skip


def _badge(reform: Reform) -> Badge:
    return Badge(reform.get_state_display(), STATE_TONES[ReformState(reform.state)])


COLUMNS = (
    Column(key="title", label="名称", link=lambda row: f"/desk/reforms/{row.pk}/"),
    Column(key="organisation", label="组织单位", value="organisation.short_name"),
    Column(key="basis", label="依据文件"),
    Column(key="effective", label="施行日期", value="effective_on", sort="effective_on"),
    Column(key="state", label="状态", value=_badge, sort="state"),
    Column(key="created", label="建立", value="created_at", sort="created_at"),
)


@require_GET
@login_required
def reform_list(request: StaffRequest) -> HttpResponseBase:
    """List the reforms where this person supervises."""
    new_one = {
        "label": "新建机构改革", "url": NEW, "tone": "primary", "icon": "plus",
        "reasons": why_not(Permission.REFORM_RUN, actor=request.user),
    }  # fmt: skip
    listing = Listing(
        name="reforms",
        title="机构改革",
        rows=queries.visible_reforms(actor=request.user),
        sort="-created",
        columns=COLUMNS,
        filters=[Choice(key="state", label="状态", choices=ReformState.choices)],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按名称搜索",
        actions=[new_one],
        empty=Empty("还没有机构改革", "单位改名、合并、拆分、撤销时，从这里一次办齐备案、公告和移交。", "新建", NEW),
    )
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin to plan a reform."""
    require(Permission.REFORM_RUN, actor=request.user)
    form = ReformForm(request.POST or None, bodies=queries.bodies_to_reform(actor=request.user))
    if request.method == "POST" and form.is_valid():
        try:
            reform = actions.create_reform(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return redirect("reform:reform", reform_id=reform.pk)
    context = {"title": "新建机构改革", "form": form, "breadcrumbs": BREADCRUMBS}
    return render(request, "reform/form.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def reform_page(request: StaffRequest, reform_id: int) -> HttpResponseBase:
    """Show a reform: while it is planned its bodies and accounts, from the start on what is left; POST adds a body."""
    reform = queries.find_reform(actor=request.user, reform_id=reform_id)
    form = PartForm(request.POST or None, bodies=queries.bodies_to_reform(actor=request.user))
    if request.method == "POST" and form.is_valid():
        try:
            part = actions.add_part(actor=request.user, reform_id=reform.pk, **form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, f"已列入{part.organisation.name}。请核对它的账号怎样处理。")
            return redirect("reform:reform", reform_id=reform.pk)
    template = "reform/planning.html" if reform.state == ReformState.DRAFT else "reform/running.html"
    return render(request, template, _context(request, reform, form), status=409 if form.errors else 200)


def _context(request: StaffRequest, reform: Reform, form: PartForm) -> dict[str, Any]:
    parts = queries.parts_of(reform)
    plans = queries.plans_of(reform)
    planned = reform.state == ReformState.DRAFT
    left = {} if planned else queries.left_of_parts(parts)
    rows = [
        {"part": part, "plans": [_shown(plan) for plan in plans if plan.part_id == part.pk], "left": left.get(part.pk)}
        for part in parts
    ]
    things = [thing for of_part in left.values() for thing in of_part]
    return {
        "title": reform.title, "reform": reform, "badge": _badge(reform), "rows": rows, "form": form,
        "start_text": _start_text(reform),
        "done": sum(thing.is_done for thing in things), "all": len(things),
        "run_reasons": why_not(Permission.REFORM_RUN, actor=request.user, thing=reform.organisation),
        "finish_reasons": _unfinished(things),
        "timeline": timeline_of(thing_kind=queries.THING_KIND, thing_id=reform.pk), "breadcrumbs": BREADCRUMBS,
        "abolish": PartKind.ABOLISH,
    }  # fmt: skip


def _unfinished(things: Sequence[Left]) -> list[str]:
    """Say in one line that something is left: the page lists each thing below."""
    left = sum(not thing.is_done for thing in things)
    return [f"还有 {left} 件事没有办完，下面标着“还要办”。"] if left else []


def _shown(plan: Plan) -> tuple[Plan, str, list[tuple[str, str]]]:
    """Return an account with its platform and what may become of it; what was decided stays among the choices."""
    acts = acts_for(plan.part, plan.account)
    choices = [(str(act), str(act.label)) for act in PlanAct if act in acts or act == plan.act]
    return plan, platform_label(plan.account.platform, plan.account.kind), choices


@require_POST
@login_required
def remove_part(request: StaffRequest, reform_id: int, part_id: int) -> HttpResponseBase:
    """Take a body out again."""
    actions.remove_part(actor=request.user, reform_id=reform_id, part_id=part_id)
    messages.success(request, "已去掉。")
    return redirect("reform:reform", reform_id=reform_id)


@require_POST
@login_required
def change_plan(request: StaffRequest, reform_id: int, plan_id: int) -> HttpResponseBase:
    """Decide otherwise about one account; once the reform is under way that opens its filing anew."""
    reform = queries.find_reform(actor=request.user, reform_id=reform_id)
    act = request.POST.get("act", "")
    if act not in PlanAct.values:
        raise Refused("请选择这个账号怎样处理。")
    if reform.state == ReformState.DRAFT:
        actions.change_plan(actor=request.user, reform_id=reform_id, plan_id=plan_id, act=act)
        messages.success(request, "已改。")
    else:
        _tell(request, "已改。", actions.redo_plan(actor=request.user, reform_id=reform_id, plan_id=plan_id, act=act))
    return redirect("reform:reform", reform_id=reform_id)


def _tell(request: StaffRequest, lead: str, begun: actions.Begun) -> None:
    """Say what was done, in numbers, and what was not."""
    done = [
        f"{begun.renamed} 个单位已改名" if begun.renamed else "",
        f"{begun.sent} 份备案已送审" if begun.sent else "",
        f"{len(begun.told)} 份备案没有送审" if begun.told else "",
    ]
    told = "，".join(filter(None, done))
    messages.success(request, f"{lead}{told}{'。' if told else ''}")
    for sentence in begun.told:
        messages.warning(request, sentence)


def _start_text(reform: Reform) -> str:
    """Say what starting does, and that the day of the reform has not come where it has not."""
    text = "改名的单位立即改名，每个账号的备案立即送审。"
    if reform.effective_on > clock.today():
        return f"施行日期是 {reform.effective_on.isoformat()}，还没有到。{text}要到那天再改，请到时再开始。"
    return text


@require_http_methods(["GET", "POST"])
@login_required
def start(request: StaffRequest, reform_id: int) -> HttpResponseBase:
    """Rename bodies and open every filing; GET asks first."""
    reform = queries.find_reform(actor=request.user, reform_id=reform_id)
    if request.method == "GET":
        return confirmation(
            request, title="开始这次改革？", text=_start_text(reform), act="开始",
            back=f"/desk/reforms/{reform.pk}/",
        )  # fmt: skip
    _tell(request, "已开始。", actions.start_reform(actor=request.user, reform_id=reform_id))
    return redirect("reform:reform", reform_id=reform_id)


@require_http_methods(["GET", "POST"])
@login_required
def hand_over(request: StaffRequest, reform_id: int, part_id: int) -> HttpResponseBase:
    """Give pieces and cases of an ending body to its successor; GET asks first."""
    reform = queries.find_reform(actor=request.user, reform_id=reform_id)
    if request.method == "GET":
        return confirmation(
            request, title="移交稿件和留言？", text="没有写完的稿件和没有办完的留言，全部转给接收单位。", act="移交",
            back=f"/desk/reforms/{reform.pk}/",
        )  # fmt: skip
    pieces, cases, told = actions.hand_over(actor=request.user, reform_id=reform_id, part_id=part_id)
    messages.success(request, f"已移交稿件 {pieces} 篇、留言 {cases} 件。")
    for sentence in told:
        messages.warning(request, f"没有移交：{sentence}")
    return redirect("reform:reform", reform_id=reform_id)


@require_http_methods(["GET", "POST"])
@login_required
def discard(request: StaffRequest, reform_id: int) -> HttpResponseBase:
    """Give a plan up; GET asks first."""
    reform = queries.find_reform(actor=request.user, reform_id=reform_id)
    if request.method == "GET":
        return confirmation(
            request, title="放弃这次改革？", text="还没有开始，放弃后单位和账号都不变。", act="放弃", tone="danger",
            back=f"/desk/reforms/{reform.pk}/",
        )  # fmt: skip
    actions.discard_reform(actor=request.user, reform_id=reform.pk)
    messages.success(request, "已放弃。")
    return redirect("reform:list")


@require_POST
@login_required
def finish(request: StaffRequest, reform_id: int) -> HttpResponseBase:
    """Close a reform of which nothing is left."""
    actions.finish_reform(actor=request.user, reform_id=reform_id)
    messages.success(request, "已办结。")
    return redirect("reform:reform", reform_id=reform_id)

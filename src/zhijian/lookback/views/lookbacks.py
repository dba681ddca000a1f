from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.knowledge.queries import visible_terms
from zhijian.lib.errors import Refused
from zhijian.lookback import actions, queries
from zhijian.lookback.enums import Cause, LookBackState
from zhijian.lookback.forms import LookBackForm
from zhijian.lookback.views.parts import HOME, HOME_URL, home_tabs, job_of, state_badge
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import timeline_of
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.lookback.models import LookBack

NEW_URL: Final = f"{HOME_URL}new/"
LONGEST_ID: Final = 12
COLUMNS = (
    Column(key="title", label="回查内容", sort="title", link=lambda row: f"{HOME_URL}{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="done", label="已查", value="done", numeric=True),
    Column(key="found", label="发现", value="found", numeric=True, sort="found"),
    Column(key="cause", label="起因", value="get_cause_display", sort="cause"),
    Column(key="created", label="提出", value="created_at", sort="created_at"),
    Column(key="finished", label="结束", value="finished_at", sort="finished_at", shown=False),
)


@require_GET
@login_required
def look_back_list(request: StaffRequest) -> HttpResponseBase:
    """List the look-backs of the person's bodies."""
    listing = Listing(
        name="lookbacks",
        title="存量回查",
        rows=queries.visible_look_backs(actor=request.user),
        columns=COLUMNS,
        sort="-created",
        filters=[
            Choices(key="state", label="状态", choices=LookBackState.choices),
            Choice(key="cause", label="起因", choices=Cause.choices),
        ],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按回查内容搜索",
        actions=[
            {
                "label": "发起回查", "url": NEW_URL, "icon": "search", "tone": "primary",
                "reasons": why_not(Permission.LOOKBACK_RUN, actor=request.user),
            }
        ],
        empty=Empty(
            "还没有回查过", "用语启用或内置规则更新以后，系统会建议回查已发的内容；也可以自己发起。",
            "发起回查", NEW_URL,
        ),
        template="lookback/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=home_tabs("list", supervises=request.user.holds(Role.SUPERVISING_OFFICER)))


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin a look-back; `?term=` fills in a term of the tables."""
    data = request.POST if request.method == "POST" else None
    initial = {"organisation": request.user.organisation_id, **_chosen_term(request)}
    form = LookBackForm(data, actor=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.start_look_back(
                actor=request.user, organisation=given["organisation"], words=given["words"],
                categories=given["categories"],
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已开始回查，可以离开这一页，完成后会通知您。")
            return redirect("lookback:look_back", row.pk)
    context = {
        "title": "发起回查", "form": form, "breadcrumbs": [HOME], "back": HOME_URL,
        "reasons": why_not(Permission.LOOKBACK_RUN, actor=request.user),
    }  # fmt: skip
    return render(request, "lookback/new.html", context, status=409 if form.is_bound else 200)


def _chosen_term(request: StaffRequest) -> dict[str, Any]:
    text = request.GET.get("term", "")
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        return {}
    term = visible_terms(actor=request.user).filter(pk=int(text)).first()
    return {"by": "terms", "words": term.wrong, "organisation": term.organisation_id} if term else {}


@require_GET
@login_required
def look_back_page(request: StaffRequest, look_back_id: int) -> HttpResponseBase:
    """Show a look-back: what would be found, how far it is, or what was found account by account."""
    row = queries.find_look_back(actor=request.user, look_back_id=look_back_id)
    return render(request, "lookback/look_back.html", _page(request, row))


def _page(request: StaffRequest, row: LookBack) -> dict[str, Any]:
    return {
        "title": row.title, "row": row, "badge": state_badge(row), "breadcrumbs": [HOME],
        "told": queries.told(row.estimate), "lines": queries.by_account(row) if row.started_at else [],
        "job": job_of(row) if row.started_at else None,
        "run_reasons": why_not(Permission.LOOKBACK_RUN, actor=request.user, thing=row.organisation),
        "start_reasons": actions.why_not_start(actor=request.user, organisation=row.organisation),
        "timeline": timeline_of(thing_kind="lookback.lookback", thing_id=row.pk),
    }  # fmt: skip


@require_GET
@login_required
def progress(request: StaffRequest, look_back_id: int) -> HttpResponseBase:
    """Answer with the part that shows how far it is."""
    row = queries.find_look_back(actor=request.user, look_back_id=look_back_id)
    if row.started_at is None:
        raise Http404
    return HttpResponse(render_to_string("lookback/parts/job.html", {"job": job_of(row)}, request))


ACTS: Final[dict[str, tuple[Callable[..., LookBack], str]]] = {
    "start": (actions.start_proposed, "已开始回查，可以离开这一页，完成后会通知您。"),
    "again": (actions.start_again, "已重新开始回查。"),
    "dismiss": (actions.dismiss, "已记为不回查。需要时可以自己发起。"),
    "cancel": (actions.cancel, "已取消，已经查出的问题仍然保留。"),
}


@require_POST
@login_required
def act(request: StaffRequest, look_back_id: int, act: str) -> HttpResponseBase:
    """Start, repeat, decline or cancel a look-back."""
    queries.find_look_back(actor=request.user, look_back_id=look_back_id)
    if act not in ACTS:
        raise Http404
    what, done = ACTS[act]
    made: list[int] = []
    carry_out(request, lambda: made.append(what(actor=request.user, look_back_id=look_back_id).pk), done=done)
    return redirect("lookback:look_back", made[0] if made else look_back_id)

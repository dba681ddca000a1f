from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.events import EventName
from zhijian.audit.labels import label_of
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import bodies_in_scope, timeline_of
from zhijian.registry import actions, queries
from zhijian.registry.enums import FilingState
from zhijian.registry.forms import OpeningForm
from zhijian.registry.queries.filings import OFFICERS, THING_KIND
from zhijian.registry.views.tabs import permit_export, tabs
from zhijian.review.queries import current_review, steps_of
from zhijian.ui.acting import put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choices, Column, Empty, Listing
from zhijian.ui.parts import Badge, Stage

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Filing
    from zhijian.ui.parts import Happening

LONGEST_ID = 15
_TOLD_BY_THE_FILING = {
    label_of(event)
    for event in (
        EventName.REVIEW_SUBMITTED, EventName.REVIEW_RETURNED, EventName.REVIEW_APPROVED, EventName.REVIEW_WITHDRAWN,
    )
}  # fmt: skip
STATE_TONES = {
    FilingState.DRAFT: "quiet",
    FilingState.IN_REVIEW: "busy",
    FilingState.RETURNED: "warn",
    FilingState.APPROVED: "ok",
    FilingState.WITHDRAWN: "quiet",
}


def _badge(filing: Filing) -> Badge:
    return Badge(filing.get_state_display(), STATE_TONES[FilingState(filing.state)])


FILING_COLUMNS = (
    Column(key="name", label="账号名称", sort="name", link=lambda row: f"/desk/accounts/filings/{row.pk}/"),
    Column(key="kind", label="事项", value="get_kind_display"),
    Column(key="platform", label="平台", value=lambda row: queries.platform_label(row.platform, row.form["kind"])),
    Column(key="organisation", label="主办单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="state", label="状态", value=_badge, sort="state"),
    Column(key="by", label="经办人", value="created_by.display_name"),
    Column(key="created", label="建立", value="created_at", sort="created_at"),
    Column(key="submitted", label="提交", value="submitted_at", sort="submitted_at", shown=False),
)


@require_GET
@login_required
def filing_list(request: StaffRequest) -> HttpResponseBase:
    """List the filings of the person's scope."""
    reasons = why_not(Permission.FILING_CREATE, actor=request.user)
    new = {
        "label": "开设账号",
        "url": "/desk/accounts/filings/new/",
        "tone": "primary",
        "icon": "plus",
        "reasons": reasons,
    }
    listing = Listing(
        name="filings",
        title="备案",
        rows=queries.visible_filings(actor=request.user),
        sort="-created",
        columns=FILING_COLUMNS,
        filters=[
            Choices(key="state", label="状态", choices=FilingState.choices),
            Choices(key="platform", label="平台", choices=queries.platform_choices),
        ],
        search=lambda rows, text: rows.filter(name__icontains=text),
        search_hint="按账号名称搜索",
        actions=[new],
        empty=Empty(
            "还没有备案", "开设账号要先备案，逐级批准后再到平台注册。", "开设账号", "/desk/accounts/filings/new/"
        ),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("filings"))


def _own_bodies(actor: User) -> QuerySet[Organisation]:
    return bodies_in_scope(actor=actor, roles=OFFICERS)


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin an opening; saved as a draft, or sent to review at once."""
    require(Permission.FILING_CREATE, actor=request.user)
    bodies = _own_bodies(request.user)
    form = OpeningForm(request.POST or None, bodies=bodies, initial=_prefilled(request, bodies))
    if request.method == "POST" and form.is_valid():
        try:
            filing = actions.create_opening(
                actor=request.user, organisation_id=form.cleaned_data["organisation"].pk, form=form.filing_form()
            )
            return _maybe_submit(request, filing)
        except Refused as refused:
            put_reasons(form, refused)
    return _form_page(request, form, "开设账号")


def _prefilled(request: StaffRequest, bodies: QuerySet[Organisation]) -> dict[str, Any]:
    """Fill in what is known already: the body asked for, its people and the name it bears elsewhere."""
    asked = request.GET.get("body", "")
    body = bodies.filter(pk=int(asked)).first() if _is_id(asked) else bodies.first()
    if body is None:
        return {}
    known = queries.live_accounts_of(body).order_by("-is_main", "-changed_at").first()
    if known is None:
        return {"organisation": body.pk}
    return {
        "organisation": body.pk, "name": known.name, "leader": known.leader, "contact": known.contact,
        "phone": known.phone,
    }  # fmt: skip


def _maybe_submit(request: StaffRequest, filing: Filing) -> HttpResponseBase:
    """Send the filing on when that button was pressed; what stands in the way is shown on its page."""
    if "submit" in request.POST:
        try:
            actions.submit_filing(actor=request.user, filing_id=filing.pk)
            messages.success(request, "已提交，正在逐级审核。")
        except Refused as refused:
            messages.warning(request, f"已存为草稿，还不能提交：{' '.join(refused.reasons)}")
    else:
        messages.success(request, "已存为草稿。")
    return redirect("registry:filing", filing_id=filing.pk)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, filing_id: int) -> HttpResponseBase:
    """Write a draft or returned opening anew."""
    filing = queries.find_filing(actor=request.user, filing_id=filing_id)
    require(Permission.FILING_SUBMIT, actor=request.user, thing=filing)
    form = OpeningForm(request.POST or None, bodies=_own_bodies(request.user), filing=filing)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_opening(actor=request.user, filing_id=filing.pk, form=form.filing_form())
            return _maybe_submit(request, filing)
        except Refused as refused:
            put_reasons(form, refused)
    return _form_page(request, form, "修改开设备案", filing)


def _form_page(request: StaffRequest, form: OpeningForm, title: str, filing: Filing | None = None) -> HttpResponseBase:
    names = actions.other_names(filing.organisation) if filing else []
    context = {
        "title": title, "form": form, "filing": filing, "other_names": names,
        "breadcrumbs": [("账号", "/desk/accounts/"), ("备案", "/desk/accounts/filings/")],
    }  # fmt: skip
    return render(request, "registry/filing_form.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def filing_page(request: StaffRequest, filing_id: int) -> HttpResponseBase:
    """Show a filing: its fields, how far it is, what can be done."""
    filing = queries.find_filing(actor=request.user, filing_id=filing_id)
    is_open = filing.state in {FilingState.DRAFT, FilingState.RETURNED}
    context = {
        "title": str(filing),
        "filing": filing,
        "badge": _badge(filing),
        "facts": queries.form_facts(filing),
        "steps": _steps(filing),
        "is_open": is_open,
        "submit_reasons": actions.why_not_submit(actor=request.user, filing=filing) if is_open else [],
        "edit_reasons": why_not(Permission.FILING_SUBMIT, actor=request.user, thing=filing),
        "withdraw_reasons": actions.why_not_withdraw(actor=request.user, filing=filing),
        "marked": queries.OPENING_FIELDS.get(filing.return_field, ""),
        "names": [name for name in actions.other_names(filing.organisation) if name != filing.name],
        "timeline": _happened(filing),
        "breadcrumbs": [("账号", "/desk/accounts/"), ("备案", "/desk/accounts/filings/")],
    }
    return render(request, "registry/filing.html", context)


def _happened(filing: Filing) -> list[Happening]:
    """Return the time line with each step once: the review engine tells of its own what the filing tells as well."""
    rows = timeline_of(thing_kind=THING_KIND, thing_id=filing.pk)
    return [row for row in rows if row.what not in _TOLD_BY_THE_FILING]


def _steps(filing: Filing) -> list[Stage]:
    """Return the stages as signed so far; before the first submission those the rules will ask for."""
    review = current_review(thing_kind=THING_KIND, thing_id=filing.pk)
    if review is None:
        return [Stage(label=stage.name) for stage in actions.opening_route(filing.organisation).stages]
    return steps_of(review)


@require_POST
@login_required
def submit(request: StaffRequest, filing_id: int) -> HttpResponseBase:
    """Send a filing through the levels."""
    actions.submit_filing(actor=request.user, filing_id=filing_id)
    messages.success(request, "已提交，正在逐级审核。")
    return redirect("registry:filing", filing_id=filing_id)


@require_http_methods(["GET", "POST"])
@login_required
def withdraw(request: StaffRequest, filing_id: int) -> HttpResponseBase:
    """Take a filing back; GET asks first."""
    filing = queries.find_filing(actor=request.user, filing_id=filing_id)
    if request.method == "GET":
        return confirmation(
            request, title="撤回这份备案？", text="撤回后这份备案结束。以后要开设，请重新填写。", act="撤回",
            tone="danger", back=f"/desk/accounts/filings/{filing.pk}/",
            reasons=actions.why_not_withdraw(actor=request.user, filing=filing),
        )  # fmt: skip
    actions.withdraw_filing(actor=request.user, filing_id=filing.pk)
    messages.success(request, "已撤回。")
    return redirect("registry:filing", filing_id=filing.pk)

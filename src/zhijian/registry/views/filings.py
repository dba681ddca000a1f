from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.events import EventName
from zhijian.audit.labels import label_of
from zhijian.files.queries import file_facts
from zhijian.files.views import serve
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import timeline_of
from zhijian.registry import actions, queries
from zhijian.registry.enums import FilingKind, FilingState
from zhijian.registry.queries.filings import THING_KIND
from zhijian.registry.views.tabs import permit_export, tabs
from zhijian.review.queries import current_review, steps_of
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choices, Column, Empty, Flag, Listing
from zhijian.ui.parts import Badge, Stage

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import User
    from zhijian.registry.models import Filing
    from zhijian.ui.parts import Happening

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
    Column(key="platform", label="平台", value=queries.platform_of),
    Column(key="organisation", label="主办单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="state", label="状态", value=_badge, sort="state"),
    Column(key="due", label="办理期限", value="due_at", sort="due_at"),
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
        "label": "办理备案",
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
            Choices(key="kind", label="事项", choices=FilingKind.choices),
            Choices(key="state", label="状态", choices=FilingState.choices),
            Choices(key="platform", label="平台", choices=queries.platform_choices),
            Flag(key="late", label="报送", lookup=queries.late_filings, choices=((True, "超期"), (False, "没有超期"))),
        ],
        search=lambda rows, text: rows.filter(name__icontains=text),
        search_hint="按账号名称搜索",
        actions=[new],
        empty=Empty(
            "还没有备案", "开设、变更、停更、关停、注销都在这里逐级备案。", "办理备案", "/desk/accounts/filings/new/"
        ),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("filings"))


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
        "is_late": queries.is_late(filing),
        "sign_url": _sign_url(request.user, filing),
        "facts": queries.form_facts(filing),
        "papers": queries.attachments_of(filing),
        "reports": actions.reports_to_make(filing) if filing.state == FilingState.APPROVED else [],
        "notice": getattr(filing, "published_notice", None),
        "steps": _steps(filing),
        "is_open": is_open,
        "submit_reasons": actions.why_not_submit(actor=request.user, filing=filing) if is_open else [],
        "edit_reasons": why_not(Permission.FILING_SUBMIT, actor=request.user, thing=filing),
        "withdraw_reasons": actions.why_not_withdraw(actor=request.user, filing=filing),
        "marked": queries.field_labels(filing.kind).get(filing.return_field, ""),
        "names": _other_names(filing),
        "timeline": _happened(filing),
        "breadcrumbs": [("账号", "/desk/accounts/"), ("备案", "/desk/accounts/filings/")],
    }
    return render(request, "registry/filing.html", context)


def _sign_url(actor: User, filing: Filing) -> str:
    """Return where this person signs the step the filing is at, empty when it is not theirs."""
    review = current_review(thing_kind=THING_KIND, thing_id=filing.pk)
    if review is None or why_not(Permission.REVIEW_SIGN, actor=actor, thing=review):
        return ""
    return f"/desk/review/{review.pk}/"


def _other_names(filing: Filing) -> list[str]:
    """Return the names of the body's other accounts where an opening bears another one."""
    if filing.kind != FilingKind.OPENING:
        return []
    return [name for name in actions.other_names(filing.organisation) if name != filing.name]


def _happened(filing: Filing) -> list[Happening]:
    """Return the time line with each step once: the review engine tells of its own what the filing tells as well."""
    rows = timeline_of(thing_kind=THING_KIND, thing_id=filing.pk)
    return [row for row in rows if row.what not in _TOLD_BY_THE_FILING]


def _steps(filing: Filing) -> list[Stage]:
    """Return the stages as signed so far; before the first submission those the rules will ask for."""
    review = current_review(thing_kind=THING_KIND, thing_id=filing.pk)
    if review is None:
        return [Stage(label=stage.name) for stage in actions.filing_route(filing).stages]
    return steps_of(review)


@require_POST
@login_required
def submit(request: StaffRequest, filing_id: int) -> HttpResponseBase:
    """Send a filing through the levels."""
    actions.submit_filing(actor=request.user, filing_id=filing_id, seen=request.POST.get("version_hash", "")[:64])
    messages.success(request, "已提交，正在逐级审核。")
    return redirect("registry:filing", filing_id=filing_id)


@require_http_methods(["GET", "POST"])
@login_required
def withdraw(request: StaffRequest, filing_id: int) -> HttpResponseBase:
    """Take a filing back; GET asks first."""
    filing = queries.find_filing(actor=request.user, filing_id=filing_id)
    if request.method == "GET":
        return confirmation(
            request, title="撤回这份备案？", text="撤回后这份备案结束。以后要办，请重新填写。", act="撤回",
            tone="danger", back=f"/desk/accounts/filings/{filing.pk}/",
            reasons=actions.why_not_withdraw(actor=request.user, filing=filing),
        )  # fmt: skip
    actions.withdraw_filing(actor=request.user, filing_id=filing.pk)
    messages.success(request, "已撤回。")
    return redirect("registry:filing", filing_id=filing.pk)


@require_GET
@login_required
def paper(request: StaffRequest, filing_id: int, sha256: str) -> HttpResponseBase:
    """Give one paper of a filing to whoever may see the filing."""
    filing = queries.find_filing(actor=request.user, filing_id=filing_id)
    named = [one for one in queries.attachments_of(filing) if one["sha256"] == sha256]
    known = file_facts([sha256]).get(sha256) if named else None
    if known is None:
        raise Missing
    return serve(sha256, known.media_type, cache="private, max-age=3600", name=named[0]["name"])

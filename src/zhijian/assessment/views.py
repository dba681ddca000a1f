from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.assessment import actions, queries
from zhijian.assessment.enums import BulletinState
from zhijian.assessment.forms import BulletinForm, DraftForm
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import timeline_of
from zhijian.review.queries import under_review
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.downloads import PDF, WORD, download
from zhijian.ui.listing import Choices, Column, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http.response import HttpResponseBase

    from zhijian.assessment.models import Bulletin, BulletinVersion
    from zhijian.lib.requests import StaffRequest

Made = TypeVar("Made")
HOME = [("通报", "/desk/bulletins/")]
TONES = {
    BulletinState.DRAFT: "info", BulletinState.IN_REVIEW: "busy", BulletinState.RETURNED: "warn",
    BulletinState.PUBLISHED: "ok", BulletinState.WITHDRAWN: "quiet",
}  # fmt: skip


def state_badge(row: Bulletin) -> Badge:
    """Show where a bulletin stands."""
    return Badge(row.get_state_display(), TONES[BulletinState(row.state)])


COLUMNS = (
    Column(key="title", label="标题", sort="title", link=lambda row: f"/desk/bulletins/{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="body", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="quarter", label="季度", value=lambda row: f"{row.year}年{row.quarter}季度", sort=("year", "quarter")),
    Column(key="published", label="发布", value="published_at", sort="published_at"),
)


@require_GET
@login_required
def bulletin_list(request: StaffRequest) -> HttpResponseBase:
    """List the bulletins of the person's bodies."""
    listing = Listing(
        name="bulletins",
        title="通报",
        rows=queries.visible_bulletins(actor=request.user),
        columns=COLUMNS,
        sort="-quarter",
        filters=[Choices(key="state", label="状态", choices=BulletinState.choices)],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按标题搜索",
        actions=[
            {
                "label": "起草通报", "url": "/desk/bulletins/new/", "icon": "plus", "tone": "primary",
                "reasons": why_not(Permission.BULLETIN_WRITE, actor=request.user),
            }
        ],
        empty=Empty("还没有通报", "选一个季度，系统按巡检结果起草，改好后送审。"),
    )  # fmt: skip
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new_bulletin(request: StaffRequest) -> HttpResponseBase:
    """Begin a bulletin from the data of a quarter."""
    form = DraftForm(request.POST or None, actor=request.user)
    made = _do(form, lambda: actions.draft_bulletin(actor=request.user, **form.cleaned_data))
    if made is not None:
        messages.success(request, "已按数据起草。请核对数字，补上“好的做法”和“下一步要求”。")
        return redirect("assessment:bulletin", made.pk)
    context = {
        "title": "起草通报", "form": form, "verb": "起草", "back": "/desk/bulletins/", "breadcrumbs": HOME,
        "reasons": why_not(Permission.BULLETIN_WRITE, actor=request.user),
    }  # fmt: skip
    return render(request, "assessment/form.html", context, status=409 if form.errors else 200)


def _do(form: Form, what: Callable[[], Made]) -> Made | None:
    """Do something with a valid form; the reasons of a refusal are shown on it."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return what()
    except Refused as refused:
        put_reasons(form, refused)
    return None


@require_GET
@login_required
def bulletin_page(request: StaffRequest, bulletin_id: int) -> HttpResponseBase:
    """Show a bulletin as it reads now, and what can be done."""
    row = queries.find_bulletin(actor=request.user, bulletin_id=bulletin_id)
    version = _newest(row)
    context = {
        "title": row.title, "bulletin": row, "version": version, "badge": state_badge(row),
        "heads": [label for _, label in queries.COLUMNS], "rows": queries.lines_of(version.figures),
        "edit_reasons": actions.why_not_edit(actor=request.user, row=row), "breadcrumbs": HOME,
        "write_reasons": why_not(Permission.BULLETIN_WRITE, actor=request.user, thing=row.organisation),
        "timeline": timeline_of(thing_kind=queries.BULLETIN_KIND, thing_id=row.pk),
        "under_review": under_review(actor=request.user, thing_kind=queries.BULLETIN_KIND, thing_id=row.pk),
    }  # fmt: skip
    return render(request, "assessment/bulletin.html", context)


def _newest(row: Bulletin) -> BulletinVersion:
    if row.newest is None:
        raise Missing
    return row.newest


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, bulletin_id: int) -> HttpResponseBase:
    """Edit title and sections; figures are counted, never typed."""
    row = queries.find_bulletin(actor=request.user, bulletin_id=bulletin_id)
    form = BulletinForm(request.POST or None, version=_newest(row))
    saved = _do(form, lambda: actions.save_bulletin(actor=request.user, bulletin_id=row.pk, **form.values()))
    if saved is not None:
        messages.success(request, "已保存。")
        return redirect("assessment:bulletin", row.pk)
    context = {
        "title": f"修改：{row.title}", "form": form, "verb": "保存", "back": f"/desk/bulletins/{row.pk}/",
        "reasons": actions.why_not_edit(actor=request.user, row=row),
        "breadcrumbs": [*HOME, (row.title, f"/desk/bulletins/{row.pk}/")],
    }  # fmt: skip
    return render(request, "assessment/form.html", context, status=409 if form.errors else 200)


def _act(request: StaffRequest, bulletin_id: int, done: str, what: Callable[[], object]) -> HttpResponseBase:
    queries.find_bulletin(actor=request.user, bulletin_id=bulletin_id)
    carry_out(request, what, done=done)
    return redirect("assessment:bulletin", bulletin_id)


@require_POST
@login_required
def submit(request: StaffRequest, bulletin_id: int) -> HttpResponseBase:
    """Send the newest version to review."""
    return _act(
        request, bulletin_id, "已送审，签完就发布。",
        lambda: actions.submit_bulletin(actor=request.user, bulletin_id=bulletin_id),
    )  # fmt: skip


@require_POST
@login_required
def withdraw(request: StaffRequest, bulletin_id: int) -> HttpResponseBase:
    """Take a bulletin back."""
    return _act(
        request, bulletin_id, "已撤回，公众不再看到。",
        lambda: actions.withdraw_bulletin(actor=request.user, bulletin_id=bulletin_id),
    )  # fmt: skip


@require_GET
@login_required
def word(request: StaffRequest, bulletin_id: int) -> HttpResponseBase:
    """Give the newest version as a Word document."""
    row = queries.find_bulletin(actor=request.user, bulletin_id=bulletin_id)
    return download(queries.word_document(_newest(row)), name=f"{row.title}.docx", kind=WORD)


@require_GET
@login_required
def pdf(request: StaffRequest, bulletin_id: int) -> HttpResponseBase:
    """Give the newest version as PDF; it says on every page when it is a draft."""
    row = queries.find_bulletin(actor=request.user, bulletin_id=bulletin_id)
    return download(queries.pdf_document(_newest(row)), name=f"{row.title}.pdf", kind=PDF)

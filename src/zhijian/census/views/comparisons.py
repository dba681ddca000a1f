from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.census import actions, queries
from zhijian.census.enums import Against, DifferenceKind, JobState, Measure
from zhijian.census.forms import CompareForm, SettleForm
from zhijian.census.layouts import catalogue, shown
from zhijian.census.views.parts import (
    HOME,
    attempt,
    campaign_badge,
    campaign_tabs,
    form_page,
    number_in,
    permit_export,
)
from zhijian.registry.queries import platform_choices, platform_label
from zhijian.ui.acting import carry_out
from zhijian.ui.listing import Choices, Column, Empty, Flag, Listing
from zhijian.ui.parts import Badge, Job

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.census.models import Comparison, Difference
    from zhijian.lib.requests import StaffRequest

KIND_TONES = {DifferenceKind.ONLY_HERE: "info", DifferenceKind.ONLY_THERE: "warn", DifferenceKind.DIFFERS: "busy"}


@require_http_methods(["GET", "POST"])
@login_required
def comparisons(request: StaffRequest, campaign_id: int) -> HttpResponseBase:
    """Show the comparisons of a census, and make another."""
    row = queries.find_campaign(actor=request.user, campaign_id=campaign_id)
    branch = queries.find_branch(actor=request.user, campaign=row, organisation_id=number_in(request, "branch"))
    form = CompareForm(request.POST or None, actor=request.user)
    made = attempt(form, lambda: actions.compare(actor=request.user, campaign=row, branch=branch, **form.cleaned_data))
    if made is not None:
        return redirect("census:comparison", made.pk)
    found = queries.visible_comparisons(actor=request.user).filter(campaign=row).order_by("-made_at")
    context = {
        "title": row.title, "campaign": row, "badge": campaign_badge(row), "branch": branch, "form": form,
        "tabs": campaign_tabs(request, row, "comparisons"), "comparisons": found[:50], "breadcrumbs": [HOME],
        "reasons": why_not(Permission.CENSUS_COMPARE, actor=request.user, thing=branch),
    }  # fmt: skip
    return render(request, "census/comparisons.html", context, status=409 if form.is_bound else 200)


def told_fields(row: Difference) -> list[tuple[str, object, object]]:
    """Return (label, what the census says, what the other side says) of a difference."""
    return [(catalogue()[key].label, _word(key, pair[0]), _word(key, pair[1])) for key, pair in row.fields.items()]


def _word(key: str, value: Any) -> object:
    if key == "measure":
        return Measure(value).label if value in Measure.values else shown("state", value)
    return shown(key, value) or "空"


def _badge(row: Difference) -> Badge:
    if row.not_ours:
        return Badge("单位说不是它的", "danger")
    return Badge(row.get_kind_display(), KIND_TONES[DifferenceKind(row.kind)])


COLUMNS = (
    Column(key="name", label="账号名称", sort="name"),
    Column(
        key="platform", label="平台", value=lambda row: platform_label(row.platform, row.platform_kind), sort="platform"
    ),
    Column(key="body", label="主办单位", value="body_name", sort="body_name"),
    Column(key="kind", label="差异", value=_badge, sort="kind"),
    Column(
        key="told", label="不同的内容", value=told_fields, template="census/parts/fields.html",
        export=lambda row: "；".join(f"{label}：{here}（对照：{there}）" for label, here, there in told_fields(row)),
    ),
    Column(
        key="act", label="办理", template="census/parts/remedies.html", value=queries.remedies,
        export=lambda row: row.settled_reason,
    ),
)  # fmt: skip


@require_GET
@login_required
def comparison_page(request: StaffRequest, comparison_id: int) -> HttpResponseBase:
    """List the differences of a comparison, each with what puts it right."""
    row = queries.find_comparison(actor=request.user, comparison_id=comparison_id)
    if row.state != JobState.DONE:
        context = {"title": str(row), "job": _job(row), "breadcrumbs": _breadcrumbs(row)}
        return render(request, "census/opening.html", context)
    differences = queries.visible_differences(actor=request.user).filter(comparison=row)
    listing = Listing(
        name="census-differences",
        title=str(row),
        rows=differences,
        columns=COLUMNS,
        sort="body",
        filters=[
            Choices(key="kind", label="差异", choices=DifferenceKind.choices),
            Choices(key="platform", label="平台", choices=platform_choices),
            Flag(
                key="open", label="销号", lookup="settled_at__isnull", choices=((True, "没有销号"), (False, "已销号"))
            ),
        ],
        search=lambda rows, text: rows.filter(name__icontains=text) | rows.filter(body_name__icontains=text),
        search_hint="按账号或单位名称搜索",
        empty=Empty("没有差异", "两边的账号和内容都一致。"),
        permit=permit_export,
        template="census/comparison.html",
    )
    counts = [(kind.label, differences.filter(kind=kind, settled_at=None).count()) for kind in DifferenceKind]
    return listing.respond(
        request, comparison=row, counts=counts, settled=differences.exclude(settled_at=None).count(),
        breadcrumbs=_breadcrumbs(row), is_national=row.against == Against.NATIONAL,
        again_reasons=why_not(Permission.CENSUS_COMPARE, actor=request.user, thing=row.organisation),
    )  # fmt: skip


def _breadcrumbs(row: Comparison) -> list[tuple[str, str]]:
    return [HOME, (row.campaign.title, f"/desk/census/{row.campaign_id}/comparisons/")]


def _job(row: Comparison) -> Job:
    return Job(title=str(row), state="running", message="正在逐个账号比对，做完以后刷新这一页就能看到。")


@require_POST
@login_required
def again(request: StaffRequest, comparison_id: int) -> HttpResponseBase:
    """Compare the same two sides anew."""
    row = queries.find_comparison(actor=request.user, comparison_id=comparison_id)
    carry_out(
        request, lambda: actions.compare_again(actor=request.user, comparison_id=row.pk),
        done="已重新比对，销过号的还在。",
    )  # fmt: skip
    return redirect("census:comparison", row.pk)


@require_http_methods(["GET", "POST"])
@login_required
def settle(request: StaffRequest, difference_id: int) -> HttpResponseBase:
    """Mark a difference as settled, with the reason."""
    row = queries.find_difference(actor=request.user, difference_id=difference_id)
    form = SettleForm(request.POST or None)
    back = f"/desk/census/comparisons/{row.comparison_id}/"
    done = attempt(
        form,
        lambda: actions.settle_difference(actor=request.user, difference_id=row.pk, reason=form.cleaned_data["reason"]),
    )
    if done is not None:
        messages.success(request, f"“{row.name}”已销号。")
        return redirect("census:comparison", row.comparison_id)
    reasons = ["这条差异已经销号。"] if row.settled_at else []
    return form_page(
        request, form, title=f"销号：{row.name}", verb="销号", back=back, reasons=reasons,
        breadcrumbs=[*_breadcrumbs(row.comparison), ("差异", back)],
    )  # fmt: skip


@require_POST
@login_required
def reopen(request: StaffRequest, difference_id: int) -> HttpResponseBase:
    """Take the settling of a difference back."""
    row = queries.find_difference(actor=request.user, difference_id=difference_id)
    carry_out(
        request, lambda: actions.reopen_difference(actor=request.user, difference_id=row.pk), done="已恢复为没有销号。"
    )
    return redirect("census:comparison", row.comparison_id)


@require_POST
@login_required
def apply(request: StaffRequest, difference_id: int) -> HttpResponseBase:
    """Write what a body told and signed into the register."""
    row = queries.find_difference(actor=request.user, difference_id=difference_id)
    carry_out(
        request, lambda: actions.apply_difference(actor=request.user, difference_id=row.pk),
        done=f"“{row.name}”已按填报写入登记册。",
    )  # fmt: skip
    return redirect("census:comparison", row.comparison_id)

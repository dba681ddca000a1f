from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.review import actions, queries
from zhijian.review.enums import Decision, ReviewState
from zhijian.review.forms import DelegationForm, SignatureForm
from zhijian.review.subjects import kinds, provider_of, signed_together
from zhijian.ui.acting import put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Column, Empty, Listing
from zhijian.ui.parts import Badge, Tab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.review.models import Review, Stage

MOST_TOGETHER = 30
MOST_SHOWN = 100
STATE_TONES = {
    ReviewState.OPEN: "busy",
    ReviewState.APPROVED: "ok",
    ReviewState.RETURNED: "warn",
    ReviewState.WITHDRAWN: "quiet",
    ReviewState.VOIDED: "quiet",
}
REVIEW_COLUMNS = (
    Column(key="title", label="标题", sort="title", link=lambda row: f"/desk/review/{row.pk}/"),
    Column(key="kind", label="事项", value=lambda row: dict(kinds()).get(row.thing_kind, row.thing_kind)),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(
        key="state",
        label="状态",
        value=lambda row: Badge(row.get_state_display(), STATE_TONES[ReviewState(row.state)]),
        sort="state",
    ),
    Column(key="due", label="期限", value="due_at", sort="due_at"),
    Column(key="by", label="送审人", value="submitted_by.display_name"),
    Column(key="submitted", label="送审时间", value="submitted_at", sort="submitted_at"),
    Column(key="closed", label="结束时间", value="closed_at", sort="closed_at", shown=False),
)


@require_GET
@login_required
def waiting(request: StaffRequest) -> HttpResponseBase:
    """Show what waits for this person's signature, the nearest deadline first."""
    stages = list(queries.waiting_stages(actor=request.user)[:200])
    short = [stage for stage in stages if stage.review.thing_kind in signed_together()]
    context = {
        "title": "审核", "tabs": _tabs("waiting", len(stages)), "stages": stages,
        "together": len(short) if len(short) > 1 else 0,
    }  # fmt: skip
    return render(request, "review/waiting.html", context)


@require_GET
@login_required
def all_reviews(request: StaffRequest) -> HttpResponseBase:
    """List every review of the person's scope."""
    listing = Listing(
        name="reviews",
        title="审核",
        rows=queries.visible_reviews(actor=request.user),
        sort="-submitted",
        columns=REVIEW_COLUMNS,
        filters=[
            Choice(key="state", label="状态", choices=ReviewState.choices),
            Choice(key="kind", label="事项", lookup="thing_kind", choices=kinds()),
        ],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按标题搜索",
        empty=Empty("还没有送审的内容", "稿件、备案、答复、答问和通报送审后会列在这里。"),
        template="review/all.html",
    )
    return listing.respond(request, tabs=_tabs("all", None))


def _tabs(active: str, count: int | None) -> list[Tab]:
    return [
        Tab("待我签", "/desk/review/", active == "waiting", count),
        Tab("全部", "/desk/review/all/", active == "all"),
        Tab("委托签审", "/desk/review/delegations/", active == "delegations"),
    ]


@require_http_methods(["GET", "POST"])
@login_required
def delegations(request: StaffRequest) -> HttpResponseBase:
    """Show who signs in whose place; who signs reviews lets somebody of their body do it for some days."""
    actor = request.user
    people = queries.colleagues_of(actor)
    form = DelegationForm(request.POST or None, people=people, initial={"first_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.delegate_signing(actor=actor, **form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已委托。委托期间签的，会写明受谁委托。")
            return redirect("review:delegations")
    context = {
        "title": "委托签审", "tabs": _tabs("delegations", None), "form": form, "today": clock.today(),
        "rows": list(queries.visible_delegations(actor=actor)[:MOST_SHOWN]),
        "delegate_reasons": why_not(Permission.REVIEW_DELEGATE, actor=actor),
    }  # fmt: skip
    return render(request, "review/delegations.html", context, status=409 if form.errors else 200)


@require_POST
@login_required
def end_delegation(request: StaffRequest, delegation_id: int) -> HttpResponseBase:
    """End a delegation before its last day."""
    actions.end_delegation(actor=request.user, delegation_id=delegation_id)
    messages.success(request, "委托已结束。")
    return redirect("review:delegations")


@require_http_methods(["GET", "POST"])
@login_required
def together(request: StaffRequest) -> HttpResponseBase:
    """Show several short things on one page, each whole, and sign those that are ticked; the others stay."""
    rows = queries.waiting_stages(actor=request.user).filter(review__thing_kind__in=signed_together())
    stages = list(rows[:MOST_TOGETHER])
    if request.method == "POST":
        _sign_ticked(request, stages)
        return redirect("review:together")
    context = {
        "title": "一起签",
        "entries": [_entry(request, stage) for stage in stages],
        "more": rows.count() - len(stages),
        "breadcrumbs": [("审核", "/desk/review/")],
    }
    return render(request, "review/together.html", context)


def _entry(request: StaffRequest, stage: Stage) -> dict[str, Any]:
    provider = provider_of(stage.review.thing_kind)
    return {
        "stage": stage,
        "template": provider.template if provider else "",
        "subject": provider.context(review=stage.review, actor=request.user) if provider else {},
        "reasons": actions.why_not_approve(review=stage.review, actor=request.user),
    }


def _sign_ticked(request: StaffRequest, stages: Sequence[Stage]) -> None:
    """Sign what is ticked, each by itself and in the version shown; tell what could not be signed and why."""
    ticked = [
        stage for stage in stages if request.POST.get(f"version-{stage.review_id}") and _is_ticked(request, stage)
    ]
    signed = 0
    for stage in ticked:
        try:
            actions.sign(
                review_id=stage.review_id, decision=Decision.APPROVE, actor=request.user, comment="",
                version_hash=request.POST[f"version-{stage.review_id}"],
                gates={gate["code"]: True for gate in stage.gates},
            )  # fmt: skip
            signed += 1
        except Refused as refused:
            messages.warning(request, f"“{stage.review.title}”没有签：{' '.join(refused.reasons)}")
    overtaken = _overtaken(request, {stage.review_id for stage in stages})
    for words in overtaken:
        messages.warning(request, words)
    if signed:
        messages.success(request, f"已签 {signed} 份。")
    elif not ticked and not overtaken:
        messages.warning(request, "没有勾选。看过一份，勾选一份，再签。")


def _overtaken(request: StaffRequest, waiting: set[int]) -> list[str]:
    """Tell of what was ticked and does not wait for this person any more: somebody else was quicker."""
    ticked = [int(name[5:]) for name in request.POST if re.fullmatch(r"sign-\d{1,18}", name)]
    gone = queries.visible_reviews(actor=request.user).filter(pk__in=[pk for pk in ticked if pk not in waiting])
    return [
        f"“{review.title}”没有签：{' '.join(why_not(Permission.REVIEW_SIGN, actor=request.user, thing=review))}"
        for review in gone.order_by("pk")[:MOST_TOGETHER]
    ]


def _is_ticked(request: StaffRequest, stage: Stage) -> bool:
    return f"sign-{stage.review_id}" in request.POST


@require_http_methods(["GET", "POST"])
@login_required
def review_page(request: StaffRequest, review_id: int) -> HttpResponseBase:
    """Show the exact version, its findings and differences, the gates, and take the signature."""
    review = queries.find_review(actor=request.user, review_id=review_id)
    form = SignatureForm(request.POST or None, stage=queries.current_stage(review))
    if request.method == "POST" and form.is_valid():
        answer = _sign(request, review, form)
        if answer is not None:
            return answer
    status = 409 if form.is_bound and form.errors else 200
    return render(request, "review/page.html", _page_context(request, review, form), status=status)


def _sign(request: StaffRequest, review: Review, form: SignatureForm) -> HttpResponseBase | None:
    data = form.cleaned_data
    try:
        signed = actions.sign(
            review_id=review.pk, decision=data["decision"], version_hash=data["version_hash"], gates=form.gates(),
            comment=data["comment"], marked_field=data["marked_field"], actor=request.user,
        )  # fmt: skip
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return None
    word = "已退回，作者会看到您的意见。" if data["decision"] == Decision.RETURN else "已签。"
    if signed.state == ReviewState.APPROVED:
        word = "已签，这一版审核通过。"
    messages.success(request, word)
    return redirect("review:list")


def _page_context(request: StaffRequest, review: Review, form: SignatureForm) -> dict[str, Any]:
    provider = provider_of(review.thing_kind)
    stage = queries.current_stage(review)
    subject = provider.context(review=review, actor=request.user) if provider else {}
    return {
        "title": review.title,
        "review": review,
        "stage": stage,
        "due_steps": stage.due_text.splitlines() if stage else [],
        "form": form,
        "steps": queries.steps_of(review),
        "signatures": queries.signatures_of(review),
        "sign_reasons": why_not(Permission.REVIEW_SIGN, actor=request.user, thing=review),
        "approve_reasons": actions.why_not_approve(review=review, actor=request.user),
        "withdraw_reasons": why_not(Permission.REVIEW_WITHDRAW, actor=request.user, thing=review),
        "subject_template": provider.template if provider else "",
        "subject": subject,
        "timeline": subject.get("timeline") or timeline_of(thing_kind=review.thing_kind, thing_id=review.thing_id),
        "breadcrumbs": [("审核", "/desk/review/")],
    }


@require_http_methods(["GET", "POST"])
@login_required
def withdraw(request: StaffRequest, review_id: int) -> HttpResponseBase:
    """Take a review back; GET asks first."""
    review = queries.find_review(actor=request.user, review_id=review_id)
    if request.method == "GET":
        return confirmation(
            request,
            title="撤回送审？",
            text="撤回后可以继续修改，改好再重新送审。",
            act="撤回",
            back=f"/desk/review/{review.pk}/",
        )
    actions.withdraw(review_id=review.pk, actor=request.user)
    messages.success(request, "已撤回，可以继续修改。")
    return redirect(review.url)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.drives import actions, queries
from zhijian.drives.enums import LATE_STANDINGS, Act, AnswerKind, DriveState, Standing, TargetState
from zhijian.drives.forms import ActForm, AskForm, DecideForm
from zhijian.drives.views.parts import (
    HOME,
    HOME_URL,
    attempt,
    chosen_ids,
    form_page,
    home_tabs,
    number_in,
    reason_label,
    sent,
    standing_badge,
)
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope
from zhijian.registry.enums import LIVE_STATES, AccountState
from zhijian.registry.queries import platform_choices, platform_label, visible_accounts
from zhijian.ui.acting import tell_reasons
from zhijian.ui.listing import BulkAct, Choice, Choices, Column, Empty, Flag, Listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.drives.models import Drive, Target
    from zhijian.lib.requests import StaffRequest
    from zhijian.registry.models import Account

MOST_TOLD = 5
MOST_OTHERS = 60
AGREE = BulkAct(label="同意办理", url=f"{HOME_URL}agree/", tone="primary", icon="check")


def _target_url(row: Target) -> str:
    return f"{HOME_URL}targets/{row.pk}/"


def act_of(row: Target) -> str:
    """Say what is asked of an account, with where it goes."""
    if row.act != Act.KEEP and row.account.state == AccountState.CLOSING:
        return "凭平台证明办注销"
    return f"并入“{row.into.name}”" if row.into else str(row.get_act_display())


def _columns(*, with_drive: bool) -> Sequence[Column]:
    return (
        Column(key="account", label="账号", value="account.name", sort="account__sort_key", link=_target_url),
        Column(
            key="platform", label="平台", sort="account__platform",
            value=lambda row: platform_label(row.account.platform, row.account.kind),
        ),
        Column(key="body", label="主办单位", value="organisation.short_name", sort="organisation__path"),
        Column(key="act", label="处理", value=act_of, sort="act"),
        Column(key="standing", label="办理情况", value=lambda row: standing_badge(row.standing), sort="standing"),
        Column(
            key="drive", label="行动", value="drive.title", sort="drive__title", shown=with_drive,
            link=lambda row: f"{HOME_URL}{row.drive_id}/",
        ),
        Column(key="due", label="截止", value="drive.due_on", sort="drive__due_on", shown=with_drive),
        Column(key="answered", label="最近答复", value="answered_at", sort="answered_at"),
        Column(
            key="why", label="理由", shown=not with_drive,
            value=lambda row: "、".join(dict.fromkeys(reason_label(fact["reason"]) for fact in row.facts)),
        ),
        Column(key="number", label="登记号", value="account.number", shown=False),
    )  # fmt: skip


def _late(rows: QuerySet[Target], value: bool) -> QuerySet[Target]:  # noqa: FBT001 - the shape of a filter's lookup
    late = Q(drive__due_on__lt=clock.today(), drive__state=DriveState.SENT, standing__in=LATE_STANDINGS)
    return rows.filter(late) if value else rows.exclude(late)


def _search(rows: QuerySet[Target], text: str) -> QuerySet[Target]:
    return rows.filter(
        Q(account__name__icontains=text)
        | Q(account__number__iexact=text)
        | Q(organisation__name__icontains=text)
        | Q(organisation__short_name__icontains=text)
    )


def _filters() -> list[Any]:
    return [
        Choices(key="standing", label="办理情况", choices=Standing.choices),
        Choice(key="act", label="处理", choices=Act.choices),
        Choices(key="platform", label="平台", choices=platform_choices(), lookup="account__platform"),
        Flag(key="late", label="过期没有办结", lookup=_late),
    ]


@require_GET
@login_required
def target_list(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """List the accounts of one drive that a person may see."""
    row = queries.find_drive(actor=request.user, drive_id=drive_id)
    rows = queries.visible_targets(actor=request.user).filter(drive=row)
    runs = not why_not(Permission.DRIVE_RUN, actor=request.user, thing=row.organisation)
    listing = Listing(
        name="drive-targets",
        title=f"账号：{row.title}",
        rows=queries.with_standing(rows),
        columns=_columns(with_drive=False),
        sort="body",
        filters=_filters(),
        search=_search,
        search_hint="账号、登记号或单位",
        bulk=_bulk(request, row, runs=runs),
        actions=[{"label": "查找账号列入", "url": f"{HOME_URL}{row.pk}/add/", "icon": "plus"}]
        if _open(row, runs)
        else [],
        empty=Empty("还没有列入账号", "从“建议”里勾选，或者查找账号列入。", "看建议", f"{HOME_URL}proposals/"),
        context={"breadcrumbs": [HOME, (row.title, f"{HOME_URL}{row.pk}/")]},
        template="drives/list.html",
    )
    return listing.respond(request)


def _open(row: Drive, runs: bool) -> bool:  # noqa: FBT001 - told by the caller, asked once
    return runs and row.state != DriveState.CLOSED


def _bulk(request: StaffRequest, row: Drive, *, runs: bool) -> list[BulkAct]:
    if row.state == DriveState.DRAFT and runs:
        return [BulkAct(label="去掉", url=f"{HOME_URL}{row.pk}/remove/", tone="danger", icon="trash")]
    answers = row.state == DriveState.SENT and request.user.holds(Role.HOST_OFFICER)
    return [AGREE] if answers else []


@require_GET
@login_required
def answer_list(request: StaffRequest) -> HttpResponseBase:
    """List the accounts a host officer answers for, of every drive that runs."""
    own = in_scope(actor=request.user, roles=[Role.HOST_OFFICER])
    rows = queries.visible_targets(actor=request.user).filter(own, drive__state=DriveState.SENT)
    listing = Listing(
        name="drive-answers",
        title="要答复的账号",
        rows=queries.with_standing(rows.exclude(act=Act.KEEP)),
        columns=_columns(with_drive=True),
        sort="due",
        filters=_filters(),
        search=_search,
        search_hint="账号、登记号或单位",
        bulk=[AGREE],
        empty=Empty("没有要答复的账号", "上级下发清理整合行动、列入本单位的账号后，会出现在这里。"),
        template="drives/list.html",
    )
    return listing.respond(request, tabs=home_tabs(request, "answers"))


@require_http_methods(["GET", "POST"])
@login_required
def target_page(request: StaffRequest, target_id: int) -> HttpResponseBase:
    """Show one account of a drive; in a draft POST changes what becomes of it."""
    row = queries.find_target(actor=request.user, target_id=target_id)
    form = ActForm(sent(request), target=row, others=_others(request, row))
    changed = attempt(
        form,
        lambda: actions.change_target(
            actor=request.user, target_id=row.pk, act=form.cleaned_data["act"], into_id=form.cleaned_data["into"]
        ),
    )
    if changed is not None:
        messages.success(request, f"已改为：{act_of(changed)}。")
        return redirect("drives:targets", row.drive_id)
    return render(request, "drives/target.html", _context(request, row, form), status=409 if form.is_bound else 200)


def _others(request: StaffRequest, row: Target) -> QuerySet[Account]:
    """Return where an account might go: the other accounts of its body, and those of the body above."""
    bodies = Q(organisation=row.organisation_id) | Q(organisation=row.organisation.parent_id or 0)
    rows = visible_accounts(actor=request.user, roles=[Role.SUPERVISING_OFFICER]).filter(
        bodies | Q(pk=row.into_id or 0), state__in=LIVE_STATES
    )
    return (
        rows.exclude(pk=row.account_id)
        .exclude(state=AccountState.CLOSING)
        .order_by("organisation", "sort_key")[:MOST_OTHERS]
    )


def _context(request: StaffRequest, row: Target, form: ActForm) -> dict[str, Any]:
    actor, drive = request.user, row.drive
    standing = queries.standing_of(row)
    agree_reasons = actions.why_not_agree(actor=actor, target=row)
    draft = drive.state == DriveState.DRAFT
    return {
        "title": row.account.name, "target": row, "drive": drive, "form": form, "is_draft": draft,
        "badge": standing_badge(standing), "act": act_of(row),
        "platform": platform_label(row.account.platform, row.account.kind),
        "facts": [(reason_label(fact["reason"]), fact) for fact in row.facts],
        "left": queries.remaining(drive.due_on), "is_late": _is_late(row, standing),
        "answers": queries.answers_of(actor=actor, target=row), "filing": row.filing,
        "agree_reasons": agree_reasons, "ask_reasons": actions.why_not_ask(actor=actor, target=row),
        "decide_reasons": why_not(Permission.DRIVE_DECIDE, actor=actor, thing=row),
        "change_reasons": actions.why_not_change_targets(actor=actor, row=drive),
        "filing_word": actions.filing_word(row),
        "answering": not why_not(Permission.DRIVE_ANSWER, actor=actor, thing=row),
        "asked": row.state == TargetState.ASKED, "sent": drive.state == DriveState.SENT,
        "breadcrumbs": [HOME, (drive.title, f"{HOME_URL}{drive.pk}/"), ("账号", f"{HOME_URL}{drive.pk}/targets/")],
    }  # fmt: skip


def _is_late(row: Target, standing: Standing) -> bool:
    return row.drive.state == DriveState.SENT and row.drive.due_on < clock.today() and standing in LATE_STANDINGS


@require_POST
@login_required
def agree(request: StaffRequest, target_id: int) -> HttpResponseBase:
    """Agree with one click: the filing is open and filled in."""
    try:
        row = actions.agree(actor=request.user, target_id=target_id, seen=number_in(request.POST.get("seen", "")))
    except Refused as refused:
        tell_reasons(request, refused)
        return redirect("drives:target", target_id)
    messages.success(request, "已答复同意，备案已经填好。请核对，补上还缺的，再提交审核。")
    return redirect("registry:filing", row.filing_id)


@require_POST
@login_required
def agree_many(request: StaffRequest) -> HttpResponseBase:
    """Agree to several accounts at once."""
    try:
        done, told = actions.agree_many(actor=request.user, target_ids=chosen_ids(request))
    except Refused as refused:
        tell_reasons(request, refused)
        return redirect("drives:answers")
    if done:
        messages.success(request, f"已答复同意 {done:,} 个，备案已经填好。请在“账号—备案”里逐份核对、提交。")
    for sentence in told[:MOST_TOLD]:
        messages.warning(request, sentence)
    return redirect("drives:answers")


@require_http_methods(["GET", "POST"])
@login_required
def ask(request: StaffRequest, target_id: int) -> HttpResponseBase:
    """Ask to keep one account."""
    row = queries.find_target(actor=request.user, target_id=target_id)
    form = AskForm(sent(request), initial={"seen": row.version})
    done = attempt(form, lambda: actions.ask_to_keep(actor=request.user, target_id=row.pk, **form.cleaned_data))
    if done is not None:
        messages.success(request, f"已申请保留，等{row.drive.organisation.short_name}决定。")
        return redirect("drives:target", row.pk)
    return form_page(
        request, form, title=f"申请保留“{row.account.name}”", verb="申请保留", back=_target_url(row),
        breadcrumbs=[HOME, (row.account.name, _target_url(row))],
        reasons=actions.why_not_ask(actor=request.user, target=row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def decide(request: StaffRequest, target_id: int) -> HttpResponseBase:
    """Accept or refuse a request to keep."""
    row = queries.find_target(actor=request.user, target_id=target_id)
    form = DecideForm(sent(request), initial={"seen": row.version, "accepted": "yes"})
    done = attempt(form, lambda: _decide(request, row, form.cleaned_data))
    if done is not None:
        messages.success(request, f"已决定：{done.get_state_display()}。单位已收到通知。")
        return redirect("drives:target", row.pk)
    asked = queries.answers_of(actor=request.user, target=row).filter(kind=AnswerKind.ASKED).last()
    return form_page(
        request, form, title=f"决定：“{row.account.name}”要不要保留", verb="决定", back=_target_url(row),
        breadcrumbs=[HOME, (row.account.name, _target_url(row))],
        lead=f"{row.organisation.short_name}的理由：{asked.text}" if asked else "",
        reasons=why_not(Permission.DRIVE_DECIDE, actor=request.user, thing=row),
    )  # fmt: skip


def _decide(request: StaffRequest, row: Target, data: dict[str, Any]) -> Target:
    return actions.decide(
        actor=request.user, target_id=row.pk, accepted=data["accepted"] == "yes", reason=data["reason"],
        seen=data["seen"],
    )  # fmt: skip


@require_POST
@login_required
def remove(request: StaffRequest, drive_id: int) -> HttpResponseBase:
    """Take accounts out of a draft."""
    queries.find_drive(actor=request.user, drive_id=drive_id)
    number = actions.remove_targets(actor=request.user, drive_id=drive_id, target_ids=chosen_ids(request))
    messages.success(request, f"已去掉 {number:,} 个账号。")
    return redirect("drives:targets", drive_id)

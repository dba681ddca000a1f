from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.drives import actions, queries
from zhijian.drives.enums import COMPUTED, Act
from zhijian.drives.forms import TakeForm
from zhijian.drives.views.parts import HOME, HOME_URL, attempt, chosen_ids, home_tabs, number_in
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import in_scope
from zhijian.registry.queries import platform_choices, platform_label, search_accounts
from zhijian.ui.listing import BulkAct, Choice, Choices, Column, Empty, Listing
from zhijian.ui.listing.component import ListingView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http.response import HttpResponseBase
    from django.utils.safestring import SafeString

    from zhijian.drives.actions import Taken
    from zhijian.drives.queries import Proposal, Proposals
    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import User

LIST_URL = f"{HOME_URL}proposals/"
TAKE_URL = f"{HOME_URL}take/"
MOST_BRANCHES = 200
MOST_TOLD = 5


@require_GET
@login_required
def proposal_list(request: StaffRequest) -> HttpResponseBase:
    """List the accounts that might be merged or closed, each with why; a person decides about every one."""
    require(Permission.DRIVE_RUN, actor=request.user)
    listing = _listing(request)
    return listing.respond(request, tabs=home_tabs(request, "proposals"))


def _listing(request: StaffRequest) -> Listing:
    actor = request.user
    proposals = queries.Proposals(actor=actor)
    query, asked = request.GET.urlencode(), request.GET.get("reason", "")
    only = asked if asked in COMPUTED else ""
    return Listing(
        name="drive-proposals",
        title="清理整合建议",
        rows=proposals.rows(only=only),
        columns=_columns(proposals),
        sort="name",
        filters=[
            Choice(
                key="reason", label="理由", choices=[(str(one), str(one.label)) for one in COMPUTED],
                lookup=lambda rows, _: rows,
            ),
            Choices(key="platform", label="平台", choices=platform_choices()),
            Choice(
                key="branch", label="单位及下级", choices=lambda: _branches(actor),
                lookup=lambda rows, value: rows.filter(organisation__path__startswith=value),
            ),
        ],
        search=search_accounts,
        search_hint="名称、单位、账号、登记号、拼音首字母",
        bulk=[BulkAct(label="列入行动", url=TAKE_URL, tone="primary", icon="plus")],
        actions=[{"label": "符合条件的全部列入", "url": f"{TAKE_URL}?{query}", "icon": "list-check"}],
        empty=Empty("没有建议", "登记册和巡检里没有多开、同名、多次停更、注销超期和关注数很少的账号。"),
        template="drives/proposals.html",
    )  # fmt: skip


def _branches(actor: User) -> list[tuple[str, str]]:
    """Return the bodies right below those the actor supervises, by path."""
    tops = Organisation.objects.filter(in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER], field=""))
    own = [row.organisation_id for row in actor.assignments if row.role == Role.SUPERVISING_OFFICER]
    rows = tops.filter(parent__in=own, is_active=True).order_by("path")
    return list(rows.values_list("path", "name")[:MOST_BRANCHES])


def _columns(proposals: Proposals) -> Sequence[Column]:
    known: dict[int, Proposal] = {}

    def told(row: Any) -> Proposal:
        if row.pk not in known:
            known.clear()
            known[row.pk] = proposals.describe(row)
        return known[row.pk]

    return (
        Column(key="name", label="账号", sort="sort_key", link=lambda row: f"/desk/accounts/{row.pk}/"),
        Column(
            key="platform", label="平台", value=lambda row: platform_label(row.platform, row.kind), sort="platform"
        ),
        Column(key="organisation", label="主办单位", value="organisation.short_name", sort="organisation__path"),
        Column(
            key="reasons", label="理由和情况", value=lambda row: _facts(told(row)),
            export=lambda row: "；".join(f"{fact.reason.label}：{fact.text}" for fact in told(row).facts),
        ),
        Column(
            key="source", label="依据", shown=False,
            value=lambda row: "；".join(dict.fromkeys(fact.source for fact in told(row).facts)),
        ),
        Column(key="act", label="建议", value=lambda row: act_words(told(row))),
        Column(
            key="asked", label="已在行动中", value=lambda row: (row.asked_in or {}).get("title"),
            link=lambda row: f"{HOME_URL}{row.asked_in['id']}/" if row.asked_in else None,
        ),
        Column(key="number", label="登记号", sort="number", shown=False),
    )  # fmt: skip


def _facts(proposal: Proposal) -> SafeString:
    parts = [
        format_html(
            '<p><strong>{}</strong><br>{}{}<br><span class="soft">{}</span></p>', str(fact.reason.label), fact.text,
            format_html_join("", ' <a class="nowrap" href="{}">{}</a>', ((url, label) for label, url in fact.links)),
            fact.source,
        )
        for fact in proposal.facts
    ]  # fmt: skip
    return format_html_join("", "{}", ((part,) for part in parts))


def act_words(proposal: Proposal) -> str:
    """Say what is suggested; for low use alone it is only to look."""
    if proposal.act == Act.KEEP:
        return "由您判断，先按保留"
    return f"并入“{proposal.into[1]}”" if proposal.into else str(proposal.act.label)


@require_http_methods(["GET", "POST"])
@login_required
def take(request: StaffRequest) -> HttpResponseBase:
    """Put chosen accounts into a drive: GET takes all that match the filters, POST those that were ticked."""
    require(Permission.DRIVE_RUN, actor=request.user)
    chosen = chosen_ids(request)
    ids = chosen or (_matching(request) if request.GET.get("all") or request.method == "GET" else [])
    if not ids:
        messages.error(request, "请先勾选要列入的账号。")
        return redirect(LIST_URL)
    straight = number_in(request.POST.get("into_drive", ""))
    if straight:
        return _told(request, straight, actions.add_targets(actor=request.user, drive_id=straight, account_ids=ids))
    form = TakeForm(request.POST if "drive" in request.POST else None, actor=request.user)
    made = attempt(form, lambda: _take(request, form, ids))
    if made is not None:
        return _told(request, *made)
    context = {
        "title": "列入行动", "form": form, "ids": chosen, "number": len(ids), "breadcrumbs": [HOME, ("建议", LIST_URL)],
        "too_many": len(ids) > actions.MOST_AT_ONCE, "most": actions.MOST_AT_ONCE,
        "query": "" if chosen else _with_all(request),
    }  # fmt: skip
    return render(request, "drives/take.html", context, status=409 if form.is_bound else 200)


def _with_all(request: StaffRequest) -> str:
    query = request.GET.copy()
    query["all"] = "1"
    return query.urlencode()


def _matching(request: StaffRequest) -> list[int]:
    rows = ListingView(_listing(request), request).matching
    return list(rows.order_by("pk").values_list("pk", flat=True)[: actions.MOST_AT_ONCE + 1])


def _take(request: StaffRequest, form: TakeForm, ids: list[int]) -> tuple[int, Taken]:
    drive_id = number_in(form.cleaned_data["drive"])
    if form.makes_new:
        return actions.create_with_targets(
            actor=request.user, organisation=form.cleaned_data["organisation"], draft=form.draft(), account_ids=ids
        )
    return drive_id, actions.add_targets(actor=request.user, drive_id=drive_id, account_ids=ids)


def _told(request: StaffRequest, drive_id: int, taken: Taken) -> HttpResponseBase:
    """Say what became of every chosen account: none is lost without a word."""
    if taken.added:
        messages.success(request, f"已列入 {taken.added:,} 个账号。请核对每个账号怎样处理。")
    if taken.already:
        messages.info(request, f"{taken.already:,} 个原来就在里面。")
    for sentence in taken.elsewhere[:MOST_TOLD]:
        messages.warning(request, f"没有列入：{sentence}")
    if len(taken.elsewhere) > MOST_TOLD:
        messages.warning(request, f"没有列入：另有 {len(taken.elsewhere) - MOST_TOLD:,} 个已在进行中的行动里。")
    if taken.outside:
        messages.warning(request, f"没有列入：{taken.outside:,} 个已注销，或者不在下发单位及其下级里。")
    return redirect("drives:drive", drive_id)

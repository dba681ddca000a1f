"""Which accounts lead back to the register, and what a person saw of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.files.views import YEAR, serve
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.proof import actions, queries
from zhijian.proof.actions.linking import THING_KIND
from zhijian.proof.enums import LinkState
from zhijian.proof.forms import SawForm
from zhijian.proof.views.tabs import HOME, link_badge, tabs
from zhijian.registry.queries import platform_choices, platform_label, search_accounts
from zhijian.ui.acting import put_reasons
from zhijian.ui.listing import Choices, Column, Empty, Listing

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.registry.models import Account


def _how(account: Account) -> str:
    known = queries.link_back_of(account)
    if known is None:
        return ""
    return f"{known.checked_by.display_name}查看" if known.checked_by else "程序查看"


COLUMNS = (
    Column(key="name", label="账号", sort="sort_key", link=lambda row: f"/desk/proof/{row.pk}/"),
    Column(key="platform", label="平台", value=lambda row: platform_label(row.platform, row.kind), sort="platform"),
    Column(key="body", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="state", label="互认", value=link_badge, sort="link_back__state"),
    Column(key="seen", label="最近查看", value="link_back.checked_at", sort="link_back__checked_at"),
    Column(key="how", label="怎么看的", value=_how),
    Column(key="why", label="说明", value="link_back.sentence"),
    Column(key="number", label="登记号", sort="number", shown=False),
)


def _permit_export(request: Any) -> None:
    require(Permission.ACCOUNT_EXPORT, actor=request.user)


@require_GET
@login_required
def account_list(request: StaffRequest) -> HttpResponseBase:
    """List the public accounts of the person's scope with whether they lead back."""
    listing = Listing(
        name="link_backs",
        title="官方证明",
        rows=queries.provable_accounts(actor=request.user).defer("grams"),
        columns=COLUMNS,
        sort="name",
        filters=[
            Choices(
                key="state", label="互认", choices=[(queries.NEVER, "还没看"), *LinkState.choices],
                lookup=queries.with_link_state,
            ),
            Choices(key="platform", label="平台", choices=platform_choices),
        ],
        search=search_accounts,
        search_hint="名称、单位、账号、登记号、拼音首字母",
        empty=Empty("没有在用的账号", "账号登记后，在这里看它的简介有没有写明登记号。"),
        permit=_permit_export,
        template="proof/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=tabs("links"))


@require_http_methods(["GET", "POST"])
@login_required
def account_page(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Show how one account proves itself; take what a person saw."""
    account = queries.find_account(actor=request.user, account_id=account_id)
    form = SawForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_link(actor=request.user, account_id=account.pk, saw=form.saw())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已登记。")
            return redirect("proof:account", account.pk)
    known = queries.link_back_of(account)
    context = {
        "title": account.name, "account": account, "form": form, "known": known, "badge": link_badge(account),
        "platform": platform_label(account.platform, account.kind), "words": actions.ready_words(account),
        "address": queries.register_address(account.number), "history": queries.history_of(account.pk),
        "reasons": why_not(Permission.LINK_RECORD, actor=request.user, thing=account), "breadcrumbs": HOME,
        "timeline": timeline_of(thing_kind=THING_KIND, thing_id=account.pk),
    }  # fmt: skip
    return render(request, "proof/account.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def evidence(request: StaffRequest, sha256: str) -> HttpResponseBase:
    """Serve the picture of a look to whoever may see the account."""
    row = queries.find_evidence(actor=request.user, sha256=sha256)
    return serve(row.evidence, row.evidence_type, cache=f"private, max-age={YEAR}, immutable")

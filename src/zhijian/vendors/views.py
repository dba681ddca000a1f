from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.registry.queries import platform_choices, platform_label, search_accounts
from zhijian.ui.acting import put_reasons, tell_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Column, Dates, Empty, Flag, Listing
from zhijian.ui.parts import Badge, Tab
from zhijian.vendors import actions, forms, queries
from zhijian.vendors.enums import SEVERE, ContractState, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django import forms as django_forms
    from django.http import QueryDict
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.vendors.models import Contract, LinkedDomain
    from zhijian.vendors.queries import Standing

HOME_URL = "/desk/vendors/"
NEW = f"{HOME_URL}new/"
HOME = [("代运营", HOME_URL)]
STATE_TONES = {
    ContractState.NOT_BEGUN: "quiet", ContractState.IN_FORCE: "ok", ContractState.ENDS_SOON: "warn",
    ContractState.OVER: "quiet", ContractState.ENDED_EARLY: "quiet",
}  # fmt: skip


def _tabs(active: str) -> list[Tab]:
    entries = ((HOME_URL, "合同"), (f"{HOME_URL}accounts/", "没有在期合同的账号"))
    return [Tab(label, url, url == active) for url, label in entries]


def _badge(state: ContractState) -> Badge:
    return Badge(state.label, STATE_TONES[state])


def fault_badge(fault: Fault) -> Badge:
    """Return what is wrong as a badge, red where citizens may be led astray."""
    return Badge(fault.label, "danger" if fault in SEVERE else "warn")


def _new(request: StaffRequest, query: str = "") -> dict[str, Any]:
    reasons = why_not(Permission.VENDOR_MANAGE, actor=request.user)
    return {"label": "登记合同", "url": f"{NEW}{query}", "tone": "primary", "icon": "plus", "reasons": reasons}


def _sent(request: StaffRequest) -> QueryDict | None:
    """Return what a form sent; a form may be sent with nothing in it."""
    return request.POST if request.method == "POST" else None


@require_GET
@login_required
def contract_list(request: StaffRequest) -> HttpResponseBase:
    """List the contracts of the person's bodies, ended ones among them."""
    actor = request.user
    listing = Listing(
        name="vendors",
        title="代运营",
        rows=queries.visible_contracts(actor=actor),
        columns=_columns(queries.Standing()),
        sort="-ends_on",
        filters=[
            Choice(key="state", label="状态", choices=ContractState.choices, lookup=queries.in_state),
            Choice(
                key="vendor", label="代运营单位", choices=lambda: queries.vendor_choices(actor=actor),
                lookup="vendor__credit_code",
            ),
            Flag(key="faulty", label="要处理", lookup=lambda rows, value: queries.with_faults(rows, has=value)),
            Dates(key="ends_on", label="到期", moments=False),
        ],
        search=queries.search_contracts,
        search_hint="合同、代运营单位、信用代码、委托单位、账号或域名",
        actions=[_new(request)],
        template="vendors/list.html",
        context={"tabs": _tabs(HOME_URL)},
        empty=Empty("还没有代运营合同", "委托运维账号的，登记合同、人员和关联域名，到期前会提醒。", "登记合同", NEW),
    )  # fmt: skip
    return listing.respond(request)


def _columns(standing: Standing) -> Sequence[Column]:
    return (
        Column(key="title", label="合同", link=lambda row: f"{HOME_URL}{row.pk}/"),
        Column(
            key="vendor", label="代运营单位", value="vendor.name",
            link=lambda row: f"{HOME_URL}companies/{row.vendor_id}/",
        ),
        Column(key="organisation", label="委托单位", value="organisation.short_name", sort="organisation__sort_key"),
        Column(key="state", label="状态", value=lambda row: _badge(standing.state(row))),
        Column(key="ends_on", label="到期", sort="ends_on"),
        Column(key="begins_on", label="开始", sort="begins_on", shown=False),
        Column(key="accounts", label="账号", value=lambda row: len(row.accounts.all()), numeric=True),
        Column(key="faults", label="要处理", value=lambda row: "；".join(one.label for one in standing.faults(row))),
        Column(key="responsible", label="责任人", shown=False),
        Column(key="credit_code", label="统一社会信用代码", value="vendor.credit_code", shown=False),
    )  # fmt: skip


@require_GET
@login_required
def uncovered_list(request: StaffRequest) -> HttpResponseBase:
    """List the accounts the register names a vendor for, without a contract in force."""
    listing = Listing(
        name="vendors-uncovered",
        title="没有在期合同的账号",
        rows=queries.uncovered_accounts(actor=request.user),
        columns=(
            Column(key="name", label="账号", sort="sort_key", link=lambda row: f"/desk/accounts/{row.pk}/"),
            Column(key="platform", label="平台", value=lambda row: platform_label(row.platform, row.kind)),
            Column(key="organisation", label="主办单位", value="organisation.short_name"),
            Column(key="vendor", label="登记的代运营单位", sort="vendor"),
            Column(key="changed_at", label="最近变动", sort="changed_at"),
        ),
        sort="name",
        filters=[Choice(key="platform", label="平台", choices=platform_choices())],
        search=search_accounts,
        search_hint="名称、单位、账号、登记号、拼音首字母",
        actions=[_new(request)],
        template="vendors/list.html",
        context={"tabs": _tabs(f"{HOME_URL}accounts/")},
        empty=Empty("没有这样的账号", "登记册里写着代运营单位的账号，都有在期的合同。"),
    )
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponseBase:
    """Write a contract down; with `vendor` in the address its company is filled in."""
    require(Permission.VENDOR_MANAGE, actor=request.user)
    asked = request.GET.get("vendor", "")
    known = asked.isascii() and asked.isdigit() and len(asked) <= 12  # noqa: PLR2004 - the longest id
    vendor = queries.find_vendor(actor=request.user, vendor_id=int(asked)) if known else None
    form = forms.ContractForm(_sent(request), actor=request.user, vendor=vendor)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.create_contract(
                actor=request.user, organisation=form.cleaned_data["organisation"], draft=form.draft()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已登记。请接着勾选账号，上传合同和保密承诺书。")
            return redirect("vendors:contract", contract_id=row.pk)
    context = {"title": "登记代运营合同", "form": form, "act": "登记", "breadcrumbs": HOME}
    return render(request, "vendors/form.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def contract_page(request: StaffRequest, contract_id: int) -> HttpResponseBase:
    """Show one contract: what is wrong, what it says, and everything that hangs on it."""
    row = queries.find_contract(actor=request.user, contract_id=contract_id)
    standing = queries.Standing()
    change = actions.why_not_change(actor=request.user, contract=row)
    context = {
        "title": row.title, "contract": row, "badge": _badge(standing.state(row)),
        "open": standing.state(row) not in queries.ENDED,
        "faults": _faults(row, standing), "facts": _facts(row),
        "accounts": [(account, platform_label(account.platform, account.kind)) for account in row.accounts.all()],
        "people": list(row.people.select_related("user").order_by("pk")),
        "domains": _domains(row, standing),
        "change_reasons": change, "keep_reasons": actions.why_not_keep(actor=request.user, contract=row),
        "end_reasons": actions.why_not_end(actor=request.user, contract=row),
        "timeline": timeline_of(thing_kind=queries.THING_KIND, thing_id=row.pk), "breadcrumbs": HOME,
    }  # fmt: skip
    return render(request, "vendors/contract.html", context)


def _faults(row: Contract, standing: Standing) -> list[Badge]:
    """Return what is wrong as badges to stand beside the state, which tells itself that the end is near."""
    return [fault_badge(fault) for fault in standing.faults(row) if fault != Fault.ENDS_SOON]


def _facts(row: Contract) -> list[tuple[str, object]]:
    ended = [("提前终止", row.ended_on), ("终止原因", row.ended_reason)] if row.ended_on else []
    return [
        ("代运营单位", row.vendor.name),
        ("统一社会信用代码", row.vendor.credit_code),
        ("对方联系人", f"{row.vendor.contact}，{row.vendor.phone}"),
        ("委托单位", row.organisation.name),
        ("本单位责任人", row.responsible),
        ("开始", row.begins_on),
        ("到期", row.ends_on),
        ("转包、分包", "约定不得转包、分包" if row.forbids_subcontracting else "没有约定"),
        ("服务范围", row.scope),
        *ended,
    ]


def _domains(row: Contract, standing: Standing) -> list[tuple[LinkedDomain, Badge]]:
    over = standing.state(row) in queries.ENDED
    rows = sorted(row.domains.all(), key=lambda domain: (domain.taken_off_at is not None, domain.host, domain.pk))
    return [(domain, _domain_badge(domain, row, standing, over=over)) for domain in rows]


def _domain_badge(domain: LinkedDomain, row: Contract, standing: Standing, *, over: bool) -> Badge:
    if domain.taken_off_at is not None:
        return Badge("已撤下", "quiet")
    fault = standing.domain_fault(domain, row.organisation)
    if over:
        return Badge("还没有撤下", "danger")
    return fault_badge(fault) if fault else Badge("在用", "ok")


@require_GET
@login_required
def vendor_page(request: StaffRequest, vendor_id: int) -> HttpResponseBase:
    """Show everything that hangs on one company in the person's bodies: contracts, accounts, people, domains."""
    vendor = queries.find_vendor(actor=request.user, vendor_id=vendor_id)
    standing = queries.Standing()
    rows = list(queries.contracts_with(vendor, actor=request.user).prefetch_related("people__user"))
    live = [row for row in rows if standing.state(row) not in queries.ENDED]
    accounts = {account.pk: account for row in live for account in row.accounts.all()}
    context = {
        "title": vendor.name, "vendor": vendor, "breadcrumbs": HOME, "new": _new(request, f"?vendor={vendor.pk}"),
        "contracts": [
            (row, _badge(standing.state(row)), _faults(row, standing)) for row in rows
        ],
        "accounts": [(account, platform_label(account.platform, account.kind)) for account in accounts.values()],
        "people": [(row, person) for row in rows for person in row.people.all() if person.access_ended_at is None],
        "domains": [(row, *found) for row in rows for found in _domains(row, standing) if not found[0].taken_off_at],
        "facts": [
            ("统一社会信用代码", vendor.credit_code), ("联系人", f"{vendor.contact}，{vendor.phone}"),
            ("委托单位", "、".join(dict.fromkeys(row.organisation.short_name for row in rows))),
        ],
    }  # fmt: skip
    return render(request, "vendors/vendor.html", context)


def _fill(
    request: StaffRequest,
    row: Contract,
    form: django_forms.Form,
    save: Callable[[], object],
    **told: Any,
) -> HttpResponseBase:
    """Show a form of a contract and take its answer; `told` = title, act, done, lead, reasons."""
    reasons, done = told.get("reasons", []), told.pop("done")
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, done)
            return redirect("vendors:contract", contract_id=row.pk)
    context = {**told, "form": form, "contract": row, "breadcrumbs": [*HOME, (row.title, f"{HOME_URL}{row.pk}/")]}
    return render(request, "vendors/form.html", context, status=409 if form.errors or reasons else 200)


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, contract_id: int) -> HttpResponseBase:
    """Change what a contract says."""
    row = queries.find_contract(actor=request.user, contract_id=contract_id)
    form = forms.ContractForm(_sent(request), actor=request.user, contract=row)
    return _fill(
        request, row, form,
        lambda: actions.change_contract(
            actor=request.user, contract_id=row.pk, draft=form.draft(), seen=form.cleaned_data["seen"]
        ),
        title="修改合同", act="保存", done="已保存。",
        reasons=actions.why_not_change(actor=request.user, contract=row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def choose_accounts(request: StaffRequest, contract_id: int) -> HttpResponseBase:
    """Choose the accounts a contract is for."""
    row = queries.find_contract(actor=request.user, contract_id=contract_id)
    form = forms.AccountsForm(_sent(request), contract=row)
    return _fill(
        request, row, form,
        lambda: actions.choose_accounts(
            actor=request.user, contract_id=row.pk, seen=form.cleaned_data["seen"],
            account_ids=[one.pk for one in form.cleaned_data["accounts"]],
        ),
        title="选择账号", act="保存", done="已保存。",
        reasons=actions.why_not_change(actor=request.user, contract=row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def add_papers(request: StaffRequest, contract_id: int) -> HttpResponseBase:
    """Keep the contract and the undertaking."""
    row = queries.find_contract(actor=request.user, contract_id=contract_id)
    form = forms.PapersForm(_sent(request), request.FILES or None)
    return _fill(
        request, row, form,
        lambda: actions.attach_papers(actor=request.user, contract_id=row.pk, papers=form.papers()),
        title="上传材料", act="上传", done="已上传。", lead="传了新的，原来的就换下。",
        reasons=actions.why_not_keep(actor=request.user, contract=row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def name_person(request: StaffRequest, contract_id: int) -> HttpResponseBase:
    """Name somebody of the vendor."""
    row = queries.find_contract(actor=request.user, contract_id=contract_id)
    form = forms.PersonForm(_sent(request))
    return _fill(
        request, row, form,
        lambda: actions.name_person(actor=request.user, contract_id=row.pk, draft=form.draft()),
        title="登记代运营人员", act="登记", done="已登记。",
        reasons=actions.why_not_change(actor=request.user, contract=row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def leave(request: StaffRequest, contract_id: int, named_id: int) -> HttpResponseBase:
    """Write down that somebody works here no more; GET asks first."""
    person = queries.find_named(actor=request.user, contract_id=contract_id, named_id=named_id)
    back = f"{HOME_URL}{contract_id}/"
    if request.method == "GET":
        return confirmation(
            request, title=f"{person.name}不再参与？", text=LEAVING, act="不再参与", tone="danger", back=back,
            reasons=actions.why_not_leave(actor=request.user, person=person),
        )  # fmt: skip
    try:
        actions.leave(actor=request.user, contract_id=contract_id, named_id=named_id)
    except Refused as refused:
        tell_reasons(request, refused)
    else:
        messages.success(request, f"已记下，{person.name}的权限已收回。")
    return redirect(back)


LEAVING = "有登录名的，没有别的在期合同写着它，角色立即全部收回，登录停用；还有的，只收回在本单位和下级单位的角色。"


@require_http_methods(["GET", "POST"])
@login_required
def link_domain(request: StaffRequest, contract_id: int) -> HttpResponseBase:
    """Write down a host that hangs on the vendor."""
    row = queries.find_contract(actor=request.user, contract_id=contract_id)
    form = forms.DomainForm(_sent(request))
    return _fill(
        request, row, form,
        lambda: actions.link_domain(actor=request.user, contract_id=row.pk, draft=form.draft()),
        title="登记关联域名", act="登记", done="已登记。",
        lead="账号的菜单、H5、小程序里，指到代运营单位服务器或域名的，都登记。",
        reasons=actions.why_not_change(actor=request.user, contract=row),
    )  # fmt: skip


@require_POST
@login_required
def take_off(request: StaffRequest, contract_id: int, domain_id: int) -> HttpResponseBase:
    """Write down that nothing links to a host any more."""
    row = actions.take_off(actor=request.user, contract_id=contract_id, domain_id=domain_id)
    messages.success(request, f"已记下：“{row.host}”的链接已撤下。")
    return redirect("vendors:contract", contract_id=contract_id)


@require_http_methods(["GET", "POST"])
@login_required
def end(request: StaffRequest, contract_id: int) -> HttpResponseBase:
    """End a contract before its day."""
    row = queries.find_contract(actor=request.user, contract_id=contract_id)
    form = forms.EndForm(_sent(request))
    return _fill(
        request, row, form,
        lambda: actions.end_contract(actor=request.user, contract_id=row.pk, reason=form.cleaned_data["reason"]),
        title="提前终止", act="终止", tone="danger", done="合同已终止，代运营人员的权限已收回。请把还挂着的链接撤下。",
        lead="从现在起合同失效：代运营人员的角色立即收回，不能恢复。",
        reasons=actions.why_not_end(actor=request.user, contract=row),
    )  # fmt: skip

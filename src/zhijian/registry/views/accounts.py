from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.files.actions import MAX_BYTES
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import BodyKind, Level
from zhijian.organisations.queries import bodies_in_scope, timeline_of
from zhijian.registry import actions, queries
from zhijian.registry.enums import AccountState, FindingKind
from zhijian.registry.forms import AccountForm, IdentityForm, RegisterForm
from zhijian.registry.queries.accounts import THING_KIND
from zhijian.registry.views.tabs import permit_export, tabs
from zhijian.ui.acting import put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Choices, Column, Dates, Empty, Flag, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account, Finding

MOST_BODY_CHOICES = 150
STATE_TONES = {
    AccountState.APPROVED: "info",
    AccountState.REGISTERED: "info",
    AccountState.ACTIVE: "ok",
    AccountState.FROZEN: "warn",
    AccountState.CLOSING: "busy",
    AccountState.DEREGISTERED: "quiet",
    AccountState.UNFILED: "warn",
    AccountState.GIVEN_UP: "quiet",
}


def state_badge(account: Account) -> Badge:
    """Return the state of an account as word and tone."""
    return Badge(account.get_state_display(), STATE_TONES[AccountState(account.state)])


ACCOUNT_COLUMNS = (
    Column(key="name", label="名称", sort="sort_key", link=lambda row: f"/desk/accounts/{row.pk}/"),
    Column(
        key="platform", label="平台", value=lambda row: queries.platform_label(row.platform, row.kind), sort="platform"
    ),
    Column(key="organisation", label="主办单位", value="organisation.short_name"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="is_main", label="主账号", value=lambda row: "主账号" if row.is_main else ""),
    Column(key="followers", label="关注数", numeric=True, sort="followers"),
    Column(key="changed", label="最近变动", value="changed_at", sort="changed_at"),
    Column(key="number", label="登记号", shown=False),
    Column(key="level", label="层级", value="organisation.get_level_display", shown=False),
    Column(key="platform_uid", label="平台账号标识", shown=False),
    Column(key="handle", label="账号", shown=False),
    Column(key="url", label="主页地址", shown=False),
    Column(key="positioning", label="功能定位", shown=False),
    Column(key="verified_subject", label="认证主体", shown=False),
    Column(key="opened_on", label="开设日期", shown=False),
    Column(key="leader", label="分管负责人", shown=False),
    Column(key="contact", label="联系人", shown=False),
    Column(key="phone", label="联系电话", shown=False),
    Column(key="update_frequency", label="更新频率", shown=False),
    Column(key="vendor", label="代运营单位", shown=False),
    Column(key="remark", label="备注", shown=False),
)


@require_GET
@login_required
def account_list(request: StaffRequest) -> HttpResponseBase:
    """List the accounts of the person's scope."""
    actor = request.user
    listing = Listing(
        name="accounts",
        title="账号",
        rows=queries.visible_accounts(actor=actor).defer("grams"),
        sort="name",
        columns=ACCOUNT_COLUMNS,
        filters=[
            Choices(key="platform", label="平台", choices=queries.platform_choices),
            Choices(key="state", label="状态", choices=AccountState.choices),
            Choice(key="level", label="层级", lookup="organisation__level", choices=Level.choices),
            Choice(key="body", label="单位及下级", lookup="organisation__path__startswith", choices=_bodies(actor)),
            Flag(key="main", label="主账号", lookup="is_main"),
            Flag(key="findings", label="台账问题", lookup=_with_findings, choices=((True, "有"), (False, "没有"))),
        ],
        search=queries.search_accounts,
        search_hint="名称、单位、账号、登记号、拼音首字母",
        actions=_list_actions(actor),
        empty=Empty(
            "还没有登记账号",
            "有现成的台账，可以整份导入；没有的，从开设备案开始。",
            "导入台账",
            "/desk/accounts/ledgers/new/",
        ),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("accounts"))


def _with_findings(rows: QuerySet[Account], value: bool) -> QuerySet[Account]:  # noqa: FBT001 - the shape of a filter's lookup
    return queries.with_findings(rows, has=value)


def _bodies(actor: User) -> list[tuple[str, str]]:
    """Return (path, name) of the bodies to filter by: all of a small scope, the governments of a large one."""
    rows = bodies_in_scope(actor=actor).order_by("path")
    found = list(rows[: MOST_BODY_CHOICES + 1].values_list("path", "short_name"))
    if len(found) > MOST_BODY_CHOICES:
        governments = rows.filter(kind__in=[BodyKind.GOVERNMENT, BodyKind.OFFICE])
        found = list(governments[:MOST_BODY_CHOICES].values_list("path", "short_name"))
    return found


def _list_actions(actor: User) -> list[dict[str, Any]]:
    return [
        {
            "label": "导入台账", "url": "/desk/accounts/ledgers/new/", "tone": "plain", "icon": "file-import",
            "reasons": why_not(Permission.LEDGER_IMPORT, actor=actor),
        },
        {
            "label": "开设账号", "url": "/desk/accounts/filings/new/?kind=opening", "tone": "primary", "icon": "plus",
            "reasons": why_not(Permission.FILING_CREATE, actor=actor),
        },
    ]  # fmt: skip


@require_GET
@login_required
def account_page(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Show one account: state, what can be done, findings, names, filings, and everything that happened."""
    account = queries.find_account(actor=request.user, account_id=account_id)
    context = {
        "title": account.name,
        "account": account,
        "account_key": str(account.pk),
        "badge": state_badge(account),
        "facts": _facts(account),
        "findings": queries.findings_of(account),
        "past_names": list(account.past_names.order_by("-until")),
        "filings": list(account.filings.order_by("-id")),
        "notices": list(queries.notices().filter(account=account)),
        "exemption": queries.exemptions_in_force().filter(account=account).first(),
        "standing": queries.standing_notice(account),
        "checks": queries.checks_of(account)[:5],
        "check_reasons": why_not(Permission.ACCOUNT_CHECK, actor=request.user, thing=account),
        "kinds": [(kind, queries.kind_info(kind)) for kind in queries.kinds_for(account)],
        "filing_reasons": why_not(Permission.FILING_CREATE, actor=request.user, thing=account.organisation),
        "edit_reasons": actions.why_not_edit(actor=request.user, account=account),
        "give_up_reasons": actions.why_not_give_up(actor=request.user, account=account),
        "register_reasons": actions.why_not_register(actor=request.user, account=account),
        "timeline": timeline_of(thing_kind=THING_KIND, thing_id=account.pk),
        "breadcrumbs": [("账号", "/desk/accounts/")],
    }
    return render(request, "registry/account.html", context)


def _facts(account: Account) -> list[tuple[str, object]]:
    link = format_html('<a href="{0}" rel="noreferrer">{0}</a>', account.url) if account.url else ""
    return [
        ("登记号", account.number),
        ("主办单位", account.organisation.name),
        ("平台", queries.platform_label(account.platform, account.kind)),
        ("平台账号标识", account.platform_uid),
        ("账号", account.handle),
        ("主页", link),
        ("功能定位", account.positioning),
        ("认证主体", account.verified_subject),
        ("认证有效期", account.certified_until),
        ("开设日期", account.opened_on),
        ("关注数", account.followers),
        ("更新频率", account.update_frequency),
        ("分管负责人", account.leader),
        ("联系人", account.contact),
        ("联系电话", account.phone),
        ("代运营单位", account.vendor),
        ("并入", account.merged_into.name if account.merged_into else ""),
        ("注销日期", account.closed_on),
        ("备注", account.remark),
    ]


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Correct what the register says of an account."""
    account = queries.find_account(actor=request.user, account_id=account_id)
    reasons = actions.why_not_edit(actor=request.user, account=account)
    form = AccountForm(
        request.POST or None, instance=account, initial={"seen": account.changed_at.isoformat()},
        by_filing=actions.fields_by_filing(actor=request.user, account=account),
    )  # fmt: skip
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            actions.edit_account(
                actor=request.user, account_id=account.pk, values=form.values(), seen=form.cleaned_data["seen"]
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("registry:account", account_id=account.pk)
    breadcrumbs = [("账号", "/desk/accounts/"), (account.name, f"/desk/accounts/{account.pk}/")]
    context = {"title": "修改登记信息", "form": form, "reasons": reasons, "breadcrumbs": breadcrumbs}
    return render(request, "registry/form.html", context, status=409 if form.errors or reasons else 200)


@require_http_methods(["GET", "POST"])
@login_required
def register(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Write down what the platform gave to an approved account."""
    account = queries.find_account(actor=request.user, account_id=account_id)
    reasons = actions.why_not_register(actor=request.user, account=account)
    form = RegisterForm(request.POST or None, id_name=actions.id_help(account.platform, account.kind))
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            actions.register_account(actor=request.user, account_id=account.pk, **form.cleaned_data)
        except Refused as refused:
            form.add_error("platform_uid", " ".join(refused.reasons))
        else:
            messages.success(request, "已登记，账号从现在起在用。")
            return redirect("registry:account", account_id=account.pk)
    breadcrumbs = [("账号", "/desk/accounts/"), (account.name, f"/desk/accounts/{account.pk}/")]
    label = queries.platform_label(account.platform, account.kind)
    lead = f"“{account.name}”已批准。请先在{label}注册并认证，再把平台给的标识登记在这里。"
    context = {"title": "登记账号", "lead": lead, "form": form, "reasons": reasons, "breadcrumbs": breadcrumbs}
    return render(request, "registry/form.html", context, status=409 if form.errors or reasons else 200)


_NUMBER = re.compile(r"（([^（）]*号)）")


def _document(finding: Finding) -> str:
    """Return the number of the document a finding stands on; one without a number by its whole name."""
    found = _NUMBER.search(finding.rule_source)
    return format_html('<span class="nowrap">{}</span>', found[1]) if found else finding.rule_source


FINDING_COLUMNS = (
    Column(
        key="account",
        label="账号",
        value="account.name",
        sort="account__sort_key",
        link=lambda row: f"/desk/accounts/{row.account_id}/",
    ),
    Column(key="organisation", label="主办单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(
        key="platform",
        label="平台",
        value=lambda row: queries.platform_label(row.account.platform, row.account.kind),
        sort="account__platform",
    ),
    Column(key="kind", label="问题", value=lambda row: Badge(row.get_kind_display(), "warn"), sort="kind"),
    Column(key="detail", label="说明和办法"),
    Column(key="rule", label="依据", value=_document, export=lambda row: row.rule_source),
    Column(key="found", label="发现", value=lambda row: timezone.localdate(row.found_at), sort="found_at"),
)


@require_GET
@login_required
def finding_list(request: StaffRequest) -> HttpResponseBase:
    """List what does not fit a rule, in the person's scope."""
    listing = Listing(
        name="findings",
        title="台账问题",
        rows=queries.open_findings(actor=request.user),
        sort="-found",
        columns=FINDING_COLUMNS,
        filters=[
            Choices(key="kind", label="问题", choices=FindingKind.choices),
            Choices(key="platform", label="平台", lookup="account__platform", choices=queries.platform_choices),
            Dates(key="found", label="发现日期", lookup="found_at"),
        ],
        search=lambda rows, text: rows.filter(account__name__icontains=text),
        search_hint="按账号名称搜索",
        empty=Empty("没有台账问题", "登记的账号都符合规则。"),
        permit=permit_export,
        template="registry/list.html",
    )
    return listing.respond(request, tabs=tabs("findings"))


@require_http_methods(["GET", "POST"])
@login_required
def give_up(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Let an approved account go that was never opened; GET asks first."""
    account = queries.find_account(actor=request.user, account_id=account_id)
    if request.method == "GET":
        return confirmation(
            request, title="放弃开设？", text="这个账号批准后没有到平台注册。放弃后不再占用名额，以后要开需重新备案。",
            act="放弃开设", tone="danger", back=f"/desk/accounts/{account.pk}/",
            reasons=actions.why_not_give_up(actor=request.user, account=account),
        )  # fmt: skip
    actions.give_up_account(actor=request.user, account_id=account.pk)
    messages.success(request, "已放弃开设。")
    return redirect("registry:account", account_id=account.pk)


@require_http_methods(["GET", "POST"])
@login_required
def check(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Write down what the platform shows now under the registered id."""
    account = queries.find_account(actor=request.user, account_id=account_id)
    reasons = why_not(Permission.ACCOUNT_CHECK, actor=request.user, thing=account)
    form = IdentityForm(request.POST or None, request.FILES or None, initial={"name": account.name})
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            actions.check_identity(actor=request.user, account_id=account.pk, seen=_seen(form))
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已记下。与登记不一致的，列在“台账问题”里。")
            return redirect("registry:account", account_id=account.pk)
    label = queries.platform_label(account.platform, account.kind)
    lead = f"请在{label}上按标识 {account.platform_uid or '（没有登记）'} 找到“{account.name}”，把看到的填在这里。"
    breadcrumbs = [("账号", "/desk/accounts/"), (account.name, f"/desk/accounts/{account.pk}/")]
    context = {"title": "核对平台现状", "lead": lead, "form": form, "reasons": reasons, "breadcrumbs": breadcrumbs}
    return render(request, "registry/form.html", context, status=409 if form.errors or reasons else 200)


def _seen(form: IdentityForm) -> actions.Seen:
    data = form.cleaned_data
    if data["picture"] and data["picture"].size > MAX_BYTES:
        raise Refused("截图超过 10 MB。请压缩后再上传。")
    return actions.Seen(
        found=not data["missing"], name=data["name"], verified_subject=data["verified_subject"],
        certified_until=data["certified_until"], name_taken_by=data["name_taken_by"],
        picture=data["picture"].read() if data["picture"] else b"",
    )  # fmt: skip

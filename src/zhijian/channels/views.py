from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.channels import actions, queries
from zhijian.channels.enums import CONNECTOR_NAMES, WEBSITE, WECHAT, ConnectionState
from zhijian.channels.forms import AccountForm, ConnectForm, SecretsForm
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import timeline_of
from zhijian.registry.queries import find_account, platform_choices, platform_label
from zhijian.ui.acting import put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Column, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.channels.models import Connection
    from zhijian.lib.requests import StaffRequest

LIST = [("平台接入", "/desk/channels/")]
TONES = {
    ConnectionState.NEW: "info",
    ConnectionState.READY: "ok",
    ConnectionState.LIMITED: "warn",
    ConnectionState.PAUSED: "danger",
}


def state_badge(row: Connection) -> Badge:
    """Show the state of a connection as word and tone."""
    return Badge(row.get_state_display(), TONES[ConnectionState(row.state)])


def _platform(row: Connection) -> str:
    return platform_label(row.account.platform, row.account.kind)


COLUMNS = (
    Column(
        key="account",
        label="账号",
        value="account.name",
        sort="account__sort_key",
        link=lambda row: f"/desk/channels/{row.pk}/",
    ),
    Column(key="platform", label="平台", value=_platform, sort="account__platform"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="way", label="接入方式", value=lambda row: CONNECTOR_NAMES.get(row.connector, row.connector)),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="reason", label="说明", value="state_reason"),
    Column(key="probed", label="上次检测", value="probed_at", sort="probed_at"),
)


@require_GET
@login_required
def connection_list(request: StaffRequest) -> HttpResponseBase:
    """List the connections of the person's scope."""
    reasons = why_not(Permission.CONNECTION_VIEW, actor=request.user)
    if reasons:
        raise Refused(reasons)
    new = {"label": "接入账号", "url": "/desk/channels/new/", "icon": "plus", "tone": "primary",
           "reasons": why_not(Permission.CONNECTION_MANAGE, actor=request.user)}  # fmt: skip
    listing = Listing(
        name="connections",
        title="平台接入",
        rows=queries.visible_connections(actor=request.user),
        columns=COLUMNS,
        sort="account",
        filters=[
            Choice(key="state", label="状态", choices=ConnectionState.choices),
            Choice(key="platform", label="平台", lookup="account__platform", choices=platform_choices),
        ],
        search=lambda rows, text: rows.filter(account__name__icontains=text),
        search_hint="按账号名称搜索",
        actions=[new],
        empty=Empty(
            "还没有接入任何账号", "接入以后，审核通过的稿件才能发到账号上。", "接入账号", "/desk/channels/new/"
        ),
    )
    return listing.respond(request)


@require_GET
@login_required
def choose_account(request: StaffRequest) -> HttpResponseBase:
    """Choose the account to connect."""
    require(Permission.CONNECTION_MANAGE, actor=request.user)
    accounts = [
        (str(row.pk), f"{row.name}（{platform_label(row.platform, row.kind)}，{row.organisation}）")
        for row in queries.unconnected_accounts(actor=request.user)[:300]
    ]
    form = AccountForm(request.GET or None, accounts=accounts)
    if request.GET and form.is_valid():
        return redirect("channels:connect", form.cleaned_data["account"])
    context = {"title": "接入账号", "form": form, "accounts": accounts, "breadcrumbs": LIST}
    return render(request, "channels/choose.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def connect(request: StaffRequest, account_id: int) -> HttpResponseBase:
    """Ask for what the platform needs and connect."""
    account = find_account(actor=request.user, account_id=account_id)
    reasons = actions.why_not_connect(actor=request.user, account=account)
    form = ConnectForm(request.POST or None, connector=queries.connector_code(account.platform))
    if request.method == "POST" and form.is_valid():
        row = _connected(request, account_id, form)
        if row is not None:
            return redirect("channels:connection", row.pk)
    context = {
        "title": f"接入“{account.name}”",
        "account": account,
        "platform": platform_label(account.platform, account.kind),
        "form": form,
        "reasons": reasons,
        "breadcrumbs": [*LIST, ("接入账号", "/desk/channels/new/")],
    }
    return render(request, "channels/connect.html", context, status=409 if form.is_bound else 200)


def _connected(request: StaffRequest, account_id: int, form: ConnectForm) -> Connection | None:
    data = form.cleaned_data
    try:
        row = actions.connect_account(
            actor=request.user, account_id=account_id, app_id=data.get("app_id", ""),
            credentials=form.credentials(), by_hand=form.by_hand, sandbox=form.in_sandbox, hub=data.get("hub", ""),
        )  # fmt: skip
    except Refused as refused:
        put_reasons(form, refused)
        return None
    if row.connector == WECHAT:
        _ask_platform(request, row)
    else:
        messages.success(request, "已接入，可以发布了。")
    return row


def _ask_platform(request: StaffRequest, row: Connection) -> None:
    try:
        actions.request_probe(actor=request.user, connection_id=row.pk)
    except Refused as refused:
        messages.warning(request, " ".join(refused.reasons))


@require_GET
@login_required
def show(request: StaffRequest, connection_id: int) -> HttpResponseBase:
    """Show a connection: its state, what it may do, what is left of today's quotas, the callback address."""
    row = queries.find_connection(actor=request.user, connection_id=connection_id)
    manage = actions.why_not_manage(actor=request.user, connection=row)
    context: dict[str, Any] = {
        "title": row.account.name,
        "connection": row,
        "badge": state_badge(row),
        "facts": _facts(row),
        "missing": queries.missing_of(row),
        "probing": row.probe_wanted_at is not None,
        "limits": queries.limit_rows(row),
        "quotas": queries.quotas_today(row),
        "callback_url": queries.callback_url(row) if row.connector == WECHAT else "",
        "probe_reasons": manage,
        "secrets_reasons": manage or ([] if row.connector == WECHAT else ["这种接入方式没有密钥。"]),
        "manage_reasons": manage,
        "paused": row.state == ConnectionState.PAUSED,
        "probes": row.connector == WECHAT,
        "timeline": timeline_of(thing_kind="channels.connection", thing_id=row.pk),
        "breadcrumbs": LIST,
    }
    return render(request, "channels/connection.html", context)


def _facts(row: Connection) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("平台", _platform(row)),
        ("单位", row.organisation.name),
        (
            "接入方式",
            CONNECTOR_NAMES.get(row.connector, row.connector) + ("（沙箱）" if row.settings.get("sandbox") else ""),
        ),
    ]
    if row.connector == WECHAT:
        told = "已配置" if row.settings.get("callback") else "未配置，发布结果由系统定时去查"
        facts += [("AppID", row.app_id), ("开发者密钥", "已保存（加密，不显示）"), ("结果通知", told)]
        facts += [("上次检测", row.probed_at)]
    if row.connector == WEBSITE:
        facts += [("订阅中心", "、".join(queries.hubs_of(row)) or "没有")]
    return facts


@require_http_methods(["GET", "POST"])
@login_required
def change_secrets(request: StaffRequest, connection_id: int) -> HttpResponseBase:
    """Replace the secrets; what is left empty stays."""
    row = queries.find_connection(actor=request.user, connection_id=connection_id)
    require(Permission.CONNECTION_MANAGE, actor=request.user, thing=row.organisation)
    form = SecretsForm(request.POST or None, initial={"app_id": row.app_id})
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_credentials(
                actor=request.user, connection_id=row.pk, app_id=form.cleaned_data["app_id"],
                credentials=form.credentials(),
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            _ask_platform(request, changed)
            return redirect("channels:connection", row.pk)
    context = {"title": "更换密钥", "form": form, "connection": row,
               "breadcrumbs": [*LIST, (row.account.name, f"/desk/channels/{row.pk}/")]}  # fmt: skip
    return render(request, "channels/secrets.html", context, status=409 if form.is_bound else 200)


@require_POST
@login_required
def probe(request: StaffRequest, connection_id: int) -> HttpResponseBase:
    """Ask the platform now."""
    row = queries.find_connection(actor=request.user, connection_id=connection_id)
    _ask_platform(request, row)
    return redirect("channels:connection", row.pk)


@require_http_methods(["GET", "POST"])
@login_required
def pause(request: StaffRequest, connection_id: int) -> HttpResponseBase:
    """Pause; GET asks first."""
    row = queries.find_connection(actor=request.user, connection_id=connection_id)
    if request.method == "GET":
        return confirmation(
            request,
            title=f"暂停“{row.account.name}”？",
            text="暂停后不再往这个账号发送新内容；已经交给平台的，系统仍会核对结果。",
            act="暂停",
            back=f"/desk/channels/{row.pk}/",
            reasons=actions.why_not_manage(actor=request.user, connection=row),
        )
    actions.pause_connection(actor=request.user, connection_id=row.pk)
    messages.success(request, "已暂停。")
    return redirect("channels:connection", row.pk)


@require_POST
@login_required
def resume(request: StaffRequest, connection_id: int) -> HttpResponseBase:
    """Open the connection again and look at once what it may do."""
    row = queries.find_connection(actor=request.user, connection_id=connection_id)
    resumed = actions.resume_connection(actor=request.user, connection_id=row.pk)
    if resumed.connector == WECHAT:
        _ask_platform(request, resumed)
    else:
        messages.success(request, "已恢复。")
    return redirect("channels:connection", row.pk)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.observation import actions, queries
from zhijian.observation.enums import FETCHED, Health, Method
from zhijian.observation.forms import HandLookForm, SourceForm, StopForm
from zhijian.observation.views.tabs import HOME, health_badge, result_badge, tabs
from zhijian.organisations.queries import timeline_of
from zhijian.registry.queries import platform_choices, platform_label
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Empty, Flag, Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.observation.models import Source

SHOWN_LOOKS = 50
COLUMNS = (
    Column(
        key="account", label="账号", value="account.name", sort="account__sort_key",
        link=lambda row: f"/desk/observation/sources/{row.pk}/",
    ),
    Column(key="platform", label="平台", value=lambda row: platform_label(row.account.platform, row.account.kind)),
    Column(key="method", label="方式", value="get_method_display", sort="method"),
    Column(key="health", label="状态", value=health_badge, sort="health"),
    Column(key="why", label="原因", value="last_error"),
    Column(key="sees_all", label="能看全", value="sees_all", sort="sees_all"),
    Column(key="seen", label="最近看到", value="last_seen_at", sort="last_seen_at"),
    Column(key="next", label="下次查看", value="next_look_at", sort="next_look_at", shown=False),
    Column(key="body", label="单位", value="account.organisation.short_name", sort="account__organisation__sort_key"),
    Column(key="url", label="地址", shown=False),
)  # fmt: skip


@require_GET
@login_required
def source_list(request: StaffRequest) -> HttpResponseBase:
    """List the sources of the accounts the person may see, with their health."""
    actor = request.user
    add = why_not(Permission.SOURCE_MANAGE, actor=actor)
    look = why_not(Permission.LOOK_RECORD, actor=actor)
    new_url, hand_url = "/desk/observation/sources/new/", "/desk/observation/looks/new/"
    listing = Listing(
        name="sources",
        title="看见账号",
        rows=queries.visible_sources(actor=actor),
        columns=COLUMNS,
        sort="health",
        filters=[
            Choices(key="health", label="状态", choices=Health.choices),
            Choices(key="method", label="方式", choices=Method.choices),
            Choice(key="platform", label="平台", lookup="account__platform", choices=platform_choices),
            Flag(key="all", label="能看全", lookup="sees_all"),
        ],
        search=lambda rows, text: rows.filter(account__name__icontains=text) | rows.filter(url__icontains=text),
        search_hint="按账号或地址搜索",
        actions=[
            {"label": "添加来源", "url": new_url, "tone": "primary", "icon": "plus", "reasons": add},
            {"label": "登记人工查看", "url": hand_url, "tone": "plain", "icon": "eye", "reasons": look},
        ],
        empty=Empty("还没有来源", "来源就是看见一个账号的办法。先看“怎样合法地看见”，再添加。", "添加来源", new_url),
        template="observation/list.html",
    )
    return listing.respond(request, tabs=tabs("sources"))


@require_GET
@login_required
def source_page(request: StaffRequest, source_id: int) -> HttpResponseBase:
    """Show a source: how it fares, why, what each look brought, and what can be done now."""
    source = queries.find_source(actor=request.user, source_id=source_id)
    return _source_page(request, source, StopForm(), [])


def _source_page(
    request: StaffRequest, source: Source, form: StopForm, reasons: list[str], status: int = 200
) -> HttpResponseBase:  # fmt: skip
    actor = request.user
    manage = why_not(Permission.SOURCE_MANAGE, actor=actor, thing=source.account)
    looks = list(queries.looks_of(source)[:SHOWN_LOOKS])
    context = {
        "title": f"{source.account.name} · {source.get_method_display()}", "source": source, "form": form,
        "refused": reasons, "badge": health_badge(source), "facts": _facts(source), "breadcrumbs": HOME,
        "looks": [(look, result_badge(look)) for look in looks], "stopped": source.health == Health.STOPPED,
        "fetched": source.method in FETCHED, "manage_reasons": manage,
        "look_reasons": actions.why_not_look_now(actor=actor, source=source),
        "stop_reasons": actions.why_not_stop(actor=actor, source=source),
        "timeline": timeline_of(thing_kind="observation.source", thing_id=source.pk),
    }  # fmt: skip
    return render(request, "observation/source.html", context, status=status)


def _facts(source: Source) -> list[tuple[str, object]]:
    way = queries.way_of(source.legality)
    account = source.account
    return [
        ("平台", platform_label(account.platform, account.kind)),
        ("单位", account.organisation.name),
        ("方式", source.get_method_display()),
        ("合法依据", f"{way.title}。{way.basis}" if way else "—"),
        ("地址", source.url or "—"),
        ("能看全", _wholeness(source)),
        ("多久看一次", f"{source.every_hours} 小时" if source.method in FETCHED else "不由系统定时查看"),
        ("最近看到", source.last_seen_at),
        ("下次查看", source.next_look_at),
    ]


def _wholeness(source: Source) -> str:
    if source.method == Method.HAND:
        return "看每次登记：有截图的，认定看全了所写的时段。"
    if source.method == Method.IMPORT:
        return "看每份文件：说明是全部内容的，认定看全了所写的时段。"
    return f"能。{source.sees_all_basis}" if source.sees_all else "不能：没有显示的内容，不能认定没有发布。"


@require_http_methods(["GET", "POST"])
@login_required
def new_source(request: StaffRequest) -> HttpResponseBase:
    """Add a way to see an account; `?account=` names it beforehand."""
    form = SourceForm(request.POST or None, actor=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        account = form.cleaned_data["account"]
        try:
            source = actions.add_source(actor=request.user, account_id=account.pk, draft=form.draft())
        except Refused as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, "来源已添加。由系统查看的，几分钟内会看第一次。")
            return redirect("observation:source", source.pk)
    reasons = why_not(Permission.SOURCE_MANAGE, actor=request.user)
    return _form_page(request, "添加来源", form, reasons=reasons)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """Return the account named in the address, if the person may watch it."""
    text = request.GET.get("account", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - longer numbers are no ids
        return {}
    account = queries.watchable_accounts(actor=request.user).filter(pk=int(text)).first()
    return {"account": account.number} if account else {}


def _add_errors(form: Any, refused: Refused) -> None:
    put_reasons(form, refused)


def _form_page(request: StaffRequest, title: str, form: Any, **more: Any) -> HttpResponseBase:
    context = {"title": title, "form": form, "breadcrumbs": HOME, "reasons": [], "act": "保存", **more}
    return render(request, "observation/form.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def edit_source(request: StaffRequest, source_id: int) -> HttpResponseBase:
    """Change a source."""
    source = queries.find_source(actor=request.user, source_id=source_id)
    names = ("legality", "url", "every_hours", "sees_all", "sees_all_basis")
    initial = {name: getattr(source, name) for name in names}
    form = SourceForm(request.POST or None, actor=request.user, fixed=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_source(actor=request.user, source_id=source_id, draft=form.draft(source.method))
        except Refused as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, "来源已修改。")
            return redirect("observation:source", source_id)
    reasons = why_not(Permission.SOURCE_MANAGE, actor=request.user, thing=source.account)
    back = (str(source.account.name), f"/desk/observation/sources/{source_id}/")
    return _form_page(request, "修改来源", form, reasons=reasons, breadcrumbs=[*HOME, back])


@require_POST
@login_required
def stop_source(request: StaffRequest, source_id: int) -> HttpResponseBase:
    """Stop a source, with the reason."""
    source = queries.find_source(actor=request.user, source_id=source_id)
    form = StopForm(request.POST)
    try:
        actions.stop_source(actor=request.user, source_id=source_id, reason=request.POST.get("reason", ""))
    except Refused as refused:
        return _source_page(request, source, form, refused.reasons, status=409)
    messages.success(request, "来源已停用，以前看到的都还在。")
    return redirect("observation:source", source_id)


@require_POST
@login_required
def resume_source(request: StaffRequest, source_id: int) -> HttpResponseBase:
    """Look there again."""
    return _act(
        request, source_id, "来源已恢复。",
        lambda: actions.resume_source(actor=request.user, source_id=source_id),
    )  # fmt: skip


@require_POST
@login_required
def look_now(request: StaffRequest, source_id: int) -> HttpResponseBase:
    """Make a source due at once; the next sweep looks."""
    return _act(
        request, source_id, "已排在最前面，几分钟内会看，稍后刷新。",
        lambda: actions.ask_for_look(actor=request.user, source_id=source_id),
    )  # fmt: skip


def _act(request: StaffRequest, source_id: int, done: str, act: Callable[[], object]) -> HttpResponseBase:
    queries.find_source(actor=request.user, source_id=source_id)
    carry_out(request, act, done=done)
    return redirect("observation:source", source_id)


@require_http_methods(["GET", "POST"])
@login_required
def hand_look(request: StaffRequest) -> HttpResponseBase:
    """Write down what a person saw on an account's page."""
    initial = {**_initial(request), "looked_at": clock.now()}
    form = HandLookForm(request.POST or None, request.FILES or None, actor=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        account = form.cleaned_data["account"]
        try:
            look = actions.record_hand_look(actor=request.user, account_id=account.pk, look=form.look())
        except Refused as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, "已登记。" if look.snapshot else "已登记。没有截图，只作参考。")
            return redirect("observation:source", look.source_id)
    reasons = why_not(Permission.LOOK_RECORD, actor=request.user)
    lead = "像群众一样打开账号，看最近一条是什么时候发的，截图留证。"
    return _form_page(request, "登记人工查看", form, reasons=reasons, lead=lead, act="登记", files=True)

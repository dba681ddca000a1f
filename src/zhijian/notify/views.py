from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.lib.errors import Missing, Refused
from zhijian.notify import actions, queries
from zhijian.notify.enums import ChannelKind, ChannelState, DispatchState, NoticeKind
from zhijian.notify.forms import ChannelForm, WishesForm
from zhijian.organisations.queries import timeline_of
from zhijian.ui.acting import carry_out, put_reasons
from zhijian.ui.confirm import confirmation
from zhijian.ui.listing import Choice, Choices, Column, Empty, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.notify.models import Channel, Dispatch, Notice

LIST = [("通知", "/desk/notices/")]
CHANNELS = [*LIST, ("渠道", "/desk/notices/channels/")]
STATE_TONES = {ChannelState.READY: "ok", ChannelState.FAILING: "danger", ChannelState.PAUSED: "quiet"}
DISPATCH_TONES = {
    DispatchState.PENDING: "busy",
    DispatchState.SENDING: "busy",
    DispatchState.SENT: "ok",
    DispatchState.FAILED: "danger",
    DispatchState.UNKNOWN: "warn",
}
SHOWN = 20


def read_badge(row: Notice) -> Badge:
    """Show whether a notice was read as word and tone."""
    return Badge("看过", "quiet") if row.read_at else Badge("没有看", "info")


def state_badge(row: Channel) -> Badge:
    """Show the state of a channel as word and tone."""
    return Badge(row.get_state_display(), STATE_TONES[ChannelState(row.state)])


def dispatch_badge(row: Dispatch) -> Badge:
    """Show the state of a message as word and tone."""
    return Badge(row.get_state_display(), DISPATCH_TONES[DispatchState(row.state)])


COLUMNS = (
    Column(key="title", label="内容", link=lambda row: f"/desk/notices/{row.pk}/"),
    Column(key="text", label="说明"),
    Column(key="kind", label="类别", value="get_kind_display", sort="kind"),
    Column(key="read", label="状态", value=read_badge),
    Column(key="at", label="时间", value="created_at", sort="created_at"),
)
CHANNEL_COLUMNS = (
    Column(key="name", label="名称", sort="name", link=lambda row: f"/desk/notices/channels/{row.pk}/"),
    Column(key="kind", label="方式", value="get_kind_display", sort="kind"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="problem", label="说明"),
)


@require_GET
@login_required
def notice_list(request: StaffRequest) -> HttpResponseBase:
    """List a person's own notices."""
    may_manage = not why_not(Permission.NOTIFY_CHANNEL_MANAGE, actor=request.user)
    buttons = [{"label": "设置", "url": "/desk/notices/settings/", "icon": "settings"}]
    if may_manage:
        buttons.append({"label": "渠道", "url": "/desk/notices/channels/", "icon": "plug-connected"})
    listing = Listing(
        name="notices",
        title="通知",
        rows=queries.notices_of(actor=request.user),
        columns=COLUMNS,
        sort="-at",
        filters=[
            Choice(key="read", label="状态", lookup="read_at__isnull", choices=[(True, "没有看"), (False, "看过")]),
            Choices(key="kind", label="类别", choices=NoticeKind.choices),
        ],
        search=lambda rows, text: rows.filter(title__icontains=text),
        search_hint="按内容搜索",
        actions=buttons,
        exports=False,
        template="notify/list.html",
        empty=Empty(
            "没有通知", "有要您办的事，会在这里告诉您，也可以发到邮箱和工作群。", "设置", "/desk/notices/settings/"
        ),
    )
    return listing.respond(request)


@require_POST
@login_required
def read_all(request: StaffRequest) -> HttpResponseBase:
    """Mark all of the person's notices as read."""
    messages.success(request, f"{actions.mark_all_read(actor=request.user):,} 条标为看过。")
    return redirect("notify:list")


@require_GET
@login_required
def open_notice(request: StaffRequest, notice_id: int) -> HttpResponseBase:
    """Lead to the thing a notice tells of; from then on it is read."""
    return redirect(actions.mark_read(actor=request.user, notice_id=notice_id).url)


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: StaffRequest) -> HttpResponseBase:
    """Ask a person how they want to be told."""
    form = WishesForm(request.POST or None, preference=queries.preference_of(request.user), person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_preferences(actor=request.user, wishes=form.wishes())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("notify:list")
    context = {"title": "通知设置", "form": form, "breadcrumbs": LIST}
    return render(request, "notify/preferences.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def channel_list(request: StaffRequest) -> HttpResponseBase:
    """List the ways out of the bodies this person keeps them for."""
    require(Permission.NOTIFY_CHANNEL_MANAGE, actor=request.user)
    new = [
        {"label": f"添加{kind.label}", "url": f"/desk/notices/channels/new/{kind}/", "icon": "plus"}
        for kind in ChannelKind
    ]
    listing = Listing(
        name="notify-channels",
        title="通知渠道",
        rows=queries.visible_channels(actor=request.user),
        columns=CHANNEL_COLUMNS,
        sort="name",
        filters=[
            Choice(key="kind", label="方式", choices=ChannelKind.choices),
            Choice(key="state", label="状态", choices=ChannelState.choices),
        ],
        search=lambda rows, text: rows.filter(name__icontains=text),
        search_hint="按名称搜索",
        actions=new,
        context={"breadcrumbs": LIST},
        empty=Empty("还没有渠道", "现在通知只在系统里看得到。添加邮箱或群机器人后，也会发到外面。"),
    )
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new_channel(request: StaffRequest, channel_kind: str) -> HttpResponseBase:
    """Add a way out of a body."""
    if channel_kind not in ChannelKind.values:
        raise Missing
    reasons = why_not(Permission.NOTIFY_CHANNEL_MANAGE, actor=request.user)
    form = ChannelForm(request.POST or None, actor=request.user, kind=channel_kind)
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["organisation"]
        try:
            row = actions.create_channel(
                actor=request.user, organisation=body, kind=channel_kind, draft=form.draft()
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已添加。请点“试发”，看能不能收到。")
            return redirect("notify:channel", row.pk)
    title = f"添加{ChannelKind(channel_kind).label}"
    context = {"title": title, "form": form, "reasons": reasons, "breadcrumbs": CHANNELS}
    return render(request, "notify/channel_form.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def edit_channel(request: StaffRequest, channel_id: int) -> HttpResponseBase:
    """Change a channel; secrets left empty stay."""
    row = queries.find_channel(actor=request.user, channel_id=channel_id)
    form = ChannelForm(request.POST or None, actor=request.user, kind=row.kind, channel=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_channel(actor=request.user, channel_id=channel_id, draft=form.draft())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("notify:channel", channel_id)
    reasons = actions.why_not_manage(actor=request.user, channel=row)
    context = {"title": f"修改“{row.name}”", "form": form, "reasons": reasons, "kept": True,
               "breadcrumbs": [*CHANNELS, (row.name, f"/desk/notices/channels/{row.pk}/")]}  # fmt: skip
    return render(request, "notify/channel_form.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def show_channel(request: StaffRequest, channel_id: int) -> HttpResponseBase:
    """Show a channel, what it sent last, and what can be done with it."""
    row = queries.find_channel(actor=request.user, channel_id=channel_id)
    facts = [("单位", row.organisation.name), ("方式", row.get_kind_display())]
    if row.kind == ChannelKind.EMAIL:
        facts += [("服务器", f"{row.settings['host']}:{row.settings['port']}"), ("发件地址", row.settings["sender"])]
    else:
        facts.append(("发到群里的", "、".join(NoticeKind(kind).label for kind in row.kinds) or "没有选"))
    context = {
        "title": row.name, "channel": row, "badge": state_badge(row), "facts": facts, "breadcrumbs": CHANNELS,
        "sent": [(one, dispatch_badge(one)) for one in queries.sent_by(row)[:SHOWN]],
        "reasons": actions.why_not_manage(actor=request.user, channel=row),
        "paused": row.state == ChannelState.PAUSED,
        "timeline": timeline_of(thing_kind="notify.channel", thing_id=row.pk),
    }  # fmt: skip
    return render(request, "notify/channel.html", context)


@require_POST
@login_required
def test_channel(request: StaffRequest, channel_id: int) -> HttpResponseBase:
    """Send a trial message."""
    return _act(request, channel_id, "已交出去试发，几秒后刷新看结果。", actions.test_channel)


@require_http_methods(["GET", "POST"])
@login_required
def pause_channel(request: StaffRequest, channel_id: int) -> HttpResponseBase:
    """Ask, then send nothing more by a channel."""
    row = queries.find_channel(actor=request.user, channel_id=channel_id)
    if request.method == "GET":
        return confirmation(
            request, title="停用这个渠道？", text="停用后不再往外发，系统里的通知不受影响。", act="停用", tone="danger",
            back=f"/desk/notices/channels/{row.pk}/", reasons=actions.why_not_manage(actor=request.user, channel=row),
        )  # fmt: skip
    return _act(request, channel_id, "已停用。", actions.pause_channel)


@require_POST
@login_required
def resume_channel(request: StaffRequest, channel_id: int) -> HttpResponseBase:
    """Use a channel again."""
    return _act(request, channel_id, "已恢复。", actions.resume_channel)


def _act(request: StaffRequest, channel_id: int, done: str, act: Callable[..., object]) -> HttpResponseBase:
    carry_out(request, lambda: act(actor=request.user, channel_id=channel_id), done=done)
    return redirect("notify:channel", channel_id)

"""Keeping the ways out of a body: add, change, try, pause, resume."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.connectors.contract import PlatformError
from zhijian.connectors.smtp.client import Security
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.actions.opening import BOTS, address_problems, seal_secrets, secrets_of
from zhijian.notify.actions.telling import full_address, hurry
from zhijian.notify.enums import ChannelKind, ChannelState, NoticeKind
from zhijian.notify.models import Channel, Dispatch
from zhijian.notify.queries import find_channel

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

MAIL_PORTS: Final = (25, 465, 587)
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_MAIL: Final = re.compile(r"[^\s@<>\"]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """A channel as a person writes it. Secrets left empty stay as they are when changing."""

    name: str
    kinds: tuple[str, ...] = ()
    host: str = ""
    port: int = 465
    security: str = Security.TLS
    sender: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    def told(self, kind: str) -> dict[str, object]:
        """Return what is no secret."""
        if kind != ChannelKind.EMAIL:
            return {}
        return {"host": self.host, "port": self.port, "security": str(self.security), "sender": self.sender,
                "username": self.username}  # fmt: skip

    def hidden(self, kind: str) -> dict[str, str]:
        """Return the secrets that were typed."""
        typed = {"password": self.password} if kind == ChannelKind.EMAIL else {"url": self.url, "secret": self.secret}
        return {name: value for name, value in typed.items() if value}


def why_not_manage(*, actor: User, channel: Channel) -> list[str]:
    """Give every reason why this person cannot change, try, pause or resume a channel."""
    return why_not(Permission.NOTIFY_CHANNEL_MANAGE, actor=actor, thing=channel.organisation)


@transaction.atomic
def create_channel(*, actor: User, organisation: Organisation, kind: str, draft: ChannelDraft) -> Channel:
    """Add a way out of a body. Raises Refused with every reason."""
    kind = ChannelKind(kind)
    reasons = why_not(Permission.NOTIFY_CHANNEL_MANAGE, actor=actor, thing=organisation)
    reasons += _problems(kind, draft, draft.hidden(kind))
    if reasons:
        raise Refused(reasons)
    now = clock.now()
    row = Channel(
        organisation=organisation, kind=kind, name=draft.name.strip(), code=secrets.token_urlsafe(32),
        settings=draft.told(kind), kinds=list(draft.kinds), created_at=now, changed_at=now,
    )  # fmt: skip
    row.sealed = seal_secrets(row, draft.hidden(kind))
    _save(row)
    _record(EventName.NOTIFY_CHANNEL_CREATED, row, actor, {"kind": row.kind})
    return row


@transaction.atomic
def change_channel(*, actor: User, channel_id: int, draft: ChannelDraft) -> Channel:
    """Change a channel; secrets left empty stay. Raises Refused with every reason, Missing."""
    row = _locked(actor, channel_id)
    require(Permission.NOTIFY_CHANNEL_MANAGE, actor=actor, thing=row.organisation)
    secrets_now = {**_kept(row), **draft.hidden(row.kind)}
    reasons = _problems(row.kind, draft, secrets_now)
    if reasons:
        raise Refused(reasons)
    row.name, row.kinds, row.settings = draft.name.strip(), list(draft.kinds), draft.told(row.kind)
    row.sealed = seal_secrets(row, secrets_now)
    _move(row, row.state if row.state == ChannelState.PAUSED else ChannelState.READY)
    _record(EventName.NOTIFY_CHANNEL_CHANGED, row, actor, {"secrets": sorted(draft.hidden(row.kind))})
    return row


@transaction.atomic
def pause_channel(*, actor: User, channel_id: int) -> Channel:
    """Send nothing more by a channel; what waits for it is given up when its turn comes. Raises Refused, Missing."""
    return _switch(actor, channel_id, ChannelState.PAUSED)


@transaction.atomic
def resume_channel(*, actor: User, channel_id: int) -> Channel:
    """Use a channel again. Raises Refused, Missing."""
    return _switch(actor, channel_id, ChannelState.READY)


@transaction.atomic
def test_channel(*, actor: User, channel_id: int) -> Dispatch:
    """Send a trial message: to the group, or to the person's own mailbox. Raises Refused, Missing."""
    row = _locked(actor, channel_id)
    require(Permission.NOTIFY_CHANNEL_MANAGE, actor=actor, thing=row.organisation)
    reasons = []
    if row.state == ChannelState.PAUSED:
        reasons.append("渠道已停用，请先恢复。")
    if row.kind == ChannelKind.EMAIL and not actor.email:
        reasons.append("您自己还没有填邮箱，收不到试发的邮件。请到“通知 → 设置”里填写。")
    if reasons:
        raise Refused(reasons)
    now = clock.now()
    title = "这是一条试发的通知，收到说明渠道可用。"
    dispatch = Dispatch.objects.create(
        channel=row, person=actor if row.kind == ChannelKind.EMAIL else None, kind=NoticeKind.SYSTEM, title=title,
        lines=[[title, full_address("/desk/notices/")]], dedup_key=f"try {secrets.token_hex(8)}", created_at=now,
        next_attempt_at=now,
    )  # fmt: skip
    hurry(dispatch.pk)
    _record(EventName.NOTIFY_CHANNEL_TRIED, row, actor, {})
    return dispatch


def _switch(actor: User, channel_id: int, state: ChannelState) -> Channel:
    row = _locked(actor, channel_id)
    require(Permission.NOTIFY_CHANNEL_MANAGE, actor=actor, thing=row.organisation)
    _move(row, state)
    _record(EventName.NOTIFY_CHANNEL_SWITCHED, row, actor, {"state": str(state)})
    return row


def _locked(actor: User, channel_id: int) -> Channel:
    find_channel(actor=actor, channel_id=channel_id)
    rows = Channel.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation").get(pk=channel_id)


def _move(row: Channel, state: str) -> None:
    row.state, row.problem, row.resting_until, row.changed_at = state, "", None, clock.now()
    _save(row)


def _save(row: Channel) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("本单位已经有一个在用的邮件服务器。请修改它，或先停用它。") from error


def _kept(row: Channel) -> dict[str, str]:
    """Return the secrets held; those whose seal is broken are lost, and are typed anew."""
    try:
        return secrets_of(row)
    except PlatformError:
        return {}


def _problems(kind: str, draft: ChannelDraft, hidden: dict[str, str]) -> list[str]:
    problems = ["请给渠道起个名称，方便以后辨认。"] * (not draft.name.strip())
    if set(draft.kinds) - set(NoticeKind.values):
        problems.append("有一种通知不认识，请重新选择。")
    return problems + (_mail_problems(draft) if kind == ChannelKind.EMAIL else _bot_problems(kind, hidden))


def _mail_problems(draft: ChannelDraft) -> list[str]:
    checks = [
        (not _HOST.fullmatch(draft.host), "邮件服务器请填域名或 IP 地址，例如 mail.example.gov.cn。"),
        (
            settings.IS_PRODUCTION and draft.port not in MAIL_PORTS,
            "端口请用 25、465 或 587。",
        ),
        (draft.security not in set(Security), "加密方式不认识，请重新选择。"),
        (not _MAIL.fullmatch(draft.sender), "发件地址不是邮箱，请核对。"),
        (bool(draft.username) and draft.security == Security.NONE, "不加密的连接不能带密码登录，请选加密方式。"),
    ]
    return [sentence for broken, sentence in checks if broken]


def _bot_problems(kind: str, hidden: dict[str, str]) -> list[str]:
    problems = address_problems(kind, hidden.get("url", ""))
    if BOTS[kind].needs_secret and not hidden.get("secret"):
        problems.append(f"请填写{BOTS[kind].name_zh}机器人的加签密钥，并在机器人的安全设置里打开加签。")
    return problems


def _record(event: EventName, row: Channel, actor: User, data: dict[str, object]) -> None:
    record(
        event,
        actor=actor,
        organisation_id=row.organisation_id,
        thing_kind="notify.channel",
        thing_id=row.pk,
        data=data,
    )

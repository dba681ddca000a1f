"""Connections as other rooms and pages may read them: never their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.conf import settings

from zhijian.channels.enums import CAPABILITY_NAMES, HANDOFF, QUOTA_NAMES, ConnectionState
from zhijian.channels.models import Connection, QuotaUse
from zhijian.connectors.registry import codes, connector_for
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import CONTENT_ROLES, Role
from zhijian.organisations.queries import in_scope
from zhijian.policy.queries import UnknownPlatform, load_platforms
from zhijian.registry.enums import AccountState
from zhijian.registry.queries import visible_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.connectors.contract import Capabilities, Connector
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

MANAGERS = (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)
VIEWERS = (*CONTENT_ROLES, *MANAGERS)


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One quota of today: how much of it is used, by the platform's count or ours, whichever is higher."""

    name: str
    used: int
    limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def visible_connections(*, actor: User) -> QuerySet[Connection]:
    """Return the connections of the bodies whose pieces or accounts this person works with."""
    return Connection.objects.filter(in_scope(actor=actor, roles=VIEWERS)).select_related("account", "organisation")


def find_connection(*, actor: User, connection_id: int) -> Connection:
    """Return one connection of the actor's scope. Raises Missing."""
    row = visible_connections(actor=actor).filter(pk=connection_id).first()
    if row is None:
        raise Missing
    return row


def connection_by_id(connection_id: int) -> Connection:
    """Return a connection for the system's own work, whatever the scope. Raises Missing."""
    row = Connection.objects.select_related("account", "organisation").filter(pk=connection_id).first()
    if row is None:
        raise Missing
    return row


def connection_by_callback(callback_code: str) -> Connection:
    """Return the connection whose callback address carries this code. Raises Missing."""
    row = Connection.objects.filter(callback_code=callback_code).first()
    if row is None:
        raise Missing
    return row


def publishing_connections(*, actor: User, roles: Iterable[str]) -> QuerySet[Connection]:
    """Return the connections of accounts to which `actor` may send pieces by one of `roles`, in the order of bodies."""
    rows = Connection.objects.filter(in_scope(actor=actor, roles=roles), account__state__in=SENDING_STATES)
    return rows.select_related("account", "organisation").order_by("organisation__path", "account__platform", "pk")


SENDING_STATES = (AccountState.ACTIVE, AccountState.REGISTERED, AccountState.UNFILED)


def wanted_probes() -> QuerySet[Connection]:
    """Return the connections whose platform is to be asked, for the system's own work."""
    return Connection.objects.exclude(probe_wanted_at=None).order_by("probe_wanted_at")


def unconnected_accounts(*, actor: User) -> QuerySet[Account]:
    """Return the accounts in use that this person may connect and that have no connection yet."""
    rows = visible_accounts(actor=actor, roles=MANAGERS).filter(state__in=SENDING_STATES, connection=None)
    return rows.order_by("organisation__path", "platform", "pk")


def connector_code(platform: str) -> str:
    """Return which connector serves a platform by the policy table; a person carries the piece where none does."""
    try:
        code = load_platforms().platform(platform).connector
    except UnknownPlatform:
        return HANDOFF
    return code if code in codes() else HANDOFF


def connector_of(connection: Connection) -> Connector:
    """Return the client that serves this connection."""
    return connector_for(connection.connector)


def capabilities_of(connection: Connection) -> Capabilities:
    """Return what the platform offers to any account; `missing_of` tells what this one lacks."""
    return connector_of(connection).capabilities


def missing_of(connection: Connection) -> list[tuple[str, str]]:
    """Return (capability in words, what to do) for everything the last probe found lacking."""
    found = connection.capabilities.get("missing", ())
    return [(CAPABILITY_NAMES.get(gap["capability"], gap["capability"]), gap["sentence"]) for gap in found]


def why_not_send(connection: Connection) -> list[str]:
    """Give every reason why nothing can be sent over this connection now."""
    state = ConnectionState(connection.state)
    if state is ConnectionState.NEW:
        return ["还没有检测过这个账号的发布能力，请先到“平台接入”里检测。"]
    if state is ConnectionState.PAUSED:
        return [f"接入已暂停。{connection.state_reason}".strip()]
    return [sentence for _, sentence in missing_of(connection)]


def quotas_today(connection: Connection) -> list[QuotaLine]:
    """Return today's quotas of a connection: the account's own limits where a probe read them, else a new account's."""
    limits = quota_limits(connection)
    used = {row.name: row.used for row in QuotaUse.objects.filter(connection=connection, window_start=day_start())}
    return [QuotaLine(QUOTA_NAMES.get(name, name), used.get(name, 0), limits[name]) for name in limits]


def quota_limits(connection: Connection) -> dict[str, int]:
    """Return the daily limit of each quota we keep account of."""
    usual = {quota.name: quota.amount for quota in capabilities_of(connection).quotas if quota.name in QUOTA_NAMES}
    probed = {row["name"]: int(row["limit"]) for row in connection.capabilities.get("quotas", ()) if row.get("limit")}
    return {**usual, **{name: limit for name, limit in probed.items() if name in QUOTA_NAMES}}


def quota_left(connection: Connection, name: str) -> int | None:
    """Return how often something may still be done today; None where the platform counts nothing."""
    limit = quota_limits(connection).get(name)
    if limit is None:
        return None
    row = QuotaUse.objects.filter(connection=connection, name=name, window_start=day_start()).first()
    return max(0, limit - (row.used if row else 0))


def day_start() -> datetime:
    """Return the midnight in Beijing at which today's counters began."""
    return datetime.combine(clock.today(), time.min, clock.BEIJING)


def callback_url(connection: Connection) -> str:
    """Return the address to enter in the platform's own console."""
    return f"{settings.ZHIJIAN_BASE_URL}/hooks/wechat/{connection.callback_code}/"


def site_hub() -> str:
    """Return the WebSub hub of this installation, "" for none: the one its feeds name is the one that is told."""
    if settings.ZHIJIAN_HUB_URL is None:
        return f"{settings.ZHIJIAN_SANDBOX_URL}/hub"
    return str(settings.ZHIJIAN_HUB_URL)


def hubs_of(connection: Connection) -> list[str]:
    """Return the hubs told after publishing on a website: the installation's, then the one typed for the account."""
    return list(dict.fromkeys(hub for hub in (site_hub(), str(connection.settings.get("hub", ""))) if hub))


def limit_rows(connection: Connection) -> list[dict[str, Any]]:
    """Return the platform's numbers for the page: name, value with unit, source and the day it was read."""
    units = {"char": "字", "byte": "字节", "px": "像素", "s": "秒", "item": "个"}
    return [
        {"name": LIMIT_NAMES.get(name, name), "value": f"{limit.value:,} {units[limit.unit]}", "limit": limit}
        for name, limit in capabilities_of(connection).limits.items()
    ]


LIMIT_NAMES = {
    "title": "标题", "author": "作者", "digest": "摘要", "content": "正文（含排版）", "content_bytes": "正文大小",
    "source_url": "原文地址", "pieces": "一次发布", "image": "正文图片", "cover": "封面图片",
}  # fmt: skip

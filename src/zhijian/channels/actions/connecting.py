"""Connecting an account, changing its secrets, pausing and resuming."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.channels.actions.opening import credentials_of, seal_credentials
from zhijian.channels.enums import HANDOFF, WECHAT, ConnectionState
from zhijian.channels.models import Connection
from zhijian.channels.queries import SENDING_STATES, connector_code, find_connection
from zhijian.connectors.contract import PlatformError
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.fetching import SENTENCES, Fetcher, configured_guard
from zhijian.registry.queries import find_account

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

APP_ID: Final = re.compile(r"[A-Za-z0-9_-]{4,64}")
TOKEN: Final = re.compile(r"[A-Za-z0-9]{3,32}")
AES_KEY_LETTERS: Final = 43
AES_KEY_BYTES: Final = 32
LONGEST_SECRET: Final = 128


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the platform's own console shows to its administrator. Empty fields are left as they are when changing.

    `token` and `aes_key` (43 letters) belong to the callback; without them results are only asked for.
    """

    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)


def why_not_connect(*, actor: User, account: Account) -> list[str]:
    """Give every reason why this account cannot be connected."""
    reasons = why_not(Permission.CONNECTION_MANAGE, actor=actor, thing=account.organisation)
    if account.state not in SENDING_STATES:
        reasons.append(f"账号{account.get_state_display()}，不能接入。")
    if Connection.objects.filter(account=account.pk).exists():
        reasons.append("这个账号已经接入，请在它的接入页里修改。")
    return reasons


def why_not_manage(*, actor: User, connection: Connection) -> list[str]:
    """Give every reason why this person cannot change, pause or probe a connection."""
    return why_not(Permission.CONNECTION_MANAGE, actor=actor, thing=connection.organisation)


@transaction.atomic
def connect_account(
    *,
    actor: User,
    account_id: int,
    app_id: str = "",
    credentials: Credentials | None = None,
    by_hand: bool = False,
    sandbox: bool = False,
    hub: str = "",
    base_url: str = "",
) -> Connection:
    """Connect an account to its platform; the platform table says by which connector, `by_hand` chooses a person.

    `sandbox` uses the pretend platform, `hub` is a WebSub hub of the website beside the installation's own, `base_url`
    a private deployment of the interface. Raises Refused with every reason, Missing.
    """
    account = find_account(actor=actor, account_id=account_id)
    connector = HANDOFF if by_hand else connector_code(account.platform)
    given = credentials or Credentials()
    reasons = why_not_connect(actor=actor, account=account) or [
        *_bad_credentials(connector, app_id, given),
        *(["正式运行不能接入沙箱。"] if sandbox and settings.IS_PRODUCTION else []),
        *_bad_hub(hub),
    ]
    if connector == WECHAT and not given.secret:
        reasons.append("请填写开发者密钥（AppSecret）。")
    if reasons:
        raise Refused(reasons)
    row = Connection(
        account_id=account.pk, organisation=account.organisation, connector=connector, base_url=base_url,
        app_id=app_id if connector == WECHAT else "", callback_code=secrets.token_urlsafe(32),
        settings={"sandbox": sandbox, "hub": hub}, created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    _seal(row, given)
    if connector != WECHAT:
        row.state, row.probed_at = ConnectionState.READY, clock.now()
    _save_new(row)
    _record(EventName.CONNECTION_CREATED, row, actor, {"connector": connector, "sandbox": sandbox, "hub": hub})
    return row


@transaction.atomic
def change_credentials(*, actor: User, connection_id: int, app_id: str = "", credentials: Credentials) -> Connection:
    """Replace the secrets that are given and keep the others; the token held is forgotten, a probe is due.

    Raises Refused with every reason, Missing.
    """
    row = _locked(actor, connection_id)
    reasons = why_not_manage(actor=actor, connection=row)
    reasons = reasons or _bad_credentials(row.connector, app_id or row.app_id, _completed(row, credentials))
    if reasons:
        raise Refused(reasons)
    row.app_id = app_id or row.app_id
    _seal(row, credentials)
    row.sealed_token, row.token_expires_at = b"", None
    row.token_version += 1
    row.state, row.state_reason, row.changed_at = ConnectionState.NEW, "", clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("这个 AppID 已经接入了另一个账号，请核对。") from error
    changed = [name for name, value in asdict(credentials).items() if value]
    _record(EventName.CONNECTION_CHANGED, row, actor, {"changed": changed})
    return row


@transaction.atomic
def pause_connection(*, actor: User, connection_id: int, reason: str = "") -> Connection:
    """Stop starting anything over a connection; what is under way is still read back. Raises Refused, Missing."""
    row = _locked(actor, connection_id)
    require(Permission.CONNECTION_MANAGE, actor=actor, thing=row.organisation)
    _move(row, ConnectionState.PAUSED, reason.strip()[:200] or f"由{actor}暂停。")
    _record(EventName.CONNECTION_PAUSED, row, actor, {})
    return row


def follow_account(*, account_id: int, organisation_id: int | None, reason: str) -> None:
    """Stop the connections of an account that changed hands or ended; they go to the new owner, who checks and resumes.

    Heard from the register, in its transaction.
    """
    for row in Connection.objects.select_for_update().filter(account_id=account_id).order_by("pk"):
        if organisation_id is not None:
            row.organisation_id = organisation_id
            row.save(update_fields=["organisation"])
        _move(row, ConnectionState.PAUSED, reason)
        _record(EventName.CONNECTION_PAUSED, row, None, {"account": account_id})


@transaction.atomic
def resume_connection(*, actor: User, connection_id: int) -> Connection:
    """Open a paused connection again; a foreign platform is probed before anything is sent. Raises Refused, Missing."""
    row = _locked(actor, connection_id)
    require(Permission.CONNECTION_MANAGE, actor=actor, thing=row.organisation)
    _move(row, ConnectionState.NEW if row.connector == WECHAT else ConnectionState.READY, "")
    _record(EventName.CONNECTION_CHANGED, row, actor, {"resumed": True})
    return row


def _locked(actor: User, connection_id: int) -> Connection:
    find_connection(actor=actor, connection_id=connection_id)
    rows = Connection.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation").get(pk=connection_id)


def _move(row: Connection, state: ConnectionState, reason: str) -> None:
    row.state, row.state_reason, row.changed_at = state, reason, clock.now()
    row.save(update_fields=["state", "state_reason", "changed_at"])


def _save_new(row: Connection) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("这个账号或 AppID 已经接入过，请在列表里查找。") from error


def _completed(row: Connection, given: Credentials) -> Credentials:
    """Return what will be held after a change: the fields left empty are those of before."""
    return Credentials(**{name: value or _kept(row).get(name, "") for name, value in asdict(given).items()})


def _kept(row: Connection) -> dict[str, str]:
    """Return the secrets held; those whose seal is broken are lost, and all are typed anew."""
    try:
        return credentials_of(row)
    except PlatformError:
        return {}


def _seal(row: Connection, given: Credentials) -> None:
    kept = _kept(row)
    fresh = {name: value for name, value in asdict(given).items() if value}
    if fresh.get("aes_key") and kept.get("aes_key"):
        # Callbacks sealed with the old key are still on their way while the platform changes over.
        fresh["previous_aes_key"] = kept["aes_key"]
    row.sealed_credentials = seal_credentials(row, {**kept, **fresh})
    row.settings = {**row.settings, "callback": bool({**kept, **fresh}.get("token"))}


def _bad_credentials(connector: str, app_id: str, given: Credentials) -> list[str]:
    if connector != WECHAT:
        return []
    reasons = []
    if not APP_ID.fullmatch(app_id):
        reasons.append("AppID 不对：在公众号后台“设置与开发 → 开发接口管理”里复制，以 wx 开头。")
    if len(given.secret) > LONGEST_SECRET or re.search(r"\s", given.secret):
        reasons.append("AppSecret 不对：它是一串没有空格的字母和数字，请重新复制。")
    if given.token and not TOKEN.fullmatch(given.token):
        reasons.append("令牌（Token）是 3 到 32 个字母或数字，要与公众号后台填的一致。")
    if given.aes_key and not _is_aes_key(given.aes_key):
        reasons.append("消息加解密密钥（EncodingAESKey）是 43 个字母或数字，请从公众号后台复制。")
    if given.aes_key and not given.token:
        reasons.append("填了消息加解密密钥，也要填令牌（Token）。")
    return reasons


def _bad_hub(hub: str) -> list[str]:
    """Judge a typed address by its looks; what it resolves to is judged whenever it is told."""
    obstacle = Fetcher(configured_guard()).why_not(hub) if hub else None
    return [f"订阅中心：{SENTENCES[obstacle]}"] if obstacle else []


def _is_aes_key(text: str) -> bool:
    try:
        return len(text) == AES_KEY_LETTERS and len(base64.b64decode(text + "=", validate=True)) == AES_KEY_BYTES
    except binascii.Error:
        return False


def _record(event: EventName, row: Connection, actor: User | None, data: dict[str, object]) -> None:
    record(
        event,
        actor=actor,
        organisation_id=row.organisation_id,
        thing_kind="channels.connection",
        thing_id=row.pk,
        data=data,
    )

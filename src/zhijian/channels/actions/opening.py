"""Opening a connection for a connector: the one place where secrets are unsealed, and where tokens are kept."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from zhijian.channels.enums import WEBSITE, WECHAT
from zhijian.channels.models import Connection
from zhijian.channels.queries import hubs_of
from zhijian.connectors.contract import Account, ErrKind, PlatformError, Token
from zhijian.lib.fetching import configured_openings
from zhijian.lib.sealing import SealBroken, sealer_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

BASE_URLS: Final = {WECHAT: "https://api.weixin.qq.com"}
FEEDS: Final = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json")
LEASE: Final = timedelta(seconds=30)
"""Longer than the platform is waited for (`connectors.transport`)."""
LONGEST_WAIT: Final = 40.0
BETWEEN_LOOKS: Final = 0.1
BROKEN_SEAL: Final = "凭据打不开：数据目录里的 seal_key 换过或丢失。请恢复备份里的 seal_key，或重新填写凭据。"


def open_account(row: Connection) -> Account:
    """Return the account as connectors take it, secrets included. Keep it out of logs and rows.

    Raises PlatformError (AUTH) when the secrets do not open any more.
    """
    return Account(
        platform=row.connector,
        uid=row.app_id or str(row.account_id),
        base_url=_base_url(row),
        tokens=SealedTokenStore(row.pk),
        credentials=credentials_of(row),
        settings=_settings(row),
    )


def seal_credentials(row: Connection, given: Mapping[str, str]) -> bytes:
    """Return the secrets of a connection, sealed for this row alone."""
    return sealer_in(settings.ZHIJIAN_DATA).seal(json.dumps(dict(given)).encode(), place=_place(row, "credentials"))


def credentials_of(row: Connection) -> dict[str, str]:
    """Return the secrets of a connection. Raises PlatformError (AUTH) when the seal is broken."""
    if not row.sealed_credentials:
        return {}
    plain = _opened(row, bytes(row.sealed_credentials), "credentials")
    found: dict[str, str] = json.loads(plain)
    return found


class SealedTokenStore:
    """Keeps the access token of one connection in its row. `account` of the protocol is this one connection."""

    def __init__(self, connection_id: int) -> None:
        self.connection_id = connection_id

    def read(self, account: str) -> Token | None:
        """Return the token held, expired or not."""
        del account
        return self._token(Connection.objects.get(pk=self.connection_id))

    def replace(self, account: str, *, seen: int | None, value: str, expires_at: datetime) -> Token:
        """Store a token if the held version is still `seen`; return the one then held."""
        del account
        with transaction.atomic():
            row = Connection.objects.select_for_update(no_key=True).get(pk=self.connection_id)
            held = self._token(row)
            if held is not None and held.version != seen:
                return held
            row.token_version += 1
            row.token_expires_at = expires_at
            row.sealed_token = sealer_in(settings.ZHIJIAN_DATA).seal(value.encode(), place=_place(row, "token"))
            row.save(update_fields=["token_version", "token_expires_at", "sealed_token"])
        return Token(value, expires_at, row.token_version)

    @contextmanager
    def lock(self, account: str) -> Iterator[None]:
        """Hold the right to refresh across processes: a lease in the row, so that nothing is locked meanwhile.

        A process that dies loses it after half a minute. Raises PlatformError (TRANSIENT) after 40 seconds of waiting.
        """
        del account
        lease = self._lease()
        try:
            yield
        finally:
            held = Connection.objects.filter(pk=self.connection_id, token_lease=lease)
            held.update(token_lease="", token_lease_until=None)

    def _lease(self) -> str:
        lease, end = secrets.token_hex(16), time.monotonic() + LONGEST_WAIT
        # The database's clock, the same for every process; ours may be shifted in a drill.
        free = Q(token_lease_until=None) | Q(token_lease_until__lt=Now())
        while not Connection.objects.filter(free, pk=self.connection_id).update(
            token_lease=lease, token_lease_until=Now() + LEASE
        ):
            if time.monotonic() > end:
                hint = "另一个进程正在向平台换取登录凭证，稍后会自动再试。"
                raise PlatformError(ErrKind.TRANSIENT, "token_lock", "Somebody else refreshes.", hint_zh=hint)
            time.sleep(BETWEEN_LOOKS)
        return lease

    def _token(self, row: Connection) -> Token | None:
        if not row.sealed_token or row.token_expires_at is None:
            return None
        value = _opened(row, bytes(row.sealed_token), "token").decode()
        return Token(value, row.token_expires_at, row.token_version)


def _opened(row: Connection, sealed: bytes, what: str) -> bytes:
    try:
        return sealer_in(settings.ZHIJIAN_DATA).open(sealed, place=_place(row, what))
    except SealBroken as broken:
        raise PlatformError(ErrKind.AUTH, "seal_broken", str(broken), hint_zh=BROKEN_SEAL) from broken


def _place(row: Connection, what: str) -> str:
    """Name the place a value is sealed at: no row's secret opens in another row."""
    return f"channels.connection {row.callback_code} {what}"


def _base_url(row: Connection) -> str:
    if row.settings.get("sandbox"):
        return f"{settings.ZHIJIAN_SANDBOX_URL}/{row.connector}"
    return (row.base_url or BASE_URLS.get(row.connector, "")).rstrip("/")


def _settings(row: Connection) -> dict[str, str]:
    if row.connector != WEBSITE:
        return {}
    return {
        "hub": " ".join(hubs_of(row)),
        "feeds": " ".join(f"{settings.ZHIJIAN_BASE_URL}{path}" for path in FEEDS),
        "allowed": configured_openings(),
    }

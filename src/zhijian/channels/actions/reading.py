"""Reading what an account has put out, over its own connection and with its own authorisation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from zhijian.channels.actions.opening import open_account
from zhijian.channels.actions.quotas import QuotaSpent, reserve
from zhijian.channels.enums import WECHAT, ConnectionState
from zhijian.channels.models import Connection
from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.connectors.wechat.published import PublishedList, PublishedPiece, published_pieces

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["PublishedList", "PublishedPiece", "read_published"]

MOST_PAGES: Final = 5
LIST_PUBLISHED: Final = "list_published"
READABLE: Final = (ConnectionState.READY, ConnectionState.LIMITED)


def read_published(*, account_id: int, since: datetime) -> PublishedList:
    """Return what the platform lists of an account's publications, back to `since` as far as five pages go.

    Calls the platform: never inside a transaction. Raises PlatformError, QuotaSpent when none of today's calls is left;
    when they run out between two pages, the list does not reach as far.
    """
    row = Connection.objects.filter(account=account_id, connector=WECHAT).first()
    if row is None or row.state not in READABLE:
        hint = "账号没有接入微信接口，或接入已暂停、还没有检测。请先到“平台接入”里处理。"
        raise PlatformError(ErrKind.PERMISSION, "not_connected", "No usable connection.", hint_zh=hint)
    return published_pieces(open_account(row), since=since, pages=MOST_PAGES, may_call=partial(_may_call, row))


def _may_call(row: Connection, page: int) -> bool:
    """Take one of today's calls for a page."""
    try:
        reserve(row, LIST_PUBLISHED)
    except QuotaSpent:
        if page == 0:
            raise
        return False
    return True

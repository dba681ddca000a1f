"""What an account has put out, as the platform itself lists it: for watching, not for sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from zhijian.connectors.wechat import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from zhijian.connectors.contract import Account

PAGE: Final = 10
"""Bodies come along, each up to a megabyte and eight in a push: smaller pages than the platform would give."""


@dataclass(frozen=True, slots=True)
class PublishedPiece:
    """One article as the platform lists it. `body` is its HTML; `deleted`: taken down since."""

    url: str
    name: str
    title: str
    body: str
    published_at: datetime | None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class PublishedList:
    """The newest of what an account put out. `reaches` False: the list went on beyond the pages that were read."""

    pieces: tuple[PublishedPiece, ...]
    reaches: bool


def published_pieces(
    account: Account, *, since: datetime, pages: int, may_call: Callable[[int], bool]
) -> PublishedList:
    """Read the list of publications (freepublish/batchget), newest first, back to `since` or `pages` pages far.

    Each page is one call of 100 a day: `may_call(page)` is asked before each, False stops there. Raises PlatformError.
    """
    found: list[PublishedPiece] = []
    for page in range(pages):
        if not may_call(page):
            break
        body = {"offset": page * PAGE, "count": PAGE, "no_content": 0}
        items = _dicts(client.call(account, "freepublish/batchget", body, mutates=False).get("item"))
        pieces = [piece for item in items for piece in _pieces(item)]
        found += pieces
        dates = [piece.published_at for piece in pieces if piece.published_at]
        if len(items) < PAGE or (dates and min(dates) < since):
            return PublishedList(tuple(found), reaches=True)
    return PublishedList(tuple(found), reaches=False)


def _pieces(item: Mapping[str, Any]) -> Iterator[PublishedPiece]:
    content = item.get("content")
    listed = _dicts(content.get("news_item")) if isinstance(content, dict) else []
    moment = _moment(item.get("update_time"))
    for number, article in enumerate(listed):
        yield PublishedPiece(
            url=str(article.get("url", "")), name=f"{item.get('article_id', '')}/{number}",
            title=str(article.get("title", "")), body=str(article.get("content", "")), published_at=moment,
            deleted=bool(article.get("is_deleted")),
        )  # fmt: skip


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []

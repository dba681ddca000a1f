"""What is out, in the order it went out: for reading a whole archive again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import DeliveryItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


def items_out(*, path: str) -> QuerySet[DeliveryItem]:
    """Return the pieces that are out at the accounts of a branch (`path` of its body), with the very version sent.

    For the system's own work: the scope is the caller's to ask for. Cut it by id, never by offset.
    """
    return _with_words(_out().filter(account__organisation__path__startswith=path))


def items_by_id(item_ids: Sequence[int]) -> dict[int, DeliveryItem]:
    """Return which of some pieces are still out, by id. Scope as above."""
    return _with_words(_out()).in_bulk(list(item_ids))


def _out() -> QuerySet[DeliveryItem]:
    return DeliveryItem.objects.filter(is_live=True, delivery__state=DeliveryState.PUBLISHED)


def _with_words(rows: QuerySet[DeliveryItem]) -> QuerySet[DeliveryItem]:
    return rows.select_related("account__organisation", "revision", "delivery").defer("revision__document")

"""Handing down to `observation` what went out, in the transaction in which it became public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.content.queries import public_piece
from zhijian.lib import clock
from zhijian.observation.actions import DeliveredPiece, note_delivery
from zhijian.publishing.models import Delivery

if TYPE_CHECKING:
    from zhijian.publishing.models import DeliveryItem


def hand_to_observation(*, delivery_id: int) -> None:
    """Tell `observation` what a published delivery put out, each piece under its address."""
    delivery = Delivery.objects.get(pk=delivery_id)
    pieces = [_piece(item) for item in delivery.items.order_by("position")]
    note_delivery(account_id=delivery.account_id, published_at=delivery.published_at or clock.now(), pieces=pieces)


def _piece(item: DeliveryItem) -> DeliveredPiece:
    piece = public_piece(item.revision_id)
    body = piece.html(lambda sha256: f"/files/{sha256}")
    return DeliveredPiece(name=f"{item.delivery_id}/{item.position}", url=item.url, title=item.title, body=body)

"""Publishing listens down: to approvals that end, and to what platforms tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from zhijian.channels.signals import platform_event_received
from zhijian.content.signals import approval_lost
from zhijian.publishing import actions
from zhijian.publishing.signals import delivery_published

if TYPE_CHECKING:
    from zhijian.connectors.contract import InboundEvent


@receiver(platform_event_received)
def hear_platform(sender: object, *, connection_id: int, event: InboundEvent, **_: Any) -> None:
    """An event hurries a look at the platform."""
    actions.follow_event(connection_id=connection_id, event=event)


@receiver(approval_lost)
def stop_planned(sender: object, *, article_id: int, content_hash: str, **_: Any) -> None:
    """What was planned with this version does not go out."""
    actions.follow_lost_approval(article_id=article_id, content_hash=content_hash)


@receiver(delivery_published)
def hand_to_observation(sender: object, *, delivery_id: int, **_: Any) -> None:
    """What we ourselves put out is the first thing known of an account."""
    actions.hand_to_observation(delivery_id=delivery_id)

"""Publishing on our own website: out the moment the row says so; those who follow by feed are told afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhijian.channels.actions import open_account
from zhijian.channels.queries import connector_of
from zhijian.connectors.contract import PlatformError
from zhijian.connectors.progress import advance
from zhijian.lib import clock
from zhijian.publishing.actions import outcomes
from zhijian.publishing.actions.moving import keep, move, shorten
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import DeliveryItem
from zhijian.publishing.queries import piece_address, rendered_for

if TYPE_CHECKING:
    from zhijian.publishing.models import Delivery


@transaction.atomic
def publish_on_website(delivery: Delivery, started: dict[str, Any]) -> None:
    """Put a planned delivery before the readers, in place of an earlier version of the same piece.

    Raises ApprovalGone, Overtaken.
    """
    moment = clock.now()
    items = list(delivery.items.order_by("position"))
    urls = tuple(piece_address(item.article_id) for item in items)
    move(
        delivery, DeliveryState.PUBLISHED, published_at=moment, submitted_at=moment, next_attempt_at=moment,
        proof_url=urls[0], receipt={"state": "published", "urls": list(urls)}, **started,
    )  # fmt: skip
    earlier = DeliveryItem.objects.filter(
        account=delivery.account_id,
        article__in=[item.article_id for item in items],
        is_live=True,
        delivery__state=DeliveryState.PUBLISHED,
    )
    earlier.exclude(delivery=delivery).update(is_live=False)
    outcomes.announce(delivery, urls)


def ping_followers(delivery: Delivery) -> None:
    """Tell the hub, if there is one, that the feeds have changed. The page is out either way. Raises Overtaken."""
    try:
        account = open_account(delivery.connection)
        advance(
            connector_of(delivery.connection), account, rendered_for(delivery), dict(delivery.progress),
            save=lambda state: keep(delivery, progress=state),
        )  # fmt: skip
    except PlatformError as error:
        tries = delivery.attempts + 1
        again = clock.now() + outcomes.backoff(tries) if tries < outcomes.MOST_TRIES else None
        keep(delivery, attempts=tries, next_attempt_at=again, problem_kind="hub", problem=shorten(error.hint_zh))
    else:
        keep(delivery, next_attempt_at=None, problem="", problem_kind="")

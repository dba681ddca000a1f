from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import CONTENT_ROLES, Role
from zhijian.organisations.queries import in_scope
from zhijian.publishing.enums import KEEPS_DRAFT, LIVE_STATES
from zhijian.publishing.models import Delivery, DeliveryItem, StrayDraft

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.content.models import Article
    from zhijian.organisations.models import User

THING_KIND = "publishing.delivery"
MOMENT = timedelta(minutes=2)
SENDERS = (Role.EDITOR, Role.HOST_OFFICER)
VIEWERS = (*CONTENT_ROLES, Role.SUPERVISING_OFFICER)


def visible_deliveries(*, actor: User) -> QuerySet[Delivery]:
    """Return the deliveries to accounts of the bodies whose content this person works on."""
    rows = Delivery.objects.filter(in_scope(actor=actor, roles=VIEWERS))
    return rows.select_related("organisation", "account", "connection", "planned_by")


def find_delivery(*, actor: User, delivery_id: int) -> Delivery:
    """Return one delivery of the actor's scope. Raises Missing."""
    row = visible_deliveries(actor=actor).filter(pk=delivery_id).first()
    if row is None:
        raise Missing
    return row


def delivery_by_id(delivery_id: int) -> Delivery:
    """Return a delivery for the system's own work, whatever the scope. Raises Missing."""
    rows = Delivery.objects.select_related("organisation", "account", "connection__account", "connection__organisation")
    row = rows.filter(pk=delivery_id).first()
    if row is None:
        raise Missing
    return row


def items_of(delivery: Delivery) -> list[DeliveryItem]:
    """Return the pieces of a delivery in order."""
    rows = delivery.items.select_related("article", "revision").defer("revision__document", "revision__plain_text")
    return list(rows.order_by("position"))


def deliveries_of_article(*, actor: User, article_id: int) -> list[Delivery]:
    """Return the deliveries of any version of a piece that this person may see, newest first, with their items."""
    sent = Exists(DeliveryItem.objects.filter(delivery=OuterRef("pk"), article=article_id))
    own = Prefetch("items", DeliveryItem.objects.filter(article=article_id), to_attr="own_items")
    return list(visible_deliveries(actor=actor).filter(sent).prefetch_related(own).order_by("-pk")[:50])


def just_planned(
    *, actor: User, connection_id: int, revision_ids: Sequence[int], scheduled_at: datetime | None
) -> Delivery | None:
    """Return the push with exactly these pieces that this person planned a moment ago: a button was pressed twice."""
    recent = visible_deliveries(actor=actor).filter(
        planned_by=actor, connection=connection_id, planned_at__gte=clock.now() - MOMENT, state__in=LIVE_STATES
    )
    for delivery in recent.prefetch_related("items").order_by("-pk")[:20]:
        same_hour = scheduled_at is None or delivery.scheduled_at == scheduled_at
        if same_hour and [item.revision_id for item in delivery.items.all()] == list(revision_ids):
            return delivery
    return None


def due_deliveries() -> QuerySet[Delivery]:
    """Return the deliveries a worker should look at now, the longest waiting first, those under a lease left out."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    return Delivery.objects.filter(free, next_attempt_at__lte=now).order_by("next_attempt_at")


def open_keys(connection_id: int) -> set[str]:
    """Return the keys whose drafts on the platform are still needed."""
    rows = Delivery.objects.filter(connection=connection_id, state__in=KEEPS_DRAFT)
    return set(rows.values_list("key", flat=True))


def visible_strays(*, actor: User) -> QuerySet[StrayDraft]:
    """Return the stray drafts on accounts of the bodies whose content this person works on, open ones first."""
    rows = StrayDraft.objects.filter(in_scope(actor=actor, roles=VIEWERS))
    return rows.select_related("organisation", "connection__account")


def find_stray(*, actor: User, stray_id: int) -> StrayDraft:
    """Return one stray draft of the actor's scope. Raises Missing."""
    row = visible_strays(actor=actor).filter(pk=stray_id).first()
    if row is None:
        raise Missing
    return row


def sent_articles(articles: Iterable[Article]) -> set[int]:
    """Return the ids of the pieces whose newest version is on its way or out on some account."""
    newest = [article.current_revision_id for article in articles]
    rows = DeliveryItem.objects.filter(revision__in=newest, is_live=True)
    return set(rows.values_list("article_id", flat=True))

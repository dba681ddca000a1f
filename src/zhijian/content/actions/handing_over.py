"""Pieces that are still being written go over to the body that takes over the duties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record_many
from zhijian.audit.events import EventName
from zhijian.content.enums import HANDED_OVER
from zhijian.content.models import Article
from zhijian.lib import clock

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


@transaction.atomic
def hand_over_articles(*, actor: User, organisation: Organisation, to: Organisation) -> int:
    """Give the unfinished pieces of a body to another; their versions stay. Return how many. Raises Refused.

    A piece under review is left: it goes on, or comes back and is handed over then. The rest stays as archive.
    """
    for body in (organisation, to):
        require(Permission.ARTICLE_HAND_OVER, actor=actor, thing=body)
    rows = Article.objects.select_for_update().filter(organisation=organisation, state__in=HANDED_OVER).order_by("pk")
    moved = [article.pk for article in rows]
    Article.objects.filter(pk__in=moved).update(organisation=to, changed_at=clock.now())
    told = {"from": organisation.pk, "to": to.pk}
    record_many(
        EventName.ARTICLE_HANDED_OVER, actor=actor, thing_kind="content.article",
        rows=((to.pk, pk, told) for pk in moved),
    )  # fmt: skip
    return len(moved)

"""What the page of a piece shows of its way to the readers: a button among its acts, a card below its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.content.enums import ArticleState
from zhijian.content.queries import Extra
from zhijian.organisations.queries import holds_role
from zhijian.publishing.queries.deliveries import SENDERS, VIEWERS, deliveries_of_article

if TYPE_CHECKING:
    from zhijian.content.models import Article
    from zhijian.organisations.models import User


def article_extras(*, actor: User, article: Article) -> list[Extra]:
    """Return the button "发布" for those who may send the piece, and its deliveries for those who may see them."""
    extras = []
    if article.state == ArticleState.APPROVED and holds_role(
        actor=actor, roles=SENDERS, organisation=article.organisation
    ):
        extras.append(Extra("publishing/extra_act.html", {"article": article}, place="act"))
    if actor.holds(*VIEWERS):
        deliveries = deliveries_of_article(actor=actor, article_id=article.pk)
        if deliveries:
            extras.append(Extra("publishing/extra_card.html", {"deliveries": deliveries}))
    return extras

"""The recent pieces on which a term is tried before it is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.content.enums import ArticleState
from zhijian.content.queries.articles import visible_articles
from zhijian.knowledge.queries import MOST_TRIED, Archive, TrialText

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


def recent_texts(actor: User, organisation: Organisation) -> Archive:
    """Return the newest pieces of the body and those below it, as far as the person may see them."""
    rows = visible_articles(actor=actor).filter(organisation__path__startswith=organisation.path)
    rows = rows.exclude(state=ArticleState.DISCARDED).order_by("-changed_at")
    articles = list(rows[: MOST_TRIED + 1])
    texts = []
    for article in articles[:MOST_TRIED]:
        revision = article.current_revision
        if revision is None:
            continue
        text = f"{revision.title}\n{revision.digest}\n{revision.plain_text}"
        texts.append(TrialText(revision.title, f"/desk/articles/{article.pk}/", text, article.changed_at))
    return Archive(texts, len(articles) > MOST_TRIED)

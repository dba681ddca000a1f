"""The recent pieces on which a term is tried before it is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.content.enums import ArticleState
from zhijian.content.queries.articles import visible_articles
from zhijian.knowledge.queries import TrialText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.organisations.models import Organisation, User

MOST = 500


def recent_texts(actor: User, organisation: Organisation) -> Iterator[TrialText]:
    """Yield the newest pieces of the body and those below it, as far as the person may see them."""
    rows = visible_articles(actor=actor).filter(organisation__path__startswith=organisation.path)
    rows = rows.exclude(state=ArticleState.DISCARDED).order_by("-changed_at")
    for article in rows[:MOST]:
        revision = article.current_revision
        if revision is None:
            continue
        text = f"{revision.title}\n{revision.digest}\n{revision.plain_text}"
        yield TrialText(revision.title, f"/desk/articles/{article.pk}/", text)

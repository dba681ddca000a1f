"""The newest posts of accounts, on which a term is tried before it is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.knowledge.queries import MOST_TRIED, Archive, TrialText
from zhijian.lookback.queries.archive import post_texts
from zhijian.observation.queries import visible_posts

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User


def recent_posts(actor: User, organisation: Organisation) -> Archive:
    """Return the newest posts of the accounts of a body and those below it, as far as the person may see them.

    What went out from here is among the pieces already, and left out here while it stands as it was sent.
    """
    rows = visible_posts(actor=actor).filter(account__organisation__path__startswith=organisation.path)
    posts = list(rows.filter(dated=True, vanished_at=None).order_by("-published_at", "-pk")[: MOST_TRIED + 1])
    texts = post_texts([(post, post.account) for post in posts[:MOST_TRIED]])
    found = [TrialText(text.title, text.desk_url, text.words or "", text.published_at) for text in texts]
    return Archive(found, len(posts) > MOST_TRIED)

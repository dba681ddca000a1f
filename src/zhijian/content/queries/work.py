"""What a person must do about pieces today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.content.enums import ArticleState
from zhijian.content.models import Article
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from zhijian.organisations.models import User

MOST = 100
KINDS = {ArticleState.RETURNED: "改稿", ArticleState.DRAFT: "写稿"}


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the pieces sent back to the actor's bodies, and the actor's own drafts, those returned first."""
    mine = Q(state=ArticleState.RETURNED) | Q(state=ArticleState.DRAFT, created_by=actor)
    rows = Article.objects.filter(in_scope(actor=actor, roles=[Role.EDITOR, Role.HOST_OFFICER])).filter(mine)
    rows = rows.select_related("organisation").order_by("-state", "changed_at")
    return [_item(article) for article in rows[:MOST]]


def _item(article: Article) -> WorkItem:
    state = ArticleState(article.state)
    return WorkItem(
        title=article.title or "（没有标题）",
        url=f"/desk/articles/{article.pk}/",
        kind=KINDS[state],
        organisation=article.organisation.short_name,
        state=f"退回：{article.returned_comment[:40]}" if state is ArticleState.RETURNED else state.label,
        since=article.changed_at,
    )

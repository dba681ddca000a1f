"""What a piece does when its review moves. Called by the receivers, inside the transaction of the signature."""

from __future__ import annotations

from zhijian.content import signals
from zhijian.content.enums import ArticleState
from zhijian.content.models import Article
from zhijian.content.queries import revision_with_hash
from zhijian.lib import clock


def follow_approval(*, article_id: int, content_hash: str) -> None:
    """All stages have signed this version: the piece is approved, and the rooms above hear of it."""
    article = Article.objects.select_for_update(no_key=True).get(pk=article_id)
    _move(article, ArticleState.APPROVED)
    revision = revision_with_hash(article_id, content_hash)
    if revision is not None:
        signals.revision_approved.send(
            sender=Article, article_id=article_id, revision_id=revision.pk, content_hash=content_hash
        )


def follow_return(*, article_id: int, comment: str, marked_field: str) -> None:
    """A reviewer sent the piece back: its writers see why."""
    article = Article.objects.select_for_update(no_key=True).get(pk=article_id)
    article.returned_comment, article.returned_field = comment, marked_field
    article.save(update_fields=["returned_comment", "returned_field"])
    _move(article, ArticleState.RETURNED)


def follow_withdrawal(*, article_id: int) -> None:
    """The submitter took the piece back."""
    _move(Article.objects.select_for_update(no_key=True).get(pk=article_id), ArticleState.DRAFT)


def follow_void(*, article_id: int, content_hash: str) -> None:
    """The review ended with an edit; what was approved and not yet sent must not go out."""
    article = Article.objects.select_for_update(no_key=True).get(pk=article_id)
    was_approved = article.state == ArticleState.APPROVED
    if article.state in {ArticleState.APPROVED, ArticleState.IN_REVIEW}:
        _move(article, ArticleState.DRAFT)
    if was_approved:
        signals.approval_lost.send(sender=Article, article_id=article_id, content_hash=content_hash)


def _move(article: Article, state: ArticleState) -> None:
    article.state, article.changed_at = state, clock.now()
    article.save(update_fields=["state", "changed_at"])

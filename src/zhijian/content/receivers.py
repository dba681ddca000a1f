"""A piece follows its review."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.content import actions
from zhijian.content.queries import THING_KIND
from zhijian.review import signals


@receiver(signals.review_approved)
def approve(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, **_: Any) -> None:
    """All stages have signed."""
    if thing_kind == THING_KIND:
        actions.follow_approval(article_id=thing_id, content_hash=version_hash)


@receiver(signals.review_returned)
def take_back(
    sender: object, *, thing_kind: str, thing_id: int, comment: str, marked_field: str, **_: Any
) -> None:  # fmt: skip
    """A reviewer sent it back."""
    if thing_kind == THING_KIND:
        actions.follow_return(article_id=thing_id, comment=comment, marked_field=marked_field)


@receiver(signals.review_withdrawn)
def reopen(sender: object, *, thing_kind: str, thing_id: int, **_: Any) -> None:
    """The submitter took it back."""
    if thing_kind == THING_KIND:
        actions.follow_withdrawal(article_id=thing_id)


@receiver(signals.review_voided)
def lose(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, **_: Any) -> None:
    """An edit ended the review."""
    if thing_kind == THING_KIND:
        actions.follow_void(article_id=thing_id, content_hash=version_hash)

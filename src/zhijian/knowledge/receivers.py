"""An entry of the Q&A library follows its review."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.knowledge import actions
from zhijian.knowledge.queries import ANSWER_KIND
from zhijian.review import signals


@receiver(signals.review_approved)
def approve(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, **_: Any) -> None:
    """All stages have signed."""
    if thing_kind == ANSWER_KIND:
        actions.follow_approved_answer(question_id=thing_id, content_hash=version_hash)


@receiver(signals.review_returned)
def take_back(sender: object, *, thing_kind: str, thing_id: int, comment: str, **_: Any) -> None:
    """A reviewer sent it back."""
    if thing_kind == ANSWER_KIND:
        actions.follow_returned_answer(question_id=thing_id, comment=comment)


@receiver(signals.review_withdrawn)
def reopen(sender: object, *, thing_kind: str, thing_id: int, **_: Any) -> None:
    """The submitter took it back."""
    if thing_kind == ANSWER_KIND:
        actions.follow_taken_back_answer(question_id=thing_id)


@receiver(signals.review_voided)
def lose(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, **_: Any) -> None:
    """An approval ended."""
    if thing_kind == ANSWER_KIND:
        actions.follow_voided_answer(question_id=thing_id, content_hash=version_hash)

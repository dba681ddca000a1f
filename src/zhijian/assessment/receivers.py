"""A bulletin follows its review."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.assessment import actions
from zhijian.assessment.queries import BULLETIN_KIND
from zhijian.review import signals


@receiver(signals.review_approved)
def publish(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, **_: Any) -> None:
    """All stages have signed."""
    if thing_kind == BULLETIN_KIND:
        actions.follow_approved(bulletin_id=thing_id, content_hash=version_hash)


@receiver(signals.review_returned)
def take_back(sender: object, *, thing_kind: str, thing_id: int, comment: str, **_: Any) -> None:
    """A reviewer sent it back."""
    if thing_kind == BULLETIN_KIND:
        actions.follow_returned(bulletin_id=thing_id, comment=comment)


@receiver(signals.review_withdrawn)
def reopen(sender: object, *, thing_kind: str, thing_id: int, **_: Any) -> None:
    """The submitter took it back."""
    if thing_kind == BULLETIN_KIND:
        actions.follow_taken_back(bulletin_id=thing_id)

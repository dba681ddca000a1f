from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.census import actions
from zhijian.census.queries import SHEET_KIND
from zhijian.review import signals


@receiver(signals.review_approved)
def sign(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, actor_id: int, **_: Any) -> None:
    """The head signed."""
    if thing_kind == SHEET_KIND:
        actions.follow_approved(sheet_id=thing_id, version_hash=version_hash, actor_id=actor_id)


@receiver(signals.review_returned)
def give_back(sender: object, *, thing_kind: str, thing_id: int, comment: str, actor_id: int, **_: Any) -> None:
    """The head sent it back."""
    if thing_kind == SHEET_KIND:
        actions.follow_returned(sheet_id=thing_id, comment=comment, actor_id=actor_id)


@receiver(signals.review_withdrawn)
def reopen(sender: object, *, thing_kind: str, thing_id: int, actor_id: int, **_: Any) -> None:
    """Who sent it took it back."""
    if thing_kind == SHEET_KIND:
        actions.follow_taken_back(sheet_id=thing_id, actor_id=actor_id)

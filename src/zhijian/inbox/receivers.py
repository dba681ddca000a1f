"""The inbox listens down: to what followers write, and to its reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from zhijian.channels.signals import platform_event_received
from zhijian.connectors.contract import EventKind
from zhijian.inbox import actions
from zhijian.inbox.queries import ANSWER_KIND, PUBLICATION_KIND
from zhijian.organisations.models import User
from zhijian.review import signals

if TYPE_CHECKING:
    from zhijian.connectors.contract import InboundEvent


@receiver(platform_event_received)
def hear_follower(sender: object, *, connection_id: int, event: InboundEvent, **_: Any) -> str:
    """A follower wrote; the text returned is answered at once."""
    if event.kind is not EventKind.MESSAGE:
        return ""
    return actions.take_message(connection_id=connection_id, event=event)


@receiver(signals.review_approved)
def approve(sender: object, *, thing_kind: str, thing_id: int, version_hash: str, **_: Any) -> None:
    """All stages have signed."""
    if thing_kind == ANSWER_KIND:
        actions.follow_approval(case_id=thing_id, content_hash=version_hash)
    elif thing_kind == PUBLICATION_KIND:
        actions.follow_public_approval(publication_id=thing_id, content_hash=version_hash)


@receiver(signals.review_returned)
def take_back(sender: object, *, thing_kind: str, thing_id: int, comment: str, actor_id: int, **_: Any) -> None:
    """A reviewer sent it back."""
    if thing_kind == ANSWER_KIND:
        actions.follow_return(case_id=thing_id, comment=comment, actor=User.objects.get(pk=actor_id))
    elif thing_kind == PUBLICATION_KIND:
        actions.follow_public_return(publication_id=thing_id)


@receiver(signals.review_withdrawn)
def withdraw(sender: object, *, thing_kind: str, thing_id: int, actor_id: int, **_: Any) -> None:
    """The submitter took it back."""
    if thing_kind == ANSWER_KIND:
        actions.follow_return(case_id=thing_id, comment="", actor=User.objects.get(pk=actor_id))
    elif thing_kind == PUBLICATION_KIND:
        actions.follow_public_return(publication_id=thing_id)


@receiver(signals.review_voided)
def lose(sender: object, *, thing_kind: str, thing_id: int, **_: Any) -> None:
    """The approval ended: what stood on it is not public any more."""
    if thing_kind == ANSWER_KIND:
        actions.follow_void(case_id=thing_id)
    elif thing_kind == PUBLICATION_KIND:
        actions.follow_public_return(publication_id=thing_id)

"""Signing in, signing out and failing to are acts like any other: they are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from zhijian.audit.actions import record
from zhijian.audit.events import EventName

if TYPE_CHECKING:
    from zhijian.organisations.models import User


@receiver(user_logged_in)
@transaction.atomic
def write_signed_in(sender: object, *, user: User, **_: Any) -> None:
    """Write down who came."""
    _record_session(EventName.SIGNED_IN, user)


@receiver(user_logged_out)
@transaction.atomic
def write_signed_out(sender: object, *, user: User | None, **_: Any) -> None:
    """Write down who left."""
    if user is not None:
        _record_session(EventName.SIGNED_OUT, user)


@receiver(user_login_failed)
@transaction.atomic
def write_sign_in_failed(sender: object, **_: Any) -> None:
    """Write a failed attempt without the name that was typed: people type passwords into the name field."""
    record(EventName.SIGN_IN_FAILED, actor=None, organisation_id=None, thing_kind="organisations.session")


def _record_session(event: EventName, user: User) -> None:
    record(
        event,
        actor=user,
        organisation_id=user.organisation_id,
        thing_kind="organisations.person",
        thing_id=user.pk,
    )

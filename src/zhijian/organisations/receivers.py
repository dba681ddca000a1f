"""Signing in, signing out and failing to are acts like any other: they are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
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


@receiver(authenticator_added)
@transaction.atomic
def write_second_factor_set_up(sender: object, *, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Write down that a person signs in with a code from now on; the recovery codes come with it."""
    if authenticator.type == Authenticator.Type.TOTP:
        _record_session(EventName.SECOND_FACTOR_SET_UP, user)


@receiver(authenticator_removed)
@transaction.atomic
def write_second_factor_removed(sender: object, *, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Write down that a person went back to the password alone."""
    if authenticator.type == Authenticator.Type.TOTP:
        _record_session(EventName.SECOND_FACTOR_REMOVED, user)


@receiver(authenticator_reset)
@transaction.atomic
def write_recovery_codes_renewed(sender: object, *, user: User, **_: Any) -> None:
    """Write down that the old recovery codes are void."""
    _record_session(EventName.RECOVERY_CODES_RENEWED, user)


@receiver(authenticator_used)
@transaction.atomic
def write_recovery_code_used(sender: object, *, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Write down that somebody came in by a recovery code: the telephone may be lost."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _record_session(EventName.RECOVERY_CODE_USED, user)


@receiver(authentication_failed)
@transaction.atomic
def write_wrong_code(sender: object, *, user: User, **_: Any) -> None:
    """Write down a wrong code after the right password."""
    _record_session(EventName.SIGN_IN_FAILED, user)


def _record_session(event: EventName, user: User) -> None:
    record(
        event,
        actor=user,
        organisation_id=user.organisation_id,
        thing_kind="organisations.person",
        thing_id=user.pk,
    )

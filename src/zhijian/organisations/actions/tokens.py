"""Keys for a person's programs."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.models import (
    ApiToken,
    User,
)

TOKEN_DAYS, MOST_TOKEN_DAYS = 90, 365


@transaction.atomic
def create_api_token(*, actor: User, name: str, days: int = TOKEN_DAYS) -> str:
    """Make a key for a program of this person, good for `days`; return it.

    It is shown this once: only its digest is kept. Raises Refused for less than a day or more than a year.
    """
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise Refused(f"令牌的有效期是 1 到 {MOST_TOKEN_DAYS} 天。")
    text, now = f"zj_{secrets.token_urlsafe(32)}", clock.now()
    row = ApiToken.objects.create(
        user=actor, name=name, digest=sha256_hex(text.encode()), created_at=now, expires_at=now + timedelta(days=days)
    )
    _record_token(EventName.TOKEN_CREATED, row)
    return text


@transaction.atomic
def revoke_api_token(*, actor: User, token_id: int) -> ApiToken:
    """End a key of one's own. Raises Missing when it is another's, Refused when it ended before."""
    row = ApiToken.objects.select_for_update().filter(pk=token_id, user=actor).first()
    if row is None:
        raise Missing
    if row.revoked_at is not None:
        raise Refused("这个令牌已经作废。")
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    _record_token(EventName.TOKEN_REVOKED, row)
    return row


def _record_token(event: EventName, row: ApiToken) -> None:
    record(
        event,
        actor=row.user,
        organisation_id=row.user.organisation_id,
        thing_kind="organisations.person",
        thing_id=row.user_id,
        data={"token": row.pk},
    )

"""Names that sound or look like official ones and may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.impostors.models import AllowedName
from zhijian.impostors.queries.cases import find_allowed
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.registry.queries import public_accounts
from zhijian.screening.lookalikes import plain

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import Organisation, User

LONGEST_NAME, LONGEST_REASON = 80, 300
KNOWN: Final = "这个名称已经在可接受的名单里。"


@dataclass(frozen=True, slots=True)
class AllowDraft:
    """A name that may sound alike, why, and until when (None: until somebody ends it)."""

    name: str
    reason: str
    expires_on: date | None = None


def why_not_allow(*, actor: User, organisation: Organisation, draft: AllowDraft) -> list[str]:
    """Give every reason why a name cannot be put on the list."""
    reasons = why_not(Permission.NAME_ALLOW, actor=actor, thing=organisation)
    checks = [
        (not plain(draft.name) or len(draft.name) > LONGEST_NAME, f"请写名称，最多 {LONGEST_NAME} 个字。"),
        (not draft.reason.strip(), "请写明为什么可以接受，例如“本地多年的企业字号”。"),
        (len(draft.reason) > LONGEST_REASON, f"理由最多 {LONGEST_REASON} 个字。"),
        (draft.expires_on is not None and draft.expires_on < clock.today(), "有效期要在今天以后；一直有效就不填。"),
        (public_accounts().filter(name=draft.name.strip()).exists(), "这是登记过的官方账号名称，不用放进名单。"),
    ]
    return [*reasons, *(sentence for broken, sentence in checks if broken)]


@transaction.atomic
def allow_name(*, actor: User, organisation: Organisation, draft: AllowDraft) -> AllowedName:
    """Put a name on the list of a body: comparisons leave it alone. Raises Refused."""
    reasons = why_not_allow(actor=actor, organisation=organisation, draft=draft)
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            row = AllowedName.objects.create(
                organisation=organisation, name=draft.name.strip(), name_key=plain(draft.name)[:LONGEST_NAME],
                reason=draft.reason.strip(), by=actor, at=clock.now(), expires_on=draft.expires_on,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(KNOWN) from error
    _record(EventName.NAME_ALLOWED, row, actor)
    return row


@transaction.atomic
def end_allowance(*, actor: User, allowed_id: int) -> AllowedName:
    """Take a name from the list: comparisons tell of it again. Raises Refused, Missing."""
    row = find_allowed(actor=actor, allowed_id=allowed_id)
    changed = AllowedName.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now(), ended_by=actor)
    if not changed:
        raise Refused("这个名称已经停用。")
    _record(EventName.NAME_NO_LONGER_ALLOWED, row, actor)
    return row


def _record(event: EventName, row: AllowedName, actor: User) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind="impostors.name", thing_id=row.pk,
        data={"expires": row.expires_on.isoformat() if row.expires_on else ""},
    )  # fmt: skip

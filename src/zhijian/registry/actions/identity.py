"""Looking at an account on its platform by its own id (现状核对): renames and released handles come to light."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.files.actions import store_picture
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.registry.actions.findings import refresh_findings
from zhijian.registry.models import Account, IdentityCheck
from zhijian.registry.queries.accounts import THING_KIND, find_account

if TYPE_CHECKING:
    from zhijian.organisations.models import User


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform shows under the registered id; empty: not looked at. `picture` is a screenshot's bytes."""

    found: bool = True
    name: str = ""
    verified_subject: str = ""
    certified_until: date | None = None
    name_taken_by: str = ""
    picture: bytes = b""


@transaction.atomic
def check_identity(*, actor: User, account_id: int, seen: Seen) -> IdentityCheck:
    """Write down what was seen; a longer certification goes into the register, everything else becomes a finding.

    Raises Missing, Refused without the right, without an id to look up by, or when nothing is said.
    """
    found = find_account(actor=actor, account_id=account_id)
    account = Account.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=found.pk)
    require(Permission.ACCOUNT_CHECK, actor=actor, thing=account)
    if not account.platform_uid:
        raise Refused("没有登记平台账号标识，核对不了是不是同一个账号。请先补上标识。")
    if seen.found and not seen.name.strip():
        raise Refused("请填平台上现在的名称；找不到账号的，请勾选“按标识找不到”。")
    evidence = ""
    if seen.picture:
        evidence = store_picture(
            actor=actor, organisation=account.organisation, name="平台现状.png", data=seen.picture
        ).sha256
    check = IdentityCheck.objects.create(
        account=account, at=clock.now(), by=actor, found=seen.found, name=seen.name.strip(),
        verified_subject=seen.verified_subject.strip(), certified_until=seen.certified_until,
        name_taken_by=seen.name_taken_by.strip(), evidence=evidence,
    )  # fmt: skip
    if seen.certified_until and seen.certified_until > (account.certified_until or date.min):
        _take_certification(account, actor, seen.certified_until)
    record(
        EventName.ACCOUNT_CHECKED, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk, data={"check": check.pk, "found": seen.found, "evidence": evidence},
    )  # fmt: skip
    refresh_findings([account.organisation_id])
    return check


def _take_certification(account: Account, actor: User, until: date) -> None:
    """Write a longer certification into the register."""
    before = account.certified_until
    account.certified_until, account.changed_at = until, clock.now()
    account.save(update_fields=["certified_until", "changed_at"])
    change = {"certified_until": [before.isoformat() if before else None, until.isoformat()]}
    record(
        EventName.ACCOUNT_CHANGED, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk, data={"changes": change},
    )  # fmt: skip

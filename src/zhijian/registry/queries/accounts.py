from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope
from zhijian.registry.enums import LIVE_STATES, PUBLIC_STATES, FindingKind
from zhijian.registry.models import Account, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User

THING_KIND = "registry.account"


def visible_accounts(*, actor: User, roles: Iterable[str] | None = None) -> QuerySet[Account]:
    """Return the accounts of the bodies where `actor` holds one of `roles` (None: any business role), with the body."""
    return Account.objects.filter(in_scope(actor=actor, roles=roles)).select_related("organisation")


def all_accounts() -> QuerySet[Account]:
    """Return every account with its body, for the system's own work: the scope is the caller's to ask for."""
    return Account.objects.select_related("organisation")


def find_account(*, actor: User, account_id: int) -> Account:
    """Return one account of the actor's scope. Raises Missing."""
    account = visible_accounts(actor=actor).filter(pk=account_id).first()
    if account is None:
        raise Missing
    return account


def public_accounts() -> QuerySet[Account]:
    """Return the accounts that the public directory shows: in use, announced to stop, being deregistered."""
    return Account.objects.filter(state__in=PUBLIC_STATES).select_related("organisation")


def live_accounts_of(organisation: Organisation) -> QuerySet[Account]:
    """Return the accounts of a body that are not deregistered."""
    return Account.objects.filter(organisation=organisation, state__in=LIVE_STATES)


def place_holder(*, organisation: Organisation, platform_group: str) -> Account | None:
    """Return the live account that holds the body's one place on a platform, None when the place is free."""
    rows = live_accounts_of(organisation).filter(platform_group=platform_group, holds_place=True)
    return rows.first()


def open_findings(*, actor: User) -> QuerySet[Finding]:
    """Return the open findings of the accounts in the actor's scope."""
    rows = Finding.objects.filter(in_scope(actor=actor), closed_at=None)
    return rows.select_related("account", "organisation")


def stuck_closings() -> QuerySet[Finding]:
    """Return the open findings of closings whose notice ran out long ago; the scope is the caller's to ask for."""
    return Finding.objects.filter(kind=FindingKind.CLOSING_STUCK, closed_at=None)


def findings_of(account: Account) -> list[Finding]:
    """Return the open findings of one account."""
    return list(account.findings.filter(closed_at=None).order_by("kind"))


def with_findings(rows: QuerySet[Account], *, has: bool) -> QuerySet[Account]:
    """Keep the accounts with (or without) an open finding."""
    found = Exists(Finding.objects.filter(account=OuterRef("pk"), closed_at=None))
    return rows.filter(found if has else ~found)


def finding_kinds(account_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the kinds of the open findings by account, for rooms that have asked for the scope. One query."""
    found: dict[int, list[str]] = {}
    rows = Finding.objects.filter(account__in=list(account_ids), closed_at=None).order_by("account_id", "kind")
    for account_id, kind in rows.values_list("account_id", "kind"):
        found.setdefault(account_id, []).append(kind)
    return found

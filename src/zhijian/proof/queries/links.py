"""Which accounts lead back to the register, within the scope of whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope
from zhijian.proof.models import LinkBack
from zhijian.registry.enums import PUBLIC_STATES
from zhijian.registry.queries import public_accounts, visible_accounts

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

NEVER = "never"


def register_address(number: str) -> str:
    """Return the address of an account's page in the register, as its code holds it."""
    return f"{settings.ZHIJIAN_BASE_URL}/directory/{number}/"


def provable_accounts(*, actor: User) -> QuerySet[Account]:
    """Return the public accounts of the actor's scope, with what is known of their leading back."""
    rows = visible_accounts(actor=actor).filter(state__in=PUBLIC_STATES)
    return rows.select_related("organisation", "link_back", "link_back__checked_by")


def find_account(*, actor: User, account_id: int) -> Account:
    """Return one public account of the actor's scope. Raises Missing."""
    account = provable_accounts(actor=actor).filter(pk=account_id).first()
    if account is None:
        raise Missing
    return account


def with_link_state(rows: QuerySet[Account], states: list[str]) -> QuerySet[Account]:
    """Keep the accounts whose last look gave one of these states; NEVER: nobody has looked yet."""
    condition = Q(link_back__state__in=[state for state in states if state != NEVER])
    return rows.filter(condition | Q(link_back=None) if NEVER in states else condition)


def link_back_of(account: Account) -> LinkBack | None:
    """Return what was last seen of an account, None before the first look."""
    found: LinkBack | None = getattr(account, "link_back", None)
    return found


def visible_link_backs(*, actor: User) -> QuerySet[LinkBack]:
    """Return what was seen of the accounts in the actor's scope."""
    return LinkBack.objects.filter(in_scope(actor=actor, field="account__organisation"))


def find_evidence(*, actor: User, sha256: str) -> LinkBack:
    """Return the look whose picture has this hash. Raises Missing."""
    row = visible_link_backs(actor=actor).filter(evidence=sha256).first()
    if row is None:
        raise Missing
    return row


def due_accounts(*, now: datetime) -> QuerySet[Account, int]:
    """Return the ids of public accounts with a page, never looked at or due again."""
    rows = public_accounts().exclude(url="")
    due = Q(link_back=None) | Q(link_back__next_at__lte=now)
    return rows.filter(due).order_by("link_back__next_at", "pk").values_list("pk", flat=True)

"""What people saw of accounts on their platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.registry.models import IdentityCheck

if TYPE_CHECKING:
    from collections.abc import Collection

    from zhijian.registry.models import Account


def latest_checks(organisation_ids: Collection[int]) -> dict[int, IdentityCheck]:
    """Return by account the newest check of each account of these bodies, in one query."""
    rows = IdentityCheck.objects.filter(account__organisation_id__in=organisation_ids)
    return {check.account_id: check for check in rows.order_by("account_id", "at", "pk")}


def checks_of(account: Account) -> list[IdentityCheck]:
    """Return every check of an account, newest first, with who looked."""
    return list(account.identity_checks.select_related("by").order_by("-at", "-pk"))

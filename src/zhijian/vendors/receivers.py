"""What the register tells of accounts that a contract is for."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.registry.signals import account_moved
from zhijian.vendors.actions import let_go_of_account


@receiver(account_moved)
def let_go_of_a_moved_account(sender: object, *, account_id: int, organisation_id: int, **told: Any) -> None:
    """Take an account out of the contracts of the body it left: they are no authority at its new one."""
    _ = told
    let_go_of_account(account_id=account_id, organisation_id=organisation_id)

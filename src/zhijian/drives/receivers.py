"""What the register tells of accounts that a drive asks about."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.drives.actions import follow_account
from zhijian.registry.signals import account_moved


@receiver(account_moved)
def ask_the_new_owner(sender: object, *, account_id: int, organisation_id: int, **_: Any) -> None:
    """The body that has the account now answers for it."""
    follow_account(account_id=account_id, organisation_id=organisation_id)

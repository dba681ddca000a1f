"""What the register tells of accounts that have a connection."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.channels.actions import follow_account
from zhijian.registry.signals import account_deregistered, account_moved


@receiver(account_moved)
def stop_for_the_new_owner(sender: object, *, account_id: int, organisation_id: int, **told: Any) -> None:
    """Give a connection to the new owner of its account, stopped until that body has looked at it."""
    _ = told
    reason = "账号换了主办单位。请核对授权和密钥后再恢复。"
    follow_account(account_id=account_id, organisation_id=organisation_id, reason=reason)


@receiver(account_deregistered)
def stop_for_good(sender: object, *, account_id: int, **told: Any) -> None:
    """Stop the connection of an account that has ended."""
    _ = told
    follow_account(account_id=account_id, organisation_id=None, reason="账号已注销。")

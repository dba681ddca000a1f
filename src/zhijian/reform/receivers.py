"""What stands against the end of a body, with a reform or without one."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.organisations.signals import body_ending
from zhijian.reform.queries import accounts_left_at

NAMED = 3


@receiver(body_ending)
def name_live_accounts(sender: object, *, organisation_id: int, **_: Any) -> list[str]:
    """A body whose accounts are still official does not end: nobody would answer for them."""
    names = accounts_left_at(organisation_id)
    if not names:
        return []
    shown = "、".join(f"“{name}”" for name in names[:NAMED])
    more = "等" if len(names) > NAMED else ""
    return [f"名下还有 {len(names)} 个账号没有注销、也没有转走：{shown}{more}。请先办变更或注销备案。"]

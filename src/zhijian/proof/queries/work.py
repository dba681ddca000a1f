"""What waits for those who keep accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope
from zhijian.proof.enums import LinkState
from zhijian.proof.models import LinkBack
from zhijian.registry.enums import PUBLIC_STATES

if TYPE_CHECKING:
    from zhijian.organisations.models import User

ABSENT_LIST = f"/desk/proof/?state={LinkState.ABSENT}"


def work_items(*, actor: User) -> list[WorkItem]:
    """Return one line for the accounts this person keeps whose introduction names no register number."""
    if not actor.holds(Role.HOST_OFFICER):
        return []
    kept = in_scope(actor=actor, roles=[Role.HOST_OFFICER], field="account__organisation")
    rows = LinkBack.objects.filter(kept, state=LinkState.ABSENT, account__state__in=PUBLIC_STATES)
    found = list(rows.order_by("checked_at").values_list("checked_at", flat=True))
    if not found:
        return []
    return [
        WorkItem(
            title=f"{len(found):,} 个账号的简介没有写明登记号", url=ABSENT_LIST, kind="写明", since=found[0],
            organisation=str(actor.organisation or ""), state="没有写明",
        )
    ]  # fmt: skip

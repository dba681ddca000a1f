"""What waits for one person of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.impostors.enums import CaseState
from zhijian.impostors.models import Case
from zhijian.impostors.rules import HANDLERS
from zhijian.lib import clock
from zhijian.lib.work import WorkItem
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from zhijian.organisations.models import User

MOST: Final = 50
KINDS: Final = {
    CaseState.NEW: "核实仿冒线索", CaseState.VERIFYING: "认定仿冒账号", CaseState.CONFIRMED: "请平台处置",
    CaseState.REQUESTED: "催办平台", CaseState.REFUSED: "再请平台处置",
}  # fmt: skip


def overdue_cases() -> list[Case]:
    """Return the cases whose platform has not acted in time. For the system's own work."""
    rows = Case.objects.filter(state=CaseState.REQUESTED, due_at__lt=clock.now())
    return list(rows.select_related("organisation").order_by("pk"))


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the cases somebody of the body has to move on; one at the platform only when its time is over."""
    waiting = Case.objects.filter(in_scope(actor=actor, roles=HANDLERS), state__in=list(KINDS))
    rows = waiting.exclude(state=CaseState.REQUESTED, due_at__gte=clock.now()).select_related("organisation")
    return [_item(case) for case in rows.order_by("changed_at", "pk")[:MOST]]


def _item(case: Case) -> WorkItem:
    late = case.state == CaseState.REQUESTED and case.due_at
    return WorkItem(
        title=f"疑似仿冒：{case.name}", url=f"/desk/impostors/{case.pk}/", kind=KINDS[CaseState(case.state)],
        organisation=case.organisation.short_name, state=case.get_state_display(), since=case.changed_at,
        due=case.due_at if late else None, due_text="平台超期没有处置" if late else "",
    )  # fmt: skip

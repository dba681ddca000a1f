"""What waits for a person: cases to accept and to answer, the nearest deadline first; late ones of others to chase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q

from zhijian.inbox.enums import CaseState
from zhijian.inbox.models import Case, Publication
from zhijian.inbox.queries.cases import HANDLERS, is_late, visible_cases
from zhijian.lib import clock
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

MOST: Final = 100
MOST_LATE: Final = 20
TO_DO: Final = (CaseState.RECEIVED, CaseState.WORKING)


def late_cases(*, organisation: Organisation) -> list[Case]:
    """Return the cases of a body that are past their day, the longest first. For the system's own work."""
    rows = Case.objects.filter(organisation=organisation, due_at__lt=clock.now())
    return list(rows.filter(state__in=[*TO_DO, CaseState.IN_REVIEW]).order_by("due_at", "pk")[:MOST])


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the cases this person must move, and for a supervising officer those that are late."""
    mine = visible_cases(actor=actor).filter(in_scope(actor=actor, roles=HANDLERS), state__in=TO_DO)
    items = [_item(case, _kind(case)) for case in mine.order_by("due_at", "pk")[:MOST]]
    return [*items, *_late_ones(actor), *_returned(actor)]


def _late_ones(actor: User) -> list[WorkItem]:
    over = Q(due_at__lt=clock.now(), state__in=[*TO_DO, CaseState.IN_REVIEW])
    rows = visible_cases(actor=actor).filter(over, in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER]))
    rows = rows.exclude(in_scope(actor=actor, roles=HANDLERS))
    return [_item(case, "催办") for case in rows.order_by("due_at", "pk")[:MOST_LATE]]


def _returned(actor: User) -> list[WorkItem]:
    rows = Publication.objects.filter(in_scope(actor=actor, roles=HANDLERS), state="returned")
    return [
        WorkItem(
            title=row.case.title,
            url=f"/desk/inbox/{row.case_id}/publish/",
            kind="改公开稿",
            organisation=row.organisation.short_name,
            state="退回修改",
            since=row.case.closed_at or row.case.changed_at,
        )
        for row in rows.select_related("case", "organisation")[:MOST_LATE]
    ]


def _kind(case: Case) -> str:
    return "受理留言" if case.state == CaseState.RECEIVED else "答复留言"


def _item(case: Case, kind: str) -> WorkItem:
    words = [case.get_state_display()]
    if is_late(case):
        words.append("已超期")
    if case.chased_at is not None:
        words.append("被催办")
    return WorkItem(
        title=f"{case.number} {case.title}",
        url=f"/desk/inbox/{case.pk}/",
        kind=kind,
        organisation=case.organisation.short_name,
        state="、".join(words),
        since=case.received_at,
        due=case.due_at,
    )

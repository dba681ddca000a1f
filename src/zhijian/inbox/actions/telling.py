"""Telling staff: what came to their body, what is soon due or late, what somebody above wants hurried.

A title goes outside (mail, groups), so it holds the number and nothing a citizen wrote; a notice inside repeats the
citizen's title only where the matter is no secret.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count, F, Max, Q

from zhijian.inbox.enums import CaseState, Satisfaction
from zhijian.inbox.models import Case
from zhijian.inbox.queries.cases import HANDLERS
from zhijian.inbox.queries.clocks import running_clock
from zhijian.lib import clock
from zhijian.notify.actions import notify
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation, RoleAssignment, User
from zhijian.policy.queries import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.inbox.models import Clock, Entry, Rating

SOON: Final = timedelta(days=2)
STILL_NEWS: Final = timedelta(days=3)
NEW_WITHIN: Final = timedelta(days=1)
RUNNING: Final = (CaseState.RECEIVED, CaseState.WORKING, CaseState.IN_REVIEW)
UNHAPPY: Final = (Satisfaction.POOR, Satisfaction.VERY_POOR)


def tell_assigned(case: Case, row: Clock) -> None:
    """Tell the people of a body that a case came to it from another; `row` is the clock it has there."""
    until = moment_text(row.due_at.astimezone(clock.BEIJING))
    _tell(case, people_for(case), f"有留言转到贵单位：{case.number}，最迟{until}办完", f"inbox.assigned {row.pk}")


def tell_reopened(case: Case, row: Clock) -> None:
    """Tell who answers that the citizen asked for it to be done again."""
    _tell(case, people_for(case), f"群众要求重办：{case.number}", f"inbox.reopened {row.pk}")


def tell_rated(case: Case, rating: Rating) -> None:
    """Tell who answered and the heads, once, that the citizen is not satisfied; the comment stays inside."""
    if rating.satisfaction not in UNHAPPY:
        return
    people, answer = people_for(case), case.sent_answer
    if answer is not None and not case.is_confidential:
        people = [*people, answer.written_by]
    title = f"群众评价{rating.get_satisfaction_display()}：{case.number}"
    _tell(case, people, title, f"inbox.rated {case.pk}", text=rating.comment)


def tell_chased(case: Case, entry: Entry) -> None:
    """Tell who has a case that somebody above wants it hurried, with what was demanded."""
    people = [person for person in people_for(case) if person.pk != entry.actor_id]
    _tell(case, people, f"被催办：{case.number}", f"inbox.chased {entry.pk}", text=entry.text)


def tell_new() -> int:
    """Tell each body once of what citizens sent it, however many messages came together; return how many were told.

    Run every few minutes and not with each message, so that a rush of messages is neither slowed nor a rush of notices.
    """
    fresh = Case.objects.filter(received_at__gt=clock.now() - NEW_WITHIN).values("intake_id")
    waiting = Q(state=CaseState.RECEIVED, organisation_id=F("intake_id"))
    rows = fresh.annotate(newest=Max("pk"), waiting=Count("pk", filter=waiting)).filter(waiting__gt=0)
    bodies = Organisation.objects.in_bulk([row["intake_id"] for row in rows])
    return sum(
        len(
            notify(
                people=answerers_of(bodies[row["intake_id"]]), kind=NoticeKind.INBOX,
                title=f"有新留言，{row['waiting']} 件待受理", url="/desk/inbox/",
                dedup_key=f"inbox.new {row['intake_id']} {row['newest']}",
            )
        )
        for row in rows
    )  # fmt: skip


def tell_deadlines() -> int:
    """Tell who has a case two days before its time is over, and once more when it is; return how many were told.

    Each deadline is told once: one that was moved is another. The supervising officers hear of what is late.
    """
    now = clock.now()
    soon = _running().filter(due_at__gt=now, due_at__lte=now + SOON)
    late = _running().filter(due_at__lte=now, due_at__gt=now - STILL_NEWS)
    return sum(_tell_soon(case) for case in soon) + sum(_tell_late(case) for case in late)


def _running() -> QuerySet[Case]:
    return Case.objects.filter(state__in=RUNNING).select_related("organisation", "handler").order_by("due_at", "pk")


def _tell_soon(case: Case) -> int:
    return _tell(case, people_for(case), f"快到期：{case.number}，{_due(case)}", f"inbox.soon {_deadline(case)}")


def _tell_late(case: Case) -> int:
    officers = [] if case.is_confidential else _with_roles(case.organisation, [Role.SUPERVISING_OFFICER], above=True)
    people = [*people_for(case), *officers]
    return _tell(case, people, f"已超期：{case.number}，{_due(case)}", f"inbox.late {_deadline(case)}")


def people_for(case: Case) -> list[User]:
    """Return who answers for a case: whoever took it and the heads, until then everybody who answers there."""
    if case.handler is None:
        return answerers_of(case.organisation)
    heads = _with_roles(case.organisation, [Role.HEAD])
    return [case.handler, *(person for person in heads if person.pk != case.handler_id)]


def answerers_of(body: Organisation) -> list[User]:
    """Return the active people who answer at a body."""
    return list(_with_roles(body, HANDLERS))


def _with_roles(body: Organisation, roles: Iterable[str], *, above: bool = False) -> QuerySet[User]:
    reach = Q(organisation=body)
    if above:
        reach |= Q(organisation__in=[*body.ancestor_ids], includes_subtree=True)
    rows = RoleAssignment.objects.filter(reach, role__in=list(roles), revoked_at=None)
    return User.objects.filter(pk__in=rows.values("user_id"), is_active=True).order_by("pk")


def _tell(case: Case, people: Iterable[User], title: str, dedup_key: str, *, text: str = "") -> int:
    said = "" if case.is_confidential else text or case.title
    url = f"/desk/inbox/{case.pk}/"
    return len(notify(people=people, kind=NoticeKind.INBOX, title=title, text=said, url=url, dedup_key=dedup_key))


def _deadline(case: Case) -> str:
    row = running_clock(case)
    return f"{case.pk} {row.pk if row else 0} {_due(case)}"


def _due(case: Case) -> str:
    return moment_text(case.due_at.astimezone(clock.BEIJING)) if case.due_at else ""

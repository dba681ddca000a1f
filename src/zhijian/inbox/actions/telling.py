"""Telling staff: what came to their body, what is soon due or late, what somebody above wants hurried.

A title goes outside (mail, groups), so it holds the number and nothing a citizen wrote; a notice inside repeats the
citizen's title only where the matter is no secret.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count, F, Max, Q

from zhijian.inbox.enums import CaseState, Satisfaction
from zhijian.inbox.models import Case, Clock
from zhijian.inbox.queries.cases import HANDLERS
from zhijian.lib import clock
from zhijian.notify.actions import Telling, notify, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation, RoleAssignment
from zhijian.policy.queries import moment_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.inbox.models import Entry, Rating
    from zhijian.organisations.models import User

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
    staff = _Staff(bodies.values())
    tellings = [
        Telling(
            people=staff.answerers_of(bodies[row["intake_id"]]), title=f"有新留言，{row['waiting']} 件待受理",
            url="/desk/inbox/", dedup_key=f"inbox.new {row['intake_id']} {row['newest']}",
        )
        for row in rows
    ]  # fmt: skip
    return len(notify_many(kind=NoticeKind.INBOX, tellings=tellings))


def tell_deadlines() -> int:
    """Tell who has a case two days before its time is over, and once more when it is; return how many were told.

    Each deadline is told once: one that was moved is another. The supervising officers hear of what is late.
    """
    now = clock.now()
    cases = list(_running().filter(due_at__gt=now - STILL_NEWS, due_at__lte=now + SOON))
    staff = _Staff(case.organisation for case in cases)
    clocks = dict(Clock.objects.filter(case__in=cases, ended_at=None).values_list("case_id", "pk"))
    tellings = [_deadline_telling(case, staff, clocks.get(case.pk, 0), now) for case in cases]
    return len(notify_many(kind=NoticeKind.INBOX, tellings=tellings))


def _running() -> QuerySet[Case]:
    return Case.objects.filter(state__in=RUNNING).select_related("organisation", "handler").order_by("due_at", "pk")


def _deadline_telling(case: Case, staff: _Staff, clock_id: int, now: datetime) -> Telling:
    people, due = staff.people_for(case), _due(case)
    deadline = f"{case.pk} {clock_id} {due}"
    if case.due_at is not None and case.due_at > now:
        return _telling(case, people, f"快到期：{case.number}，{due}", f"inbox.soon {deadline}")
    if not case.is_confidential:
        people = [*people, *staff.supervisors_of(case.organisation)]
    return _telling(case, people, f"已超期：{case.number}，{due}", f"inbox.late {deadline}")


def people_for(case: Case) -> list[User]:
    """Return who answers for a case: whoever took it and the heads, until then everybody who answers there."""
    return _Staff([case.organisation]).people_for(case)


class _Staff:
    """Who answers at some bodies and who supervises them, read with one query; people in the order of their ids."""

    def __init__(self, bodies: Iterable[Organisation]) -> None:
        reach = {pk for body in bodies for pk in (body.pk, *body.ancestor_ids)}
        rows = RoleAssignment.objects.filter(
            organisation__in=reach, role__in=(*HANDLERS, Role.SUPERVISING_OFFICER), revoked_at=None,
            user__is_active=True,
        )  # fmt: skip
        self._rows: dict[int, list[RoleAssignment]] = defaultdict(list)
        for row in rows.select_related("user"):
            self._rows[row.organisation_id].append(row)

    def people_for(self, case: Case) -> list[User]:
        if case.handler is None:
            return self.answerers_of(case.organisation)
        heads = self._with_roles(case.organisation, [Role.HEAD])
        return [case.handler, *(person for person in heads if person.pk != case.handler_id)]

    def answerers_of(self, body: Organisation) -> list[User]:
        return self._with_roles(body, HANDLERS)

    def supervisors_of(self, body: Organisation) -> list[User]:
        """Return those of the body itself and those above whose reach goes down to it."""
        return self._with_roles(body, [Role.SUPERVISING_OFFICER], above=body.ancestor_ids)

    def _with_roles(self, body: Organisation, roles: Collection[str], *, above: Iterable[int] = ()) -> list[User]:
        rows = [*self._rows[body.pk], *(row for pk in above for row in self._rows[pk] if row.includes_subtree)]
        people = {row.user_id: row.user for row in rows if row.role in roles}
        return [people[pk] for pk in sorted(people)]


def _tell(case: Case, people: Iterable[User], title: str, dedup_key: str, *, text: str = "") -> None:
    one = _telling(case, people, title, dedup_key, text=text)
    notify(
        people=one.people, kind=NoticeKind.INBOX, title=one.title, text=one.text, url=one.url, dedup_key=one.dedup_key
    )  # fmt: skip


def _telling(case: Case, people: Iterable[User], title: str, dedup_key: str, *, text: str = "") -> Telling:
    said = "" if case.is_confidential else text or case.title
    return Telling(list(people), title, f"/desk/inbox/{case.pk}/", dedup_key, said)


def _due(case: Case) -> str:
    return moment_text(case.due_at.astimezone(clock.BEIJING)) if case.due_at else ""

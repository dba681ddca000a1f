"""Signing in somebody's place: who may, whose stages, and that no wall of the review is walked around by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.lib import clock
from zhijian.organisations.enums import REVIEWER_ROLES, Role
from zhijian.organisations.queries import holds_role
from zhijian.review.models import Delegation, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.review.models import Review, Stage


# Who may sign for another: those who review or keep accounts themselves. People of a vendor hold none of these roles.
DELEGATES = (*REVIEWER_ROLES, Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)


def in_force() -> QuerySet[Delegation]:
    """Return the delegations that run today, of people who still work here."""
    today = clock.today()
    rows = Delegation.objects.filter(ended_at=None, first_day__lte=today, last_day__gte=today)
    return rows.filter(person__is_active=True, delegate__is_active=True).select_related("person", "delegate")


def principals_of(actor: User) -> list[User]:
    """Return in whose place a person may sign today."""
    return [row.person for row in in_force().filter(delegate=actor).order_by("pk")]


def delegates_of(people: Iterable[User]) -> list[User]:
    """Return who may sign today in the place of any of these people."""
    return [row.delegate for row in in_force().filter(person__in=list(people)).order_by("pk")]


def principal_for(*, actor: User, stage: Stage, review: Review) -> User | None:
    """Return in whose place a person can sign a stage: who has its role, is no author and has not signed before."""
    signed = _signed(review)
    for person in principals_of(actor):
        free = person.pk not in review.author_ids and person.pk not in signed
        if free and holds_role(actor=person, roles=stage.roles, organisation=stage.organisation):
            return person
    return None


def _signed(review: Review) -> set[int]:
    """Return who has signed a review, in their own name or by a delegate."""
    rows = Signature.objects.filter(stage__review=review).values_list("person_id", "on_behalf_of_id")
    return {pk for person, place in rows for pk in (person, place or person)}


def stages_for(person: User) -> Q:
    """Return the condition on stages that a person may sign by their roles, none they wrote or signed."""
    mine = Q(pk__in=[])
    for row in person.assignments:
        body = Q(organisation__path__startswith=row.organisation.path)
        mine |= Q(roles__contains=[row.role]) & (body if row.includes_subtree else Q(organisation=row.organisation))
    signed = Signature.objects.filter(Q(person=person) | Q(on_behalf_of=person)).values("stage__review_id")
    return mine & ~Q(review__author_ids__contains=[person.pk]) & ~Q(review__in=signed)

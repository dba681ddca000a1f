"""Whom citizens may write to, and who takes it in: a body where nobody answers has somebody above who does."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from zhijian.inbox.queries.cases import receiving_bodies
from zhijian.organisations.enums import BodyKind
from zhijian.organisations.models import Organisation

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_OFFERED: Final = 800


def addressable_bodies(*, most: int = MOST_OFFERED) -> QuerySet[Organisation]:
    """Return the bodies citizens may write to, in tree order: all for which somebody takes messages in.

    Parts of a body (内设机构) are no address unless they answer themselves. Of more than `most` bodies only the
    governments, their offices and those that answer themselves are offered: nobody finds theirs in a longer list.
    """
    receiving = list(receiving_bodies().select_related("parent"))
    if not receiving:
        return Organisation.objects.none()
    themselves = Q(pk__in=[body.pk for body in receiving])
    within = reduce(or_, (Q(path__startswith=path) for path in _outermost({_reach(body) for body in receiving})))
    reached = within & ~Q(kind=BodyKind.INTERNAL)
    rows = Organisation.objects.filter(themselves | reached, is_active=True).order_by("path")
    if rows[most : most + 1].exists():
        rows = rows.filter(themselves | Q(kind__in=[BodyKind.GOVERNMENT, BodyKind.OFFICE]))
    return rows


def receiver_for(body: Organisation) -> Organisation | None:
    """Return who takes in what is written to a body: itself, else the nearest that answers for it, else None."""
    receiving = [one for one in receiving_bodies().select_related("parent") if body.path.startswith(_reach(one))]
    return max(receiving, key=lambda one: (one.pk == body.pk, len(_reach(one)), -one.pk), default=None)


def _reach(body: Organisation) -> str:
    """Return the path of the subtree a body takes messages in for: an office (办公室) does so for its government."""
    if body.kind == BodyKind.OFFICE and body.parent is not None:
        return body.parent.path
    return body.path


def _outermost(paths: set[str]) -> list[str]:
    return [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]

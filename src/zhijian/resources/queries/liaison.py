"""The log of talks with platforms: how each matter stands, and whom to call. All is scoped by `actor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, Q

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope
from zhijian.resources.enums import LiaisonState
from zhijian.resources.models import LiaisonEntry
from zhijian.resources.rules import KEEPERS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User

LIAISON_KIND = "resources.liaison_entry"


def visible_entries(*, actor: User) -> QuerySet[LiaisonEntry]:
    """Return the entries of the bodies this person keeps."""
    return LiaisonEntry.objects.filter(in_scope(actor=actor, roles=KEEPERS)).select_related("organisation")


def newest(rows: QuerySet[LiaisonEntry]) -> QuerySet[LiaisonEntry]:
    """Keep the newest entry of each matter: how it stands."""
    later = LiaisonEntry.objects.filter(matter=OuterRef("matter"), pk__gt=OuterRef("pk"))
    return rows.filter(~Exists(later))


def find_entry(*, actor: User, entry_id: int) -> LiaisonEntry:
    """Return one entry of the actor's scope. Raises Missing."""
    row = visible_entries(actor=actor).filter(pk=entry_id).first()
    if row is None:
        raise Missing
    return row


def entries_of(entry: LiaisonEntry) -> list[LiaisonEntry]:
    """Return the whole matter of an entry, the newest first."""
    rows = LiaisonEntry.objects.filter(matter=entry.matter).select_related("organisation", "created_by")
    return list(rows.order_by("-pk"))


def open_matters(rows: QuerySet[LiaisonEntry]) -> QuerySet[LiaisonEntry]:
    """Keep the newest entries of matters that are not done."""
    return newest(rows).filter(state=LiaisonState.OPEN)


def to_follow_up(rows: QuerySet[LiaisonEntry]) -> QuerySet[LiaisonEntry]:
    """Keep the open matters whose day of following up has come."""
    return open_matters(rows).filter(follow_up_on__lte=clock.today()).order_by("follow_up_on", "pk")


def contacts(*, actor: User) -> QuerySet[LiaisonEntry]:
    """Return the newest entry of each person at a platform that a body spoke with; corrected ones do not count."""
    rows = visible_entries(actor=actor).exclude(contact_name="").filter(corrections=None)
    latest = rows.order_by().values("organisation", "platform", "contact_name").annotate(latest=Max("pk"))
    return visible_entries(actor=actor).filter(pk__in=latest.values("latest"))


def search_entries(rows: QuerySet[LiaisonEntry], text: str) -> QuerySet[LiaisonEntry]:
    """Keep the entries with these words in what was asked, what came of it, the contact or the body."""
    return rows.filter(
        Q(asked__icontains=text) | Q(came_of__icontains=text) | Q(contact_name__icontains=text)
        | Q(contact_phone__icontains=text) | Q(organisation__name__icontains=text)
    )  # fmt: skip

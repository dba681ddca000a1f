"""Which cases a person may see, and who receives messages."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Greatest

from zhijian.inbox.enums import OPEN_STATES, CaseState, EntryKind
from zhijian.inbox.models import Answer, Case, Entry, Outgoing, Photo, Publication, Rating
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation, RoleAssignment
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from zhijian.organisations.models import User

ANSWER_KIND: Final = "inbox.answer"
PUBLICATION_KIND: Final = "inbox.publication"
CASE_KIND: Final = "inbox.case"
HANDLERS: Final = (Role.ANSWERER, Role.HEAD)
VIEWERS: Final = (*HANDLERS, Role.SUPERVISING_OFFICER)
LIKE_ENOUGH: Final = 0.3


def visible_cases(*, actor: User) -> QuerySet[Case]:
    """Return the cases of the bodies where this person answers or supervises, and those that came to them first.

    A confidential case is seen by the heads of the body that has it and by the answerer who took it; until somebody
    took it, by every answerer of that body.
    """
    here = in_scope(actor=actor, roles=VIEWERS)
    first = in_scope(actor=actor, roles=HANDLERS, field="intake")
    answerer = in_scope(actor=actor, roles=[Role.ANSWERER]) & (Q(handler=None) | Q(handler=actor))
    secret = in_scope(actor=actor, roles=[Role.HEAD]) | answerer
    rows = Case.objects.filter(Q(is_confidential=False) & (here | first) | Q(is_confidential=True) & secret)
    return rows.select_related("organisation", "intake", "handler", "division")


def find_case(*, actor: User, case_id: int) -> Case:
    """Return one case of the actor's scope. Raises Missing."""
    case = visible_cases(actor=actor).filter(pk=case_id).first()
    if case is None:
        raise Missing
    return case


def open_cases_at(organisation: Organisation) -> QuerySet[Case]:
    """Return every open case a body has, the confidential ones too: for counting and for handing over by an action."""
    return Case.objects.filter(organisation=organisation, state__in=OPEN_STATES).order_by("pk")


def open_case_counts(organisation_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Count the open cases of many bodies, by body: (all, the confidential ones among them). One query."""
    rows = Case.objects.filter(organisation__in=list(organisation_ids), state__in=OPEN_STATES).order_by()
    secret = Count("pk", filter=Q(is_confidential=True))
    counts = rows.values_list("organisation").annotate(number=Count("pk"), confidential=secret)
    return {body: (number, confidential) for body, number, confidential in counts}


def entries_of(case: Case, *, public_only: bool = False) -> list[Entry]:
    """Return the history of a case, oldest first, with who did it and what became of the words that were sent."""
    rows = Entry.objects.filter(case=case).select_related("actor", "organisation", "outgoing").order_by("id")
    return list(rows.filter(is_public=True) if public_only else rows)


def handed_from(case: Case) -> Organisation | None:
    """Return the body that last handed a case to the one that has it now; None where it came from nobody else."""
    handed = Entry.objects.filter(case=case, kind=EntryKind.ASSIGNED, data__to=case.organisation_id)
    last = handed.order_by("-id").first()
    if last is None:
        return None
    sender = last.data.get("from", case.intake_id)
    return Organisation.objects.filter(pk=sender).exclude(pk=case.organisation_id).first()


def photos_of(case: Case) -> list[Photo]:
    """Return the pictures of a case in order."""
    return list(Photo.objects.filter(case=case))


def answers_of(case: Case) -> list[Answer]:
    """Return every wording of the answer, newest first."""
    return list(Answer.objects.filter(case=case).select_related("written_by", "right_body").order_by("-number"))


def outgoing_of(case: Case) -> list[Outgoing]:
    """Return the words sent or to be sent by WeChat."""
    return list(Outgoing.objects.filter(case=case).select_related("entry").order_by("id"))


def publication_of(case: Case) -> Publication | None:
    """Return what was made, or is being made, public of a case."""
    return Publication.objects.filter(case=case).select_related("shown").first()


def rating_of(case: Case) -> Rating | None:
    """Return what the citizen thinks of the answer."""
    return Rating.objects.filter(case=case).first()


def receiving_bodies() -> QuerySet[Organisation]:
    """Return the bodies citizens may write to: those with somebody who answers, the highest first."""
    with_answerer = RoleAssignment.objects.filter(role=Role.ANSWERER, revoked_at=None, user__is_active=True)
    return Organisation.objects.filter(pk__in=with_answerer.values("organisation_id"), is_active=True).order_by("path")


def default_intake() -> Organisation | None:
    """Return the body that takes what names no body: the highest that answers; None where nobody does."""
    return receiving_bodies().first()


def assignable_bodies() -> QuerySet[Organisation]:
    """Return the bodies a case may be handed to: those with an answerer or a head."""
    staffed = RoleAssignment.objects.filter(role__in=HANDLERS, revoked_at=None, user__is_active=True)
    return Organisation.objects.filter(pk__in=staffed.values("organisation_id"), is_active=True).order_by("path")


def divisions() -> QuerySet[Organisation]:
    """Return the townships and streets, as places."""
    return Organisation.objects.filter(level="township", kind="government", is_active=True).order_by("path")


def similar_cases(*, actor: User, case: Case, limit: int = 5) -> list[Case]:
    """Return cases this person may see that speak of nearly the same (trigrams of title and text)."""
    rows = visible_cases(actor=actor).exclude(pk=case.pk).filter(is_confidential=False)
    rows = rows.filter(Q(title__trigram_word_similar=case.title) | Q(text__trigram_word_similar=case.title))
    rows = rows.annotate(
        likeness=Greatest(TrigramWordSimilarity(case.title, "title"), TrigramWordSimilarity(case.title, "text"))
    )
    with likeness_of(LIKE_ENOUGH):
        return list(rows.order_by("-likeness", "-pk")[:limit])


@contextmanager
def likeness_of(least: float) -> Iterator[None]:
    """Let `__trigram_word_similar` mean at least this likeness (0 to 1) inside.

    Only that operator is served by the trigram indexes; a comparison with the computed likeness reads every row.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(least)])
        yield


def search_cases(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Keep the cases whose number, title or text holds the words."""
    return rows.filter(Q(number__icontains=text) | Q(title__icontains=text) | Q(text__icontains=text))


def is_late(case: Case) -> bool:
    """Tell whether the time of a case is over and it is not answered."""
    stopped = case.state in {CaseState.WAITING, CaseState.ANSWERED, CaseState.REDIRECTED}
    return not stopped and case.due_at is not None and case.due_at < clock.now()

"""Licences and rule documents as they stand today. All is scoped by `actor` but what says otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, overload

from django.db.models import Q

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope
from zhijian.resources.enums import LicenceState, RuleState
from zhijian.resources.models import Licence, RuleDocument
from zhijian.resources.queries.needs import NeedsBook
from zhijian.resources.rules import KEEPERS

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User

LICENCE_KIND = "resources.licence"
RULE_KIND = "resources.rule_document"
LONGEST_WARNING = timedelta(days=366)
HELD = (LicenceState.IN_FORCE, LicenceState.NO_END, LicenceState.ENDS_SOON)


def all_licences() -> QuerySet[Licence]:
    """Return every licence with what its state is told by, for the system's own work."""
    return Licence.objects.select_related("organisation", "successor", "paper")


def visible_licences(*, actor: User) -> QuerySet[Licence]:
    """Return the licences of the bodies this person keeps."""
    return all_licences().filter(in_scope(actor=actor, roles=KEEPERS))


def find_licence(*, actor: User, licence_id: int) -> Licence:
    """Return one licence of the actor's scope. Raises Missing."""
    row = visible_licences(actor=actor).select_related("replaces").filter(pk=licence_id).first()
    if row is None:
        raise Missing
    return row


def all_rules() -> QuerySet[RuleDocument]:
    """Return every rule document with what its state is told by, for the system's own work."""
    return RuleDocument.objects.select_related("organisation", "successor", "paper")


def visible_rules(*, actor: User) -> QuerySet[RuleDocument]:
    """Return the rule documents of the bodies this person keeps."""
    return all_rules().filter(in_scope(actor=actor, roles=KEEPERS))


def find_rule(*, actor: User, rule_id: int) -> RuleDocument:
    """Return one rule document of the actor's scope. Raises Missing."""
    row = visible_rules(actor=actor).select_related("replaces").filter(pk=rule_id).first()
    if row is None:
        raise Missing
    return row


@overload
def successor_of(row: Licence) -> Licence | None: ...
@overload
def successor_of(row: RuleDocument) -> RuleDocument | None: ...
def successor_of(row: Licence | RuleDocument) -> Licence | RuleDocument | None:
    """Return what took the place of a row, whenever it begins."""
    return getattr(row, "successor", None)


class Calendar:
    """How licences and rule documents stand today, by the rules of their bodies, read once for the whole tree."""

    def __init__(self, book: NeedsBook | None = None) -> None:
        self.today = clock.today()
        self.book = book or NeedsBook()

    def warns_until(self, organisation: Organisation) -> date:
        """Return the last day whose ends are told of already (policy resources.licence_warning_days)."""
        return self.today + timedelta(days=self.book.of(organisation).warning_days)

    def licence(self, row: Licence) -> LicenceState:
        """Tell where a licence stands. One whose successor has not begun yet is still the one that counts."""
        following = successor_of(row)
        if row.withdrawn_on is not None:
            return LicenceState.WITHDRAWN
        if following is not None and (following.begins_on is None or following.begins_on <= self.today):
            return LicenceState.RENEWED
        return self.by_days(row.organisation, row.begins_on, row.ends_on, is_renewed=following is not None)

    def by_days(
        self, organisation: Organisation, begins_on: date | None, ends_on: date | None, *, is_renewed: bool
    ) -> LicenceState:  # fmt: skip
        """Tell where a licence stands by its days alone; `is_renewed`: a successor waits for its first day."""
        if begins_on is not None and begins_on > self.today:
            return LicenceState.NOT_BEGUN
        if ends_on is None:
            return LicenceState.NO_END
        if ends_on < self.today:
            return LicenceState.OVER
        soon = not is_renewed and ends_on <= self.warns_until(organisation)
        return LicenceState.ENDS_SOON if soon else LicenceState.IN_FORCE

    def rule(self, row: RuleDocument) -> RuleState:
        """Tell where a rule document stands."""
        following = successor_of(row)
        if row.abolished_on is not None:
            return RuleState.ABOLISHED
        if following is not None and following.in_force_from <= self.today:
            return RuleState.REPLACED
        if row.in_force_from > self.today:
            return RuleState.NOT_BEGUN
        due = row.review_by is not None and row.review_by < self.today
        return RuleState.REVIEW_DUE if due else RuleState.IN_FORCE


def standing_licences(rows: QuerySet[Licence]) -> QuerySet[Licence]:
    """Keep the licences that were neither withdrawn nor renewed by today."""
    begun = Q(successor__begins_on=None) | Q(successor__begins_on__lte=clock.today())
    return rows.filter(withdrawn_on=None).exclude(Q(successor__isnull=False) & begun)


def standing_rules(rows: QuerySet[RuleDocument]) -> QuerySet[RuleDocument]:
    """Keep the rule documents that were neither abolished nor replaced by today."""
    replaced = Q(successor__isnull=False, successor__in_force_from__lte=clock.today())
    return rows.filter(abolished_on=None).exclude(replaced)


def ending_licences(rows: QuerySet[Licence]) -> list[Licence]:
    """Return the licences that are over or end soon, the earliest end first."""
    calendar = Calendar()
    near = standing_licences(rows).filter(ends_on__lte=clock.today() + LONGEST_WARNING).order_by("ends_on", "pk")
    return [row for row in near if calendar.licence(row) in {LicenceState.OVER, LicenceState.ENDS_SOON}]


def rules_to_review(rows: QuerySet[RuleDocument]) -> QuerySet[RuleDocument]:
    """Keep the rule documents in force whose day of review is over."""
    today = clock.today()
    return standing_rules(rows).filter(in_force_from__lte=today, review_by__lt=today).order_by("review_by", "pk")


def licences_in_state(rows: QuerySet[Licence], state: str) -> QuerySet[Licence]:
    """Keep the licences that stand so today."""
    if state == LicenceState.WITHDRAWN:
        return rows.exclude(withdrawn_on=None)
    standing = standing_licences(rows)
    if state == LicenceState.RENEWED:
        return rows.filter(withdrawn_on=None).exclude(pk__in=standing.values("pk"))
    calendar = Calendar()
    return rows.filter(pk__in=[row.pk for row in standing if calendar.licence(row) == state])


def rules_in_state(rows: QuerySet[RuleDocument], state: str) -> QuerySet[RuleDocument]:
    """Keep the rule documents that stand so today."""
    if state == RuleState.ABOLISHED:
        return rows.exclude(abolished_on=None)
    standing, today = standing_rules(rows), clock.today()
    if state == RuleState.REPLACED:
        return rows.filter(abolished_on=None).exclude(pk__in=standing.values("pk"))
    if state == RuleState.NOT_BEGUN:
        return standing.filter(in_force_from__gt=today)
    due = rules_to_review(rows).values("pk")
    if state == RuleState.REVIEW_DUE:
        return rows.filter(pk__in=due)
    return standing.filter(in_force_from__lte=today).exclude(pk__in=due)


def search_licences(rows: QuerySet[Licence], text: str) -> QuerySet[Licence]:
    """Keep the licences with these words in number, issuer, holder or body."""
    return rows.filter(
        Q(number__icontains=text) | Q(issuer__icontains=text) | Q(holder__icontains=text)
        | Q(organisation__name__icontains=text)
    )  # fmt: skip


def search_rules(rows: QuerySet[RuleDocument], text: str) -> QuerySet[RuleDocument]:
    """Keep the rule documents with these words in title, number or body."""
    return rows.filter(
        Q(title__icontains=text) | Q(number__icontains=text) | Q(organisation__name__icontains=text)
    )  # fmt: skip

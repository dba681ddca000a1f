"""Which bodies lack what: one pass over a whole branch, whatever its size, in five queries and one for the packs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import bodies_in_scope, in_scope
from zhijian.registry.enums import LIVE_STATES
from zhijian.registry.queries import all_accounts
from zhijian.resources.enums import Lack, LicenceState
from zhijian.resources.models import Licence, RuleDocument, Statement
from zhijian.resources.queries.papers import (
    HELD,
    Calendar,
    standing_licences,
    standing_rules,
)
from zhijian.resources.rules import KEEPERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User
    from zhijian.resources.queries.needs import NeedsBook

MOST_BRANCHES = 300


def kept_bodies(*, actor: User) -> QuerySet[Organisation]:
    """Return the active bodies this person keeps or supervises."""
    return bodies_in_scope(actor=actor, roles=KEEPERS)


def find_kept_body(*, actor: User, organisation_id: int) -> Organisation:
    """Return one of those bodies. Raises Missing."""
    row = kept_bodies(actor=actor).filter(pk=organisation_id).first()
    if row is None:
        raise Missing
    return row


def statements_of(*, actor: User, organisation: Organisation) -> QuerySet[Statement]:
    """Return the statements of a body of the actor's scope, the newest year first."""
    rows = Statement.objects.filter(in_scope(actor=actor, roles=KEEPERS), organisation=organisation)
    return rows.select_related("changed_by").order_by("-year")


def statement_lacks(statement: Statement, *, least_staff: int) -> list[Lack]:
    """Tell what is missing in a statement; `least_staff` people are asked for."""
    staff = statement.staff_count or 0
    missing = {
        Lack.NO_LEADER: not statement.leader_name or not statement.leader_phone,
        Lack.NO_UNIT: not statement.unit,
        Lack.NO_BUDGET: not statement.budget,
        Lack.NO_STAFF: staff == 0,
        Lack.FEW_STAFF: 0 < staff < least_staff,
    }
    return [lack for lack, is_missing in missing.items() if is_missing]


@dataclass(slots=True)
class Standing:
    """How one body stands. `lacks` gives what is missing with the names of what, if any, the heaviest first."""

    accounts: int = 0
    statement: Statement | None = None
    lacks: dict[Lack, tuple[str, ...]] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """Return what is missing in words."""
        return [f"{lack.label}：{'、'.join(names)}" if names else lack.label for lack, names in self.lacks.items()]


class Survey:
    """How each body of a query stands; read when first asked for."""

    def __init__(self, bodies: QuerySet[Organisation]) -> None:
        self._bodies = bodies.order_by()
        self._calendar = Calendar()

    @property
    def book(self) -> NeedsBook:
        return self._calendar.book

    @cached_property
    def bodies(self) -> list[Organisation]:
        """Return the bodies, in no order."""
        return list(self._bodies)

    @cached_property
    def standings(self) -> dict[int, Standing]:
        """Return how the bodies stand, by id."""
        found = _Found(self._bodies)
        return {body.pk: self._standing(body, found) for body in self.bodies}

    def of(self, body: Organisation) -> Standing:
        """Return how one of them stands."""
        return self.standings[body.pk]

    def having(self, lack: str) -> list[int]:
        """Return the ids of the bodies that lack this; "any": anything, "none": nothing."""
        rows = self.standings.items()
        if lack in {"any", "none"}:
            return [pk for pk, row in rows if bool(row.lacks) == (lack == "any")]
        return [pk for pk, row in rows if lack in row.lacks]

    def with_accounts(self) -> list[int]:
        """Return the ids of the bodies that run an account."""
        return [pk for pk, row in self.standings.items() if row.accounts]

    def counts(self) -> Counter[Lack]:
        """Count the bodies by what they lack."""
        return Counter(lack for row in self.standings.values() for lack in row.lacks)

    def _standing(self, body: Organisation, found: _Found) -> Standing:
        platforms = found.platforms[body.pk]
        row = Standing(sum(platforms.values()), found.statements.get(body.pk))
        lacks: dict[Lack, tuple[str, ...]] = {}
        if platforms:
            lacks.update(self._of_statement(body, row.statement, platforms))
            lacks.update(self._missing(body, found, platforms))
        lacks.update(self._of_days(body, found))
        row.lacks = {lack: lacks[lack] for lack in Lack if lack in lacks} if lacks else lacks
        return row

    def _of_statement(
        self, body: Organisation, statement: Statement | None, platforms: Mapping[tuple[str, str], int]
    ) -> Iterator[tuple[Lack, tuple[str, ...]]]:
        if statement is None:
            yield Lack.NO_STATEMENT, ()
            return
        least = len({platform for platform, _ in platforms}) * self.book.of(body).staff_per_platform
        for lack in statement_lacks(statement, least_staff=least):
            yield lack, ((f"要 {least} 人，有 {statement.staff_count} 人",) if lack == Lack.FEW_STAFF else ())

    def _missing(
        self, body: Organisation, found: _Found, platforms: Mapping[tuple[str, str], int]
    ) -> Iterator[tuple[Lack, tuple[str, ...]]]:
        needs = self.book.of(body)
        asked = self.book.licences(body, platforms)
        if asked:
            had = {kind for kind, state in self._licences(body, found) if state in (*HELD, LicenceState.OVER)}
            missing = [code for code in asked if code not in had]
            if missing:
                yield Lack.LICENCE_MISSING, tuple(needs.licence_name(code) for code in missing)
        made = {row.kind for row in found.rules[body.pk] if row.in_force_from <= self._calendar.today}
        rules = [code for code in needs.rules if code not in made]
        if rules:
            yield Lack.RULE_MISSING, tuple(needs.rule_name(code) for code in rules)

    def _licences(self, body: Organisation, found: _Found) -> list[tuple[str, LicenceState]]:
        told = self._calendar.by_days
        return [
            (row.kind, told(body, row.begins_on, row.ends_on, is_renewed=row.successor is not None))
            for row in found.licences[body.pk]
        ]

    def _of_days(self, body: Organisation, found: _Found) -> Iterator[tuple[Lack, tuple[str, ...]]]:
        ends = {LicenceState.OVER: Lack.LICENCE_OVER, LicenceState.ENDS_SOON: Lack.LICENCE_ENDS}
        named: dict[Lack, list[str]] = {}
        for kind, state in self._licences(body, found):
            if state in ends:
                named.setdefault(ends[state], []).append(self.book.of(body).licence_name(kind))
        yield from ((lack, tuple(dict.fromkeys(names))) for lack, names in named.items())
        today = self._calendar.today
        due = [
            row.title for row in found.rules[body.pk] if row.review_by and row.in_force_from <= today > row.review_by
        ]
        if due:
            yield Lack.REVIEW_DUE, tuple(due)


class _Found:
    """The rows of the bodies of a query, by body: this year's statement, platforms, licences, rule documents."""

    def __init__(self, bodies: QuerySet[Organisation]) -> None:
        ours = {"organisation__in": bodies.values("pk")}
        year = clock.today().year
        self.statements = {row.organisation_id: row for row in Statement.objects.filter(**ours, year=year)}
        self.platforms: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
        accounts = all_accounts().filter(**ours, state__in=LIVE_STATES)
        for pk, platform, kind in accounts.values_list("organisation_id", "platform", "kind"):
            self.platforms[pk][platform, kind] += 1
        self.licences: dict[int, list[_Licence]] = defaultdict(list)
        licences = standing_licences(Licence.objects.filter(**ours)).order_by("pk")
        for row in licences.values_list("organisation_id", *_Licence._fields):
            self.licences[row[0]].append(_Licence(*row[1:]))
        self.rules: dict[int, list[_Rule]] = defaultdict(list)
        rules = standing_rules(RuleDocument.objects.filter(**ours)).order_by("pk")
        for row in rules.values_list("organisation_id", *_Rule._fields):
            self.rules[row[0]].append(_Rule(*row[1:]))


class _Licence(NamedTuple):
    """A licence that was neither given up nor renewed by today."""

    kind: str
    begins_on: date | None
    ends_on: date | None
    successor: int | None


class _Rule(NamedTuple):
    """A rule document that was neither abolished nor replaced by today."""

    kind: str
    title: str
    in_force_from: date
    review_by: date | None


def branches(*, actor: User) -> list[Organisation]:
    """Return the branches of the actor's scope: the bodies right below the topmost ones that have bodies below."""
    tops = {row.organisation_id for row in actor.assignments if row.includes_subtree and row.role in KEEPERS}
    rows = kept_bodies(actor=actor).filter(Q(parent__in=tops), children__is_active=True).distinct().order_by("path")
    return list(rows[:MOST_BRANCHES])


def in_branch(rows: QuerySet[Organisation], branch_id: int) -> QuerySet[Organisation]:
    """Keep the bodies of a branch, its top among them."""
    top = rows.model.objects.filter(pk=branch_id).values_list("path", flat=True).first()
    return rows.filter(path__startswith=top) if top else rows.none()


@dataclass(slots=True)
class BranchCount:
    """How many bodies of a branch run an account, how many of them lack nothing, and how many lack what."""

    top: Organisation
    running: int = 0
    whole: int = 0
    lacks: Counter[Lack] = field(default_factory=Counter)

    def add(self, standing: Standing) -> None:
        self.running += bool(standing.accounts)
        self.whole += bool(standing.accounts) and not standing.lacks
        self.lacks.update(standing.lacks.keys())


def count_branches(survey: Survey, tops: list[Organisation]) -> list[BranchCount]:
    """Count every branch; a body counts where its path begins with that of the branch's top."""
    found = {top.path: BranchCount(top) for top in tops}
    for body in survey.bodies:
        path = ""
        for part in body.path.split(".")[:-1]:
            path += f"{part}."
            if path in found:
                found[path].add(survey.of(body))
    return list(found.values())


def search_bodies(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Keep the bodies with these words in the name."""
    return rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text))

"""Which terms a person may see, and the rule set that judges a body's texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.knowledge.enums import TermKind, TermState
from zhijian.knowledge.models import Term
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import BUSINESS_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.queries import bodies_in_scope, in_scope
from zhijian.screening import Category, compile_ruleset, default_rules, rule_from_term, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User
    from zhijian.screening import Finding, Rule, RuleSet

KEPT_RULESETS = 64
SHOWN_PLACES = 20
CATEGORIES = {TermKind.PERSON: Category.LEADER_NAME_TITLE, TermKind.TYPO: Category.TYPO}

_compiling = Lock()
_kept: dict[tuple[frozenset[str], tuple[int, ...]], RuleSet] = {}


def visible_terms(*, actor: User) -> QuerySet[Term]:
    """Return the terms of the bodies in the actor's scope, and those in force above them, which bind them too."""
    above = {pk for body in bodies_in_scope(actor=actor) for pk in body.ancestor_ids}
    own = in_scope(actor=actor, roles=BUSINESS_ROLES)
    return Term.objects.filter(own | Q(organisation__in=above, state=TermState.APPROVED)).select_related(
        "organisation", "proposed_by", "decided_by", "retired_by"
    )


def find_term(*, actor: User, term_id: int) -> Term:
    """Return one term of the actor's scope. Raises Missing."""
    term = visible_terms(actor=actor).filter(pk=term_id).first()
    if term is None:
        raise Missing
    return term


def line_of(organisation: Organisation) -> list[int]:
    """Return the ids of the bodies whose terms bind a body: those above it and itself."""
    return [*organisation.ancestor_ids, organisation.pk]


def terms_in_force(organisation: Organisation) -> QuerySet[Term]:
    """Return the approved terms that bind a body today."""
    today = clock.today()
    rows = Term.objects.filter(organisation__in=line_of(organisation), state=TermState.APPROVED)
    rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today))
    return rows.order_by("pk")


def ruleset_for(organisation: Organisation) -> RuleSet:
    """Return the compiled rules for a body: what is shipped, and the terms in force of it and all bodies above.

    Costs one query. The compiled set is kept in the process under the ids of the terms: a term never changes after
    its approval (a trigger holds it), so equal ids mean equal rules. Where a body and one above it keep the same
    wrong words, the nearer one counts.
    """
    terms = _nearest(terms_in_force(organisation).values_list("pk", "wrong", "organisation__path"))
    with _compiling:
        return _compiled(clock.today(), tuple(sorted(terms)))


def rulesets_for(organisations: Iterable[Organisation]) -> dict[int, RuleSet]:
    """Return the compiled rules of many bodies by their ids; one query for all of them together."""
    bodies = list(organisations)
    today = clock.today()
    wanted = {pk for body in bodies for pk in line_of(body)}
    rows = Term.objects.filter(organisation__in=wanted, state=TermState.APPROVED)
    rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today))
    held: dict[int, list[tuple[int, str, str]]] = {}
    for body_id, pk, wrong, path in rows.values_list("organisation_id", "pk", "wrong", "organisation__path"):
        held.setdefault(body_id, []).append((pk, wrong, path))
    found: dict[int, RuleSet] = {}
    for body in bodies:
        terms = _nearest(row for pk in line_of(body) for row in held.get(pk, ()))
        with _compiling:
            found[body.pk] = _compiled(today, tuple(sorted(terms)))
    return found


def _nearest(rows: Iterable[tuple[int, str, str]]) -> list[int]:
    kept: dict[str, tuple[int, int]] = {}
    for pk, wrong, path in rows:
        if wrong not in kept or kept[wrong][0] < len(path):
            kept[wrong] = (len(path), pk)
    return [pk for _, pk in kept.values()]


@lru_cache(maxsize=KEPT_RULESETS)
def _compiled(on: date, term_ids: tuple[int, ...]) -> RuleSet:
    shipped = frozenset(rule.id for rule in default_rules() if rule.in_force(on))
    key = (shipped, term_ids)
    if key not in _kept:
        # The shipped rules seldom change from one day to the next; days with the same rules share one compilation.
        terms = Term.objects.filter(pk__in=term_ids).order_by("pk")
        _kept[key] = compile_ruleset([*default_rules(), *(rule_of(term) for term in terms)], on=on)
        while len(_kept) > KEPT_RULESETS:
            del _kept[next(iter(_kept))]
    return replace(_kept[key], on=on)


def shipped_ruleset() -> RuleSet:
    """Return the rules that come with the product, for callers without a body."""
    return _compiled(clock.today(), ())


def rule_of(term: Term) -> Rule:
    """Return a term as a rule of the screening kernel; its id names the term, so a finding leads back to it."""
    return rule_from_term(
        rule_id=term_rule_id(term.pk),
        wrong=term.wrong,
        right=term.right,
        exceptions=tuple(term.exceptions),
        severity=term.severity,
        category=CATEGORIES.get(TermKind(term.kind), Category.BODY_TERM),
        message=term.message,
        source=term.source,
        valid_from=term.valid_from,
        valid_to=term.valid_to,
    )


def term_rule_id(term_id: int | None) -> str:
    """Return the id of the rule made from a term."""
    return f"term.{term_id or 0}"


@dataclass(frozen=True, slots=True)
class TrialText:
    """A text a term is tried on. `url` leads a person to it."""

    title: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class TrialHit:
    """A text the term would have hit: how often, and the first place with a few words around it."""

    title: str
    url: str
    count: int
    before: str
    found: str
    after: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a term would have hit: texts looked at, hits in all, and the first texts hit."""

    texts: int
    hits: int
    places: tuple[TrialHit, ...]
    hit_texts: int

    @property
    def sentence(self) -> str:
        """Return the result as one Chinese sentence."""
        if not self.texts:
            return "还没有可以试的稿件。"
        if not self.hits:
            return f"在最近 {self.texts:,} 篇稿件里没有命中。"
        return f"在最近 {self.texts:,} 篇稿件里命中 {self.hits:,} 处，涉及 {self.hit_texts:,} 篇。"


def try_rule(rule: Rule, texts: Iterable[TrialText]) -> Trial:
    """Tell what a rule would have hit in some texts, before it is switched on."""
    ruleset = compile_ruleset([rule], on=max(clock.today(), rule.valid_from or clock.today()))
    looked = hits = 0
    places: list[TrialHit] = []
    for text in texts:
        looked += 1
        found = scan(text.text, ruleset)
        hits += len(found)
        if found:
            places.append(_place(text, found))
    return Trial(looked, hits, tuple(places[:SHOWN_PLACES]), len(places))


def try_term(term: Term, texts: Iterable[TrialText]) -> Trial:
    """Tell what a term would have hit in some texts, before it is switched on."""
    return try_rule(rule_of(term), texts)


def _place(text: TrialText, found: list[Finding]) -> TrialHit:
    first = found[0]
    before = text.text[max(0, first.start - 12) : first.start].replace("\n", " ")
    after = text.text[first.end : first.end + 12].replace("\n", " ")
    return TrialHit(text.title, text.url, len(found), before, first.excerpt, after)


_archives: list[Callable[[User, Organisation], Iterable[TrialText]]] = []


def register_archive(source: Callable[[User, Organisation], Iterable[TrialText]]) -> None:
    """Let a room above supply the recent texts of a body and those below it that `actor` may see, for trying terms."""
    if source not in _archives:
        _archives.append(source)


def archive_texts(*, actor: User, organisation: Organisation) -> list[TrialText]:
    """Return the recent texts on which a term of this body can be tried."""
    return [text for source in _archives for text in source(actor, organisation)]


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the proposed terms that wait for this person's decision."""
    deciders = [*REVIEWER_ROLES, Role.SUPERVISING_OFFICER]
    rows = Term.objects.filter(in_scope(actor=actor, roles=deciders), state=TermState.PROPOSED)
    rows = rows.exclude(proposed_by=actor).select_related("organisation")
    return [
        WorkItem(
            title=f"{term.wrong} → {term.right}" if term.right else term.wrong,
            url=f"/desk/terms/{term.pk}/",
            kind="审用语",
            organisation=term.organisation.short_name,
            state=term.get_state_display(),
            since=term.proposed_at,
        )
        for term in rows.order_by("proposed_at")[:100]
    ]

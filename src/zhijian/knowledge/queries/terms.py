"""Which terms a person may see, and the rule set that judges a body's texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from django.db.models import BigIntegerField, Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Substr

from zhijian.knowledge.enums import TermKind, TermState
from zhijian.knowledge.models import Allowance, Term
from zhijian.knowledge.queries.allowances import allowances_in_force, allowed, allowing
from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import BUSINESS_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.queries import bodies_in_scope, in_scope
from zhijian.screening import Category, compile_ruleset, default_rules, rule_from_term, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User
    from zhijian.screening import Finding, Rule, RuleSet

KEPT_RULESETS = 64
SHOWN_PLACES = 20
MOST_TRIED = 1_000
"""So many of the newest texts of each kind a term is tried on while a person waits; the rest is a look-back's work."""
CATEGORIES = {TermKind.PERSON: Category.LEADER_NAME_TITLE, TermKind.TYPO: Category.TYPO}

_compiling = Lock()
_kept: dict[tuple[frozenset[str], tuple[int, ...], tuple[int, ...]], RuleSet] = {}


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


def terms_by_id(term_ids: Iterable[int]) -> list[Term]:
    """Return some terms, in the order of their ids; for the system's own work."""
    return list(Term.objects.filter(pk__in=list(term_ids)).order_by("pk"))


def terms_begun(*, days: int) -> list[Term]:
    """Return the approved terms whose first day was today or one of the last `days`. The system's own work."""
    today = clock.today()
    rows = Term.objects.filter(
        state=TermState.APPROVED, valid_from__lte=today, valid_from__gte=today - timedelta(days=days)
    )
    return list(rows.filter(Q(valid_to=None) | Q(valid_to__gte=today)).order_by("pk"))


def ruleset_for(organisation: Organisation) -> RuleSet:
    """Return the compiled rules for a body: what is shipped, and the terms in force of it and all bodies above.

    Costs two queries: terms, and what was set aside of rules. The compiled set is kept in the process under their ids:
    neither changes after its approval (triggers hold it), so equal ids mean equal rules. Where a body and one above it
    keep the same wrong words, the nearer one counts.
    """
    terms = _nearest(terms_in_force(organisation).values_list("pk", "wrong", "organisation__path"))
    held = allowances_in_force(line_of(organisation))
    with _compiling:
        return _compiled(clock.today(), tuple(sorted(terms)), tuple(sorted(pk for ids in held.values() for pk in ids)))


def rulesets_for(organisations: Iterable[Organisation]) -> dict[int, RuleSet]:
    """Return the compiled rules of many bodies by their ids; two queries for all of them together."""
    bodies = list(organisations)
    today = clock.today()
    wanted = {pk for body in bodies for pk in line_of(body)}
    rows = Term.objects.filter(organisation__in=wanted, state=TermState.APPROVED)
    rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today))
    held: dict[int, list[tuple[int, str, str]]] = {}
    for body_id, pk, wrong, path in rows.values_list("organisation_id", "pk", "wrong", "organisation__path"):
        held.setdefault(body_id, []).append((pk, wrong, path))
    aside = allowances_in_force(wanted)
    found: dict[int, RuleSet] = {}
    for body in bodies:
        terms = _nearest(row for pk in line_of(body) for row in held.get(pk, ()))
        allowances = sorted(one for pk in line_of(body) for one in aside.get(pk, ()))
        with _compiling:
            found[body.pk] = _compiled(today, tuple(sorted(terms)), tuple(allowances))
    return found


def _nearest(rows: Iterable[tuple[int, str, str]]) -> list[int]:
    kept: dict[str, tuple[int, int]] = {}
    for pk, wrong, path in rows:
        if wrong not in kept or kept[wrong][0] < len(path):
            kept[wrong] = (len(path), pk)
    return [pk for _, pk in kept.values()]


@lru_cache(maxsize=KEPT_RULESETS)
def _compiled(on: date, term_ids: tuple[int, ...], allowance_ids: tuple[int, ...]) -> RuleSet:
    shipped = frozenset(rule.id for rule in default_rules() if rule.in_force(on))
    key = (shipped, term_ids, allowance_ids)
    if key not in _kept:
        # The shipped rules seldom change from one day to the next; days with the same rules share one compilation.
        terms = Term.objects.filter(pk__in=term_ids).order_by("pk")
        aside = list(Allowance.objects.filter(pk__in=allowance_ids).order_by("pk"))
        rules = allowed([*default_rules(), *(rule_of(term) for term in terms)], aside)
        _kept[key] = allowing(compile_ruleset(rules, on=on), aside)
        while len(_kept) > KEPT_RULESETS:
            del _kept[next(iter(_kept))]
    return replace(_kept[key], on=on)


def narrowed(ruleset: RuleSet, rule_ids: frozenset[str]) -> RuleSet:
    """Return those rules of a set that are named: what a look-back over a few terms scans with."""
    chosen = tuple(rule for rule in ruleset.rules if rule.id in rule_ids)
    # The detectors as they are in the whole set: they pass over the words that the body allows.
    detectors = tuple(pair for pair in ruleset.detectors if pair[1].id in rule_ids)
    return replace(_narrowed(ruleset.on, chosen), detectors=detectors)


@lru_cache(maxsize=KEPT_RULESETS)
def _narrowed(on: date, rules: tuple[Rule, ...]) -> RuleSet:
    return compile_ruleset(rules, on=on)


def known_rule(*, organisation: Organisation, rule_id: str) -> Rule | None:
    """Return the rule of this id for a body as it is before anything is set aside: shipped, or a term in force."""
    if rule_id.startswith("term."):
        return next((rule_of(term) for term in terms_in_force(organisation) if term_rule_id(term.pk) == rule_id), None)
    return next((rule for rule in default_rules() if rule.id == rule_id), None)


def shipped_ruleset() -> RuleSet:
    """Return the rules that come with the product, for callers without a body."""
    return _compiled(clock.today(), (), ())


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


def with_term_words(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate rows that have a `rule_id` with `term_words`: what the term writes wrong, "" where it is no term's."""
    number = Case(When(rule_id__regex=r"^term\.[0-9]{1,15}$", then=Cast(Substr("rule_id", 6), BigIntegerField())))
    words = Term.objects.filter(pk=OuterRef("term_number")).values("wrong")[:1]
    told = rows.annotate(term_number=number).annotate(term_words=Coalesce(Subquery(words), Value("")))
    return cast("QuerySet[Any]", told)


@dataclass(frozen=True, slots=True)
class TrialText:
    """A text a term is tried on. `url` leads a person to it; `at` is when it was changed or published."""

    title: str
    url: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """The texts a term is tried on. `more`: there are older ones that were left out."""

    texts: list[TrialText]
    more: bool


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
    """What a term would have hit: texts looked at, hits in all, and the first texts hit.

    `since` is the day of the oldest text looked at, None where none has one; `more` tells of older ones left out.
    """

    texts: int
    hits: int
    places: tuple[TrialHit, ...]
    hit_texts: int
    since: date | None = None
    more: bool = False

    @property
    def sentence(self) -> str:
        """Return the result as one Chinese sentence."""
        if not self.texts:
            return "还没有可以试的内容。"
        since = f"（{self.since:%Y-%m-%d} 以来）" if self.since else ""
        found = f"命中 {self.hits:,} 处，涉及 {self.hit_texts:,} 篇" if self.hits else "没有命中"
        listed = f"，下面列出前 {len(self.places)} 篇" if self.hit_texts > len(self.places) else ""
        more = "更早的没有试，启用后可以回查全部。" if self.more else ""
        return f"在最近 {self.texts:,} 篇内容{since}里{found}{listed}。{more}"


def try_rule(rule: Rule, texts: Iterable[TrialText]) -> Trial:
    """Tell what a rule would have hit in some texts, before it is switched on."""
    ruleset = compile_ruleset([rule], on=max(clock.today(), rule.valid_from or clock.today()))
    looked = hits = 0
    places: list[TrialHit] = []
    days = []
    for text in texts:
        looked += 1
        if text.at is not None:
            days.append(text.at.astimezone(clock.BEIJING).date())
        found = scan(text.text, ruleset)
        hits += len(found)
        if found:
            places.append(_place(text, found))
    return Trial(looked, hits, tuple(places[:SHOWN_PLACES]), len(places), min(days, default=None))


def try_term(term: Term, texts: Iterable[TrialText]) -> Trial:
    """Tell what a term would have hit in some texts, before it is switched on."""
    return try_rule(rule_of(term), texts)


def try_in_archive(rule: Rule, *, actor: User, organisation: Organisation) -> Trial:
    """Tell what a rule would have hit in the recent texts of a body and those below it, as far as `actor` sees them."""
    archive = archive_texts(actor=actor, organisation=organisation)
    return replace(try_rule(rule, archive.texts), more=archive.more)


def _place(text: TrialText, found: list[Finding]) -> TrialHit:
    first = found[0]
    before = text.text[max(0, first.start - 12) : first.start].replace("\n", " ")
    after = text.text[first.end : first.end + 12].replace("\n", " ")
    return TrialHit(text.title, text.url, len(found), before, first.excerpt, after)


_archives: list[Callable[[User, Organisation], Archive]] = []


def register_archive(source: Callable[[User, Organisation], Archive]) -> None:
    """Let a room above supply the recent texts of a body and those below it that `actor` may see, for trying terms."""
    if source not in _archives:
        _archives.append(source)


def archive_texts(*, actor: User, organisation: Organisation) -> Archive:
    """Return the recent texts on which a term of this body can be tried: at most `MOST_TRIED` of each room."""
    found = [source(actor, organisation) for source in _archives]
    return Archive([text for one in found for text in one.texts], any(one.more for one in found))


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

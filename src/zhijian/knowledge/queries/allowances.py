"""What bodies set aside of rules: which allowances bind a body today, and rules changed by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.knowledge.enums import AllowanceKind, TermState
from zhijian.knowledge.models import Allowance
from zhijian.knowledge.rules import OF_WORDS
from zhijian.lib import clock
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import BUSINESS_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.queries import bodies_in_scope, in_scope
from zhijian.screening import Severity
from zhijian.screening.detectors.links import with_approved
from zhijian.screening.links.judging import link_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.screening import Rule, RuleSet
    from zhijian.screening.detectors.hits import Detector, Hit
    from zhijian.screening.disguises import Page


def visible_allowances(*, actor: User) -> QuerySet[Allowance]:
    """Return the allowances of the bodies in the actor's scope, and those in force above them, which bind them too."""
    above = {pk for body in bodies_in_scope(actor=actor) for pk in body.ancestor_ids}
    own = in_scope(actor=actor, roles=BUSINESS_ROLES)
    rows = Allowance.objects.filter(own | Q(organisation__in=above, state=TermState.APPROVED))
    return rows.select_related("organisation", "proposed_by", "decided_by", "retired_by")


def find_allowance(*, actor: User, allowance_id: int) -> Allowance:
    """Return one allowance of the actor's scope. Raises Missing."""
    row = visible_allowances(actor=actor).filter(pk=allowance_id).first()
    if row is None:
        raise Missing
    return row


def allowances_in_force(organisation_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the ids of the allowances in force today by body; one query. Who is bound: the body and all below it."""
    rows = Allowance.objects.filter(
        organisation__in=list(organisation_ids), state=TermState.APPROVED, valid_to__gte=clock.today()
    )
    found: dict[int, list[int]] = {}
    for body, pk in rows.order_by("pk").values_list("organisation_id", "pk"):
        found.setdefault(body, []).append(pk)
    return found


def allowances_run_out(*, days: int) -> list[tuple[str, int]]:
    """Return rule and body of the allowances whose last day was one of the last `days` before today. System's work."""
    today = clock.today()
    rows = Allowance.objects.filter(
        state=TermState.APPROVED, valid_to__lt=today, valid_to__gte=today - timedelta(days=days)
    )
    over = rows.values_list("kind", "rule_id", "organisation_id")
    return sorted({(rule_id, body) for kind, told, body in over for rule_id in rules_touched(kind, told)})


def rules_touched(kind: str, rule_id: str) -> list[str]:
    """Return the ids of the rules an allowance changes: of a website all that are about links."""
    return [rule.id for rule in link_rules()] if kind == AllowanceKind.HOST else [rule_id]


def allowed(rules: Iterable[Rule], allowances: Iterable[Allowance]) -> list[Rule]:
    """Return rules as allowances leave them: some are left out, some are milder, some have more exceptions."""
    by_rule: dict[str, list[Allowance]] = {}
    for row in allowances:
        by_rule.setdefault(row.rule_id, []).append(row)
    changed = [_changed(rule, by_rule.get(rule.id, ())) for rule in rules]
    return [rule for rule in changed if rule is not None]


def _changed(rule: Rule, allowances: Sequence[Allowance]) -> Rule | None:
    if any(row.kind == AllowanceKind.OFF for row in allowances):
        return None
    lower = [Severity(row.severity) for row in allowances if row.kind == AllowanceKind.LOWER]
    if lower:
        rule = replace(rule, severity=max((rule.severity, *lower), key=lambda one: one.rank))
    words = tuple(row.words for row in allowances if row.kind == AllowanceKind.WORDS)
    fitting = tuple(word for word in words if any(form in word for form in rule.wrong))
    return replace(rule, unless=tuple(dict.fromkeys((*rule.unless, *fitting)))) if fitting else rule


def allowing(ruleset: RuleSet, allowances: Iterable[Allowance]) -> RuleSet:
    """Return a set whose detectors pass over the words that are allowed and know the websites; its version tells both.

    Rules with wrong forms carry their exceptions (`allowed`); a detector finds by code, so its hits are asked.
    """
    words: dict[str, tuple[str, ...]] = {}
    hosts = []
    for row in allowances:
        if row.kind == AllowanceKind.WORDS:
            words[row.rule_id] = (*words.get(row.rule_id, ()), row.words)
        elif row.kind == AllowanceKind.HOST:
            hosts.append(row.words)
    if hosts:
        ruleset = with_approved(ruleset, hosts)
        ruleset = replace(ruleset, version=digest_of({"set": ruleset.version, "hosts": sorted(set(hosts))}))
    held = {rule.id: words[rule.id] for _, rule in ruleset.detectors if rule.id in words}
    if not held:
        return ruleset
    detectors = tuple(
        (_passing_over(detector, held[rule.id]) if rule.id in held else detector, rule)
        for detector, rule in ruleset.detectors
    )
    return replace(ruleset, detectors=detectors, version=_version(ruleset.version, held))


def _version(version: str, held: Mapping[str, tuple[str, ...]]) -> str:
    return digest_of({"set": version, "allowed": {rule: sorted(words) for rule, words in held.items()}})


def _passing_over(detector: Detector, words: tuple[str, ...]) -> Detector:
    def detect(page: Page, rule: Rule) -> Iterator[Hit]:
        return (hit for hit in detector(page, rule) if not _stands_in(page.text, hit, words))

    return detect


def _stands_in(text: str, hit: Hit, words: tuple[str, ...]) -> bool:
    """Tell whether a hit lies inside one of the words, as they stand in the text."""
    for word in words:
        start = text.find(word, max(0, hit.end - len(word)), hit.start + len(word))
        if 0 <= start <= hit.start and hit.end <= start + len(word):
            return True
    return False


def allowance_work(*, actor: User) -> list[WorkItem]:
    """Return the proposed allowances that wait for this person's decision."""
    supervised = Q(in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER]))
    words = Q(in_scope(actor=actor, roles=REVIEWER_ROLES), kind__in=OF_WORDS)
    rows = Allowance.objects.filter(supervised | words, state=TermState.PROPOSED).exclude(proposed_by=actor)
    return [
        WorkItem(
            title=f"{row.get_kind_display()}：{row}", url=f"/desk/terms/allowed/{row.pk}/", kind="审放行",
            organisation=row.organisation.short_name, state=row.get_state_display(), since=row.proposed_at,
        )
        for row in rows.select_related("organisation").order_by("proposed_at")[:100]
    ]  # fmt: skip

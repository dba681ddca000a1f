"""Addresses in running text, one kind of fault a rule. Each different one is judged once, for all rules together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from zhijian.screening.detectors.hits import Hit
from zhijian.screening.enums import Category, Severity
from zhijian.screening.findings import finding_of
from zhijian.screening.links.addresses import links_in
from zhijian.screening.links.judging import LONGEST, faults_of, why_of
from zhijian.screening.links.policy import LinkPolicy
from zhijian.screening.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.findings import Finding
    from zhijian.screening.ruleset import RuleSet

MOST_ADDRESSES: Final = 2_000
"""A text with more different addresses is a table of them; the others are told as not judged."""
_EVERY_OTHER_HOST: Final = "outside"
LEFT_OUT: Final = Rule(
    id="link.left-out",
    category=Category.BAD_LINK,
    severity=Severity.WARNING,
    message=f"一次只检查{MOST_ADDRESSES}个不同的网址，从这里起还有{{note}}个没有检查。请分成几份再检查。",
    source="本系统的处理上限",
    detector="links",
    arguments=(_EVERY_OTHER_HOST,),
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The faulty addresses of a text by kind of fault, each with its note; and where those not judged begin."""

    faulty: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    left_out: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LinkDetector:
    """Finds addresses with the fault that `rule.arguments` names, by what a body says about links."""

    policy: LinkPolicy

    def __call__(self, page: Page, rule: Rule) -> Iterator[Hit]:
        """Yield a hit for each faulty address of a text; with every other host, also for what was not judged."""
        seen = _seen(page.text, self.policy)
        if seen.left_out and rule.arguments[0] == _EVERY_OTHER_HOST:
            yield Hit(*seen.left_out[0], note=str(len(seen.left_out)), why="逐个数过网址", rule=LEFT_OUT)
        for start, end, note in seen.faulty.get(rule.arguments[0], ()):
            yield Hit(start, end, note=note, why=why_of(note))


links = LinkDetector(LinkPolicy())


def with_approved(ruleset: RuleSet, hosts: Iterable[str]) -> RuleSet:
    """Return a set whose rules about links know the hosts a body vouches for. The caller makes its version."""
    detector = LinkDetector(LinkPolicy(approved=frozenset(hosts)))
    pairs = tuple((detector if isinstance(one, LinkDetector) else one, rule) for one, rule in ruleset.detectors)
    return replace(ruleset, detectors=pairs)


def policy_of(ruleset: RuleSet) -> LinkPolicy:
    """Return what the rules about links in a set go by; the usual when there are none."""
    return next((one.policy for one, _ in ruleset.detectors if isinstance(one, LinkDetector)), LinkPolicy())


def judge_address(url: str, ruleset: RuleSet) -> list[Finding]:
    """Return what the rules of a set find in an address that stands for itself, the worst first. Opens nothing.

    Unlike `judge_link` it goes by the severities and the hosts of the body the set belongs to.
    """
    rules = {rule.arguments[0]: rule for one, rule in ruleset.detectors if isinstance(one, LinkDetector)}
    faults = faults_of(url[:LONGEST], policy_of(ruleset), kinds=rules)
    found = [finding_of(rules[kind], (0, len(url)), url, note=note, why=why_of(note)) for kind, note in faults.items()]
    return sorted(found, key=lambda one: (one.severity.rank, one.rule_id))


@lru_cache(maxsize=2)
def _seen(text: str, policy: LinkPolicy) -> _Seen:
    """Judge the addresses of a text; kept for the next rules, which ask about the same text."""
    seen, known = _Seen(), dict[str, dict[str, str]]()
    for start, end in links_in(text):
        url = text[start:end]
        if url not in known and len(known) == MOST_ADDRESSES:
            seen.left_out.append((start, end))
            continue
        if url not in known:
            known[url] = faults_of(url, policy)
        for kind, note in known[url].items():
            seen.faulty.setdefault(kind, []).append((start, end, note))
    return seen

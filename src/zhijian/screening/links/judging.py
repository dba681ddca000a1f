"""One address judged by every packaged rule about links."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from zhijian.screening.enums import Category
from zhijian.screening.findings import Finding, finding_of
from zhijian.screening.links.addresses import parsed
from zhijian.screening.links.faults import FAULTS
from zhijian.screening.links.policy import LinkPolicy
from zhijian.screening.reading import default_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.screening.rule import Rule

LONGEST = 4_000
_USUAL = LinkPolicy()


def judge_link(url: str, policy: LinkPolicy = _USUAL) -> list[Finding]:
    """Return what is wrong with an address, the worst first; its findings span the whole of it. Opens nothing.

    An address on the policy's list has only faults of its writing, not of its host.
    """
    faults = faults_of(url[:LONGEST], policy)
    found = [
        finding_of(rule, (0, len(url)), url, note=faults[kind], why=why_of(faults[kind]))
        for kind, rule in _rules_by_kind().items()
        if kind in faults
    ]
    return sorted(found, key=lambda one: (one.severity.rank, one.rule_id))


def faults_of(url: str, policy: LinkPolicy = _USUAL, *, kinds: Iterable[str] = FAULTS) -> dict[str, str]:
    """Return the kinds of faults an address has, of those that are asked for, each with its note."""
    address = parsed(url)
    notes = ((kind, FAULTS[kind](address, policy)) for kind in kinds)
    return {kind: note for kind, note in notes if note is not None}


def why_of(note: str) -> str:
    """Return how a fault was recognised, as a finding tells it."""
    return f"网址的写法：{note}"


@cache
def link_rules() -> tuple[Rule, ...]:
    """Return the packaged rules about links."""
    return tuple(rule for rule in default_rules() if rule.category is Category.BAD_LINK and rule.detector == "links")


@cache
def _rules_by_kind() -> dict[str, Rule]:
    return {rule.arguments[0]: rule for rule in link_rules()}

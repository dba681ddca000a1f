"""What must not leave the office or become public, judged by its own rules alone.

Where several rules speak about the same words, a scan tells the most serious one. A link that is merely odd may so
stand over a telephone number; who asks about personal data must not be told of the link only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.knowledge.queries.terms import narrowed
from zhijian.screening import Category, scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.screening import Finding, Rule, RuleSet

PRIVATE_LINK: Final = "link.private"
"""The rule about personal data in an address, which belongs to the category of links."""


def private_rules(ruleset: RuleSet) -> RuleSet:
    """Return the rules about personal data of a set, without what the body set aside of them."""
    return _chosen(ruleset, lambda rule: rule.category is Category.PRIVACY)


def private_findings(text: str, ruleset: RuleSet) -> list[Finding]:
    """Return the personal data in a text, whatever else is wrong with the same words, in the order of the text.

    An address that holds such data counts whole, by `PRIVATE_LINK`; no two findings overlap.
    """
    links = scan(text, _chosen(ruleset, lambda rule: rule.id == PRIVATE_LINK))
    found = scan(text, private_rules(ruleset))
    apart = [one for one in found if not any(one.start < link.end and link.start < one.end for link in links)]
    return sorted([*links, *apart], key=lambda one: one.start)


def kept_findings(text: str, ruleset: RuleSet) -> list[Finding]:
    """Return what keeps a text in the office: signs of secrets, personal data, and addresses that hold such data.

    They are asked one by one, so that none stands over another even where one of them is set aside.
    """
    secret = _chosen(ruleset, lambda rule: rule.category is Category.SECRECY_HINT)
    links = _chosen(ruleset, lambda rule: rule.id == PRIVATE_LINK)
    return [*scan(text, secret), *scan(text, private_rules(ruleset)), *scan(text, links)]


def _chosen(ruleset: RuleSet, wanted: Callable[[Rule], bool]) -> RuleSet:
    return narrowed(ruleset, frozenset(rule.id for rule in ruleset.rules if wanted(rule)))

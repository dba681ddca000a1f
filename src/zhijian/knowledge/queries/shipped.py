"""The rules that come with the product, for people who read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.lib import clock
from zhijian.screening import Category, default_rules

if TYPE_CHECKING:
    from zhijian.screening import Rule


def shipped_rules(*, text: str = "", category: str = "", severity: str = "") -> list[Rule]:
    """Return the shipped rules in force today that hold a text (id, words, message, source), by category and id."""
    today, wanted = clock.today(), text.casefold()
    found = [
        rule
        for rule in default_rules()
        if rule.in_force(today)
        and (not category or rule.category.value == category)
        and (not severity or rule.severity.value == severity)
        and (not wanted or wanted in _words(rule))
    ]
    places = {category: place for place, category in enumerate(Category)}
    return sorted(found, key=lambda rule: (places[rule.category], rule.id))


def _words(rule: Rule) -> str:
    return "\n".join([rule.id, rule.message, rule.source, *rule.wrong, *rule.right, *rule.examples_hit]).casefold()


def shipped_rule(rule_id: str) -> Rule | None:
    """Return one shipped rule, None when there is none of that id."""
    return next((rule for rule in default_rules() if rule.id == rule_id), None)

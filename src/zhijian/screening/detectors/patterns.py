"""Rules that are one regular expression, written in the rule's own data."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_REFERENCE = re.compile(r"\\([1-9])")
_NEAR_REACH = 60


def pattern(page: Page, rule: Rule) -> Iterator[Hit]:
    r"""Find `rule.pattern` in the folded text; a group named `hit` narrows the span.

    `rule.right` may refer to groups as `\1`; they are filled in as the author wrote them, not folded. Of the rule's
    context `near` and `not_near` count; what must stand directly beside the hit is written into the expression.
    `rule.arguments` are words of which every text with a hit holds one: without them the text is not searched.
    """
    folded = page.folded
    if rule.arguments and not any([word in folded for word in rule.arguments]):  # noqa: C419 - a list is faster here
        return
    expression = compiled(rule.pattern)
    group: int | str = "hit" if "hit" in expression.groupindex else 0
    for match in expression.finditer(page.folded):
        if not _context_allows(page, rule, *match.span(group)):
            continue
        suggestions = tuple(_filled(template, match, page.text) for template in rule.right)
        yield Hit(match.start(group), match.end(group), suggestions, why="与规则的句式相符")


@lru_cache(maxsize=1024)
def compiled(text: str) -> re.Pattern[str]:
    """Compile a rule's expression once per process."""
    return re.compile(text)


def _context_allows(page: Page, rule: Rule, start: int, end: int) -> bool:
    near, not_near = rule.context.near, rule.context.not_near
    if not near and not not_near:
        return True
    around = page.paragraph(start, end, reach=_NEAR_REACH)
    if near and not compiled(near).search(around):
        return False
    return not (not_near and compiled(not_near).search(around))


def _filled(template: str, match: re.Match[str], text: str) -> str:
    return _REFERENCE.sub(lambda reference: text[slice(*match.span(int(reference[1])))], template)

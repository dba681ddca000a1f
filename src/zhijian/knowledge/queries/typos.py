"""What a person writes, judged whole: the rules of the body, and where the model of typing errors is sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from zhijian.knowledge.queries.terms import line_of, terms_in_force
from zhijian.organisations.models import Organisation
from zhijian.screening import scan
from zhijian.screening.typos import find_typos, merge_typos, without_known

if TYPE_CHECKING:
    from zhijian.screening import Finding, RuleSet

LONGEST_FOR_TYPOS = 20_000
"""Code points; a longer text is judged by rules alone, for a page must answer while a person waits."""


def judge_writing(*, organisation: Organisation, text: str, ruleset: RuleSet) -> list[Finding]:
    """Return what the rules find in a text being written, and probable typing errors as warnings.

    Names of the body, of those above it and the right words of their terms are never taken for errors. The model may
    be switched off (`ZHIJIAN_TYPO_MODEL`). Two queries, and only for a text in which the model finds something.
    """
    found = scan(text, ruleset)
    if not settings.ZHIJIAN_TYPO_MODEL or len(text) > LONGEST_FOR_TYPOS:
        return found
    typos = find_typos(text)
    return merge_typos(found, without_known(typos, text, known=_known(organisation))) if typos else found


def _known(organisation: Organisation) -> set[str]:
    names = Organisation.objects.filter(pk__in=line_of(organisation)).values_list("name", "short_name")
    terms = terms_in_force(organisation).exclude(right="").values_list("right", flat=True)
    return {name for pair in names for name in pair if name} | set(terms)

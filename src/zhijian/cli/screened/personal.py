"""Results are kept and passed on: personal information in them is masked unless somebody asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zhijian.screening import Category

if TYPE_CHECKING:
    from zhijian.cli.screened.sources import Screened
    from zhijian.screening import Finding


def without_personal(one: Screened) -> Screened:
    """Return what was found with each piece of personal information masked, wherever else it is quoted.

    Places stay those of the source; an excerpt with something masked is no longer what stands there.
    """
    masks = {seen.finding.excerpt: _mask(seen.finding) for seen in one.seen if _is_personal(seen.finding)}
    longest = sorted(masks, key=len, reverse=True)

    def masked(text: str) -> str:
        for excerpt in longest:
            text = text.replace(excerpt, masks[excerpt])
        return text

    def told(finding: Finding) -> Finding:
        return replace(
            finding, excerpt=masked(finding.excerpt), message=masked(finding.message),
            suggestions=tuple(masked(words) for words in finding.suggestions), why=masked(finding.why),
        )  # fmt: skip

    seen = tuple(replace(each, context=masked(each.context), finding=told(each.finding)) for each in one.seen)
    return replace(one, seen=seen)


def _is_personal(finding: Finding) -> bool:
    return finding.category is Category.PRIVACY


def _mask(finding: Finding) -> str:
    """Return the mask a rule of personal information suggests, stars when it suggests none."""
    return finding.suggestions[0] if finding.suggestions else "*" * len(finding.excerpt)

"""Judging a file that was read: findings by place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zhijian.screening.detectors.links import judge_address
from zhijian.screening.scanning import scan
from zhijian.screening.typos import find_typos, merge_typos

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.screening.attachments.model import Attachment, Link, Passage
    from zhijian.screening.findings import Finding
    from zhijian.screening.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class AttachmentFinding:
    """A finding and where it stands. Offsets of the finding count inside the part (cell, line, page paragraph).

    `context` is that part around the finding; `key` is the part's key (see `Span`).
    """

    place: str
    finding: Finding
    context: str
    key: tuple[int, int, int]
    hidden: bool


_AROUND = 40
_SURE = ("resident_id",)
"""Detectors sure enough of themselves to be believed over the end of a part."""


def judge_attachment(attachment: Attachment, ruleset: RuleSet, *, typos: bool = False) -> list[AttachmentFinding]:
    """Return the findings of a file in the order of its parts; with `typos` also probable typing errors.

    Where links lead is judged last; an address that stands in the text as well is told once.
    """
    found = [one for passage in attachment.passages for one in _judged(passage, ruleset, typos=typos)]
    return found + _links_judged(attachment.links, ruleset, {_sign(one.finding) for one in found})


def _links_judged(links: Iterable[Link], ruleset: RuleSet, told: set[tuple[str, str]]) -> list[AttachmentFinding]:
    judged = ((link, finding) for link in links for finding in judge_address(link.url.removeprefix("//"), ruleset))
    return [
        AttachmentFinding(link.place, finding, link.url, (0, 0, 0), hidden=True)
        for link, finding in judged
        if _sign(finding) not in told
    ]


def _sign(finding: Finding) -> tuple[str, str]:
    return finding.rule_id, finding.excerpt.rstrip("/")


def _judged(passage: Passage, ruleset: RuleSet, *, typos: bool) -> list[AttachmentFinding]:
    if passage.joined:
        return _judged_over_ends(passage, ruleset)
    found = []
    ruled = scan(passage.text, ruleset)
    for finding in merge_typos(ruled, find_typos(passage.text)) if typos else ruled:
        span = passage.span_at(finding.start)
        if span is None:
            continue
        end = min(finding.end, span.end)
        left, right = max(span.start, finding.start - _AROUND), min(span.end, end + _AROUND)
        inside = replace(
            finding,
            start=finding.start - span.start,
            end=end - span.start,
            excerpt=passage.text[finding.start : end],
        )
        found.append(AttachmentFinding(span.place, inside, passage.text[left:right], span.key, span.hidden))
    return found


def _judged_over_ends(passage: Passage, ruleset: RuleSet) -> list[AttachmentFinding]:
    """Return words and numbers that begin in one part and end in another; they are told where they begin."""
    detectors = {rule.id: rule.detector for rule in ruleset.rules if rule.detector}
    found = []
    for finding in scan(passage.text, ruleset):
        first, last = passage.span_at(finding.start), passage.span_at(finding.end - 1)
        sure = detectors.get(finding.rule_id, _SURE[0]) in _SURE
        if first is None or last is None or first is last or not sure:
            continue
        inside = replace(finding, start=finding.start - first.start, end=finding.end - first.start)
        told = replace(inside, why=f"{finding.why}；分写在两处")
        context = passage.text[max(first.start, finding.start - _AROUND) : min(last.end, finding.end + _AROUND)]
        found.append(AttachmentFinding(first.place, told, context, first.key, first.hidden))
    return found

"""The scan: views of the text, hits of forms and detectors, and one sorted list without overlaps."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from zhijian.screening.disguises import Page, used_between, used_in_place, without_gaps
from zhijian.screening.enums import Disguise
from zhijian.screening.findings import Finding
from zhijian.screening.ruleset import NEAR_REACH, context_allows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.rule import Rule
    from zhijian.screening.ruleset import Form, RuleSet


def scan(text: str, ruleset: RuleSet) -> list[Finding]:
    """Return the findings of one text, sorted by place, none overlapping another.

    Offsets are code points of `text` as given. Where findings overlap the more severe stays, then the longer, then
    the earlier. The same text and rule set always give the same list; nothing is read or kept between calls.
    """
    page = Page(text)
    found = [*_form_findings(page, ruleset), *_detector_findings(page, ruleset)]
    return sorted(_limited(_resolved(found), ruleset), key=lambda finding: (finding.start, finding.end))


def scan_many(texts: Iterable[str], ruleset: RuleSet) -> list[list[Finding]]:
    """Scan texts one by one: the n-th list belongs to the n-th text."""
    return [scan(text, ruleset) for text in texts]


def _form_findings(page: Page, ruleset: RuleSet) -> Iterator[Finding]:
    for start, end, number in ruleset.matches(page.folded):
        for form in ruleset.forms[number]:
            used = used_in_place(page.text[start:end], form.written)
            if _counts(page, form, start, end, used, view=page.folded, at=start):
                yield _form_finding(page, form, start, end, used)
    if page.has_gaps:
        yield from _torn_findings(page, ruleset)


def _torn_findings(page: Page, ruleset: RuleSet) -> Iterator[Finding]:
    origin, view = page.origin, page.compact
    for at, until, number in ruleset.matches(view):
        start, end = origin[at], origin[until - 1] + 1
        if end - start == until - at:
            continue
        used = used_between(page.text[start:end])
        if used is None:
            continue
        for form in ruleset.forms[number]:
            ways = used | used_in_place(without_gaps(page.text[start:end]), form.written)
            if _counts(page, form, start, end, ways, view=view, at=at):
                yield _form_finding(page, form, start, end, ways)


def _counts(
    page: Page,
    form: Form,
    start: int,
    end: int,
    used: frozenset[Disguise],
    *,
    view: str,
    at: int,
) -> bool:
    if not used <= form.rule.disguises:
        return False
    if any(view.startswith(word, at - inside) for word, inside in form.exceptions if at >= inside):
        return False
    around = ""
    if form.context is not None and (form.context.near or form.context.not_near):
        around = page.paragraph(start, end, reach=NEAR_REACH)
    return context_allows(form, page.folded, start, end, around)


def _form_finding(page: Page, form: Form, start: int, end: int, used: frozenset[Disguise]) -> Finding:
    ways = "、".join(disguise.label for disguise in Disguise if disguise in used)
    why = f"与规则词形“{form.written}”相同" + (f"；识别了{ways}" if ways else "")
    return _finding(page, form.rule, start, end, form.right, note="", why=why)


def _detector_findings(page: Page, ruleset: RuleSet) -> Iterator[Finding]:
    for detector, rule in ruleset.detectors:
        for hit in detector(page, rule):
            yield _hit_finding(page, rule, hit)


def _hit_finding(page: Page, rule: Rule, hit: Hit) -> Finding:
    return _finding(page, rule, hit.start, hit.end, hit.suggestions, note=hit.note, why=hit.why)


def _finding(
    page: Page,
    rule: Rule,
    start: int,
    end: int,
    suggestions: tuple[str, ...],
    *,
    note: str,
    why: str,
) -> Finding:
    excerpt = page.text[start:end]
    right = "”或“".join(word or "（删去）" for word in suggestions or rule.right)
    message = rule.message.replace("{right}", right).replace("{note}", note).replace("{found}", excerpt)
    return Finding(
        start,
        end,
        excerpt,
        rule.id,
        rule.category,
        rule.severity,
        message,
        suggestions,
        rule.source,
        why,
    )


def _resolved(found: list[Finding]) -> list[Finding]:
    kept: list[tuple[int, int]] = []
    result = []
    for finding in sorted(found, key=_weight):
        place = bisect_left(kept, (finding.start, finding.start))
        touches_left = place > 0 and kept[place - 1][1] > finding.start
        touches_right = place < len(kept) and kept[place][0] < finding.end
        if not touches_left and not touches_right:
            insort(kept, (finding.start, finding.end))
            result.append(finding)
    return result


def _weight(finding: Finding) -> tuple[int, int, int, str]:
    return (finding.severity.rank, finding.start - finding.end, finding.start, finding.rule_id)


def _limited(findings: list[Finding], ruleset: RuleSet) -> Iterator[Finding]:
    """Keep the first findings of a rule that floods, and tell in the last one how many there are."""
    totals = Counter(finding.rule_id for finding in findings)
    seen: Counter[str] = Counter()
    for finding in sorted(findings, key=lambda one: one.start):
        limit = ruleset.limits.get(finding.rule_id, 0)
        seen[finding.rule_id] += 1
        if not limit or totals[finding.rule_id] <= limit or seen[finding.rule_id] < limit:
            yield finding
        elif seen[finding.rule_id] == limit:
            told = f"{finding.message}全文共有{totals[finding.rule_id]}处，这里列出前{limit}处。"
            yield replace(finding, message=told)

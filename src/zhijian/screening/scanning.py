"""The scan: views of the text, hits of forms and detectors, and one sorted list without overlaps."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from zhijian.screening.disguises import Page, joined, used_between, used_in_place, without_gaps
from zhijian.screening.enums import Disguise
from zhijian.screening.findings import Finding, finding_of
from zhijian.screening.ruleset import DRAWN, NEAR_REACH, SHORTEST_SPOKEN, context_allows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.joints import Joints
    from zhijian.screening.rule import Rule
    from zhijian.screening.ruleset import Form, Matcher, RuleSet

MOST_HITS = 5_000
"""Hits of one rule in one view of a text. A text with more is no text; what is there is told without counting on."""
_NONE: frozenset[Disguise] = frozenset()
_TORN = frozenset({Disguise.SPLIT})


def scan(text: str, ruleset: RuleSet) -> list[Finding]:
    """Return the findings of one text, sorted by place, none overlapping another.

    Offsets are code points of `text` as given. Where findings overlap the more severe stays, then the longer, then
    the earlier. The same text and rule set always give the same list; nothing is read or kept between calls.
    Raises `TypeError` for what is no text.
    """
    try:
        page = Page(text)
    except AttributeError:
        raise TypeError(f"A scan takes a text (str), not {type(text).__name__}.") from None
    found = list(_form_findings(page, ruleset))
    if ruleset.detectors:
        found += _detector_findings(page, ruleset)
    if len(found) > 1:
        found.sort(key=_place)
        if any(one.end > other.start for one, other in pairwise(found)):
            found = sorted(_resolved(found, len(text)), key=_place)
    return list(_limited(found, ruleset)) if ruleset.limits else found


def scan_many(texts: Iterable[str], ruleset: RuleSet) -> list[list[Finding]]:
    """Scan texts one by one: the n-th list belongs to the n-th text."""
    return [scan(text, ruleset) for text in texts]


def _form_findings(page: Page, ruleset: RuleSet) -> Iterator[Finding]:
    if ruleset.plain is not None:
        yield from _matched(page, ruleset.plain, page.compact)
    if ruleset.alike is not None:
        yield from _matched(page, ruleset.alike, page.alike)
        if ruleset.joints is not None:
            yield from _torn(page, ruleset.joints, ruleset.alike)
    if ruleset.spoken is not None:
        yield from _matched(page, ruleset.spoken, page.spoken, spoken=True)


def _matched(page: Page, matcher: Matcher, view: str, *, spoken: bool = False) -> Iterator[Finding]:
    """Yield the findings of one view that is as long as the compact text.

    A form that is looked for in two views is told by the spoken one only when its sound was needed.
    """
    hits: dict[str, int] = {}
    for at, until, number in _candidates(page, matcher, view):
        first, last = page.span(at, until)
        for form in matcher.forms[number]:
            start, end = _solid_span(form, first) if form.solid else (first, last)
            used = _disguises(page, form, start, end, until - at, spoken=spoken)
            if used is None or not used <= form.rule.disguises:
                continue
            if spoken and Disguise.HOMOPHONE not in used and form.rule.disguises & DRAWN:
                continue
            many = hits.get(form.rule.id, 0)
            if many < MOST_HITS and _counts(page, form, start, end, at):
                hits[form.rule.id] = many + 1
                yield _form_finding(page, form, start, end, used)


def _candidates(page: Page, matcher: Matcher, view: str) -> list[tuple[int, int, int]]:
    """Return the places of a view where a form may stand.

    Most places are other words of two characters, in which nothing may be drawn alike: they are left out at once,
    but for those with a character in other dress.
    """
    stands, exact, dressed = page.compact.startswith, matcher.exact, page.dressed
    places = matcher.matches(view)
    if not dressed:
        return [place for place in places if stands(exact[place[2]], place[0])]
    return [place for place in places if stands(exact[place[2]], place[0]) or dressed[place[0] : place[1]].strip(b"\0")]


def _solid_span(form: Form, first: int) -> tuple[int, int]:
    start = max(0, first - form.lead)
    return start, start + len(form.written)


def _disguises(
    page: Page, form: Form, start: int, end: int, length: int, *, spoken: bool
) -> frozenset[Disguise] | None:
    """Return the disguises in which a form stands at a place of the original; `None`: it does not stand there."""
    seen = page.text[start:end]
    if seen == form.written:
        return _NONE
    weak = (length - 1 if length == SHORTEST_SPOKEN else length) if spoken else form.weak
    if form.solid or end - start == length:
        same = len(seen) == len(form.written)
        return used_in_place(seen, form.written, weak=weak, spoken=spoken) if same else None
    between = used_between(seen)
    if between is None or not between <= form.rule.disguises:
        return None
    used = used_in_place(without_gaps(seen), form.written, weak=weak, spoken=spoken)
    return None if used is None else used | between


def _torn(page: Page, joints: Joints, matcher: Matcher) -> Iterator[Finding]:
    """Yield the findings that need two code points read as the one character they were torn from."""
    for stretch in joined(page, joints):
        for first, last, number in matcher.matches(stretch.alike):
            if stretch.needed(first, last):
                for form in matcher.forms[number]:
                    yield from _torn_finding(page, form, stretch.plain[first:last], stretch.span(first, last))


def _torn_finding(page: Page, form: Form, seen: str, place: tuple[int, int]) -> Iterator[Finding]:
    start, end = page.span(*place)
    between = used_between(page.text[start:end])
    used = None if form.solid else used_in_place(seen, form.folded, weak=form.weak)
    if used is None or between is None:
        return
    ways = used | between | _TORN
    if ways <= form.rule.disguises and _counts(page, form, start, end, place[0]):
        yield _form_finding(page, form, start, end, ways)


def _counts(page: Page, form: Form, start: int, end: int, at: int) -> bool:
    """Tell whether the neighbourhood lets a form count; `at` is its place in the compact text."""
    for word, inside in form.exceptions:
        if at >= inside and page.compact.startswith(word, at - inside):
            return False
    if form.context is None and not (form.ascii_left or form.ascii_right):
        return True
    around = ""
    if form.context is not None and (form.context.near or form.context.not_near):
        around = page.paragraph(start, end, reach=NEAR_REACH)
    return context_allows(form, page.folded, start, end, around)


def _form_finding(page: Page, form: Form, start: int, end: int, used: frozenset[Disguise]) -> Finding:
    why = f"与规则词形“{form.written}”相同"
    if used:
        why += "；识别了" + "、".join(disguise.label for disguise in Disguise if disguise in used)
    return finding_of(form.rule, (start, end), page.text[start:end], suggestions=form.right, why=why)


def _detector_findings(page: Page, ruleset: RuleSet) -> Iterator[Finding]:
    for detector, rule in ruleset.detectors:
        for hit in islice(detector(page, rule), MOST_HITS):
            yield _hit_finding(page, rule, hit)


def _hit_finding(page: Page, rule: Rule, hit: Hit) -> Finding:
    place, excerpt = (hit.start, hit.end), page.text[hit.start : hit.end]
    return finding_of(hit.rule or rule, place, excerpt, suggestions=hit.suggestions, note=hit.note, why=hit.why)


def _resolved(found: list[Finding], length: int) -> list[Finding]:
    taken = bytearray(length)
    result = []
    for finding in sorted(found, key=_weight):
        if taken.find(1, finding.start, finding.end) < 0:
            taken[finding.start : finding.end] = b"\x01" * (finding.end - finding.start)
            result.append(finding)
    return result


def _place(finding: Finding) -> tuple[int, int]:
    return finding.start, finding.end


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
            total = totals[finding.rule_id]
            about = "至少" if total >= MOST_HITS else "共"
            told = f"{finding.message}全文{about}有{total}处，这里列出前{limit}处。"
            yield replace(finding, message=told)

"""From the model's changes to findings a person reads, and what is left out on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.screening.enums import Category, Severity
from zhijian.screening.findings import Finding
from zhijian.screening.typos.alike import LABELS
from zhijian.screening.typos.judging import corrections
from zhijian.screening.typos.model import packaged
from zhijian.screening.typos.weighing import sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from zhijian.screening.typos.judging import Correction
    from zhijian.screening.typos.model import Model

RULE_ID = "typo.model"
# How sure the model must be before it speaks. Chosen on the training part of ODW and on clean text, see
# docs/performance.md: the first is for what is shown unasked, the second for a person who asks for a thorough look.
SURE, THOROUGH = 0.92, 0.3
PIECE = 2_000  # code points looked at together
_REACH = 3  # characters of context shown on each side of a reason


def find_typos(
    text: str,
    *,
    known: Collection[str] = (),
    severity: Severity = Severity.WARNING,
    least: float = SURE,
) -> list[Finding]:
    """Return probable typing errors, sorted by place, none overlapping.

    Names in `known` (people, places, units of the body) are never touched. `least` is how sure the model must be, from
    0 to 1. Deterministic, reads nothing but the packaged model.
    """
    model = packaged()
    found = [
        _finding(model, text, start + one.place, one, severity)
        for start, piece in _pieces(text)
        for one in corrections(model, piece, least=least)
    ]
    return without_known(found, text, known=known) if found else []


def without_known(typos: Iterable[Finding], text: str, *, known: Collection[str] = ()) -> list[Finding]:
    """Return the findings of a text that touch no known name, as `find_typos` would with `known`."""
    spared = list(_spared(text, known))
    return [typo for typo in typos if not _touches(typo.start, typo.end, spared)]


def merge_typos(findings: Iterable[Finding], typos: Iterable[Finding]) -> list[Finding]:
    """Return both, sorted by place, without typos that overlap a finding of a rule: rules know, the model guesses."""
    ruled = list(findings)
    spans = [(finding.start, finding.end) for finding in ruled]
    kept = [typo for typo in typos if not _touches(typo.start, typo.end, spans)]
    return sorted([*ruled, *kept], key=lambda finding: (finding.start, finding.end))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text where a line or sentence ends, at the latest after `PIECE` code points."""
    start = 0
    while start < len(text):
        end = start + PIECE
        if end < len(text):
            ends = [text.rfind(mark, start + PIECE // 2, end) + 1 for mark in "\n。；，"]
            end = next((one for one in ends if one), end)
        yield start, text[start:end]
        start = end


def _spared(text: str, known: Collection[str]) -> Iterator[tuple[int, int]]:
    for name in known:
        place = text.find(name) if name else -1
        while place >= 0:
            yield place, place + len(name)
            place = text.find(name, place + 1)


def _touches(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < until and begin < end for begin, until in spans)


def _finding(model: Model, text: str, start: int, one: Correction, severity: Severity) -> Finding:
    end = start + len(one.wrong)
    return Finding(
        start=start,
        end=end,
        excerpt=text[start:end],
        rule_id=RULE_ID,
        category=Category.TYPO,
        severity=severity,
        message=f"“{one.wrong}”疑为“{one.right}”之误，请对照原意核对。",
        suggestions=(one.right,),
        source=f"字词模型（第 {model.version} 版）",
        why=_why(model, text, start, one),
    )


def _why(model: Model, text: str, start: int, one: Correction) -> str:
    """Say what the model saw: the likeness, the longest familiar run after the change, and how sure it is."""
    end = start + len(one.wrong)
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    mended = _familiar(model, before + one.right + after, len(before), len(one.right))
    likeness = "，".join(
        f"“{wrong}”与“{right}”{LABELS[kind]}"
        for wrong, right, kind in zip(one.wrong, one.right, one.kinds, strict=True)
    )
    stands = text[max(0, start - 1) : end + 1].strip()
    return f"{likeness}；“{stands}”这样连用少见，改后“{mended}”常见；把握 {one.sure:.0%}。"


def _familiar(model: Model, text: str, place: int, length: int) -> str:
    """Return the longest word, or else run, around the change that the model has seen, at least the changed part."""
    page = sheet(model, text)
    edge = (len(page.ids) - len(text)) // 2
    for tables in (page.words, page.runs):
        for size in range(4, 1, -1):
            starts = range(max(0, place + length - size), min(place, len(text) - size) + 1)
            seen = [(int(tables[size][edge + start]), -start) for start in starts]
            if seen and max(seen)[0] > 1:
                return text[-max(seen)[1] :][:size]
    return text[place : place + length]

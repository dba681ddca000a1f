"""What a language model of the office's network would change, as hints at the exact words."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from zhijian.screening import Category, Finding, Severity
from zhijian.screening.typos import merge_typos

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhijian.connectors.language_model.asking import Opinion

OPINION_RULE: Final = "model.opinion"
MOST_PLACES: Final = 5
"""Words that stand at more places are too short to tell which place is meant."""


def with_opinions(
    text: str, ruled: Iterable[Finding], opinions: Sequence[Opinion], *, source: str
) -> tuple[list[Finding], int]:
    """Return the findings of rules with the model's opinions as hints, by place, and how many opinions were dropped.

    An opinion counts only where its words stand in the text, at each of at most `MOST_PLACES` places. Dropped are
    invented words, changes that change nothing, signs nobody sees, and what overlaps an earlier opinion. A rule wins
    where both speak. None of them ever blocks.
    """
    kept: list[Finding] = []
    taken: set[int] = set()
    dropped = 0
    for opinion in opinions:
        free = [start for start in _places(text, opinion) if taken.isdisjoint(range(start, start + len(opinion.wrong)))]
        dropped += not free
        for start in free:
            taken.update(range(start, start + len(opinion.wrong)))
            kept.append(_finding(opinion, start, source))
    return merge_typos(ruled, kept), dropped


def _places(text: str, opinion: Opinion) -> list[int]:
    if not opinion.wrong or opinion.wrong == opinion.right or not _is_plain(opinion):
        return []
    found: list[int] = []
    place = text.find(opinion.wrong)
    while place >= 0 and len(found) <= MOST_PLACES:
        found.append(place)
        place = text.find(opinion.wrong, place + len(opinion.wrong))
    return found if len(found) <= MOST_PLACES else []


def _is_plain(opinion: Opinion) -> bool:
    """Tell whether people see every sign of it: no line ends, no direction marks, no halves of characters."""
    said = f"{opinion.wrong}{opinion.right}{opinion.why}"
    return not any(unicodedata.category(sign).startswith("C") for sign in said)


def _finding(opinion: Opinion, start: int, source: str) -> Finding:
    changed = f"把“{opinion.wrong}”改为“{opinion.right}”" if opinion.right else f"删去“{opinion.wrong}”"
    return Finding(
        start=start,
        end=start + len(opinion.wrong),
        excerpt=opinion.wrong,
        rule_id=OPINION_RULE,
        category=Category.TYPO,
        severity=Severity.HINT,
        message=f"模型意见：可{changed}。这只是大模型的看法，请对照原意核实后再决定。",
        suggestions=(opinion.right,),
        source=f"大模型 {source}",
        why=f"模型的说明：{opinion.why or '没有说明'}",
    )

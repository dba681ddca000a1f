"""What a detector is given and gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zhijian.screening.disguises import Page
from zhijian.screening.rule import Rule


@dataclass(frozen=True, slots=True)
class Hit:
    """A span of the original text. `note` fills `{note}` of the rule's message.

    `rule` is the one it is told by where that is not the rule the detector was asked for.
    """

    start: int
    end: int
    suggestions: tuple[str, ...] = ()
    note: str = ""
    why: str = ""
    rule: Rule | None = None


Detector = Callable[[Page, Rule], Iterator[Hit]]

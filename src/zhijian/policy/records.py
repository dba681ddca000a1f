"""What a policy pack is made of: documents, and values with the scope, the dates and the evidence they hold by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from zhijian.policy.enums import Evidence


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """One entry of the catalogue: what a key means, the type of its values and the circumstances it may differ by."""

    key: str
    title: str
    type: str
    unit: str
    context: tuple[str, ...]
    vocabulary: str
    choices: tuple[str, ...]
    fields: tuple[str, ...]
    stricter: str
    least: int | None
    most: int | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All keys and vocabularies. `words` maps a circumstance to its words with Chinese names; empty means open."""

    keys: Mapping[str, KeyInfo]
    titles: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]

    def name_of(self, dimension: str, word: str) -> str:
        return self.words.get(dimension, {}).get(word, word)


@dataclass(frozen=True, slots=True)
class Document:
    """A source document. `number` is its 文号, or says why there is none."""

    code: str
    name: str
    number: str
    issued_on: date | None

    @property
    def citation(self) -> str:
        return f"《{self.name}》（{self.number}）"


@dataclass(frozen=True, slots=True)
class Scope:
    """The circumstances a value applies to: every dimension named must be met by one of its words."""

    terms: tuple[tuple[str, tuple[str, ...]], ...]

    def matches(self, context: Mapping[str, str]) -> bool:
        return all(context.get(dimension) in words for dimension, words in self.terms)

    @property
    def specificity(self) -> int:
        return len(self.terms)

    def overlaps(self, other: Scope) -> bool:
        """Tell whether a circumstance could meet both scopes while neither is more specific."""
        if [dimension for dimension, _ in self.terms] != [dimension for dimension, _ in other.terms]:
            return False
        pairs = zip(self.terms, other.terms, strict=True)
        return all(set(mine) & set(theirs) for (_, mine), (_, theirs) in pairs)


@dataclass(frozen=True, slots=True)
class Value:
    """One record of a pack. `effective_to` is the last day in force; None means still in force."""

    key: str
    value: Any
    document: Document
    scope: Scope
    effective_from: date
    effective_to: date | None
    evidence: Evidence
    note: str
    pack: str
    place: str

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Pack:
    """One set of local rules; `within` is the pack of the wider area, for display only: bodies name their packs."""

    code: str
    name: str
    level: str
    within: str
    note: str
    documents: Mapping[str, Document]
    values: Mapping[str, tuple[Value, ...]]
    file: str

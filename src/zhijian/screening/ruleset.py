"""Compiling rules: one automaton over all wrong forms, contexts as patterns, and a version made from the data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import daachorse

from zhijian.lib.digests import digest_of
from zhijian.screening.detectors import DETECTORS
from zhijian.screening.disguises import fold
from zhijian.screening.rule import BadRule, Context, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from zhijian.screening.detectors.hits import Detector

# Raised when the code judges the same rules differently, so that old reports are told from new ones.
KERNEL = 1
_CONTEXT_REACH = 24
# How many code points on each side of a hit `near` and `not_near` look at.
NEAR_REACH = 60


@dataclass(frozen=True, slots=True)
class CompiledContext:
    """The patterns of one rule, ready to ask."""

    before: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    near: re.Pattern[str] | None
    not_near: re.Pattern[str] | None

    def allows(self, left: str, right: str, around: str) -> bool:
        """Tell whether a hit between these folded texts counts."""
        return (
            (self.before is None or self.before.search(left) is not None)
            and (self.not_before is None or self.not_before.search(left) is None)
            and (self.after is None or self.after.match(right) is not None)
            and (self.not_after is None or self.not_after.match(right) is None)
            and (self.near is None or self.near.search(around) is not None)
            and (self.not_near is None or self.not_near.search(around) is None)
        )


@dataclass(frozen=True, slots=True)
class Form:
    """One wrong form of one rule, as written and as matched, with the exceptions that contain it."""

    rule: Rule
    written: str
    matched: str
    right: tuple[str, ...]
    exceptions: tuple[tuple[str, int], ...]
    context: CompiledContext | None
    ascii_left: bool
    ascii_right: bool


@dataclass(frozen=True)
class RuleSet:
    """Rules ready to scan with. Immutable and thread-safe; `version` is the SHA-256 of the rules and the kernel."""

    version: str
    on: date
    rules: tuple[Rule, ...]
    patterns: tuple[str, ...] = field(repr=False)
    forms: tuple[tuple[Form, ...], ...] = field(repr=False)
    automaton: daachorse.CharwiseDoubleArrayAhoCorasick = field(repr=False, compare=False)
    detectors: tuple[tuple[Detector, Rule], ...] = field(repr=False)
    limits: Mapping[str, int] = field(repr=False)

    def matches(self, folded: str) -> list[tuple[int, int, int]]:
        """Return every (start, end, number of the pattern) in a folded text, overlapping ones too."""
        return self.automaton.find_overlapping(folded)


def compile_ruleset(rules: Iterable[Rule], *, on: date) -> RuleSet:
    """Make a rule set of the rules in force on `on`.

    Raises `BadRule` when two rules share an id, a context is not a regular expression or a detector is unknown.
    """
    active = tuple(sorted((rule for rule in rules if rule.in_force(on)), key=lambda rule: rule.id))
    _refuse_doubles(active)
    by_pattern: dict[str, list[Form]] = {}
    for rule in active:
        for form in _forms(rule):
            by_pattern.setdefault(form.matched, []).append(form)
    patterns = tuple(by_pattern)
    return RuleSet(
        version=digest_of({"kernel": KERNEL, "rules": [rule.as_data() for rule in active]}),
        on=on,
        rules=active,
        patterns=patterns,
        forms=tuple(tuple(by_pattern[pattern]) for pattern in patterns),
        automaton=daachorse.CharwiseDoubleArrayAhoCorasick(list(patterns)),
        detectors=tuple((_detector(rule), rule) for rule in active if rule.detector),
        limits={rule.id: rule.limit for rule in active if rule.limit},
    )


def _refuse_doubles(rules: Sequence[Rule]) -> None:
    for one, other in pairwise(rules):
        if one.id == other.id:
            raise BadRule(f"规则 {one.id} 出现了两次，请改用不同的编号。")


def _forms(rule: Rule) -> Iterable[Form]:
    context = _compile_context(rule)
    exceptions = tuple(fold(word) for word in rule.unless)
    for place, written in enumerate(rule.wrong):
        matched = fold(written)
        yield Form(
            rule=rule,
            written=written,
            matched=matched,
            right=(rule.right[place],) if rule.pairwise else rule.right,
            exceptions=tuple((word, at) for word in exceptions for at in _places(matched, word)),
            context=context,
            ascii_left=_is_ascii_word(matched[0]),
            ascii_right=_is_ascii_word(matched[-1]),
        )


def _places(form: str, word: str) -> list[int]:
    return [place for place in range(len(word) - len(form) + 1) if word.startswith(form, place)]


def _is_ascii_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _compile_context(rule: Rule) -> CompiledContext | None:
    context = rule.context
    if context == Context():
        return None
    try:
        return CompiledContext(
            before=_pattern(context.before, r"(?:%s)\Z"),
            not_before=_pattern(context.not_before, r"(?:%s)\Z"),
            after=_pattern(context.after, "(?:%s)"),
            not_after=_pattern(context.not_after, "(?:%s)"),
            near=_pattern(context.near, "(?:%s)"),
            not_near=_pattern(context.not_near, "(?:%s)"),
        )
    except re.error as error:
        raise BadRule(f"规则 {rule.id}：上下文条件不是正确的正则表达式（{error}）。") from error


def _pattern(text: str, frame: str) -> re.Pattern[str] | None:
    return re.compile(frame % text) if text else None


def _detector(rule: Rule) -> Detector:
    try:
        return DETECTORS[rule.detector]
    except KeyError:
        raise BadRule(f"规则 {rule.id}：没有名为 {rule.detector} 的检测器。") from None


def context_allows(form: Form, folded: str, start: int, end: int, around: str) -> bool:
    """Tell whether the neighbourhood of a span of the folded text lets the form count."""
    if form.ascii_left and start and _is_ascii_word(folded[start - 1]):
        return False
    if form.ascii_right and end < len(folded) and _is_ascii_word(folded[end]):
        return False
    if form.context is None:
        return True
    left, right = folded[max(0, start - _CONTEXT_REACH) : start], folded[end : end + _CONTEXT_REACH]
    return form.context.allows(left, right, around)

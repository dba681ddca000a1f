"""Compiling rules: one automaton over all wrong forms, contexts as patterns, and a version made from the data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import daachorse

from zhijian.lib.digests import canonical_json, link_digest
from zhijian.screening.characters import DROPPED
from zhijian.screening.detectors import DETECTORS
from zhijian.screening.detectors.needs import why_not
from zhijian.screening.disguises import drawn_as, spoken_as
from zhijian.screening.enums import Disguise
from zhijian.screening.joints import Joints, joints_of
from zhijian.screening.plain import fold
from zhijian.screening.rule import BadRule, Context, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from zhijian.screening.detectors.hits import Detector

# Raised when the code judges the same rules differently, so that old reports are told from new ones.
KERNEL = 2
_CONTEXT_REACH = 24
# How many code points on each side of a hit `near` and `not_near` look at.
NEAR_REACH = 60
# Two syllables are shared by too many words: a form must be longer for its sound alone to count.
SHORTEST_SPOKEN = 3
DRAWN = frozenset({Disguise.LOOK_ALIKE, Disguise.DIGITS, Disguise.SPLIT})


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
    """One wrong form of one rule, as written, folded and compact like a `Page`, with the exceptions that contain it.

    `solid`: characters that usually may stand between two of a word belong to the form itself, so none may be put in;
    `lead` of them come first, which the compact view does not show. At most `weak` characters may be others that are
    only drawn alike.
    """

    rule: Rule
    written: str
    folded: str
    compact: str
    right: tuple[str, ...]
    exceptions: tuple[tuple[str, int], ...]
    context: CompiledContext | None
    ascii_left: bool
    ascii_right: bool
    solid: bool
    lead: int
    weak: int


@dataclass(frozen=True)
class Matcher:
    """Many forms as one automaton over one view of a text. `forms[n]` are those of pattern n.

    `exact[n]` is what must stand there as it is (one compact form or several) because it is too short to be taken for
    others; the empty text, with which everything begins, where it need not.
    """

    forms: tuple[tuple[Form, ...], ...] = field(repr=False)
    exact: tuple[str | tuple[str, ...], ...] = field(repr=False)
    automaton: daachorse.CharwiseDoubleArrayAhoCorasick = field(repr=False, compare=False)

    def matches(self, view: str) -> list[tuple[int, int, int]]:
        """Return every (start, end, number of the pattern) in a view, overlapping ones too."""
        return self.automaton.find_overlapping(view)


@dataclass(frozen=True)
class RuleSet:
    """Rules ready to scan with. Immutable and thread-safe; `version` is the SHA-256 of the rules and the kernel.

    Each form is looked for as written (`plain`), or by what it may be taken for (`alike`) where its rule counts
    look-alikes, digits or torn characters (`joints`), and by its sound (`spoken`) where the rule counts homophones.
    """

    version: str
    on: date
    rules: tuple[Rule, ...]
    plain: Matcher | None
    alike: Matcher | None
    spoken: Matcher | None
    joints: Joints | None = field(repr=False, compare=False)
    detectors: tuple[tuple[Detector, Rule], ...] = field(repr=False)
    limits: Mapping[str, int] = field(repr=False)


def compile_ruleset(rules: Iterable[Rule], *, on: date) -> RuleSet:
    """Make a rule set of the rules in force on `on`.

    Raises `BadRule` when two rules share an id, a context is not a regular expression or a detector is unknown.
    """
    active = tuple(sorted((rule for rule in rules if rule.in_force(on)), key=lambda rule: rule.id))
    _refuse_doubles(active)
    forms = [form for rule in active for form in _forms(rule)]
    drawn = [form for form in forms if form.rule.disguises & DRAWN]
    spoken = [form for form in forms if _is_spoken(form)]
    plain = [form for form in forms if not form.rule.disguises & DRAWN and not _is_spoken(form)]
    return RuleSet(
        version=_version(active),
        on=on,
        rules=active,
        plain=_matcher(plain, str),
        alike=_matcher(drawn, drawn_as),
        spoken=_matcher(spoken, spoken_as),
        joints=_joints(drawn),
        detectors=tuple((_detector(rule), rule) for rule in active if rule.detector),
        limits={rule.id: rule.limit for rule in active if rule.limit},
    )


def _version(rules: Sequence[Rule]) -> str:
    """Return the digest of the kernel's number and of each rule as canonical JSON, a line each."""
    return link_digest(f"kernel {KERNEL}", (canonical_json(rule.as_data()) for rule in rules))


def _is_spoken(form: Form) -> bool:
    return Disguise.HOMOPHONE in form.rule.disguises and len(form.folded) >= SHORTEST_SPOKEN


def _matcher(forms: Sequence[Form], view: Callable[[str], str]) -> Matcher | None:
    if not forms:
        return None
    by_pattern: dict[str, tuple[Form, ...]] = {}
    # One reading of all forms is a hundred times faster than one for each. No form holds a line end.
    patterns = view("\n".join(form.compact for form in forms)).split("\n")
    for pattern, form in zip(patterns, forms, strict=True):
        by_pattern[pattern] = (*by_pattern.get(pattern, ()), form)
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(by_pattern))
    return Matcher(tuple(by_pattern.values()), tuple(map(_exact, by_pattern.values())), automaton)


def _exact(forms: Sequence[Form]) -> str | tuple[str, ...]:
    if any(form.weak for form in forms):
        return ""
    return forms[0].compact if len(forms) == 1 else tuple({form.compact: None for form in forms})


def _joints(forms: Iterable[Form]) -> Joints | None:
    torn = [form.folded for form in forms if Disguise.SPLIT in form.rule.disguises]
    return joints_of((character for form in torn for character in form), reach=2 * max(map(len, torn), default=0))


def _compact(folded: str) -> str:
    """Return a folded form without what a compact view leaves out; a form of nothing else stays as it is."""
    return "".join(character for character in folded if character not in DROPPED) or folded


def _refuse_doubles(rules: Sequence[Rule]) -> None:
    for one, other in pairwise(rules):
        if one.id == other.id:
            raise BadRule(f"规则 {one.id} 出现了两次，请改用不同的编号。")


def _forms(rule: Rule) -> Iterable[Form]:
    context = _compile_context(rule)
    exceptions = tuple(_compact(fold(word)) for word in rule.unless)
    for place, written in enumerate(rule.wrong):
        # Most forms are folded and compact as they are: then one text serves three times.
        folded = _same(fold(written), written)
        compact = _same(_compact(folded), folded)
        yield Form(
            rule=rule,
            written=written,
            folded=folded,
            compact=compact,
            right=(rule.right[place],) if rule.pairwise else rule.right,
            exceptions=tuple((word, at) for word in exceptions for at in _places(compact, word)),
            context=context,
            ascii_left=_is_ascii_word(folded[0]),
            ascii_right=_is_ascii_word(folded[-1]),
            solid=any(character in DROPPED for character in folded),
            lead=max(0, folded.find(compact[0])),
            weak=_weak(compact),
        )


def _same(text: str, other: str) -> str:
    return other if text == other else text


def _weak(compact: str) -> int:
    """Return how many characters of a form may be others that are drawn alike: half of them, none of two."""
    return len(compact) // 2 if len(compact) >= SHORTEST_SPOKEN else 0


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
    except (re.error, OverflowError, RecursionError) as error:
        raise BadRule(f"规则 {rule.id}：上下文条件不是正确的正则表达式（{error}）。") from error


def _pattern(text: str, frame: str) -> re.Pattern[str] | None:
    return re.compile(frame % text) if text else None


def _detector(rule: Rule) -> Detector:
    if rule.detector not in DETECTORS:
        raise BadRule(f"规则 {rule.id}：没有名为 {rule.detector} 的检测器，可以写：{'、'.join(sorted(DETECTORS))}。")
    problem = why_not(rule)
    try:
        for expression in (rule.context.near, rule.context.not_near):
            re.compile(expression)
    except (re.error, OverflowError, RecursionError) as error:
        problem = f"上下文条件不是正确的正则表达式（{error}）。"
    if problem:
        raise BadRule(f"规则 {rule.id}：{problem}")
    return DETECTORS[rule.detector]


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

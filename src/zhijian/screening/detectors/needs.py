"""What each detector needs of its rule: told when rules are compiled, so that no scan meets a rule that cannot work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zhijian.screening.detectors.festivals import FESTIVALS
from zhijian.screening.links.faults import FAULTS

if TYPE_CHECKING:
    from zhijian.screening.rule import Rule

_WITH_WORDS: Final = frozenset({"doubled_character", "doubled_words", "leader_title", "leader_name", "leader_order"})
_WITH_NAME: Final = frozenset({"leader_name", "leader_title"})
_CHOICES: Final = {
    "links": (frozenset(FAULTS), 1),
    "wrong_festival": (FESTIVALS, len(FESTIVALS)),
    "division_mismatch": (frozenset({"full", "doubtful", "suffix"}), 3),
}
"""The words a detector knows as arguments, and how many of them a rule may name; it names at least one."""
_BESIDE: Final = ("before", "not_before", "after", "not_after")
_REFERENCE: Final = re.compile(r"\\([1-9])")


def why_not(rule: Rule) -> str:
    """Return in Chinese what a rule lacks for its detector and what to write, empty when it can work."""
    if rule.detector == "pattern":
        return _why_not_pattern(rule)
    beside = [name for name in _BESIDE if getattr(rule.context, name)]
    if beside:
        return f"用了检测器，{'、'.join(beside)} 不起作用，请删去。"
    if rule.detector in _CHOICES:
        return _why_not_chosen(rule)
    if rule.detector in _WITH_WORDS and not rule.arguments:
        return f"检测器 {rule.detector} 要在 arguments 里写明词语。"
    if rule.detector in _WITH_NAME and not rule.right:
        return f"检测器 {rule.detector} 要在 right 里写明姓名。"
    return ""


def _why_not_chosen(rule: Rule) -> str:
    known, most = _CHOICES[rule.detector]
    if 1 <= len(rule.arguments) <= most and known.issuperset(rule.arguments):
        return ""
    count = "一个" if most == 1 else "一个或几个"
    return f"检测器 {rule.detector} 要在 arguments 里写{count}：{'、'.join(sorted(known))}。"


def _why_not_pattern(rule: Rule) -> str:
    try:
        expression = re.compile(rule.pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"pattern 不是正确的正则表达式（{error}）。"
    if not rule.pattern or expression.fullmatch(""):
        return "pattern 没有写，或者什么都不写也相符，请写明要查的句式。"
    groups = [int(number) for right in rule.right for number in _REFERENCE.findall(right)]
    if groups and max(groups) > expression.groups:
        return f"right 里的 \\{max(groups)} 在 pattern 里没有对应的括号，请改正。"
    beside = [name for name in _BESIDE if getattr(rule.context, name)]
    if beside:
        return f"用 pattern 时 {'、'.join(beside)} 不起作用，请把条件写进 pattern。"
    return ""

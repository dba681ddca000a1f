"""Figures that do not add up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_SHARES = re.compile(
    r"(?:分别占|各占|占比分别为|比重分别为|构成为)(?:总数|全部|总量)?的?(?:比重为|比例为)?"
    r"(?P<hit>[0-9.]{1,6}%(?:[、，和,]{1,2}[0-9.]{1,6}%){2,})",
)
_ONE_SHARE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?(?=%)")
_WHOLE, _NEAR_WHOLE, _ROUNDING = 100.0, 8.0, 0.5
_MOBILE_WANTED = re.compile(
    r"(?:手机|手机号|手机号码|移动电话|联系电话|电话)[:： ]{1,2}(?P<hit>1[3-9][0-9]{7,11})(?![0-9\-])"
)
_MOBILE_LENGTH = 11


def percent_sum(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find three or more shares told as parts of one whole that nearly, but not quite, make up 100 %.

    A sum far from 100 is left alone: the figures are then shares of different wholes.
    """
    for match in _SHARES.finditer(page.folded):
        total = sum(float(share) for share in _ONE_SHARE.findall(match["hit"]))
        if _ROUNDING < abs(total - _WHOLE) <= _NEAR_WHOLE:
            yield Hit(match.start("hit"), match.end("hit"), note=f"{total:g}%", why="把列出的百分数相加")


def phone_length(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find mobile numbers given as contact that have a digit too few or too many."""
    for match in _MOBILE_WANTED.finditer(page.folded):
        digits = len(match["hit"])
        if digits != _MOBILE_LENGTH:
            yield Hit(match.start("hit"), match.end("hit"), note=f"{digits}位", why="手机号码应为11位")

"""Figures that do not add up."""

from __future__ import annotations

import re
from decimal import Decimal
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

_CAPITAL_DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
_CAPITAL_UNITS = {"拾": 10, "佰": 100, "仟": 1000}
_HAS_CAPITALS = re.compile("[壹贰叁肆伍陆柒捌玖]")
_FIGURES = r"(?P<figures>[0-9](?<![0-9].)[0-9,]{0,15}(?:\.[0-9]{1,6})?)(?P<scale>[万亿]?)"
_SIGNS = "[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]"
_CAPITALS = f"(?P<hit>{_SIGNS}(?<!{_SIGNS}.){_SIGNS}{{1,23}}[元圆](?:[零壹贰叁肆伍陆柒捌玖角分]{{0,5}})[整正]?)"
_AMOUNTS = (
    re.compile(rf"{_FIGURES}元[，,、；(（\[]{{0,1}}(?:人民币)?(?:大写)?(?:金额)?(?:[:：]|为)?(?:人民币)?{_CAPITALS}"),
    re.compile(rf"{_CAPITALS}[，,、(（]{{0,1}}(?:小写)?(?:[:：]|为)?[¥￥]?{_FIGURES}元?[)）]"),
)
_WHOLE_AND_PARTS = re.compile(
    r"(?:共|合计|总计|总共)(?:有|计|为)?(?P<hit>(?P<whole>[0-9]{1,8})(?P<unit>[个名人项户件家所条处台辆篇场]|万元|亿元|公里|亩))"
    r"[，,:：](?P<kind>分别为|分别是|分为|包括)(?P<parts>[^。；;\n]{4,200})(?=[。；;\n])",
)
_PART = re.compile(r"[^0-9。；]{0,20}?(?P<count>[0-9]{1,8})(?P<unit>[个名人项户件家所条处台辆篇场]|万元|亿元|公里|亩)")


def amount_in_words(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find an amount in Chinese capitals beside figures of another amount, in either order."""
    for expression in _AMOUNTS if _HAS_CAPITALS.search(page.folded) else ():
        for match in expression.finditer(page.folded):
            told = Decimal(match["figures"].replace(",", "")) * {"": 1, "万": 10**4, "亿": 10**8}[match["scale"]]
            words = _amount(match["hit"])
            if words is not None and told != words:
                note = f"大写合{words:,}元，数字是{told.normalize():,f}元"
                yield Hit(match.start("hit"), match.end("hit"), note=note, why="把大写金额换算成数字")


def parts_sum(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find a whole whose parts, told completely and in one unit, make up another number.

    A list opened by 包括 may leave parts out, so there only a sum above the whole is found.
    """
    for match in _WHOLE_AND_PARTS.finditer(page.folded):
        parts = [] if "其中" in match["parts"] else re.split("[、，,和及]", match["parts"])
        counts = _counts(parts, match["unit"])
        total, whole = sum(counts), int(match["whole"])
        if len(counts) > 1 and (total > whole or (total < whole and match["kind"] != "包括")):
            yield Hit(match.start("hit"), match.end("hit"), note=f"{total}{match['unit']}", why="把各部分相加")


def _counts(parts: list[str], unit: str) -> list[int]:
    """Return the number of every part, or nothing when a part is told in another way or unit."""
    found = [_PART.fullmatch(part) for part in parts]
    if any(one is None or one["unit"] != unit for one in found):
        return []
    return [int(one["count"]) for one in found if one is not None]


def _amount(words: str) -> Decimal | None:
    """Read 壹仟贰佰元伍角整 as 1200.5 yuan; `None` for words that are no amount."""
    whole, _, small = words.replace("圆", "元").rstrip("整正").partition("元")
    total = section = digit = 0
    for character in whole:
        if character in _CAPITAL_DIGITS:
            digit = _CAPITAL_DIGITS[character]
        elif character in _CAPITAL_UNITS:
            section, digit = section + (digit or 1) * _CAPITAL_UNITS[character], 0
        elif character == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    cents = re.fullmatch("零?(?:([壹贰叁肆伍陆柒捌玖])角)?零?(?:([壹贰叁肆伍陆柒捌玖])分)?", small)
    if cents is None:
        return None
    tenths, hundredths = (_CAPITAL_DIGITS[one] if one else 0 for one in cents.groups())
    return Decimal(total + section + digit) + Decimal(tenths * 10 + hundredths) / 100


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

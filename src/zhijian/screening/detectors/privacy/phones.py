"""Phones of persons: mobile numbers, and landlines told to be at somebody's home."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.privacy.signs import GAP, after, before, digit_view, hit, is_evenly_torn
from zhijian.screening.enums import PrivateKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_MOBILE = re.compile(
    rf"1{GAP}[3-9](?:{GAP}[0-9]){{9}}(?!\.?[0-9])(?!-[0-9]{{1,6}}(?![0-9]))",
)
_COUNTRY = re.compile(rf"(?:\+?86{GAP})\Z")
_ATTACHES = frozenset("0123456789abcdefghijklmnopqrstuvwxyz._=")
_ATTACHED = re.compile("(?:[0-9a-z._=]|[0-9a-z]-|[a-z]/)\\Z")
_ORDER_BEFORE = re.compile(
    "(?:订单|[^账]单号|编号|编码|代码|流水|票号|票据|凭证|索引|序列|条码|批号|受理号|查询码|合同|证书|许可|文号|qq|微信号|户号|箱号|桩号)"
    "[^，。；、\n]{0,5}$",
)
_AMOUNT_AFTER = re.compile(r"\s?(?:元|万|亿|吨|千瓦|立方|平方|公里|米|件|株|亩|美元|%|％|人次|字节)")
_HOME_PHONE = re.compile(
    "[宅家住自娘婆父](?:(?<=宅)电|(?:(?<=家)[庭中里]|(?<=住)宅|(?<=[自娘婆])家|(?<=父)母家)[^，。；、\n]{0,4}(?:电话|座机|固话))"
    "(?:号码?)?[是为]?[:： ]{0,2}(?P<hit>(?:0[0-9]{2,3}[- ]?)?[2-8][0-9]{6,7})(?![0-9])",
)
_LENGTH = 11


def mobile(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find mobile numbers of the mainland. Hotlines (12345, 400 …, area code and number) do not have their shape."""
    view, folded = digit_view(page, rule), page.folded
    for match in _MOBILE.finditer(view):
        first = match.start()
        # Most of what looks like a number is the middle of a longer one: told without a closer look.
        if folded[first - 1 : first] in _ATTACHES and folded[first - 2 : first] != "86":
            continue
        country = _COUNTRY.search(view, max(0, match.start() - 5), match.start())
        start = country.start() if country else match.start()
        left = before(page, start)
        if _ATTACHED.search(left) or not is_evenly_torn(match[0], _LENGTH) or _is_part_of_more(match, view, start):
            continue
        if not _ORDER_BEFORE.search(left) and not _AMOUNT_AFTER.match(after(page, match.end())):
            yield hit(PrivateKind.MOBILE, start, match.end(), match[0], "11位手机号码")


def home_phone(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find landlines the text says are at somebody's home. Office phones and hotlines are published on purpose."""
    for match in _HOME_PHONE.finditer(page.folded):
        start, end = match.span("hit")
        yield hit(PrivateKind.LANDLINE, start, end, match["hit"], "上文说明是家里的电话")


def _is_part_of_more(match: re.Match[str], view: str, start: int) -> bool:
    """Tell whether a number written in groups goes on to the left or the right: then it is a piece of a longer one."""
    gap = next((character for character in match[0] if not character.isdigit()), "")
    if not gap:
        return False
    left, right = view[max(0, start - 2) : start], view[match.end() : match.end() + 2]
    return (left[-1:] == gap and left[:1].isdigit()) or (right[:1] == gap and right[1:].isdigit())

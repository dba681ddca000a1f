"""Personal information: numbers are told by their check digits, not by their length alone."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit
from zhijian.screening.enums import PrivateKind
from zhijian.screening.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_GAP = "[ \u00a0\u3000\u2010\u2011\\-\u200b\u200c\u200d\u2060\ufeff]{0,2}"
_RESIDENT_ID = re.compile(rf"(?<![0-9])[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9x](?![0-9])")
_MOBILE = re.compile(rf"(?<![0-9a-z._=])(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?!\.?[0-9])")
_BANK_CARD = re.compile(rf"(?<![0-9.])[3-69](?:{_GAP}[0-9]){{15,18}}(?!\.?[0-9])")
_PASSPORT = re.compile(r"(?<![0-9a-z])(?:[dgps][0-9]{8}|e[0-9a-hj-np-z][0-9]{7})(?![0-9a-z])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-z][·•\- ]?"
    r"(?=[a-z]*[0-9][a-z]*[0-9])([a-hj-np-z0-9]{5,6})(?![0-9a-z])",
)
_HOME = re.compile(
    r"(?:家住|家庭住址|家庭地址|户籍地址|户籍所在地|现住址|居住地址|住址)[为是在]?[:： ]?"
    r"(?P<hit>[\u4e00-\u9fff0-9a-z\-—#·]{4,40}?(?:[0-9一二三四五六七八九十]+(?:室|户|号楼|号院|栋|幢|单元|号)))",
)
_NEAR_IDENTITY = re.compile("身份证|公民身份号码|证件号")
_NEAR_PASSPORT = re.compile("护照|出入境|通行证|证件号")
_NEAR_CARD = re.compile("卡号|银行卡|信用卡|储蓄卡|借记卡|账户|账号|开户|打款|汇款|一卡通")
_NEAR_ORDER = re.compile("订单|单号|流水|编号|条码|二维码|索引号|序列号|受理号|查询码|合同号")
_REACH = 24
_FEW_GAPS = 4
_UNION_PAY = "62"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# The regions of GB/T 2260 that a number can begin with: 11–15, 21–23, 31–37, 41–46, 50–54, 61–65, 71 and 81–83.
_REGIONS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))


def resident_id(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find 18-character resident identity numbers with a right check digit (GB 11643-1999)."""
    for match, signs in _identity_like(page):
        if _has_right_check(signs):
            yield _hit(PrivateKind.RESIDENT_ID, match, "地区、出生日期和校验码都符合身份证号的编法")


def doubtful_resident_id(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find numbers shaped like an identity number, named so nearby, whose check digit is wrong."""
    for match, signs in _identity_like(page):
        if not _has_right_check(signs) and _NEAR_IDENTITY.search(_before(page, match)):
            yield _hit(PrivateKind.RESIDENT_ID, match, "上文提到身份证，地区和出生日期相符，校验码不符")


def mobile(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find mobile numbers of the mainland. Hotlines (12345, 400 …, area code and number) do not have their shape."""
    for match in _MOBILE.finditer(page.folded):
        signs = _signs(match[0])[-11:]
        if _is_evenly_torn(match[0], len(signs)) and not _NEAR_ORDER.search(_before(page, match, reach=6)):
            yield _hit(PrivateKind.MOBILE, match, "11位手机号码")


def bank_card(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find bank card numbers: the Luhn check (ISO/IEC 7812-1) and an issuer's head or words about cards nearby."""
    for match in _BANK_CARD.finditer(page.folded):
        signs, before = _signs(match[0]), _before(page, match)
        if not passes_luhn(signs) or _is_identity(signs) or not _is_evenly_torn(match[0], len(signs)):
            continue
        if _NEAR_CARD.search(before) or (signs.startswith(_UNION_PAY) and not _NEAR_ORDER.search(before)):
            yield _hit(PrivateKind.BANK_CARD, match, f"{len(signs)}位数字，符合银行卡号校验")


def passport(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find passport numbers where passports or exit papers are spoken of nearby."""
    for match in _PASSPORT.finditer(page.folded):
        if _NEAR_PASSPORT.search(_before(page, match)):
            yield _hit(PrivateKind.PASSPORT, match, "上文提到护照或证件，号码符合护照编法")


def plate(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find vehicle plates: a province, a letter and five or six signs with at least two digits (GA 36-2018)."""
    for match in _PLATE.finditer(page.folded):
        yield _hit(PrivateKind.PLATE, match, "符合机动车号牌的编法")


def home_address(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find addresses told to be somebody's home, down to a house, stair or door."""
    for match in _HOME.finditer(page.folded):
        value = page.text[match.start("hit") : match.end("hit")]
        masked = (mask(PrivateKind.ADDRESS, value),)
        yield Hit(match.start("hit"), match.end("hit"), masked, why="上文说明是住址，并且写到了门牌")


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the Luhn check of the others. One digit repeated never passes."""
    doubled = str.maketrans("0123456789", "0246813579")
    total = sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(doubled)))
    return total % 10 == 0 and len(set(digits)) > 1


def _identity_like(page: Page) -> Iterator[tuple[re.Match[str], str]]:
    for match in _RESIDENT_ID.finditer(page.folded):
        signs = _signs(match[0])
        if _is_possible_identity(signs) and _is_evenly_torn(match[0], len(signs)):
            yield match, signs


def _is_possible_identity(signs: str) -> bool:
    region = int(signs[:2])
    if not any(first <= region <= last for first, last in _REGIONS) or not "1850" < signs[6:10] < "2100":
        return False
    try:
        date(int(signs[6:10]), int(signs[10:12]), int(signs[12:14]))
    except ValueError:
        return False
    return True


def _has_right_check(signs: str) -> bool:
    total = sum(int(sign) * weight for sign, weight in zip(signs[:17], _WEIGHTS, strict=True))
    return signs[17] == "10x98765432"[total % 11]


def _is_identity(signs: str) -> bool:
    return len(signs) == len(_WEIGHTS) + 1 and _is_possible_identity(signs) and _has_right_check(signs)


def _is_evenly_torn(seen: str, signs: int) -> bool:
    """Tell whether gaps look like grouping or like one between every two signs, not like columns of figures."""
    gaps = len(re.findall(r"[^0-9a-z+]+", seen))
    return gaps <= _FEW_GAPS or gaps >= signs - 2


def _signs(seen: str) -> str:
    return re.sub("[^0-9a-z]", "", seen)


def _before(page: Page, match: re.Match[str], *, reach: int = _REACH) -> str:
    return page.folded[max(0, match.start() - reach) : match.start()]


def _hit(kind: PrivateKind, match: re.Match[str], why: str) -> Hit:
    return Hit(match.start(), match.end(), (mask(kind, match[0]),), why=why)

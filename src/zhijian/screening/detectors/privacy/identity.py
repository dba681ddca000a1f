"""Resident identity numbers: 18 signs with a check digit, the 15 digits of old cards, and what contains them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from zhijian.screening.detectors.privacy.signs import GAP, before, digit_view, hit, is_evenly_torn, signs_of
from zhijian.screening.enums import PrivateKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

# A region, a year from 1850 to 2099, a month, a day, a serial number and the check digit. What cannot be one of these
# ends the look at a place early: texts full of digits are walked through quickly.
_NUMBER = (
    rf"[1-8](?<![0-9].){GAP}[0-7](?:{GAP}[0-9]){{4}}{GAP}(?:1{GAP}[89]|2{GAP}0)(?:{GAP}[0-9]){{2}}{GAP}[01]{GAP}[0-9]"
    rf"{GAP}[0-3](?:{GAP}[0-9]){{4}}{GAP}[0-9x]"
)
_RESIDENT_ID = re.compile(rf"{_NUMBER}(?![0-9])")
_OLD_ID = re.compile(rf"[1-8](?<![0-9].)(?:{GAP}[0-9]){{14}}(?![0-9]|{GAP}[0-9x]|\.[0-9])")
_DISABILITY = re.compile(rf"{_NUMBER}{GAP}[1-7]{GAP}[1-4](?:b[1-9])?(?![0-9a-z])")
NEAR_IDENTITY = re.compile("身份证|公民身份|身份号码|证件号")
_NEAR_CREDIT = re.compile("信用代码|组织机构代码|单位代码|机构代码")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LENGTH = 18
# The regions of GB/T 2260 that a number can begin with: 11–15, 21–23, 31–37, 41–46, 50–54, 61–65, 71 and 81–83.
_REGIONS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))


def resident_id(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find 18-character resident identity numbers with a right check digit (GB 11643-1999)."""
    for match, signs in _identity_like(page, rule):
        if _has_right_check(signs) and not _is_credit_code(page, match):
            yield _told(match, "地区、出生日期和校验码都符合身份证号的编法")


def doubtful_resident_id(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find numbers shaped like an identity number, named so nearby, whose check digit is wrong."""
    if not NEAR_IDENTITY.search(page.folded):
        return
    for match, signs in _identity_like(page, rule):
        if not _has_right_check(signs) and NEAR_IDENTITY.search(before(page, match.start())):
            yield _told(match, "上文提到身份证，地区和出生日期相符，校验码不符")


def old_resident_id(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find the 15 digits of identity cards before 1999 where the text speaks of identity cards."""
    if not NEAR_IDENTITY.search(page.folded):
        return
    for match in _OLD_ID.finditer(digit_view(page, rule)):
        signs = signs_of(match[0])
        possible = _is_possible(signs[:6] + "19" + signs[6:]) and is_evenly_torn(match[0], len(signs))
        if possible and NEAR_IDENTITY.search(before(page, match.start())):
            yield _told(match, "上文提到身份证，15位数字符合旧身份证号的编法")


def disability_card(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find the numbers of disability cards: an identity number, then the kind (1–7) and the degree (1–4)."""
    for match in _DISABILITY.finditer(digit_view(page, rule)):
        if is_identity(signs_of(match[0])[:_LENGTH]):
            yield _told(match, "前18位是身份证号，后两位符合残疾类别和等级的编法")


def is_identity(signs: str) -> bool:
    """Tell whether 18 signs are an identity number with a right check digit."""
    return len(signs) == _LENGTH and _is_possible(signs) and _has_right_check(signs)


def _identity_like(page: Page, rule: Rule) -> Iterator[tuple[re.Match[str], str]]:
    for match in _RESIDENT_ID.finditer(digit_view(page, rule)):
        signs = signs_of(match[0])
        if _is_possible(signs) and is_evenly_torn(match[0], len(signs)):
            yield match, signs


def _is_credit_code(page: Page, match: re.Match[str]) -> bool:
    left = before(page, match.start(), reach=12)
    return _NEAR_CREDIT.search(left) is not None and NEAR_IDENTITY.search(left) is None


def _is_possible(signs: str) -> bool:
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


def _told(match: re.Match[str], why: str) -> Hit:
    return hit(PrivateKind.RESIDENT_ID, match.start(), match.end(), match[0], why)

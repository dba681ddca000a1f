"""Numbers of a person's papers that have no check digit: they count where the text names the paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.privacy.signs import after, before, hit
from zhijian.screening.enums import PrivateKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_PASSPORT = re.compile(r"[degps](?<![0-9a-z].)(?:(?<!e)[0-9]|(?<=e)[0-9a-hj-np-z])[0-9]{7}(?![0-9a-z])")
_NEAR_PASSPORT = re.compile("护照|出入境|证件号")
_PERMIT = re.compile(
    r"(?=[0-9chmtl])(?<![0-9a-z])(?:[chmtl][0-9]{8}(?:[0-9]{2})?|[cl][a-hj-np-z][0-9]{7}|[0-9]{8}(?:[0-9]{2})?)(?![0-9a-z])"
)
_NEAR_PERMIT = re.compile("通行证|回乡证|回乡卡|台胞证")
_NEAR_TAIWAN = re.compile("(?:台胞证|大陆通行证)(?:号码?)?[是为:：（( \u3000]{0,3}$")
_NUMBER = "[是为:：（( \u3000]{0,3}(?P<hit>(?=[a-z\\-]{0,5}[0-9][0-9a-z\\-]{4})[a-z0-9][a-z0-9\\-]{5,19})(?![0-9a-z])"
_SOCIAL = re.compile(
    "(?:社会保障(?:卡|个人)?(?:卡号|账号|编号|号)码?|社保卡?(?:卡号|账号|编号|号)码?|医保卡?(?:卡号|账号|编号|号)码?|医疗保险(?:卡号|编号|号)码?)"
    + _NUMBER
)
_RECORD = re.compile("(?:病历|住院|门诊|病案|就诊卡?|诊疗卡?|检验报告|床位)号码?" + _NUMBER)


def passport(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find passport numbers where passports or exit papers are spoken of nearby."""
    if not _NEAR_PASSPORT.search(page.folded):
        return
    for match in _PASSPORT.finditer(page.folded):
        around = before(page, match.start()) + after(page, match.end(), reach=6)
        if _NEAR_PASSPORT.search(around):
            why = "上下文提到护照或证件，号码符合护照编法"
            yield hit(PrivateKind.PASSPORT, match.start(), match.end(), match[0], why)


def travel_permit(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find permits between the mainland, Hong Kong, Macao and Taiwan; bare digits only right behind their name."""
    if not _NEAR_PERMIT.search(page.folded):
        return
    for match in _PERMIT.finditer(page.folded):
        left = before(page, match.start())
        near = _NEAR_TAIWAN if match[0].isdigit() else _NEAR_PERMIT
        if near.search(left):
            why = "上文提到通行证，号码符合其编法"
            yield hit(PrivateKind.TRAVEL_PERMIT, match.start(), match.end(), match[0], why)


def social_security(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find numbers the text calls a social security or medical insurance number."""
    yield from _named(page, _SOCIAL, PrivateKind.SOCIAL_SECURITY, "上文说明是社保或医保编号")


def medical_record(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find numbers the text calls a record of a patient: 病历号, 住院号, 门诊号."""
    yield from _named(page, _RECORD, PrivateKind.MEDICAL_RECORD, "上文说明是病历或住院编号")


def _named(page: Page, expression: re.Pattern[str], kind: PrivateKind, why: str) -> Iterator[Hit]:
    for match in expression.finditer(page.folded):
        start, end = match.span("hit")
        yield hit(kind, start, end, match["hit"], why)

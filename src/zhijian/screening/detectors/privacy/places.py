"""Where a person lives and what a person drives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit
from zhijian.screening.detectors.privacy.signs import before, hit
from zhijian.screening.enums import PrivateKind
from zhijian.screening.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-z][·•\- ]?"
    r"(?=[a-z]{0,5}[0-9][a-z]{0,4}[0-9])(?:[a-hj-np-z0-9]{4}[警学港澳挂试领使]|[a-hj-np-z0-9]{5,6}(?![0-9a-z]))",
)
_EMBASSY = re.compile(r"[使0-9](?<![0-9].)(?:(?<=使)[0-9]{3}[·•]?[0-9]{3}|(?<!使)[0-9]{2}[·•][0-9]{3}使)(?![0-9])")
_NOT_A_PLATE = re.compile("(?:批号|准字|文号|许可证|编号|型号|备案|图号|证号|邮编)[^，。\n]{0,4}$")
_UNIT = "(?:号楼|号院|号|栋|幢|单元|座|层|楼|室|户|组|弄|巷|排)"
_DOORS = f"(?:[0-9a-z一二三四五六七八九十百]{{1,5}}{_UNIT}[\\-—]?){{1,6}}(?:[0-9]{{2,4}}室?)?"
_HOME = re.compile(
    "(?:家庭住址|家庭地址|户籍地址|户籍所在地|户籍地|现住址|常住地址|常住地|居住地址|居住地|居住在|居住于|租住在|租住于|"
    "暂住地址|暂住地|暂住在|现居住|现住|现居|家住|住在|住址|住所地|租住)[为是在于]?[:： \u3000]{0,2}"
    f"(?P<hit>[\\u4e00-\\u9fff0-9a-z\\-—#·]{{2,40}}?{_DOORS})",
)
_STAIR = re.compile("[0-9][0-9]{0,2}(?:号楼|栋|幢|座)[0-9一二三四五六七八九十]{1,2}单元(?:[0-9]{2,4}室?)?")
_LEAD = re.compile(r"[\u4e00-\u9fff0-9]{2,30}\Z")
_OFFICE = re.compile("公司|有限|合作社|法人|工厂|厂，|经营部|事务所|中心，|局，|医院，|学校，")


def plate(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find vehicle plates: a province, a letter and five or six signs with at least two digits (GA 36-2018).

    Plates of police, driving schools, Hong Kong and Macao cars, trailers and consulates end with their character.
    """
    for match in _PLATE.finditer(page.folded):
        if not _NOT_A_PLATE.search(before(page, match.start(), reach=10)):
            yield hit(PrivateKind.PLATE, match.start(), match.end(), match[0], "符合机动车号牌的编法")
    for match in _EMBASSY.finditer(page.folded) if "使" in page.folded else ():
        if "车" in before(page, match.start(), reach=12):
            yield hit(PrivateKind.PLATE, match.start(), match.end(), match[0], "符合使馆机动车号牌的编法")


def home_address(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find addresses told to be somebody's home, and addresses that name a stair of a block of flats."""
    spans = []
    for match in _HOME.finditer(page.folded):
        if not _OFFICE.search(before(page, match.start())):
            spans.append(match.span("hit"))
            yield _home(page, *match.span("hit"), "上文说明是住址，并且写到了门牌")
    for match in _STAIR.finditer(page.folded) if "单元" in page.folded else ():
        lead = _LEAD.search(before(page, match.start(), reach=30))
        if lead and not any(start <= match.start() < end for start, end in spans):
            yield _home(page, match.start() - len(lead[0]), match.end(), "写到了住宅楼的单元和门牌")


def _home(page: Page, start: int, end: int, why: str) -> Hit:
    return Hit(start, end, (mask(PrivateKind.ADDRESS, page.text[start:end]),), why=why)

"""Lists of people who get aid: a whole name beside a number or an address in one row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.privacy.names import NAME
from zhijian.screening.detectors.privacy.signs import GAP, digit_view, hit
from zhijian.screening.enums import PrivateKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_AID = re.compile(
    "低保|五保|特困|困难(?:家庭|户|群众|职工|学生|对象|补助|救助)|救助|残疾人?(?:证|两项)?[^，。\n]{0,3}补贴|护理补贴|"
    "生活补贴|孤儿|帮扶|脱贫户|监测户|贫困|助学|资助|抚恤|优抚|补助|慰问金|保障金",
)
_LIST = re.compile("名单|花名册|公示|明细|发放表|统计表|台账|登记表|汇总表|一览表")
_CELL = r"(?:^|[\s|,，、；;：:]|对象|户主|姓名)"
_NAME = re.compile(
    rf"{_CELL}(?P<hit>{NAME})(?=[\s|,，、；;（(]|$)",
    re.MULTILINE,
)
_PERSONAL = re.compile(
    rf"(?<![0-9])[1-9](?:{GAP}[0-9]){{16}}{GAP}[0-9x](?![0-9])"
    rf"|(?<![0-9.])(?:86{GAP})?1{GAP}[3-9](?:{GAP}[0-9]){{9}}(?![0-9])"
    rf"|(?<![0-9])62(?:{GAP}[0-9]){{14,17}}(?![0-9])"
    r"|(?P<address>[\u4e00-\u9fff]{0,16}(?:镇|乡|街道|村|路|街|小区|花园|家园|里)[^，。；\s|]{0,12}?[0-9]{1,4}(?:号楼|号|栋|组|室)"
    r"(?:[0-9]{1,4}(?:单元|室)?){0,3})",
)
_OFFICIAL = re.compile(
    "(?:联系人|负责人|经办|咨询|审核|填报|制表|书记|主任|科长|局长|网格员|帮扶干部|包保|责任人)[^，。；\t|]{0,4}$"
)
_HEADING = 200
_NEAR = 80


def aid_list(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find whole names on rows that also hold an identity number, a phone, a card or an address, where aid is meant.

    The word for aid stands in the row itself or in the heading of a list. Contact persons of the office are left alone.
    """
    text = page.folded
    if not _AID.search(text):
        return
    heading = text[:_HEADING]
    listed = _AID.search(heading) is not None and _LIST.search(heading) is not None
    start = 0
    view = digit_view(page, rule)
    for line in text.split("\n"):
        if listed or _AID.search(line):
            private = list(_PERSONAL.finditer(view[start : start + len(line)]))
            yield from _row(page, line, start, private, listed=listed)
        start += len(line) + 1


def _row(page: Page, line: str, offset: int, private: list[re.Match[str]], *, listed: bool) -> Iterator[Hit]:
    named = 0
    for match in _NAME.finditer(line) if private else ():
        start, end = match.span("hit")
        near = line[max(0, start - _NEAR) : end + _NEAR]
        official = _OFFICIAL.search(line[max(0, start - 12) : start].rstrip(":： "))
        if official or not (listed or _AID.search(near)) or not any(0 <= one.start() - end <= _NEAR for one in private):
            continue
        named += 1
        yield _told(page, PrivateKind.NAME, offset + start, offset + end)
    for match in private if named else ():
        if match.lastgroup == "address":
            yield _told(page, PrivateKind.ADDRESS, offset + match.start("address"), offset + match.end())


def _told(page: Page, kind: PrivateKind, start: int, end: int) -> Hit:
    return hit(kind, start, end, page.text[start:end], "同一行里有救助对象的姓名和证件号、电话、卡号或住址")

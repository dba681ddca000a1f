"""Finding the body a ledger means: full and short names, with and without the area in front, usual abbreviations."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from zhijian.organisations.enums import BodyKind, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.organisations.models import Organisation

_LEFT_OUT = re.compile(r"[\s·•.,，。、（）()\[\]【】《》“”\"'*-]+")
_AREA = re.compile(r"^(.{2,}?)(?:人民政府|政府).*$")
_OWN_AREA = re.compile(r"^(?:本|我|全)?(省|市|县|区|州|旗|镇|乡)(?=.{2})")
_LEVELS = {
    "省": Level.PROVINCE, "市": Level.CITY, "州": Level.CITY, "县": Level.COUNTY, "区": Level.COUNTY,
    "旗": Level.COUNTY, "镇": Level.TOWNSHIP, "乡": Level.TOWNSHIP,
}  # fmt: skip
_SHORTER = (("人民政府", "政府"), ("办公室", "办"), ("办公厅", "办"), ("管理委员会", "管委会"), ("委员会", "委"))
_WRITTEN_OUT = {
    "卫健": "卫生健康", "人社": "人力资源和社会保障", "住建": "住房和城乡建设", "发改": "发展和改革",
    "市监": "市场监督管理", "市场监管": "市场监督管理", "文旅": "文化和旅游", "应急": "应急管理",
    "交通": "交通运输", "民宗": "民族宗教事务", "医保": "医疗保障", "司法行政": "司法",
    "工信": "工业和信息化", "农业": "农业农村", "城管": "城市管理", "退役军人": "退役军人事务",
}  # fmt: skip
_SHORT_DEPARTMENT = re.compile(f"({'|'.join(sorted(_WRITTEN_OUT, key=len, reverse=True))})(局|委|厅)$")
NEAR = 70.0
MOST_NAMED = 3


def loose(name: str) -> str:
    """Reduce a body's name to what tells it apart: 县人民政府办公室, 县政府办公室 and 县政府办 become one."""
    text = _LEFT_OUT.sub("", unicodedata.normalize("NFKC", name))
    text = _SHORT_DEPARTMENT.sub(lambda match: _WRITTEN_OUT[match[1]] + match[2], text)
    for long, short in _SHORTER:
        text = text.replace(long, short)
    return text.replace("县府办", "县政府办").replace("市府办", "市政府办")


class BodyIndex:
    """The bodies of one person's scope, found by any of their names."""

    def __init__(self, bodies: Iterable[Organisation], *, areas: Iterable[Organisation]) -> None:
        self.bodies = {body.pk: body for body in bodies}
        self._areas = {body.pk: area for body in areas if (area := _area_of(body))}
        self._strong: dict[str, set[int]] = {}
        self._weak: dict[str, set[int]] = {}
        for body in self.bodies.values():
            self._add(body)
        self._found: dict[tuple[str, int | None], list[Organisation]] = {}

    def _add(self, body: Organisation) -> None:
        line = [self._areas[pk] for pk in [*body.ancestor_ids, body.pk] if pk in self._areas]
        chain = list(dict.fromkeys(line))
        for name in (body.name, body.short_name):
            self._note(self._strong, loose(name), body)
            base = _without(name, chain)
            if not base:
                continue
            self._note(self._weak, loose(base), body)
            for start in range(len(chain)):
                self._note(self._strong, loose("".join(chain[start:]) + base), body)
        if body.kind == BodyKind.GOVERNMENT and chain:
            for ending in ("", "政府"):
                self._note(self._strong, loose(chain[-1] + ending), body)

    def _note(self, names: dict[str, set[int]], key: str, body: Organisation) -> None:
        if key:
            names.setdefault(key, set()).add(body.pk)

    def find(self, text: str, *, near: Organisation | None = None) -> list[Organisation]:
        """Return the bodies a name can mean: one is a match, several are to be told apart, none is unknown.

        `near`: where several bear the name, those in this subtree come first.
        """
        key = (text, near.pk if near else None)
        if key not in self._found:
            self._found[key] = self._search(text, near)
        return self._found[key]

    def _search(self, text: str, near: Organisation | None) -> list[Organisation]:
        plain = loose(text)
        found = [self.bodies[pk] for pk in sorted(self._strong.get(plain) or self._weak.get(plain) or ())]
        if not found and (match := _OWN_AREA.match(plain)):
            rest = self._weak.get(plain[match.end() :], set())
            found = [self.bodies[pk] for pk in sorted(rest) if self.bodies[pk].level == _LEVELS[match[1]]]
        if len(found) > 1 and near is not None:
            found = [body for body in found if body.is_within(near)] or found
        if len(found) > 1 and near is not None:
            found = [body for body in found if body.level == near.level] or found
        return found

    def alike(self, text: str) -> list[str]:
        """Return up to three names of bodies that look like the unknown one."""
        names = {body.pk: body.name for body in self.bodies.values()}
        near = process.extract(text, names, scorer=fuzz.ratio, score_cutoff=NEAR, limit=MOST_NAMED)
        return [name for name, _, _ in near]


def _area_of(body: Organisation) -> str:
    if body.kind not in {BodyKind.GOVERNMENT, BodyKind.OFFICE}:
        return ""
    match = _AREA.match(body.name)
    return match[1] if match else ""


def _without(name: str, areas: list[str]) -> str:
    """Take the names of the areas off the front of a body's name; "" when nothing is left or nothing was there."""
    rest = name
    for area in areas:
        rest = rest.removeprefix(area)
    return rest


def guess_kind(name: str) -> BodyKind:
    """Guess what an unknown body is from the end of its name."""
    if re.search(r"(镇|乡|街道|民族乡|苏木)(人民)?(政府|办事处)?$", name):
        return BodyKind.GOVERNMENT
    if re.search(r"融媒体?中心|广播电视台", name):
        return BodyKind.MEDIA_CENTRE
    if re.search(r"(公司|集团|水务|电力|燃气)$", name):
        return BodyKind.ENTERPRISE
    if re.search(r"(宣传部|网信办)$", name):
        return BodyKind.PUBLICITY
    if re.search(r"(中心|医院|学校|中学|小学|大学|学院|图书馆|博物馆|文化馆|站|所)$", name):
        return BodyKind.INSTITUTION
    return BodyKind.INTERNAL if re.search(r"(科|股|处|室)$", name) else BodyKind.DEPARTMENT


def guess_level(name: str, parent: Organisation) -> Level:
    """Guess the level of an unknown body: a town's own level, otherwise that of the body above."""
    if re.search(r"(镇|乡|街道|民族乡|苏木)(人民)?(政府|办事处)?$", name) and parent.level != Level.NATION:
        return Level.TOWNSHIP
    return Level(parent.level)

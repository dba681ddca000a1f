"""Counties, prefectures and provinces that do not belong together, told from the packaged table of divisions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import daachorse

from zhijian.screening.detectors.hits import Hit
from zhijian.screening.detectors.patterns import compiled
from zhijian.screening.plain import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

# How far the words that make a text one of the past are looked for, in code points.
_REACH = 60
_SHORTEST_STEM = 2
_DIRECT = "直辖"
_KINDS = ("县", "市", "区")
_PARENT_ENDINGS = ("省", "市", "地区", "盟", "自治州", "自治区")
_PEOPLES = re.compile(
    "(?:壮族|回族|维吾尔|(?<!内)蒙古族?|藏族|彝族|苗族|侗族|布依族|土家族|羌族|傣族|景颇族|傈僳族|白族|哈尼族|朝鲜族|哈萨克|柯尔克孜)+$"
)
_BEFORE_SHORT = frozenset("在于到从赴往来自由为及与和是的、，。；：（“《 ")
# What makes the name part of another word or name: a market, a road, a school, a firm, a native, a dish.
_PART = re.compile(
    "[场集井籍域间块划位片段菜]|人(?!民|大|社|防|武|口)|民(?!政)|政(?!府|协|法|务)|商[会城]|同乡|老乡|驻|路|街(?!道)|大道|巷|小吃|会馆"
    "|[东南西北中]路|小[学区]|中学|花园|公园|广场|大?桥|酒店|酒楼|饭店|农商|村镇银行|[\u4e00-\u9fff]{0,8}公司",
)


class Seen(NamedTuple):
    """A name found in a text: where, what it is called, and of which kind: province, prefecture, county or slip."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Divisions:
    """The table. Codes are those of GB/T 2260: two digits for a province, four for a prefecture."""

    names: dict[str, str] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    short: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    prefectures: dict[str, str] = field(default_factory=dict)
    counties: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    former: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    slips: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    vague: set[str] = field(default_factory=set)

    def holds(self, county: str, parent: str) -> bool:
        """Tell whether one of the counties of that name lies in the prefecture or province with that code."""
        owners = self.counties[county]
        return any(owner.startswith(parent) for owner in owners) or (
            parent == "6540" and bool({"6542", "6543"} & owners)
        )

    def full_name(self, county: str) -> str:
        """Return a county's name with its prefecture's or, where there is none between, its province's before it."""
        (owner,) = self.counties[county]
        return self.names.get(owner, self.names[owner[:2]]) + county


def division_mismatch(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find a county directly after a city, prefecture or province it does not belong to.

    `rule.arguments` name what is looked for: `full` both names with their suffix and the parent never theirs,
    `doubtful` a parent without suffix or of former years, `suffix` a name of that parent with another suffix.
    Names that exist twice, lists, natives, roads, schools and firms are no findings, nor texts about the past
    (`not_near` of the rule). Source: the divisions published by the State Council and the Ministry of Civil Affairs.
    """
    past = rule.context.not_near
    for pair in _misplaced(page.folded):
        if pair.kind not in rule.arguments:
            continue
        if past and compiled(past).search(page.paragraph(pair.start, pair.end, reach=_REACH)):
            continue
        yield Hit(pair.start, pair.end, (pair.suggestion,), note=pair.note, why="按全国行政区划表核对")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Two names that stand together and do not belong together; `kind` is full, doubtful or suffix."""

    start: int
    end: int
    kind: str
    suggestion: str
    note: str


@lru_cache(maxsize=2)
def _misplaced(text: str) -> tuple[Misplaced, ...]:
    """Return what is wrong in a folded text; kept for the next rules, which ask about the same text."""
    table, _, patterns, _, _ = _compiled()
    parents, counties = _names_in(text)
    found = []
    for start, (end, number) in counties.items():
        if start not in parents or _PART.match(text, end):
            continue
        parent, county = Seen(parents[start][0], start, patterns[parents[start][1]]), Seen(start, end, patterns[number])
        kind, suggestion, note = _kind(text, table, parent, county)
        if kind:
            found.append(Misplaced(parent.start, county.end, kind, suggestion, note))
        if len(found) == MOST_PAIRS:
            break
    return tuple(found)


def _names_in(text: str) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    """Return the longest parent by where it ends, and the longest county by where it begins.

    Of a parent the start, of a county the end, and of both the number of the name.
    """
    _, automaton, _, is_parent, is_county = _compiled()
    parents: dict[int, tuple[int, int]] = {}
    counties: dict[int, tuple[int, int]] = {}
    for start, end, number in automaton.find_overlapping(text):
        if is_parent[number] and (end not in parents or parents[end][0] > start):
            parents[end] = (start, number)
        if is_county[number] and (start not in counties or counties[start][0] < end):
            counties[start] = (end, number)
    return parents, counties


MOST_PAIRS = 2_000
"""A text with more misplaced names is no text; the first ones tell enough."""


def _kind(text: str, table: Divisions, parent: Seen, child: Seen) -> tuple[str, str, str]:
    """Return what is wrong with two adjacent names (`full`, `doubtful`, `suffix` or nothing), the remedy and why."""
    is_full = parent.name in table.parents
    codes = table.parents[parent.name] if is_full else table.short[parent.name]
    stands_free = parent.start == 0 or text[parent.start - 1] in _BEFORE_SHORT
    if child.name in table.vague or not (is_full or stands_free):
        return "", "", ""
    if child.name in table.prefectures:
        return _kind_of_prefecture(table, codes, child, is_full=is_full)
    slips = [right for right in table.slips.get(child.name, ()) if any(table.holds(right, code) for code in codes)]
    if len(slips) == 1 and is_full and not any(table.holds(child.name, code) for code in codes):
        return "suffix", parent.name + slips[0], f"{parent.name}只有{slips[0]}"
    owners = table.counties.get(child.name, set())
    if len(owners) != 1 or any(table.holds(child.name, code) for code in codes):
        return "", "", ""
    if owners & {"6590"} and any(code.startswith("65") for code in codes):
        return "", "", ""
    certain = is_full and not codes & table.former.get(child.name, set())
    right = table.full_name(child.name)
    (owner,) = owners
    above = table.names[owner[:2]]
    note = f"{child.name}属于{above if right.startswith(above) else above + right.removesuffix(child.name)}"
    return "full" if certain else "doubtful", right, note


def _kind_of_prefecture(table: Divisions, codes: set[str], child: Seen, *, is_full: bool) -> tuple[str, str, str]:
    code = table.prefectures[child.name]
    if any(len(one) > 2 or one == code[:2] for one in codes):  # noqa: PLR2004 - two digits are a province
        return "", "", ""
    province = table.names[code[:2]]
    return "full" if is_full else "doubtful", province + child.name, f"{child.name}属于{province}"


@lru_cache(maxsize=1)
def _compiled() -> tuple[Divisions, daachorse.CharwiseDoubleArrayAhoCorasick, tuple[str, ...], bytes, bytes]:
    """Return the table, an automaton over its names, the names by number, and which are parents and counties."""
    lines = files("zhijian.screening").joinpath("divisions.txt").read_text(encoding="utf-8").splitlines()
    table = _read(fold(line) for line in lines if line and not line.startswith("#"))
    _add_slips(table)
    patterns = tuple(sorted({*table.parents, *table.short, *table.counties, *table.slips}))
    is_parent = bytes(name in table.parents or name in table.short for name in patterns)
    is_county = bytes(name not in table.short for name in patterns)
    return table, daachorse.CharwiseDoubleArrayAhoCorasick(list(patterns)), patterns, is_parent, is_county


def _read(lines: Iterable[str]) -> Divisions:
    """Read the format that the head of `divisions.txt` explains."""
    table = Divisions()
    province = ""
    for line in lines:
        name, code, *counties = line.split()
        if name == "~":
            table.vague.update((code, *counties))
        elif name == "<":
            table.former[code].update(table.parents[counties[0]])
        elif not line.startswith(" "):
            province = code
            _add_parent(table, name, code)
        else:
            _add_prefecture(table, name, province + code, counties)
    return table


def _add_parent(table: Divisions, name: str, code: str) -> None:
    table.names[code] = name
    table.parents[name].add(code)
    ending = next((one for one in sorted(_PARENT_ENDINGS, key=len, reverse=True) if name.endswith(one)), "")
    short = _PEOPLES.sub("", name.removesuffix(ending))
    if len(short) >= _SHORTEST_STEM and short != name:
        table.short[short].add(code)


def _add_prefecture(table: Divisions, name: str, code: str, counties: list[str]) -> None:
    if name != _DIRECT:
        _add_parent(table, name, code)
        table.prefectures[name] = code
    for county in counties:
        table.counties[county[:-2]].add(code)


def _add_slips(table: Divisions) -> None:
    """Note for every county what it would be called with another suffix, unless a place is really called so."""
    for county in list(table.counties):
        stem, kind = county[:-1], county[-1]
        if kind not in _KINDS or len(stem) < _SHORTEST_STEM or stem.endswith("自治") or county in table.vague:
            continue
        for other in _KINDS:
            if other != kind and stem + other not in table.parents:
                table.slips[stem + other].add(county)

"""Workbooks: every sheet, row by row, hidden ones too, comments, headers, drawings and what lies in caches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments.besides import (
    ADDRESS,
    read_properties,
    read_rest,
    tell_besides,
    tell_code,
    tell_parts,
    tell_shapes,
)
from zhijian.screening.attachments.model import BadAttachment
from zhijian.screening.attachments.package import (
    BROKEN_PART,
    DAMAGED,
    Package,
    Relation,
    Stream,
    attribute,
    is_under,
    local,
    named,
)
from zhijian.screening.attachments.work import LIMITS, MOST_COLUMNS, Cell, Desk, Table, column_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_ADDRESS: Final = re.compile(r"([A-Z]{1,3})[0-9]{1,7}\Z")
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}\.0{1,9}\Z|-?[0-9](?:\.[0-9]{1,16})?[eE]\+?[0-9]{1,2}\Z")
_QUOTED: Final = re.compile(r'"([^"]{2,500})"')
_HEADINGS: Final = {
    "oddHeader": "页眉", "evenHeader": "偶数页页眉", "firstHeader": "首页页眉",
    "oddFooter": "页脚", "evenFooter": "偶数页页脚", "firstFooter": "首页页脚",
}  # fmt: skip
_HEADING_CODE: Final = re.compile(r'&(?:"[^"]{0,100}"|[0-9]{1,3}|K[0-9A-F]{6}|[A-Z&])')
_WALKED: Final = tuple(
    f"{{*}}{name}" for name in ("col", "row", "hyperlink", "dataValidation", "cfRule", *_HEADINGS)
)  # fmt: skip
_CHARTED: Final = {
    "chartsheet": "图表页",
    "dialogsheet": "对话框页",
    "xlMacrosheet": "宏表",
    "xlIntlMacrosheet": "宏表",
}


@dataclass
class _Strings:
    """The strings that cells point to; `used` tells which ones a cell shows."""

    words: list[str] = field(default_factory=list)
    used: bytearray = field(default_factory=bytearray)
    cut: bool = False


@dataclass
class _Sheet:
    number: int
    name: str
    hidden: bool
    strings: _Strings
    package: Package
    key: str
    hidden_columns: set[int] = field(default_factory=set)
    relations: dict[str, Relation] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        return f"{'隐藏的表' if self.hidden else '表'}‘{self.name}’"

    def place(self, row: int, column: int, *, hidden_row: bool) -> str:
        how = "（隐藏行）" if hidden_row else "（隐藏列）" if column in self.hidden_columns else ""
        return f"{self.shown}第 {row} 行 {column_name(column)} 列{how}"


def read_xlsx(package: Package) -> None:
    """Read a workbook. Raises `BadAttachment` when it is broken."""
    desk, root = package.desk, package.tree(package.main, "工作簿")
    if root is None:
        raise BadAttachment(DAMAGED)
    strings = _shared_strings(package)
    for entry in named(root, "sheet"):
        if not _take_sheet(package, entry, strings):
            desk.leave(f"表‘{entry.get('name', '')}’以后的表", "内容太多，没有检查。请拆成几个文件分别检查")
            break
    _tell_names(root, package)
    _tell_unused(strings, desk)
    _read_caches(package)
    read_properties(package)
    read_rest(package)


def _take_sheet(package: Package, entry: etree._Element, strings: _Strings) -> bool:
    """Read one sheet and what belongs to it; False when nothing more is taken."""
    name, hidden = entry.get("name", ""), entry.get("state", "") in {"hidden", "veryHidden"}
    relation = package.related(package.main).get(attribute(entry, "id"))
    if relation is None or relation.external or relation.target not in package.members:
        package.desk.leave(f"表‘{name}’", "文件里找不到这张表，没有检查")
        return True
    if relation.target in package.read_keys:
        return True
    if relation.kind != "worksheet":
        tell_shapes(package, relation.target, f"{_CHARTED.get(relation.kind, '表')}‘{name}’")
        tell_parts(package, relation.target, f"{_CHARTED.get(relation.kind, '表')}‘{name}’")
        return True
    package.desk.tables.append(name)
    key = relation.target
    sheet = _Sheet(len(package.desk.tables), name, hidden, strings, package, key, relations=package.related(key))
    if hidden:
        package.desk.notes.append(f"表‘{name}’是隐藏的，收到文件的人能把它显示出来。不该给的请删掉整张表。")
    package.desk.line(name, f"表‘{name}’的名称", hidden=hidden)
    package.desk.begin()
    going = _read_sheet(sheet)
    package.desk.begin()
    _read_comments(sheet)
    tell_parts(package, key, sheet.shown)
    return going


def _shared_strings(package: Package) -> _Strings:
    strings = _Strings()
    characters = 0
    related = [one.target for one in package.related(package.main).values() if one.kind == "sharedStrings"]
    for key in related or [key for key in package.members if key.endswith("/sharedstrings.xml")]:
        stream = Stream(package, key, "共享字符串")
        for _, item in stream.walk(("{*}si",), ("end",)):
            words = _words(item)
            characters += len(words)
            strings.cut = strings.cut or characters > 4 * LIMITS.characters
            if not strings.cut:
                strings.words.append(words)
            stream.release(item)
        strings.cut = strings.cut or stream.cut
    strings.used = bytearray(len(strings.words))
    return strings


def _words(item: etree._Element) -> str:
    """Return the words of a string, without the phonetic guide."""
    return "".join(one.text or "" for one in named(item, "t") if not is_under(one, "rPh"))


def _read_sheet(sheet: _Sheet) -> bool:
    table = Table(sheet.package.desk, sheet.number, sheet.name)
    stream = Stream(sheet.package, sheet.key, sheet.shown)
    row = 0
    for _, element in stream.walk(_WALKED, ("end",)):
        name = local(element)
        if name == "col":
            _note_columns(element, sheet)
        elif name == "row":
            given = element.get("r", "")
            row = max(1, int(given)) if given.isascii() and given.isdigit() and len(given) <= 7 else row + 1  # noqa: PLR2004 - rows have at most seven digits
            if len(element) and not table.take(row, list(_cells(element, row, sheet))):
                return False
            stream.place = f"{sheet.shown}第 {row + 1} 行"
        else:
            _tell_extra(name, element, sheet)
        stream.release(element)
    return not stream.cut


def _note_columns(element: etree._Element, sheet: _Sheet) -> None:
    first, last = element.get("min", "1"), element.get("max", "0")
    if element.get("hidden") in {"1", "true"} and all(one.isascii() and one.isdigit() for one in (first, last)):
        sheet.hidden_columns.update(range(max(1, int(first[:9])), min(int(last[:9]), MOST_COLUMNS) + 1))


def _tell_extra(name: str, element: etree._Element, sheet: _Sheet) -> None:
    """Tell what stands behind the rows: links, lists to choose from, conditions, headers."""
    desk, where = sheet.package.desk, f"{sheet.shown}{(element.get('ref') or element.get('sqref') or '')[:40]}"
    if name in _HEADINGS:
        desk.line(_HEADING_CODE.sub(" ", element.text or ""), f"{sheet.shown}的{_HEADINGS[name]}")
    elif name in {"dataValidation", "cfRule"}:
        where += "的下拉选项" if name == "dataValidation" else "条件格式"
        for one in element.iter("{*}formula1", "{*}formula2", "{*}formula", "{*}f"):
            for quoted in _QUOTED.finditer(one.text or ""):
                desk.line(quoted[1], where)
    tell_besides(element, sheet.relations, where, sheet.package)
    desk.begin()


def _cells(row: etree._Element, number: int, sheet: _Sheet) -> Iterator[Cell]:
    hidden_row = row.get("hidden") in {"1", "true"}
    column = 0
    for element in row.iter("{*}c"):
        match = _ADDRESS.match(element.get("r", ""))
        column = _column(match[1]) if match else column + 1
        if not len(element):
            continue
        place = sheet.place(number, column, hidden_row=hidden_row)
        text = _value(element, sheet, place)
        _tell_formula(element, text, place, sheet.package.desk)
        if text.strip():
            yield Cell(column, text, place, hidden_row or sheet.hidden or column in sheet.hidden_columns)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _tell_formula(element: etree._Element, shown: str, place: str, desk: Desk) -> None:
    """Tell the addresses in a formula and the Chinese words it may show at other times."""
    formula = element.findtext("{*}f") or ""
    if '"' not in formula:
        return
    for quoted in _QUOTED.finditer(formula):
        if ADDRESS.match(quoted[1]) or quoted[1] not in shown:
            tell_code(quoted[1], f"{place}的公式", desk)


def _value(element: etree._Element, sheet: _Sheet, place: str) -> str:
    kind = element.get("t", "n")
    if kind == "inlineStr":
        return _words(element)
    value = (element.findtext("{*}v") or "").strip() if kind == "s" else element.findtext("{*}v") or ""
    if kind == "s" and value:
        strings = sheet.strings
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1  # noqa: PLR2004 - far more than there can be
        if not 0 <= number < len(strings.words):
            why = "文字太多，这一格没有检查" if strings.cut else "文件里找不到这一格的文字，没有检查"
            sheet.package.desk.leave(place, why)
            return ""
        strings.used[number] = 1
        return strings.words[number]
    if kind == "n" and _WHOLE.match(value) and float(value).is_integer():
        return str(int(float(value)))
    return value


def _read_comments(sheet: _Sheet) -> None:
    for relation in sheet.relations.values():
        if relation.kind not in {"comments", "threadedComment"} or relation.target in sheet.package.read_keys:
            continue
        root = sheet.package.tree(relation.target, f"{sheet.shown}的批注")
        for note in root.iter("{*}comment", "{*}threadedComment") if root is not None else ():
            texts = list(named(note, "t")) or list(named(note, "text"))
            words = "".join(one.text or "" for one in texts)
            sheet.package.desk.line(words, f"{sheet.shown}{note.get('ref', '')[:20]} 的批注", hidden=True)
    sheet.package.desk.begin()


def _tell_names(root: etree._Element, package: Package) -> None:
    for entry in named(root, "definedName"):
        name = entry.get("name", "")
        if not name.startswith("_xlnm."):
            quoted = [one[1] for one in _QUOTED.finditer(entry.text or "")]
            words = "，".join((name, entry.get("comment", ""), *quoted)).strip("，")
            package.desk.line(words, "定义的名称", hidden=True)
    tell_besides(root, package.related(package.main), "工作簿", package)
    package.desk.begin()


def _tell_unused(strings: _Strings, desk: Desk) -> None:
    """Tell the strings no cell shows: what was deleted may lie there still."""
    if desk.full or strings.cut:
        return
    for words, used in zip(strings.words, strings.used, strict=True):
        if not used:
            desk.line(words, "没有一格用到的文字（看不见，仍在文件里）", hidden=True)
    desk.begin()


_CACHES: Final = {
    "pivotCacheDefinition": "数据透视表的缓存（看不见）", "pivotCacheRecords": "数据透视表的缓存（看不见）",
    "externalLink": "外部链接的缓存（看不见）",
}  # fmt: skip


def _read_caches(package: Package) -> None:
    """Read what pivot tables and links to other files keep of their source: nobody sees it, everybody gets it."""
    keys = [package.main]
    while keys:
        for relation in package.related(keys.pop()).values():
            place = _CACHES.get(relation.kind, "")
            if place and not relation.external and relation.target not in package.read_keys:
                keys.append(relation.target)
                _read_cache(package, relation.target, place)
    package.desk.begin()


def _read_cache(package: Package, key: str, place: str) -> None:
    stream = Stream(package, key, place)
    try:
        for _, element in stream.walk(("{*}s", "{*}n", "{*}v", "{*}cacheField"), ("end",)):
            if local(element) == "cacheField":
                package.desk.line(element.get("name", ""), place, hidden=True)
            package.desk.line(element.get("v", "") or (element.text or "").strip(), place, hidden=True)
            stream.release(element)
    except BadAttachment:
        package.desk.leave(place, BROKEN_PART)

"""What an Office file carries beside its text: links, alternative texts, charts, drawings, properties, and the rest.

Whatever nobody has read in the end is read as bare words or told: no part of the package is passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments.package import attribute, is_under, local

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

    from zhijian.screening.attachments.package import Package, Relation
    from zhijian.screening.attachments.work import Desk

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "docPr": ("descr", "title"), "cNvPr": ("descr", "title"), "shape": ("alt",), "rect": ("alt",), "oval": ("alt",),
    "textpath": ("string",), "hlinkClick": ("tooltip",), "hlinkHover": ("tooltip",),
    "hyperlink": ("tooltip", "display"),
    "listItem": ("displayText", "value"), "listEntry": ("val",), "statusText": ("val",), "helpText": ("val",),
    "docVar": ("val",), "lvlText": ("val",), "numFmt": ("formatCode",), "tableColumn": ("name",),
    "dataValidation": ("promptTitle", "prompt", "errorTitle", "error"), "dbPr": ("connection", "command"),
    "webPr": ("url",), "connection": ("name", "description"), "section": ("name",), "custShow": ("name",),
    "cmAuthor": ("name",), "author": ("name",), "person": ("displayName",), "cacheField": ("caption",),
    "dataField": ("name",), "pivotField": ("name",), "slicer": ("caption",), "tag": ("val",),
}  # fmt: skip
_LABELS: Final = {
    "docPr": "替代文字", "cNvPr": "替代文字", "shape": "替代文字", "rect": "替代文字", "oval": "替代文字",
    "textpath": "艺术字", "listItem": "下拉选项", "listEntry": "下拉选项", "dataValidation": "输入提示",
    "hyperlink": "链接提示", "hlinkClick": "链接提示", "hlinkHover": "链接提示", "docVar": "文档变量",
    "lvlText": "编号", "numFmt": "单元格格式", "tableColumn": "列名",
}  # fmt: skip
_LINKED: Final = frozenset({"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"})
_PICTURED: Final = {"blip": ("embed", "link"), "imagedata": ("id", "href"), "svgBlip": ("embed", "link")}
_FEW_WORDS: Final = frozenset({"numFmt", "lvlText", "tag"})
_TAGS: Final = tuple(f"{{*}}{name}" for name in (*_WORDS, *_LINKED, *_PICTURED, "instrText", "fldSimple", "rt"))
_CHINESE: Final = re.compile("[\u4e00-\u9fff]{2}")
ADDRESS: Final = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{1,14}:/{1,3}|(?:mailto|tel|javascript|vbscript):|(?<![a-z0-9])www\.)[^\s\"'<>]{1,2000}",
    re.IGNORECASE,
)
_PARTS: Final = {
    "chart": "图表", "chartEx": "图表", "chartUserShapes": "图表里的图形", "diagramData": "智能图形",
    "diagramDrawing": "智能图形", "drawing": "图形", "vmlDrawing": "图形",
}  # fmt: skip


def tell_besides(block: etree._Element, relations: Mapping[str, Relation], place: str, package: Package) -> None:
    """Tell what belongs to a piece of a document and is not its text: tips, alternative texts, links, field codes."""
    desk, codes = package.desk, []
    for element in block.iter(*_TAGS):
        name = local(element)
        for key in _WORDS.get(name, ()):
            words = element.get(key) or attribute(element, key)
            if words and (name not in _FEW_WORDS or _CHINESE.search(words)):
                desk.line(words, f"{place}的{_LABELS.get(name, '说明')}", hidden=name != "textpath")
        if name in _LINKED:
            _tell_link(element, relations, place, desk)
        elif name in _PICTURED:
            _note_picture(element, _PICTURED[name], relations, place, package)
        elif name in {"instrText", "fldSimple"}:
            codes.append(attribute(element, "instr") if name == "fldSimple" else element.text or "")
        elif name == "rt":
            desk.line("".join(str(words) for words in element.itertext()), f"{place}的注音")
    if codes:
        tell_code("".join(codes), f"{place}的域代码", desk)


def tell_code(code: str, place: str, desk: Desk) -> None:
    """Tell the addresses and the Chinese words in a field, formula or script."""
    for found in ADDRESS.finditer(code):
        desk.link(found[0], place)
    if _CHINESE.search(code):
        desk.line(code, place, hidden=True)


def _tell_link(element: etree._Element, relations: Mapping[str, Relation], place: str, desk: Desk) -> None:
    relation = relations.get(attribute(element, "id"))
    if relation is not None and relation.external:
        desk.link(relation.target, f"{place}的链接")


def _note_picture(
    element: etree._Element, keys: tuple[str, ...], relations: Mapping[str, Relation], place: str, package: Package
) -> None:  # fmt: skip
    for key in keys:
        relation = relations.get(attribute(element, key))
        if relation is not None and relation.external:
            package.desk.link(relation.target, f"{place}的图片")
        elif relation is not None:
            package.places.setdefault(relation.target, place)


def tell_parts(package: Package, key: str, place: str) -> None:
    """Read charts, drawings and diagrams that belong to a part, and what belongs to those; each once."""
    waiting = [(key, place)]
    while waiting:
        owner, where = waiting.pop()
        for relation in package.related(owner).values():
            if relation.external or relation.target in package.read_keys:
                continue
            if relation.kind in _PARTS:
                below = f"{where}的{_PARTS[relation.kind]}"
                tell_shapes(package, relation.target, below)
                waiting.append((relation.target, below))
            else:
                package.places.setdefault(relation.target, where)


def tell_shapes(package: Package, key: str, place: str) -> None:
    """Read the words of a chart, drawing or diagram; where a drawing is anchored to a cell, the cell is told."""
    root = package.tree(key, place, lenient=key.endswith(".vml"))
    if root is None:
        return
    relations = package.related(key)
    anchors = [one for one in root if local(one).endswith("Anchor")]
    for block in anchors or [root]:
        where = f"{place}（{_cell(block)}）" if anchors and _cell(block) else place
        for words in dict.fromkeys(shape_words(block)):
            package.desk.line(words, where)
        tell_besides(block, relations, where, package)
    package.desk.begin()


def _cell(anchor: etree._Element) -> str:
    row, column = anchor.findtext("{*}from/{*}row") or "", anchor.findtext("{*}from/{*}col") or ""
    if not (row.isascii() and row.isdigit() and column.isascii() and column.isdigit() and len(row + column) < 12):  # noqa: PLR2004 - far below what a sheet has
        return ""
    return f"第 {int(row) + 1} 行第 {int(column) + 1} 列"


def shape_words(root: etree._Element) -> Iterator[str]:
    """Yield the paragraphs of shapes, the names and categories of charts, the words of old text boxes."""
    for element in root.iter("{*}p", "{*}v", "{*}pt", "{*}textbox"):
        name = local(element)
        if name == "p":
            yield "".join(one.text or "" if local(one) == "t" else " " for one in element.iter("{*}t", "{*}br"))
        elif name == "textbox":
            yield " ".join("".join(str(words) for words in element.itertext()).split())
        elif name == "pt" or not is_under(element, "numCache"):
            yield (element.text or "").strip()


_PROPERTIES: Final = {
    "core-properties": "docprops/core.xml", "extended-properties": "docprops/app.xml",
    "custom-properties": "docprops/custom.xml",
}  # fmt: skip
_TOLD: Final = {"creator": "作者", "lastModifiedBy": "最后修改人", "Manager": "管理者", "Company": "公司"}
_KNOWN: Final = {
    **_TOLD, "title": "标题", "subject": "主题", "keywords": "关键词", "description": "备注", "category": "类别",
    "contentStatus": "状态", "lpstr": "各部分的名称", "lpwstr": "文字", "HyperlinkBase": "链接的基址",
}  # fmt: skip
_COUNTS: Final = frozenset({
    "Template", "Application", "AppVersion", "DocSecurity", "Pages", "Words", "Characters", "Lines", "Paragraphs",
    "CharactersWithSpaces", "TotalTime", "ScaleCrop", "LinksUpToDate", "SharedDoc", "HyperlinksChanged", "Slides",
    "Notes", "HiddenSlides", "MMClips", "PresentationFormat", "revision", "created", "modified", "lastPrinted", "i4",
    "bool",
})  # fmt: skip


def read_properties(package: Package) -> None:
    """Read the document's properties: they travel with the file and are seldom looked at."""
    desk, people = package.desk, []
    desk.begin()
    kinds = {one.kind: one.target for one in package.related("").values()}
    for kind, usual in _PROPERTIES.items():
        root = package.tree(kinds.get(kind, usual), "文件属性")
        for element in root.iter("*") if root is not None else ():
            name, words = local(element), (element.text or "").strip()
            if words and name not in _COUNTS:
                desk.line(words, f"文件属性（{_KNOWN.get(name, name)}）", hidden=True)
                people += [f"{_TOLD[name]}“{words[:40]}”"] if name in _TOLD else []
    desk.begin()
    if people:
        desk.notes.append(f"文件属性里有{'、'.join(people)}。不想公开时，请在“文件—信息—检查文档”里删除。")


IMAGES: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
_MARKS: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_SILENT: Final = re.compile(r"printersettings[0-9]{0,9}\.bin\Z|\.(?:odttf|fntdata|ttf|otf)\Z")


def read_rest(package: Package) -> None:
    """Hand over the pictures, keep the links of every part, and read or tell what nobody has looked at yet."""
    keys = sorted(package.members, key=lambda key: (key.startswith("docprops/"), len(key), key))
    for key in keys:
        if key.endswith(".rels"):
            _tell_outside(package, key)
    number = 0
    for key in keys:
        if key in package.read_keys or _SILENT.search(key) or key.endswith(".rels"):
            continue
        if key.endswith((".xml", ".vml")):
            read_bare(package, key)
        elif key.endswith(IMAGES) or _starts_as_picture(package, key):
            number += 1
            _hand_over(package, key, number)
        else:
            _tell_unread(package, key)
    package.desk.begin()


def _tell_outside(package: Package, key: str) -> None:
    folder, _, base = key.rpartition("/")
    owner = f"{folder.removesuffix('_rels')}{base.removesuffix('.rels')}"
    for relation in package.related(owner).values():
        if relation.external:
            package.desk.link(relation.target, f"{package.places.get(owner, '文件')}引用的外部地址（{relation.kind}）")


def _starts_as_picture(package: Package, key: str) -> bool:
    return "/media/" in key and package.read(key).startswith(_MARKS)


def _hand_over(package: Package, key: str, number: int) -> None:
    known = package.places.get(key, "")
    if key.startswith("docprops/"):
        package.desk.notes.append("文件里带着一张首页的缩略图，可能还是改动以前的样子。不想带它时，请另存一份。")
        return
    place = f"{known}的图片" if known else f"文件里第 {number} 张图片"
    if any(one.place == place for one in package.desk.pictures):
        place = f"{place}（{package.name(key)}）"
    package.desk.picture(place, package.read(key))


def read_bare(package: Package, key: str) -> None:
    """Read the words of a part that has no place of its own in the document."""
    place = f"文件里别的部分（{package.name(key)}）"
    root = package.tree(key, place, lenient=key.endswith(".vml"))
    if root is None:
        return
    for element in root.iter("*"):
        package.desk.line(element.text or "", place, hidden=True)
        package.desk.line(element.tail or "", place, hidden=True)
    tell_besides(root, package.related(key), place, package)


def _tell_unread(package: Package, key: str) -> None:
    where, name = package.places.get(key, ""), package.name(key)
    if "/media/" in key:
        package.desk.leave(f"{where or '文件'}里的媒体（{name}）", "不是能读的图片，没有检查")
    elif name.lower() == "vbaproject.bin":
        package.desk.leave("文件里的宏（vbaProject.bin）", "宏程序没有检查。对外发的文件不要带宏，请另存为不带宏的格式")
    else:
        package.desk.leave(f"{where}嵌入的对象（{name}）", "没有打开。请单独另存后检查")

"""OFD (GB/T 33190) and OpenDocument (ISO 26300): zips of XML, read by page, by paragraph, by cell."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from zhijian.screening.attachments.besides import IMAGES, read_bare
from zhijian.screening.attachments.model import BadAttachment, Kind
from zhijian.screening.attachments.package import DAMAGED, attribute, is_under, key_of, local, named, own
from zhijian.screening.attachments.pages import take_lines
from zhijian.screening.attachments.work import LIMITS, MOST_COLUMNS, Cell, Table, column_name

if TYPE_CHECKING:
    from zhijian.screening.attachments.package import Package

_WORDLESS: Final = re.compile(
    r"(?:settings|current|manifest|signatures?|signedvalue)\.(?:xml|dat)\Z|\.(?:esl|ttf|otf|rdf|dat)\Z|(?:\A|/)mimetype\Z"
)
"""Parts without words: settings, lists of parts, signatures, fonts."""
_SAME_LINE: Final = 2.0
"""Millimetres between the upper edges of pieces that stand on one line."""
_GAP: Final = 1.0
"""Millimetres between two pieces on one line that are not one word."""
_TOLD: Final = tuple(
    f"{{*}}{name}" for name in ("p", "title", "subject", "keyword", "description", "creator", "initial-creator")
)
_APART: Final = frozenset({"tab", "s", "line-break", "p", "h", "annotation"})
_DECLARED: Final = frozenset({"header-decl", "footer-decl", "date-time-decl"})
"""What slides show at their edges, kept once for all of them."""
_BLOCKS: Final = tuple(f"{{*}}{name}" for name in ("p", "h", "table", "page", "a", "title", "desc", *sorted(_DECLARED)))
_TOO_WIDE: Final = "列太多，没有检查。请拆成几个文件分别检查"
_MACROS: Final = ("basic/", "scripts/")
_OPEN: Final = {
    b"opendocument.text": Kind.ODT, b"opendocument.spreadsheet": Kind.ODS, b"opendocument.presentation": Kind.ODP,
}  # fmt: skip


def open_kind(package: Package) -> Kind | None:
    """Tell OFD and OpenDocument files by what lies at their root."""
    if "ofd.xml" in package.members:
        return Kind.OFD
    if "content.xml" not in package.members:
        return None
    told = package.read("mimetype")[:200]
    return next((kind for word, kind in _OPEN.items() if word in told), Kind.ODT)


def read_ofd(package: Package) -> None:
    """Read an OFD file: every page of every document in it. Raises `BadAttachment` when it is broken."""
    root, desk = package.tree("ofd.xml", "文件的入口"), package.desk
    if root is None:
        raise BadAttachment(DAMAGED)
    for entry in named(root, "DocRoot"):
        _read_ofd_document(package, key_of(entry.text or ""))
    for info in named(root, "DocInfo"):
        for element in info.iter("*"):
            desk.line((element.text or "").strip(), f"文件属性（{local(element)}）", hidden=True)
    desk.begin()
    _tell_rest(package)


def _read_ofd_document(package: Package, key: str) -> None:
    root, folder = package.tree(key, "OFD 的目录"), posixpath.dirname(key)
    if root is None:
        raise BadAttachment(DAMAGED)
    pages = [one for one in named(root, "Page") if one.get("BaseLoc")]
    for number, page in enumerate(pages[: LIMITS.pages], 1):
        _read_ofd_page(package, _within(folder, page.get("BaseLoc", "")), f"第 {number} 页")
    if len(pages) > LIMITS.pages:
        package.desk.leave(f"第 {LIMITS.pages + 1} 页及以后", "页数太多，没有检查。请拆成几个文件分别检查")
    for entry in named(root, "OutlineElem"):
        package.desk.line(entry.get("Title", ""), "书签（目录）", hidden=True)
    package.desk.begin()
    for template in named(root, "TemplatePage"):
        _read_ofd_page(package, _within(folder, template.get("BaseLoc", "")), "每页的底版")
    for entry in named(root, "Annotations"):
        listed = package.tree(_within(folder, entry.text or ""), "批注")
        for page in named(listed, "FileLoc") if listed is not None else ():
            _read_ofd_page(package, _within(folder, page.text or ""), "批注")


def _within(folder: str, target: str) -> str:
    return key_of(target if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target.strip())))


def _read_ofd_page(package: Package, key: str, place: str) -> None:
    root = package.tree(key, place)
    if package.desk.full:
        return
    if root is None:
        package.desk.leave(place, "文件里找不到这一页，没有检查")
        return
    lines: list[str] = []
    last = right = None
    for piece in named(root, "TextObject"):
        words = "".join(one.text or "" for one in named(piece, "TextCode"))
        left, top, width = _box(piece)
        if lines and last is not None and top is not None and abs(top - last) < _SAME_LINE:
            gap = right is not None and left is not None and left - right > _GAP
            lines[-1] += f" {words}" if gap else words
        else:
            lines.append(words)
        last, right = top, left + width if left is not None and width is not None else None
    take_lines("\n".join(lines), place, package.desk)
    for action in named(root, "URI"):
        package.desk.link(action.get("URI") or action.text or "", f"{place}的链接")
    if not lines and next(root.iter("{*}PathObject", "{*}ImageObject"), None) is not None:
        package.desk.leave(place, "没有文字，可能是扫描件或画出来的字，没有检查")


def _box(piece: etree._Element) -> tuple[float | None, float | None, float | None]:
    """Return left edge, upper edge and width in millimetres, nothing where they are not told."""
    parts = (piece.get("Boundary") or "").split()
    try:
        return float(parts[0]), float(parts[1]), float(parts[2])
    except (IndexError, ValueError):
        return None, None, None


def read_open(package: Package) -> None:
    """Read an OpenDocument text, workbook or presentation. Raises `BadAttachment` when it is broken."""
    root, desk = package.tree("content.xml", "正文"), package.desk
    if root is None and not desk.unread:
        raise BadAttachment(DAMAGED)
    if root is not None:
        _read_blocks(package, root)
    for key, place in (("styles.xml", "页眉页脚"), ("meta.xml", "文件属性")):
        part = package.tree(key, place)
        for element in part.iter(*_TOLD) if part is not None else ():
            desk.line(_words(element), place, hidden=key == "meta.xml")
        desk.begin()
    _tell_rest(package)


def _read_blocks(package: Package, root: etree._Element) -> None:
    desk, paragraphs, tables, slides = package.desk, 0, 0, 0
    for element in root.iter(*_BLOCKS):
        name = local(element)
        slide = f"幻灯片 {slides}" if slides else ""
        if name == "page":
            slides += 1
            desk.begin()
        elif name == "table" and not is_under(element, "table"):
            tables += 1
            _read_table(package, element, tables, slide)
        elif name == "a":
            desk.link(attribute(element, "href"), f"{slide or f'正文第 {paragraphs} 段'}的链接")
        elif name in {"title", "desc"}:
            desk.line(element.text or "", f"{slide or '正文'}的替代文字", hidden=True)
        elif name in _DECLARED:
            desk.line(_words(element), "页眉页脚")
        elif name in {"p", "h"} and not is_under(element, "table") and _stands_alone(element):
            paragraphs += 1
            _take_paragraph(package, element, slide or f"正文第 {paragraphs} 段")
    desk.begin()


def _stands_alone(element: etree._Element) -> bool:
    outer = next(element.iterancestors("{*}p", "{*}h", "{*}annotation"), None)
    return outer is None or local(outer) == "annotation"


def _take_paragraph(package: Package, element: etree._Element, place: str) -> None:
    if is_under(element, "annotation"):
        place = f"{place}的批注"
    elif is_under(element, "notes"):
        place = f"{place} 备注"
    elif is_under(element, "tracked-changes"):
        place = "修订中删去、仍留在文件里的文字"
    package.desk.line(_words(element), place, hidden=place.endswith(("批注", "备注", "文字")))


def _words(element: etree._Element) -> str:
    """Return the words of a paragraph; tabs, breaks and paragraphs within part them; annotations are left out."""
    pieces: list[str] = []
    noted = 0
    for event, one in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        name = local(one)
        if name in _APART:
            pieces.append(" ")
        if name == "annotation":
            noted += 1 if event == "start" else -1
        if not noted and event == "start":
            pieces.append(one.text or "")
        elif not noted and one is not element:
            pieces.append(one.tail or "")
    return " ".join("".join(pieces).split())


def _read_table(package: Package, element: etree._Element, order: int, slide: str) -> None:
    name = attribute(element, "name")
    feeder = Table(package.desk, order, name)
    row_number = 0
    package.desk.line(name, f"{slide}表‘{name}’的名称")
    for row in own(element, "table-row", "table"):
        row_number += 1
        cells = _cells(row, f"{slide}表‘{name}’第 {row_number} 行", package)
        if not feeder.take(row_number, cells):
            break
        row_number += _repeated(row, "number-rows-repeated") - 1
    package.desk.begin()
    for shapes in own(element, "shapes", "table"):
        for one in shapes.iter("{*}p", "{*}h"):
            if _stands_alone(one):
                package.desk.line(_words(one), f"{slide}表‘{name}’上的图形")
    package.desk.begin()


def _cells(row: etree._Element, place: str, package: Package) -> list[Cell]:
    """Return the cells of a row that hold words; what stands behind the last column of a sheet is told."""
    cells, column = [], 0
    for cell in own(row, "table-cell", "table"):
        column += 1
        words = " ".join(_words(one) for one in cell.iter("{*}p", "{*}h"))
        if words and column > MOST_COLUMNS:
            package.desk.leave(f"{place} {column_name(MOST_COLUMNS + 1)} 列及以后", _TOO_WIDE)
            break
        if words:
            cells.append(Cell(column, words, f"{place} {column_name(column)} 列"))
        column += _repeated(cell, "number-columns-repeated") - 1
    return cells


def _repeated(element: etree._Element, name: str) -> int:
    given = attribute(element, name)
    return min(max(1, int(given)), 10_000_000) if given.isascii() and given.isdigit() and len(given) < 9 else 1  # noqa: PLR2004 - more than any sheet has


def _tell_rest(package: Package) -> None:
    """Hand over the pictures, read as bare words what nobody read, tell what cannot be read."""
    number = 0
    if any(key.startswith(_MACROS) for key in package.members):
        package.desk.leave("文件里的宏", "宏程序没有检查。对外发的文件不要带宏，请另存为不带宏的格式")
    for key in sorted(package.members):
        if key in package.read_keys or key.startswith("thumbnails/"):
            continue
        if key.endswith(IMAGES):
            number += 1
            package.desk.picture(f"文件里第 {number} 张图片", package.read(key))
        elif key.endswith(".xml") and not _WORDLESS.search(key):
            read_bare(package, key)
        elif not _WORDLESS.search(key):
            package.desk.leave(f"文件里的部分（{package.name(key)}）", "没有打开。请单独另存后检查")

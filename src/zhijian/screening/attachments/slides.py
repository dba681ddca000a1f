"""Presentations: slides, hidden ones too, notes, comments, tables and masters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments.besides import read_properties, read_rest, tell_besides, tell_parts
from zhijian.screening.attachments.model import BadAttachment
from zhijian.screening.attachments.package import DAMAGED, Package, attribute, is_under, local, named, own
from zhijian.screening.attachments.work import LIMITS, Cell, Desk, Table

if TYPE_CHECKING:
    from lxml import etree

_BESIDE: Final = {"notesSlide": "备注", "comments": "批注"}
_MASTERS: Final = {
    "slideMaster": "幻灯片母版", "slideLayout": "幻灯片版式", "notesMaster": "备注母版", "handoutMaster": "讲义母版",
}  # fmt: skip


def read_pptx(package: Package) -> None:
    """Read a presentation. Raises `BadAttachment` when it is broken."""
    desk, root = package.desk, package.tree(package.main, "演示文稿")
    if root is None:
        raise BadAttachment(DAMAGED)
    related = package.related(package.main)
    for number, entry in enumerate(named(root, "sldId"), 1):
        relation = related.get(attribute(entry, "id"))
        if number > LIMITS.pages:
            desk.leave(f"第 {number} 张幻灯片及以后", "页数太多，没有检查。请拆成几个文件分别检查")
            break
        if relation is None or relation.external or relation.target not in package.members:
            desk.leave(f"幻灯片 {number}", "文件里找不到这一页，没有检查")
        elif relation.target not in package.read_keys:
            _read_slide(package, relation.target, number)
    tell_besides(root, related, "演示文稿", package)
    _read_masters(package)
    read_properties(package)
    read_rest(package)


def _read_masters(package: Package) -> None:
    """Read the masters and the layouts that belong to them, each once."""
    waiting = [package.main]
    while waiting:
        for relation in package.related(waiting.pop()).values():
            if relation.kind in _MASTERS and not relation.external and relation.target not in package.read_keys:
                _read_words(package, relation.target, _MASTERS[relation.kind], hidden=False)
                waiting.append(relation.target)


def _read_slide(package: Package, key: str, number: int) -> None:
    place = f"幻灯片 {number}"
    root = package.tree(key, place)
    if root is None:
        return
    hidden = root.get("show") in {"0", "false"}
    place = f"{place}（隐藏）" if hidden else place
    _tell_words(root, place, package.desk, hidden=hidden)
    tell_besides(root, package.related(key), place, package)
    for relation in package.related(key).values():
        if relation.kind in _BESIDE and not relation.external and relation.target not in package.read_keys:
            _read_words(package, relation.target, f"幻灯片 {number} {_BESIDE[relation.kind]}", hidden=True)
    tell_parts(package, key, place)


def _read_words(package: Package, key: str, place: str, *, hidden: bool) -> None:
    root = package.tree(key, place)
    if root is not None:
        _tell_words(root, place, package.desk, hidden=hidden)
        tell_besides(root, package.related(key), place, package)
        tell_parts(package, key, place)


def _tell_words(root: etree._Element, place: str, desk: Desk, *, hidden: bool) -> None:
    for paragraph in named(root, "p"):
        if len(paragraph) and not is_under(paragraph, "tbl"):
            desk.line(_words(paragraph), place, hidden=hidden)
    for comment in named(root, "text"):
        desk.line(comment.text or "", place, hidden=hidden)
    desk.begin()
    for order, table in enumerate(named(root, "tbl"), 1):
        if desk.full:
            break
        if not is_under(table, "tbl"):
            _tell_table(table, order, place, desk, hidden=hidden)


def _tell_table(table: etree._Element, order: int, place: str, desk: Desk, *, hidden: bool) -> None:
    feeder = Table(desk, order)
    for number, row in enumerate(own(table, "tr", "tbl"), 1):
        cells = [
            Cell(
                column,
                " ".join(_words(one) for one in named(cell, "p")),
                f"{place}表格第 {number} 行第 {column} 列",
                hidden,
            )
            for column, cell in enumerate(own(row, "tc", "tbl"), 1)
        ]
        if not feeder.take(number, cells):
            break
    desk.begin()


def _words(paragraph: etree._Element) -> str:
    return "".join(one.text or "" if local(one) == "t" else " " for one in paragraph.iter("{*}t", "{*}br"))

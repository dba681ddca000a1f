"""Word documents: body, tables, headers, notes, comments, tracked changes, hidden words, properties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments.besides import read_properties, read_rest, tell_besides, tell_parts
from zhijian.screening.attachments.model import BadAttachment
from zhijian.screening.attachments.package import (
    BROKEN_PART,
    Package,
    Relation,
    Stream,
    attribute,
    is_under,
    local,
    named,
)
from zhijian.screening.attachments.work import LIMITS, Cell, Desk, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_SKIPPED: Final = frozenset({"Fallback", "rPr", "pPr", "instrText", "txbxContent", "tbl", "rt"})
_EMPTY_TOGETHER: Final = 500
_OFF: Final = frozenset({"0", "false", "off"})
_NOTES: Final = {"comment": "批注", "footnote": "脚注", "endnote": "尾注"}
_WALKED: Final = tuple(f"{{*}}{name}" for name in ("p", "tbl", "tr", *_NOTES))
_BESIDE: Final = {
    "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注", "comments": "批注",
    "glossaryDocument": "构建基块（看不见）",
}  # fmt: skip


@dataclass
class _Pieces:
    """The words of one paragraph by how they show."""

    seen: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    changes: int = 0


@dataclass
class _Reader:
    """Reads one part after another; a part is walked element by element, so that its size costs no memory."""

    package: Package
    place: str = "正文"
    note: str = ""
    changes: int = 0
    tables: int = 0
    paragraphs: int = 0
    notes: int = 0
    relations: dict[str, Relation] = field(default_factory=dict)
    _table: Table | None = None
    _row: int = 0

    @property
    def desk(self) -> Desk:
        return self.package.desk

    def part(self, key: str, place: str) -> None:
        """Read a part; the body counts its paragraphs, notes and comments have numbers, other parts are one place."""
        self.place, self.note, self.notes, self.paragraphs = place, "", 0, 0
        self.relations = self.package.related(key)
        stream = Stream(self.package, key, place)
        paragraphs = tables = 0
        for event, element in stream.walk(_WALKED):
            name, step = local(element), 1 if event == "start" else -1
            if name == "p":
                paragraphs += step
                if tables or paragraphs or event == "start" or self._is_empty(element):
                    continue
            elif name == "tbl":
                tables += step
            self._take(event, name, element, (paragraphs, tables), stream)
        self._close()

    def _is_empty(self, element: etree._Element) -> bool:
        """Count an empty paragraph; now and then one is taken like any other, so that they are let go of."""
        empty = not len(element) and self.paragraphs % _EMPTY_TOGETHER != 0
        self.paragraphs += empty
        if self.paragraphs >= LIMITS.paragraphs:
            self.desk.stop(self._where())
        return empty

    def _take(self, event: str, name: str, element: etree._Element, depth: tuple[int, int], stream: Stream) -> None:
        """Act where an outermost paragraph, row or table begins or is over; what lies deeper was seen with it."""
        if name == "tbl" and depth == ((0, 1) if event == "start" else (0, 0)):
            self._begin() if event == "start" else self._close()
            if event == "end":
                stream.release(element)
        elif name == "tr" and event == "end" and depth == (0, 1):
            self._take_row(element)
            stream.release(element)
        elif name == "p" and event == "end" and depth == (0, 0):
            self._take_paragraph(element)
            stream.place = self._where()
            stream.release(element)
        elif name in _NOTES and event == "start":
            self._begin_note(name, element)

    def _begin(self) -> None:
        self.tables += 1
        self._row = 0
        self._table = Table(self.desk, self.tables)

    def _close(self) -> None:
        self._table = None
        self.desk.begin()

    def _begin_note(self, name: str, element: etree._Element) -> None:
        if attribute(element, "type") not in {"separator", "continuationSeparator", "continuationNotice"}:
            self.notes += 1
            author = attribute(element, "author")
            self.note = f"{_NOTES[name]} {self.notes}{f'（{author[:20]}）' if author else ''}"
            self.desk.begin()

    def _where(self) -> str:
        return f"正文第 {self.paragraphs} 段" if self.place == "正文" else self.note or self.place

    def _take_paragraph(self, element: etree._Element) -> None:
        self.paragraphs += 1
        if not len(element):
            return
        where = self._where()
        self.tell(_pieces_of(element), where)
        for block in _inside(element):
            if local(block) == "tbl":
                self._take_inner_table(block, f"{where}的文本框")
            else:
                self.tell(_pieces_of(block), f"{where}的文本框")
        self._tell_fallback(element, where)
        tell_besides(element, self.relations, where, self.package)

    def _take_inner_table(self, element: etree._Element, place: str) -> None:
        outer, row = self._table, self._row
        self._begin()
        for one in _own(element, "tr"):
            self._take_row(one, place)
        self._table, self._row = outer, row

    def _take_row(self, element: etree._Element, within: str = "") -> None:
        self._row += 1
        place = f"{within or self.note or self.place}表 {self.tables}第 {self._row} 行"
        cells = []
        for column, cell in enumerate(_own(element, "tc"), 1):
            where = f"{place}第 {column} 列"
            pieces = [_pieces_of(one) for one in named(cell, "p") if not is_under(one, "Fallback")]
            cells.append(Cell(column, " ".join("".join(one.seen) for one in pieces).strip(), where))
            for one in pieces:
                self.tell(_Pieces([], one.hidden, one.deleted, one.changes), where)
            tell_besides(cell, self.relations, where, self.package)
        if self._table is not None:
            self._table.take(self._row, cells)

    def _tell_fallback(self, element: etree._Element, where: str) -> None:
        """Tell what only older programs show, when it is not what the newer ones show."""
        for other in named(element, "Fallback"):
            holder = other.getparent()
            choices = [one for one in holder if local(one) == "Choice"] if holder is not None else []
            words = _bare(other)
            if words and words not in {_bare(one) for one in choices}:
                self.desk.line(words, f"{where}（旧版软件里显示的文字）", hidden=True)

    def tell(self, pieces: _Pieces, place: str) -> None:
        """Take the words of a paragraph; those that do not show are places of their own."""
        self.changes += pieces.changes
        self.desk.line("".join(pieces.seen), place)
        self.desk.line("".join(pieces.hidden), f"{place}（隐藏文字）", hidden=True)
        self.desk.line("".join(pieces.deleted), f"{place}（修订中删去、仍留在文件里的文字）", hidden=True)


def read_docx(package: Package) -> None:
    """Read a Word document. Raises `BadAttachment` when it is broken."""
    reader = _Reader(package)
    reader.part(package.main, "正文")
    related = sorted(package.related(package.main).values(), key=lambda one: (one.kind, len(one.target), one.target))
    for kind, place in _BESIDE.items():
        for relation in related:
            if relation.kind == kind and not relation.external:
                _read_beside(reader, relation.target, place)
    tell_parts(package, package.main, "正文")
    read_properties(package)
    read_rest(package)
    if reader.changes:
        package.desk.notes.append(
            f"文档里有 {reader.changes} 处没有接受的修订，别人能看到原来的文字。请接受或拒绝全部修订后再发。"
        )


def _read_beside(reader: _Reader, key: str, place: str) -> None:
    if key in reader.package.read_keys:
        return
    try:
        reader.part(key, place)
        tell_parts(reader.package, key, place)
    except BadAttachment:
        reader.desk.leave(place, BROKEN_PART)


def _inside(element: etree._Element) -> Iterator[etree._Element]:
    """Yield paragraphs and tables of the text boxes in a paragraph."""
    for block in element.iter("{*}p", "{*}tbl"):
        inner = block is not element and is_under(block, "txbxContent")
        if inner and not is_under(block, "Fallback") and not is_under(block, "tbl"):
            yield block


def _bare(element: etree._Element) -> str:
    return "".join("".join(one.text or "" for one in named(element, "t")).split())


def _own(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows or cells of this table, not those of a table inside one of its cells."""
    holder = "tbl" if name == "tr" else "tr"
    for child in named(element, name):
        if next(child.iterancestors(f"{{*}}{holder}")) is element:
            yield child


def _pieces_of(paragraph: etree._Element) -> _Pieces:
    pieces = _Pieces()
    _collect(paragraph, pieces, hidden=False, deleted=False)
    return pieces


def _collect(element: etree._Element, pieces: _Pieces, *, hidden: bool, deleted: bool) -> None:
    for child in element:
        name = local(child)
        if name in _SKIPPED:
            continue
        if name in {"ins", "del", "moveFrom", "moveTo"}:
            pieces.changes += 1
        if name in {"t", "delText"}:
            target = pieces.deleted if deleted else pieces.hidden if hidden else pieces.seen
            target.append(child.text or "")
        elif name in {"tab", "br", "cr"}:
            (pieces.hidden if hidden else pieces.seen).append(" ")
        elif name == "noBreakHyphen":
            pieces.seen.append("-")
        else:
            gone = deleted or name in {"del", "moveFrom"}
            _collect(child, pieces, hidden=hidden or (name == "r" and _vanishes(child)), deleted=gone)


def _vanishes(run: etree._Element) -> bool:
    mark = run.find("{*}rPr/{*}vanish")
    return mark is not None and attribute(mark, "val") not in _OFF

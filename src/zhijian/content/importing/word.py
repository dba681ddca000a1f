"""Word documents (.docx, from Word or WPS), read into lines."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, Final

import docx
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from lxml.etree import XMLSyntaxError

from zhijian.content.document.nodes import Mark, Node, node, paragraph, text
from zhijian.content.document.parsing import link_problem
from zhijian.content.importing.plain import INVISIBLE
from zhijian.content.importing.results import IMPORT_LIMITS, ImportedImage, ImportRefused, Line, Notice, Page
from zhijian.content.importing.structure import assemble
from zhijian.content.importing.word_numbering import Numbering
from zhijian.content.importing.word_styles import Styles, is_on, local, value_of

R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ACCEPTED: Final = frozenset({"ins", "moveTo"})
REFUSED: Final = frozenset({"del", "moveFrom"})
WRAPPERS: Final = frozenset({"smartTag", "sdtContent", "fldSimple", "customXml", "dir", "bdo"})
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
FIELD_LINK: Final = re.compile(r'HYPERLINK\s+"([^"]+)"')
DAMAGED: Final = "这个 .docx 文件已损坏。请用 WPS 或 Word 打开，另存一份后再导入。"
DEPTH: Final = 12
EMPHATIC_AT_MOST: Final = 40


@dataclass(slots=True)
class _Counts:
    changes: int = 0
    text_boxes: int = 0
    notes: list[str] = field(default_factory=list)
    lost_images: int = 0
    formulas: int = 0


@dataclass(slots=True)
class _Reader:
    part: Any
    page: Page
    styles: Styles
    numbering: Numbering
    counts: _Counts = field(default_factory=_Counts)
    link: str = ""
    instruction: str | None = None

    def blocks(self, container: Any, depth: int = 0) -> Iterator[Line]:
        """Yield the lines of a body, cell or text box."""
        if depth > DEPTH:
            return
        for child in container:
            name = local(child)
            if name == "p":
                yield from self.paragraph(child, depth)
            elif name == "tbl":
                yield Line(self.table(child, depth))
            elif name in WRAPPERS or name in ACCEPTED:
                yield from self.blocks(child, depth + 1)
            elif name == "sdt":
                yield from self.blocks(child.findall(f"{W}sdtContent"), depth)

    def paragraph(self, element: Any, depth: int) -> Iterator[Line]:
        """Yield one line for each stretch of words and each picture; text boxes follow their paragraph."""
        style = self.styles.of(element)
        if style.contents:
            return
        boxes: list[Any] = []
        label = self.numbering.next_label(element, style)
        stretch: list[Node] = []
        for item in [*self.inline(element, (), boxes, 0), None]:
            if item is not None and item.kind != "image":
                stretch.append(item)
                continue
            if any(child.text.strip() for child in stretch):
                yield self.line(stretch, style, label)
                label = replace(label, text="", list_kind="")
            stretch = []
            if item is not None:
                yield Line(item)
        for box in boxes:
            self.counts.text_boxes += 1
            yield from self.blocks(box, depth + 1)

    def line(self, children: list[Node], style: Any, label: Any) -> Line:
        words = [child for child in children if child.text.strip()]
        bold = all(any(mark.name == "strong" for mark in child.marks) for child in words)
        short = sum(len(child.text) for child in words) <= EMPHATIC_AT_MOST
        emphatic = (bold or style.centred or style.title) and short
        prefix = label.text if not label.list_kind or style.level or emphatic else ""
        content = [text(prefix, children[0].marks), *children] if prefix else children
        content = _trimmed(content)
        if style.level:
            plain = [
                replace(child, marks=tuple(mark for mark in child.marks if mark.name == "link")) for child in content
            ]
            block = node("heading", plain, level=style.level)
        else:
            block = node("paragraph", content, align=style.align or None)
        kind = "" if prefix or style.level else label.list_kind
        return Line(block, kind, label.level, label.number, emphatic=emphatic, centred=style.centred or style.title)

    def inline(self, element: Any, marks: tuple[Mark, ...], boxes: list[Any], depth: int) -> Iterator[Node]:
        """Yield texts, breaks and images of a paragraph; insertions are accepted, deletions dropped."""
        for child in element if depth <= DEPTH else ():
            name = local(child)
            if name == "r":
                yield from self.run(child, marks, boxes)
            elif name == "hyperlink":
                yield from self.inline(child, self.linked(child, marks), boxes, depth + 1)
            elif name in ACCEPTED:
                self.counts.changes += 1
                yield from self.inline(child, marks, boxes, depth + 1)
            elif name in REFUSED:
                self.counts.changes += 1
            elif name in WRAPPERS:
                yield from self.inline(child, marks, boxes, depth + 1)
            elif name == "sdt":
                yield from self.inline(child.findall(f"{W}sdtContent"), marks, boxes, depth + 1)
            elif name in {"oMath", "oMathPara"}:
                self.counts.formulas += 1
                yield text("".join(child.itertext()) or " ", marks)

    def linked(self, element: Any, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        relation = self.part.rels.get(element.get(f"{R}id"))
        address = relation.target_ref.strip() if relation is not None and relation.is_external else ""
        return (Mark("link", address), *marks) if address and link_problem(address) is None else marks

    def run(self, element: Any, marks: tuple[Mark, ...], boxes: list[Any]) -> Iterator[Node]:
        properties = element.find(f"{W}rPr")
        if is_on(properties, "vanish"):
            return
        if self.link and not any(mark.name == "link" for mark in marks):
            marks = (Mark("link", self.link), *marks)
        marks = (*marks, *self.styles.run_marks(properties))
        for child in element:
            yield from self.piece(child, marks, boxes)

    def piece(self, child: Any, marks: tuple[Mark, ...], boxes: list[Any]) -> Iterator[Node]:
        name = local(child)
        if name == "t" and child.text:
            yield text(INVISIBLE.sub("", child.text) or " ", marks)
        elif name == "noBreakHyphen":
            yield text("-", marks)
        elif name in {"tab", "ptab"}:
            yield text(" ", marks)
        elif name in {"br", "cr"}:
            if child.get(f"{W}type") not in {"page", "column"}:
                yield node("hard_break")
        elif name in {"fldChar", "instrText"}:
            self.field(child, name)
        elif name in {"footnoteReference", "endnoteReference"}:
            yield from self.note(child, name, marks)
        elif name in {"drawing", "pict", "object", "AlternateContent"}:
            yield from self.pictures(child, boxes)

    def field(self, element: Any, name: str) -> None:
        """Follow a complex field; only HYPERLINK matters, the result of every other one is plain words."""
        kind = element.get(f"{W}fldCharType")
        if name == "instrText":
            self.instruction = (self.instruction or "") + (element.text or "")
        elif kind == "begin":
            self.instruction, self.link = "", ""
        elif kind == "separate":
            match = FIELD_LINK.search(self.instruction or "")
            self.link = match.group(1) if match and link_problem(match.group(1)) is None else ""
        elif kind == "end":
            self.instruction, self.link = None, ""

    def note(self, element: Any, name: str, marks: tuple[Mark, ...]) -> Iterator[Node]:
        kind = "footnotes" if name.startswith("foot") else "endnotes"
        words = _note_words(self.part, kind, element.get(f"{W}id"))
        if words:
            self.counts.notes.append(words)
            yield text(f"[{len(self.counts.notes)}]", marks)

    def pictures(self, element: Any, boxes: list[Any]) -> Iterator[Node]:
        if local(element) == "AlternateContent":
            choice = next((child for child in element if local(child) == "Choice"), None)
            element = choice if choice is not None else element
        inside_boxes = {id(item) for box in element.iter(f"{W}txbxContent") for item in box.iter()}
        boxes.extend(box for box in element.iter(f"{W}txbxContent") if id(box.getparent()) not in inside_boxes)
        alt = next((item.get("descr") or "" for item in element.iter() if local(item) == "docPr"), "")
        for item in element.iter():
            relation = {"blip": f"{R}embed", "imagedata": f"{R}id"}.get(local(item))
            if relation and id(item) not in inside_boxes:
                yield from self.image(item.get(relation), alt)

    def image(self, relation: str | None, alt: str) -> Iterator[Node]:
        part = self.part.related_parts.get(relation)
        fine = part is not None and part.content_type in PICTURES and len(part.blob) <= IMPORT_LIMITS.image_bytes
        if not fine or len(self.page.images) >= IMPORT_LIMITS.images:
            self.counts.lost_images += 1
            return
        words = " ".join(INVISIBLE.sub("", alt).split())[:200]
        yield node("image", file=f"import:{len(self.page.images)}", alt=words)
        self.page.images.append(ImportedImage(part.blob, part.content_type, words))

    def table(self, element: Any, depth: int) -> Node:
        """Read a table; cells merged downwards become one cell with a row span."""
        rows: list[list[Node]] = []
        open_cells: dict[int, tuple[int, int]] = {}
        for row in element.iter(f"{W}tr"):
            if _owner(row) is element:
                rows.append(self.row(row, rows, open_cells, depth))
        filled = [node("table_row", row) for row in rows]
        return node("table", filled or [node("table_row", [node("table_cell", [paragraph()])])])

    def row(self, row: Any, rows: list[list[Node]], open_cells: dict[int, tuple[int, int]], depth: int) -> list[Node]:
        cells: list[Node] = []
        column = 0
        header = is_on(row.find(f"{W}trPr"), "tblHeader")
        for cell in (item for item in row.iter(f"{W}tc") if _owner(item) is row):
            properties = cell.find(f"{W}tcPr")
            span = min(max(int(value_of(properties, "gridSpan") or 1), 1), 50)
            merge = properties.find(f"{W}vMerge") if properties is not None else None
            if merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in open_cells:
                _stretch(rows, open_cells[column])
            else:
                blocks = assemble(list(self.blocks(cell, depth + 1))) or (paragraph(),)
                cells.append(node("table_header" if header else "table_cell", blocks, colspan=span))
                open_cells.pop(column, None)
                if merge is not None:
                    open_cells[column] = (len(rows), len(cells) - 1)
            column += span
        return cells


def _owner(element: Any) -> Any:
    """Return the table of a row or the row of a cell, past content controls."""
    wanted = f"{W}tbl" if local(element) == "tr" else f"{W}tr"
    return next(parent for parent in element.iterancestors() if parent.tag == wanted)


def _stretch(rows: list[list[Node]], place: tuple[int, int]) -> None:
    row, index = place
    cell = rows[row][index]
    rows[row][index] = cell.with_attributes(rowspan=cell.attribute("rowspan") + 1)


def _trimmed(children: list[Node]) -> list[Node]:
    while children and not children[0].text.strip():
        children = children[1:]
    while children and not children[-1].text.strip():
        children = children[:-1]
    if not children:
        return []
    first = replace(children[0], text=children[0].text.lstrip())
    children = [first, *children[1:]]
    return [*children[:-1], replace(children[-1], text=children[-1].text.rstrip())]


def _note_words(part: Any, kind: str, number: str | None) -> str:
    for relation in part.rels.values():
        if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
            from_xml = parse_xml(relation.target_part.blob)
            for item in from_xml:
                if item.get(f"{W}id") == number:
                    return " ".join("".join(piece.text or "" for piece in item.iter(f"{W}t")).split())
    return ""


def read_docx(data: bytes) -> Page:
    """Read a Word document; raises ``ImportRefused`` when it is damaged, protected or built to do harm."""
    _check_archive(data)
    try:
        document = docx.Document(BytesIO(data))
        body = document.element.body
        reader = _Reader(document.part, Page([]), Styles(document), Numbering(document.part))
        lines = list(reader.blocks(body))
    except (OpcError, KeyError, ValueError, XMLSyntaxError, zipfile.BadZipFile, AttributeError) as error:
        raise ImportRefused(DAMAGED) from error
    page = reader.page
    if len(lines) > IMPORT_LIMITS.lines:
        raise ImportRefused(f"这个文件超过 {IMPORT_LIMITS.lines:,} 段。请分成几篇。")
    page.lines = lines + [
        Line(paragraph(f"注{number}：{words}")) for number, words in enumerate(reader.counts.notes, 1)
    ]
    page.original = "\n".join(line.words for line in page.lines)
    page.notices = list(_notices(reader.counts))
    return page


def _notices(counts: _Counts) -> Iterator[Notice]:
    if counts.changes:
        yield Notice("changes", f"文件里有 {counts.changes} 处修订没有定稿，已按“接受修订”读入，请核对。")
    if counts.notes:
        yield Notice("notes", f"{len(counts.notes)} 条脚注放到了文末，请核对。")
    if counts.text_boxes:
        yield Notice("notes", f"{counts.text_boxes} 个文本框里的文字已并入正文，请核对位置。")
    if counts.formulas:
        yield Notice("notes", f"{counts.formulas} 处公式只保留了文字，请核对或换成图片。")
    if counts.lost_images:
        yield Notice("image", f"{counts.lost_images} 张图片的格式不能使用，请另存为 PNG 或 JPG 后插入。")


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_sizes(entries)
            if any(entry.flag_bits & 1 for entry in entries):
                raise ImportRefused("这个文件加了密码。请取消密码后另存，再导入。")
            _check_markup(archive, entries)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise ImportRefused(DAMAGED) from error


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    too_many = len(entries) > IMPORT_LIMITS.archive_entries
    too_large = sum(entry.file_size for entry in entries) > IMPORT_LIMITS.unpacked_bytes
    if too_many or too_large or any(entry.file_size > IMPORT_LIMITS.part_bytes for entry in entries):
        raise ImportRefused("这个文件解开后太大，不像正常的文稿。请另存为新的 .docx 后再导入。")


def _check_markup(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if "word/document.xml" not in names and not any(name.startswith("word/") for name in names):
        raise ImportRefused("这不是 Word 文稿。请另存为 .docx 后再导入。")
    for name in names:
        if name.lower().endswith((".xml", ".rels")):
            head = archive.read(name)
            if b"<!ENTITY" in head or b"<!DOCTYPE" in head or "<!ENTITY".encode("utf-16-le") in head:
                raise ImportRefused("这个文件带有可疑的内容，不能导入。请复制文字后粘贴。")
            if name == "word/document.xml" and b"purl.oclc.org/ooxml" in head:
                raise ImportRefused("这个文件是“严格 Open XML”格式。请另存为普通的“Word 文档（.docx）”后再导入。")

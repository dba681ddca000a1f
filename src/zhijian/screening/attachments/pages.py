"""PDF files: the text layer page by page; pages without one are drawn for the reader of pictures."""

from __future__ import annotations

import io
import re
import threading
import zlib
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final

import pypdfium2

from zhijian.screening.attachments.model import BadAttachment, Passage, Span
from zhijian.screening.attachments.package import BOMB, LOCKED
from zhijian.screening.attachments.page_marks import read_marks
from zhijian.screening.attachments.work import LIMITS

if TYPE_CHECKING:
    from zhijian.screening.attachments.work import Desk

_DAMAGED: Final = "这个 PDF 文件打不开，可能已损坏。请重新导出 PDF 后再检查。"
_LOCK: Final = threading.Lock()
"""PDFium may be entered by one thread at a time."""
_WIDEST: Final = 1_600
_PASSWORD: Final = 4
_OBJECTS: Final = 20_000
_STEP: Final = 64 * 1024
_PACKED: Final = re.compile(rb"stream\r?\n")
_SPREAD: Final = 200 * 1024 * 1024
_DICTIONARY_WITHIN: Final = 600
_SHORT_LINE: Final = 20
_ENDS: Final = "。！？；：:;"
_DIGITS: Final = "0123456789"
_REACH: Final = 40
"""Characters on each side of a line end among which a number that goes over it is looked for."""


def read_pdf(data: bytes, desk: Desk) -> None:
    """Read the text layer of a PDF. Raises `BadAttachment` when it is broken or locked."""
    _refuse_bomb(data)
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = getattr(error, "err_code", None) == _PASSWORD
            raise BadAttachment(LOCKED if locked else _DAMAGED) from error
        try:
            _read_document(document, desk)
        except (pypdfium2.PdfiumError, ValueError, UnicodeError, MemoryError) as error:
            raise BadAttachment(_DAMAGED) from error
        finally:
            document.close()


def _refuse_bomb(data: bytes) -> None:
    """Unpack every stream piece by piece and refuse what is too much, before anything is held in memory as a whole."""
    unpacked = 0
    for mark in _PACKED.finditer(data):
        before = data[max(0, mark.start() - _DICTIONARY_WITHIN) : mark.start()]
        filters = before[before.rfind(b"obj") + 1 :].count(b"/Fl")
        if filters > 1:
            raise BadAttachment(BOMB)
        if filters:
            unpacked = _unpacked(memoryview(data)[mark.end() :], unpacked)


def _unpacked(packed: memoryview, so_far: int) -> int:
    unpacker = zlib.decompressobj()
    for start in range(0, len(packed), _STEP):
        piece: bytes | memoryview = packed[start : start + _STEP]
        while piece and not unpacker.eof:
            try:
                so_far += len(unpacker.decompress(piece, 16 * _STEP))
            except zlib.error:
                return so_far
            if so_far > _SPREAD:
                raise BadAttachment(BOMB)
            piece = unpacker.unconsumed_tail
        if unpacker.eof:
            break
    return so_far


def _read_document(document: Any, desk: Desk) -> None:
    document.init_forms()
    if not len(document):
        raise BadAttachment(_DAMAGED)
    for index in range(min(len(document), LIMITS.pages)):
        if desk.full:
            break
        _read_page(document, index, desk)
    if len(document) > LIMITS.pages:
        desk.leave(f"第 {LIMITS.pages + 1} 页及以后", "页数太多，没有检查。请拆成几个文件分别检查")
    _read_rest(document, desk)


def _read_page(document: Any, index: int, desk: Desk) -> None:
    place = f"第 {index + 1} 页"
    try:
        page = document[index]
        layer = page.get_textpage()
        text = layer.get_text_range() if layer.count_chars() else ""
        layer.close()
    except (pypdfium2.PdfiumError, UnicodeError) as error:
        desk.leave(place, f"这一页读不出来，没有检查（{type(error).__name__}）")
        return
    take_lines(text, place, desk)
    read_marks(document, page, place, desk)
    _hand_over(page, place, desk, worded=bool(text.strip()))
    page.close()


def _hand_over(page: Any, place: str, desk: Desk, *, worded: bool) -> None:
    """Draw a page whose words may stand in pictures; an empty one has nothing to read.

    A page that was drawn is told by whoever reads the picture or does not; only what was not drawn is told here.
    """
    objects = pypdfium2.raw.FPDFPage_CountObjects(page)
    few = islice(page.get_objects(max_depth=3), _OBJECTS)
    pictured = any(one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for one in few)
    if not objects or (worded and not pictured and objects <= _OBJECTS):
        return
    where = f"{place}的图片" if worded else place
    if len(desk.pictures) < LIMITS.drawn_pages and objects <= _OBJECTS:
        desk.picture(where, _drawn(page))
    elif objects > _OBJECTS:
        desk.leave(where, "图形太多，里面的文字没有检查")
    else:
        desk.leave(where, "图片太多，没有检查" if worded else "没有文字层，可能是扫描件，文字没有检查")


def take_lines(text: str, place: str, desk: Desk) -> None:
    """Lay the lines of a page on the desk as paragraphs, and once more joined where a number may go over a line end."""
    paragraphs = _paragraphs(text)
    for paragraph in paragraphs:
        if not desk.line(paragraph, place):
            break
    desk.begin()
    for before, after in pairwise(paragraphs):
        if before[-1] in _DIGITS and after[0] in _DIGITS:
            left, right = before[-_REACH:], after[:_REACH]
            spans = Span(0, len(left), place), Span(len(left), len(left) + len(right), place)
            desk.passages.append(Passage(left + right, spans, joined=True))


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a page: a line that goes on in the next one is joined to it."""
    joined: list[str] = []
    for line in text.replace("\ufffe", "").replace("\r", "").split("\n"):
        words = line.strip()
        if joined and words and _goes_on(joined[-1], words):
            joined[-1] += words
        elif words:
            joined.append(words)
    return joined


def _goes_on(before: str, after: str) -> bool:
    """Tell whether a full line goes on; where letters or digits meet, the next may as well be a page's number."""
    if len(before) <= _SHORT_LINE or before[-1] in _ENDS:
        return False
    return not (before[-1].isascii() and before[-1].isalnum() and after[0].isascii())


def _drawn(page: Any) -> bytes:
    width, height = page.get_size()
    scale = min(2.0, _WIDEST / max(width, height, 1.0))
    stream = io.BytesIO()
    page.render(scale=scale).to_pil().save(stream, "PNG")
    return stream.getvalue()


def _read_rest(document: Any, desk: Desk) -> None:
    known = document.get_metadata_dict(skip_empty=True)
    people = [f"{name}“{known[key][:40]}”" for key, name in (("Author", "作者"),) if key in known]
    for key in ("Title", "Author", "Subject", "Keywords"):
        desk.line(known.get(key, ""), f"文件属性（{key}）", hidden=True)
    desk.begin()
    if people:
        desk.notes.append(f"文件属性里有{'、'.join(people)}。不想公开时，请重新导出不带作者的 PDF。")
    if document.count_attachments():
        desk.leave(f"PDF 里的 {document.count_attachments()} 个附件", "没有打开。请单独另存后检查")
    _read_contents(document, desk)
    if document.get_formtype() in {pypdfium2.raw.FORMTYPE_XFA_FULL, pypdfium2.raw.FORMTYPE_XFA_FOREGROUND}:
        desk.leave("PDF 里的动态表单", "填在表单里的文字没有检查。请打印成新的 PDF 后再检查")
    if pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        desk.leave("PDF 里的脚本", "没有检查。请打印成新的 PDF 后再发")


def _read_contents(document: Any, desk: Desk) -> None:
    for number, title in enumerate(islice(document.get_toc(), LIMITS.links + 1)):
        if number < LIMITS.links:
            desk.line(title.get_title(), "书签（目录）")
        else:
            desk.leave("书签（目录）", f"超过 {LIMITS.links:,} 条，其余的没有检查")
    desk.begin()

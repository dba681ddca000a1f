"""What lies on the pages of a PDF: links, comments, stamps, form fields (ISO 32000-1 12.5 and 12.7)."""

from __future__ import annotations

import ctypes
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pypdfium2 import raw

from zhijian.screening.attachments.besides import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.screening.attachments.work import Desk

_MOST: Final = 2_000
_LONGEST: Final = 40_000
_OPTIONS: Final = 100
_CHOICES: Final = frozenset({raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX})


def read_marks(document: Any, page: Any, place: str, desk: Desk) -> None:
    """Read the marks on a page: where links lead, what comments say, what is filled into fields."""
    count = raw.FPDFPage_GetAnnotCount(page)
    for index in range(min(count, _MOST)):
        mark = raw.FPDFPage_GetAnnot(page, index)
        if not mark:
            continue
        try:
            _read_mark(document, mark, place, desk)
        finally:
            raw.FPDFPage_CloseAnnot(mark)
    if count > _MOST:
        desk.leave(f"{place}的批注和链接", f"超过 {_MOST} 个，其余的没有检查")
    desk.begin()


def _read_mark(document: Any, mark: Any, place: str, desk: Desk) -> None:
    kind = raw.FPDFAnnot_GetSubtype(mark)
    if kind == raw.FPDF_ANNOT_LINK:
        _read_link(document, mark, place, desk)
    elif kind in {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_XFAWIDGET}:
        _read_field(document, mark, place, desk)
    elif kind in {raw.FPDF_ANNOT_FILEATTACHMENT, raw.FPDF_ANNOT_SOUND, raw.FPDF_ANNOT_MOVIE, raw.FPDF_ANNOT_RICHMEDIA}:
        desk.leave(f"{place}里的附件或媒体", "没有打开。请单独另存后检查")
    for key in (b"Contents", b"Subj", b"T"):
        if kind not in {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_POPUP}:
            words = _text(partial(raw.FPDFAnnot_GetStringValue, mark, key), f"{place}的批注", desk)
            if kind != raw.FPDF_ANNOT_LINK or not ADDRESS.match(words):
                desk.line(words, f"{place}的批注", hidden=True)


def _read_link(document: Any, mark: Any, place: str, desk: Desk) -> None:
    link = raw.FPDFAnnot_GetLink(mark)
    action = raw.FPDFLink_GetAction(link) if link else None
    if not action:
        return
    kind = raw.FPDFAction_GetType(action)
    if kind == raw.PDFACTION_URI:
        where = f"{place}的链接"
        desk.link(_path(partial(raw.FPDFAction_GetURIPath, document, action), where, desk), where)
    elif kind in {raw.PDFACTION_LAUNCH, raw.PDFACTION_REMOTEGOTO}:
        where = f"{place}打开的文件"
        desk.link(_path(partial(raw.FPDFAction_GetFilePath, action), where, desk), where)


def _read_field(document: Any, mark: Any, place: str, desk: Desk) -> None:
    form = document.formenv
    if form is None:
        words = _text(partial(raw.FPDFAnnot_GetStringValue, mark, b"V"), f"{place}的表单", desk)
        desk.line(words, f"{place}的表单")
        return
    for ask, what in (
        (raw.FPDFAnnot_GetFormFieldValue, "表单"),
        (raw.FPDFAnnot_GetFormFieldAlternateName, "表单的提示"),
    ):
        words = _text(partial(ask, form, mark), f"{place}的{what}", desk)
        desk.line(words, f"{place}的{what}", hidden=ask is not raw.FPDFAnnot_GetFormFieldValue)
    if raw.FPDFAnnot_GetFormFieldType(form, mark) in _CHOICES:
        _read_options(form, mark, f"{place}的表单选项", desk)


def _read_options(form: Any, mark: Any, place: str, desk: Desk) -> None:
    count = max(0, raw.FPDFAnnot_GetOptionCount(form, mark))
    for index in range(min(count, _OPTIONS)):
        desk.line(_text(partial(raw.FPDFAnnot_GetOptionLabel, form, mark, index), place, desk), place)
    if count > _OPTIONS:
        desk.leave(place, f"超过 {_OPTIONS} 个，其余的没有检查")


def _text(ask: Callable[[Any, int], int], place: str, desk: Desk) -> str:
    """Return a text PDFium writes as UTF-16 with a zero at its end; the size is told in bytes.

    Into a smaller room PDFium writes nothing at all, so a text that is too long is told as not looked at.
    """
    size = ask(None, 0)
    if size > 2 * _LONGEST:
        desk.leave(place, f"超过 {_LONGEST:,} 个字，没有检查")
    if not 2 < size <= 2 * _LONGEST:  # noqa: PLR2004 - the zero alone
        return ""
    buffer = ctypes.create_string_buffer(size + 2)
    ask(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip("\0")


def _path(ask: Callable[[Any, int], int], place: str, desk: Desk) -> str:
    size = ask(None, 0)
    if size > _LONGEST:
        desk.leave(place, f"网址超过 {_LONGEST:,} 个字，没有检查")
    if not 1 < size <= _LONGEST:
        return ""
    buffer = ctypes.create_string_buffer(size + 1)
    ask(buffer, size)
    return buffer.raw[: size - 1].decode("utf-8", "replace").strip("\0")

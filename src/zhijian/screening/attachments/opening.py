"""From bytes to passages: what the file is, is judged by its bytes first and its name second."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments.letters import is_letter, read_letter
from zhijian.screening.attachments.model import Attachment, BadAttachment, Kind
from zhijian.screening.attachments.open_formats import open_kind, read_ofd, read_open
from zhijian.screening.attachments.package import DAMAGED, LOCKED, Package
from zhijian.screening.attachments.pages import read_pdf
from zhijian.screening.attachments.plain import decoded, read_csv, read_txt
from zhijian.screening.attachments.sheets import read_xlsx
from zhijian.screening.attachments.slides import read_pptx
from zhijian.screening.attachments.subtitles import kind_of, read_subtitles
from zhijian.screening.attachments.webpages import read_html
from zhijian.screening.attachments.words import read_docx
from zhijian.screening.attachments.work import LIMITS, Desk

if TYPE_CHECKING:
    from collections.abc import Mapping

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PICTURE: Final = "这是图片。请把文件名改成图片的结尾（.jpg、.png、.gif），再在“检查文件”里检查。"
_OTHERS: Final = (
    (b"{\\rtf", "这是 RTF 文件。请用 WPS 或 Word 打开，另存为 .docx 后再检查。"),
    (b"\xff\xd8\xff", _PICTURE),
    (b"\x89PNG", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"Rar!", "这是压缩包。请解压后逐个检查里面的文件。"),
    (b"7z\xbc\xaf", "这是压缩包。请解压后逐个检查里面的文件。"),
    (b"\x1f\x8b", "这是压缩包。请解压后逐个检查里面的文件。"),
)
_OLD: Final = {".doc": ".docx", ".wps": ".docx", ".xls": ".xlsx", ".et": ".xlsx", ".ppt": ".pptx", ".dps": ".pptx"}
_MAIN: Final = {b"document": Kind.DOCX, b"workbook": Kind.XLSX, b"presentation": Kind.PPTX}
_ROOT: Final = re.compile(rb"<(?:[A-Za-z_][\w.\-]{0,40}:)?(document|workbook|presentation)[\s>/]")
_SUFFIXES: Final[Mapping[str, Kind]] = {
    **{f".{kind.value}": kind for kind in Kind},
    ".htm": Kind.HTML, ".docm": Kind.DOCX, ".xlsm": Kind.XLSX, ".pptm": Kind.PPTX, ".tsv": Kind.CSV,
    ".dotx": Kind.DOCX, ".xltx": Kind.XLSX, ".potx": Kind.PPTX, ".ppsx": Kind.PPTX, ".md": Kind.TXT, ".text": Kind.TXT,
    ".ssa": Kind.ASS, ".mht": Kind.EML, ".mhtml": Kind.EML,
}  # fmt: skip
_TEXTS: Final = frozenset({Kind.TXT, Kind.CSV, Kind.HTML, Kind.SRT, Kind.VTT, Kind.SBV, Kind.ASS, Kind.LRC})
_READERS: Final = {
    Kind.DOCX: read_docx,
    Kind.XLSX: read_xlsx,
    Kind.PPTX: read_pptx,
    Kind.OFD: read_ofd,
    Kind.ODT: read_open,
    Kind.ODS: read_open,
    Kind.ODP: read_open,
}
_PDF_WITHIN: Final = 1024
_ROOT_WITHIN: Final = 64 * 1024


def read_attachment(data: bytes, *, name: str) -> Attachment:
    """Read a file of at most 20 MB into passages with their places.

    Raises `BadAttachment` with a Chinese sentence for what cannot be read at all; parts that cannot be read, or are
    more than the limits allow, stand in `unread`.
    """
    if not data.strip():
        raise BadAttachment("这个文件是空的。请选择有内容的文件。")
    if len(data) > LIMITS.file_bytes:
        raise BadAttachment(f"文件超过 {LIMITS.file_bytes // 1024 // 1024} MB。请压缩里面的图片，或者拆成几个文件。")
    desk = Desk()
    suffix = PurePath(name).suffix.lower()
    try:
        kind = _read(data, suffix, desk)
    except RecursionError as error:
        raise BadAttachment(DAMAGED) from error
    told = _SUFFIXES.get(suffix)
    if suffix in _OLD or (told is not None and told is not kind and not {told, kind} <= _TEXTS):
        desk.notes.append(f"文件名以 {suffix} 结尾，内容其实是{kind.label}，已按{kind.label}检查。请改正文件名。")
    links = desk.finish()
    if not links and not desk.passages and not desk.unread and not desk.pictures:
        raise BadAttachment("这个文件里没有文字。请选择有内容的文件。")
    return Attachment(
        name=PurePath(name).name[:200],
        kind=kind,
        passages=tuple(desk.passages),
        pictures=tuple(desk.pictures),
        unread=desk.unread,
        notes=tuple(desk.notes),
        tables=tuple(desk.tables),
        links=links,
    )


def _read(data: bytes, suffix: str, desk: Desk) -> Kind:
    _refuse_others(data, suffix)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        package = Package(data, desk)
        kind = _zipped_kind(package)
        _READERS[kind](package)
        return kind
    if b"%PDF-" in data[:_PDF_WITHIN]:
        read_pdf(data, desk)
        return Kind.PDF
    if _SUFFIXES.get(suffix) is Kind.EML or is_letter(data):
        read_letter(data, desk)
        return Kind.EML
    return _read_text(data, suffix, desk)


def _refuse_others(data: bytes, suffix: str) -> None:
    if data.startswith(OLE):
        if _ENCRYPTED in data:
            raise BadAttachment(LOCKED)
        new = _OLD.get(suffix, ".docx、.xlsx 或 .pptx")
        raise BadAttachment(f"这是旧格式的文件。请用 WPS 或 Office 打开，另存为 {new} 后再检查。")
    for signature, sentence in _OTHERS:
        if data.startswith(signature):
            raise BadAttachment(sentence)


def _zipped_kind(package: Package) -> Kind:
    """Tell a package by the root element of its main part, whatever the part is called."""
    if package.main.endswith(".bin"):
        raise BadAttachment("这是二进制的表格（.xlsb）。请用 WPS 或 Excel 另存为 .xlsx 后再检查。")
    if package.main:
        start = package.read(package.main)[:_ROOT_WITHIN].replace(b"\0", b"")
        found = _ROOT.search(start)
        if found is None:
            raise BadAttachment(DAMAGED)
        return _MAIN[found[1]]
    kind = open_kind(package)
    if kind is not None:
        return kind
    raise BadAttachment("这是压缩包，或者是打不开的文件。请解压后逐个检查里面的文件。")


def _read_text(data: bytes, suffix: str, desk: Desk) -> Kind:
    told = _SUFFIXES.get(suffix)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")) or told is Kind.HTML:
        read_html(data, desk)
        return Kind.HTML
    if told is not None and told not in _TEXTS:
        raise BadAttachment(DAMAGED)
    text, _ = decoded(data)
    subtitles = kind_of(text, told)
    if subtitles:
        read_subtitles(text, subtitles, desk)
        return subtitles
    if told is Kind.CSV:
        read_csv(text, desk)
        return Kind.CSV
    read_txt(text, desk)
    return Kind.TXT

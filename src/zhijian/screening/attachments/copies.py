"""A copy of a table or text with the personal information in it masked."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from zhijian.screening.attachments.model import BadAttachment, Kind
from zhijian.screening.attachments.plain import csv_rows, decoded, lines_of
from zhijian.screening.attachments.work import LONGEST_LINE
from zhijian.screening.enums import Category

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.screening.attachments.judging import AttachmentFinding
    from zhijian.screening.attachments.model import Attachment
    from zhijian.screening.findings import Finding

COPIED: Final = frozenset({Kind.TXT, Kind.CSV, Kind.XLSX})
_TITLE: Final = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,10})(?:\.[0-9]{1,4})?\Z")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_Key = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Copy:
    """The masked file: its bytes, the ending of its name, and how many places were masked."""

    data: bytes
    suffix: str
    masked: int


def masked_copy(data: bytes, attachment: Attachment, findings: Sequence[AttachmentFinding]) -> Copy:
    """Return a copy of a TXT, CSV or XLSX file with every privacy finding in its lines and cells masked.

    Of a workbook only values are kept: no comments, pictures, charts, formulas, properties or hidden caches. Raises
    `BadAttachment` for another kind, and when nothing is there to mask.
    """
    by_part = defaultdict(list)
    for one in findings:
        if one.finding.category is Category.PRIVACY and one.key != (0, 0, 0):
            by_part[one.key].append(one.finding)
    if attachment.kind not in COPIED or not by_part:
        raise BadAttachment("这个文件不能做遮挡副本。请在原文件里按提示修改。")
    if any(one.place.endswith(("以后", "以后的表")) for one in attachment.unread):
        raise BadAttachment("这个文件太大，没有读完，不能做遮挡副本。请拆成几个文件分别检查。")
    masked = sum(map(len, by_part.values()))
    if attachment.kind is Kind.XLSX:
        return Copy(_workbook(attachment, by_part), ".xlsx", masked)
    text, _ = decoded(data)
    rows = csv_rows(text) if attachment.kind is Kind.CSV else None
    if rows is None and any(len(line) > LONGEST_LINE for line in lines_of(text)):
        raise BadAttachment("有的行太长，不能做遮挡副本。请分行以后再检查。")
    written = _text(text, by_part) if rows is None else _table(rows, by_part)
    return Copy(written.encode("utf-8-sig"), f".{attachment.kind.value}", masked)


def _masked(text: str, findings: Sequence[Finding]) -> str:
    for one in sorted(findings, key=lambda finding: finding.start, reverse=True):
        mask = one.suggestions[0] if one.suggestions else "*" * len(one.excerpt)
        text = text[: one.start] + mask + text[one.end :]
    return text


def _text(text: str, by_part: Mapping[_Key, Sequence[Finding]]) -> str:
    lines = lines_of(text)
    return "\n".join(_masked(line, by_part.get((0, number, 0), ())) for number, line in enumerate(lines, 1))


def _table(rows: Sequence[Sequence[str]], by_part: Mapping[_Key, Sequence[Finding]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    for number, row in enumerate(rows, 1):
        values = [_masked(value, by_part.get((1, number, column), ())) for column, value in enumerate(row, 1)]
        writer.writerow([_plain(value) for value in values])
    return stream.getvalue()


def _plain(value: str) -> str:
    """Keep a cell from being run as a formula by whoever opens the copy."""
    return f"'{value}" if value.startswith(_FORMULA) and not value.lstrip("+-").replace(".", "", 1).isdigit() else value


def _workbook(attachment: Attachment, by_part: Mapping[_Key, Sequence[Finding]]) -> bytes:
    book = Workbook()
    sheets = [book.active, *(book.create_sheet() for _ in attachment.tables[1:])]
    for sheet, name in zip(sheets, attachment.tables, strict=True):
        sheet.title = _TITLE.sub(" ", name)[:31] or "表"
    for passage in attachment.passages:
        for span in passage.spans:
            number, row, column = span.key
            if number:
                text = _masked(passage.text[span.start : span.end], by_part.get(span.key, ()))
                sheets[number - 1].cell(row, column, _value(text))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _value(text: str) -> str | int | float:
    if _NUMBER.match(text):
        return float(text) if "." in text else int(text)
    return _plain(ILLEGAL_CHARACTERS_RE.sub("", text))

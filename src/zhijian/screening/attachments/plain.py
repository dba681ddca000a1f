"""Text files: plain text and CSV."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from zhijian.screening.attachments.model import BadAttachment
from zhijian.screening.attachments.work import MOST_COLUMNS, Cell, Desk, Table, column_name

_SEPARATORS: Final = (",", "\t", ";", "|")
_MOST_FIELDS: Final = 1_000_000
# A row costs as much memory as some fields.
_ROW: Final = 4
_STEP: Final = 64 * 1024
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\ue000-\uf8ff]")
_NOT_TEXT: Final = "这不是能检查的文件。请另存为 .docx、.xlsx、.pptx、.pdf、.csv、.txt 或网页文件。"


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: UTF-8, UTF-16 or UTF-32, GB18030. Raises `BadAttachment`."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        names: tuple[str, ...] = ("utf-32",)
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ("utf-16",)
    elif b"\x00" in data:
        names = _wide(data)
    else:
        names = ("utf-8-sig", "gb18030")
    for name in names:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    raise BadAttachment("认不出这个文件的文字编码。请用记事本打开，另存为“UTF-8”编码后再检查。")


def _wide(data: bytes) -> tuple[str, ...]:
    """Tell UTF-16 without its mark by its line ends, blanks and digits: a zero on one side of them all."""
    start = data[:_STEP]
    low, high = start[1::2].count(0), start[::2].count(0)
    name = "utf-16-le" if low else "utf-16-be"
    if len(data) % 2 or (low and high) or _CONTROL.search(start.decode(name, "replace")):
        raise BadAttachment(_NOT_TEXT)
    return (name,)


def read_txt(text: str, desk: Desk) -> None:
    """Read plain text, every line a place."""
    for number, line in enumerate(lines_of(text), 1):
        if not desk.line(line, f"第 {number} 行", key=(0, number, 0)):
            break
    desk.begin()


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as they are numbered for people."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _separator(text: str) -> str:
    head = text[:10_000].partition("\n")[0]
    return max(_SEPARATORS, key=head.count)


def _within_fields(text: str) -> str:
    """Return as much of a CSV text as has no more fields than may be looked at, empty ones too."""
    separator, count, at = _separator(text), 0, 0
    while at < len(text) and count < _MOST_FIELDS:
        count += text.count(separator, at, at + _STEP) + _ROW * text.count("\n", at, at + _STEP)
        at += _STEP
    return text[:at]


def csv_rows(text: str) -> list[list[str]] | None:
    """Return the rows of a CSV text, nothing when it is not one (a field of more than 128 kB)."""
    separator = _separator(text)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return None


def read_csv(text: str, desk: Desk) -> None:
    """Read a CSV file row by row; one that is no table is read as lines."""
    within = _within_fields(text)
    rows = csv_rows(within)
    if rows is None:
        desk.notes.append("这个 CSV 文件不是规整的表格，按普通文字逐行检查。")
        read_txt(text, desk)
        return
    table = Table(desk, 1)
    for number, row in enumerate(rows, 1):
        if len(row) > MOST_COLUMNS:
            desk.leave(
                f"第 {number} 行 {column_name(MOST_COLUMNS + 1)} 列及以后", "列太多，没有检查。请拆成几个文件分别检查"
            )
        cells = (
            Cell(at, value, f"第 {number} 行 {column_name(at)} 列")
            for at, value in enumerate(row[:MOST_COLUMNS], 1)
            if value.strip()
        )
        if not table.take(number, list(cells)):
            break
    if len(within) < len(text):
        desk.stop(f"第 {len(rows) + 1} 行")
    desk.begin()

"""From a file to plain grids. Every way a file can be unfit has its own sentence."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# The marks UTF-16 begins with. Other text holds no NUL bytes: a file with them is none, whatever its name says.
WIDE = (b"\xff\xfe", b"\xfe\xff")
MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_UNPACKED = 600 * 1024 * 1024
HIGHEST_RATIO = 150
SMALL_ENOUGH = 50 * 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_PIECE = 1 << 20
_MOST_MERGED_CELLS = 2_000_000
_TOO_MANY_MERGED = "合并单元格太多。请在 Excel 里取消合并并填满后再上传。"
_SEPARATORS = (",", "\t", ";", "，", "；", "|")


class UnfitFile(ValueError):  # noqa: N818 - reads as what the file is
    """The file cannot be taken; the message is a Chinese sentence that says what to do."""


@dataclass(slots=True)
class Grid:
    """One sheet: `rows` of raw values, row 1 first, merged areas filled with their value.

    `height` is the number of rows in the file, more than `len(rows)` where only the first were read.
    """

    name: str
    rows: list[list[object]]
    hidden: bool = False
    height: int = 0

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)


def read_file(*, content: bytes, first_rows: int | None = None) -> list[Grid]:
    """Read an XLSX or CSV ledger into its sheets (without charts and empty sheets).

    `first_rows` reads no more than that of each sheet: enough to guess columns, quick for any file. Raises UnfitFile.
    """
    if len(content) > MOST_BYTES:
        raise UnfitFile("文件超过 20 MB。请按地区或平台拆成几个文件，分别导入。")
    if not content.strip():
        raise UnfitFile("文件是空的。请核对后重新选择。")
    if content.lstrip()[:5] in {b"%PDF-", b"<!DOC", b"<html"}:
        raise UnfitFile("这是 PDF 或网页，不是表格。请向提供的单位要 .xlsx 原件，或把表格复制到 Excel 后另存。")
    if content.startswith(OLE):
        raise UnfitFile(_about_ole(content))
    if content.startswith(b"PK"):
        grids = _read_workbook(content, first_rows)
    elif content.startswith(WIDE) or b"\x00" not in content[:4096]:
        grids = [_read_csv(content, first_rows)]
        _refuse_plain_text(grids[0])
    else:
        raise UnfitFile("这不是台账文件。请上传 .xlsx 或 .csv 文件。")
    return _checked(grids)


def _refuse_plain_text(grid: Grid) -> None:
    if all(len(row) <= 1 for row in grid.rows):
        raise UnfitFile("这个文件里是一行行的文字，不是表格。请在 Excel 里分列填写，另存为 .xlsx，再上传。")


def _checked(grids: list[Grid]) -> list[Grid]:
    filled = [grid for grid in grids if any(value is not None for row in grid.rows for value in row)]
    if not filled:
        raise UnfitFile("文件里没有内容。请核对是不是选错了文件。")
    if sum(max(grid.height, len(grid.rows)) for grid in filled) > MOST_ROWS + 1000:
        raise UnfitFile("文件超过 200,000 行。请拆成几个文件，分别导入。")
    return filled


def _about_ole(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "文件设了打开密码。请用 Excel 或 WPS 打开，去掉密码后另存为 .xlsx，再上传。"
    return "这是旧格式文件（.xls 或 .et）。请用 Excel 或 WPS 打开，另存为 .xlsx，再上传。"


def _read_workbook(content: bytes, first_rows: int | None) -> list[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _refuse_other_packages(package)
            _refuse_bomb(package, len(content))
            return _read_sheets(content, package, first_rows)
    except UnfitFile:
        raise
    except (zipfile.BadZipFile, ParseError, DefusedXmlException, KeyError, ValueError, TypeError, OSError) as error:
        raise UnfitFile("表格文件已损坏，打不开。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。") from error


def _refuse_other_packages(package: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in package.namelist():
        raise UnfitFile("这不是 .xlsx 表格。请上传 .xlsx 或 .csv 文件；Word 里的表格请先复制到 Excel。")


def _refuse_bomb(package: zipfile.ZipFile, packed: int) -> None:
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnfitFile("文件设了压缩密码。请去掉密码后再上传。")
    if unpacked > MOST_UNPACKED or (unpacked > SMALL_ENOUGH and unpacked > packed * HIGHEST_RATIO):
        raise UnfitFile("文件解开后大得不正常。请用 Excel 打开，删去多余的空行和图片，另存后再上传。")


def _read_sheets(content: bytes, package: zipfile.ZipFile, first_rows: int | None) -> list[Grid]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    grids = []
    budget = MOST_ROWS + 1000
    for sheet in book.worksheets:
        if not hasattr(sheet, "reset_dimensions"):
            continue
        sheet.reset_dimensions()
        values = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=first_rows)
        rows = _limited(values, budget)
        budget -= len(rows)
        part_name = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
        with package.open(part_name) as part:
            height, areas = _scan(part)
        grid = Grid(sheet.title, rows, sheet.sheet_state != "visible", len(rows) if first_rows is None else height)
        _fill_merged(grid, areas)
        grids.append(grid)
    book.close()
    return grids


def _limited(rows: Iterator[Sequence[object]], budget: int) -> list[list[object]]:
    """Copy rows without the empty ones at the end. Raises UnfitFile when more than `budget` carry anything."""
    kept: list[list[object]] = []
    filled = 0
    for row in rows:
        kept.append(_trimmed(row))
        if kept[-1]:
            filled = len(kept)
        if filled > budget:
            raise UnfitFile("文件超过 200,000 行。请拆成几个文件，分别导入。")
        if len(kept) - filled > 2 * MOST_ROWS:
            break
    del kept[filled:]
    return kept


def _trimmed(row: Sequence[object]) -> list[object]:
    """Copy a row without the empty cells at its end (a sheet's rows come as wide as the widest may be)."""
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return list(row[:end])


def _scan(part: IO[bytes]) -> tuple[int, list[tuple[int, int, int, int]]]:
    """Read a sheet's XML in pieces for what the row reader leaves out.

    Returns the number of rows, and (left, top, right, bottom), 1-based, of every merged area.
    """
    areas: list[tuple[int, int, int, int]] = []
    tail, rows = b"", 0
    while piece := part.read(_PIECE):
        rows += piece.count(b"<row ") + piece.count(b":row ")
        text = tail + piece
        last = 0
        for match in _MERGED.finditer(text):
            last = match.end()
            left, top, right, bottom = range_boundaries(match[1].decode("ascii"))
            if left and top and right and bottom:
                areas.append((left, top, right, bottom))
        if len(areas) > _MOST_MERGED_CELLS:
            raise UnfitFile(_TOO_MANY_MERGED)
        tail = text[max(last, len(text) - 200) :]
    return rows, areas


def _fill_merged(grid: Grid, areas: Iterable[tuple[int, int, int, int]]) -> None:
    filled = 0
    for left, top, right, bottom in areas:
        if top > len(grid.rows) or left > MOST_COLUMNS:
            continue
        value = _at(grid.rows[top - 1], left)
        bottom_row, right_column = min(bottom, len(grid.rows)), min(right, MOST_COLUMNS)
        filled += (bottom_row - top + 1) * (right_column - left + 1)
        if filled > _MOST_MERGED_CELLS:
            raise UnfitFile(_TOO_MANY_MERGED)
        for number in range(top, bottom_row + 1):
            _fill_row(grid.rows[number - 1], left, right_column, value)


def _at(row: Sequence[object], column: int) -> object:
    return row[column - 1] if column <= len(row) else None


def _fill_row(row: list[object], left: int, right: int, value: object) -> None:
    row.extend([None] * (right - len(row)))
    row[left - 1 : right] = [value] * (right - left + 1)


def _read_csv(content: bytes, first_rows: int | None) -> Grid:
    text = _decode(content)
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text))
    cells = ([cell or None for cell in row][:MOST_COLUMNS] for row in islice(reader, first_rows))
    try:
        rows = _limited(cells, MOST_ROWS + 1000)
    except csv.Error as error:
        raise UnfitFile("CSV 文件的引号不成对，读不出来。请用 Excel 打开后另存为 .xlsx，再上传。") from error
    return Grid("", rows, height=len(rows) if first_rows is None else text.count("\n") + 1)


def _decode(content: bytes) -> str:
    is_wide = content.startswith(WIDE)
    encodings = ("utf-16",) if is_wide else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnfitFile("看不出文件的文字编码。请用 Excel 打开后另存为 .xlsx，再上传。")


def _separator(text: str) -> str:
    """Choose the separator that cuts the first lines into most columns, counted line by line."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: counts[mark][len(lines) // 2] if lines else 0)

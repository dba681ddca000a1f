"""Small tables as people keep them, XLSX or CSV, read as rows of plain text with their row numbers."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES = 5 * 1024 * 1024
MOST_COLUMNS = 40


def read_rows(*, name: str, data: bytes, most_rows: int) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything, each with its number in the file (counted from 1).

    The first sheet of a workbook is read. Raises Refused with what to do when the file is too big or is no table.
    """
    if len(data) > MOST_BYTES:
        raise Refused("文件超过 5 MB。请只保留要导入的这一张表。")
    rows = _workbook_rows(data, most_rows) if name.lower().endswith((".xlsx", ".xlsm")) else _csv_rows(data)
    filled = [(number, row) for number, row in rows if any(row)]
    if not filled:
        raise Refused("表里没有内容。请选择有内容的表格。")
    if len(filled) > most_rows:
        raise Refused(f"表里超过 {most_rows:,} 行，请分几次导入。")
    return filled


def _workbook_rows(data: bytes, most_rows: int) -> list[tuple[int, list[str]]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=most_rows + 2, max_col=MOST_COLUMNS)
        return [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, 1)]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, TypeError, OSError) as error:
        raise Refused("这个表格打不开。请用 WPS 或 Excel 另存为 .xlsx 后再试。") from error


def _csv_rows(data: bytes) -> list[tuple[int, list[str]]]:
    text = _decoded(data)
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise Refused("这个 CSV 文件读不出来。请另存为 .xlsx 后再试。") from error
    return [(number, [_cell(value) for value in row[:MOST_COLUMNS]]) for number, row in enumerate(rows, 1)]


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise Refused("文件里的文字认不出来。请另存为 UTF-8 编码的 CSV，或 .xlsx。")


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("\x00", "").replace("\t", " ").strip()


def columns_of(head: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Return which column is what, by its head; `known` gives the words of each name. Of two the first counts."""
    names = {word.lower(): key for key, words in known.items() for word in words}
    found: dict[int, str] = {}
    for index, cell in enumerate(head):
        name = names.get(cell.replace(" ", "").lower())
        if name is not None and name not in found.values():
            found[index] = name
    return found


def written_rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write rows as CSV text with their heads: what a page sends back when a person confirms what was read."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return stream.getvalue()

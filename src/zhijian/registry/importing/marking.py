"""Writing faulty rows back as XLSX: the cell marked, the reason beside it, ready to be corrected and imported again."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MARK = PatternFill("solid", fgColor="FFF2CC")
_RED = Font(color="C00000")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 32_000
REASON, PLACE = "问题与改法", "原位置"


def harmless(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: a leading = + - @, tab or return gets an apostrophe."""
    clean = _CONTROL.sub("", text)[:_LONGEST_CELL]
    return f"'{clean}" if clean.startswith(("=", "+", "-", "@", "\t", "\r")) else clean


def write_faulty(*, headers: Mapping[str, Sequence[str]], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write rows `{"sheet", "row", "raw", "problems"}` as one workbook, a sheet per original sheet.

    `headers` gives the header texts by sheet. The first two columns say where the row stood and what to do.
    """
    book = Workbook(write_only=True)
    sheets: dict[str, Any] = {}
    for row in rows:
        name = row["sheet"]
        if name not in sheets:
            sheets[name] = book.create_sheet(_title(name))
            sheets[name].append([*headers.get(name, ()), REASON, PLACE])
        sheets[name].append(_marked(sheets[name], row, width=len(headers.get(name, ()))))
    if not sheets:
        book.create_sheet("没有问题行")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(name: str) -> str:
    return re.sub(r"[\\/*?:\[\]]", " ", name)[:31].strip() or "台账"


def _marked(sheet: Any, row: Mapping[str, Any], *, width: int) -> list[Any]:
    wrong: dict[int, list[str]] = {}
    for problem in row["problems"]:
        if problem["letter"]:
            wrong.setdefault(column_index_from_string(problem["letter"]) - 1, []).append(problem["sentence"])
    texts = [harmless(text) for text in row["raw"]]
    texts += [""] * (width - len(texts))
    cells: list[Any] = [_cell(sheet, text, wrong.get(index, [])) for index, text in enumerate(texts[:width])]
    reason = WriteOnlyCell(sheet, "\n".join(map(_reason, row["problems"])))
    reason.alignment = Alignment(wrap_text=True, vertical="top")
    reason.font = _RED
    return [*cells, reason, f"第 {row['row']} 行"]


def _reason(problem: Mapping[str, Any]) -> str:
    return f"{problem['letter']} 列：{problem['sentence']}" if problem["letter"] else problem["sentence"]


def _cell(sheet: Any, text: str, sentences: Sequence[str]) -> Any:
    cell = WriteOnlyCell(sheet, text)
    if sentences:
        cell.fill = _MARK
        cell.comment = Comment(" ".join(sentences), "指尖")
    return cell

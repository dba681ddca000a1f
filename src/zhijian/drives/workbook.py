"""The report of a drive as a workbook: totals, by platform, by branch, every account."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from zhijian.drives.enums import Standing
from zhijian.ui.listing.exports import LONGEST_CELL, neutralised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH: Final = 18
ROW_HEADS: Final = (
    "主办单位", "平台", "账号", "登记号", "处理", "办理情况", "答复", "最近答复", "注销日期", "列入的理由",
)  # fmt: skip


def as_xlsx(title: str, report: Mapping[str, Any]) -> bytes:
    """Write a report of `queries.report_of`; no cell is a formula."""
    heads = ["账号", *(str(standing.label) for standing in Standing), "办结和保留"]
    book = Workbook(write_only=True)
    _sheet(book, "汇总", [[title], ["截至", str(report["at"])[:16].replace("T", " ")], [], *report["totals"]])
    _sheet(book, "按平台", [["平台", *heads], *report["platforms"]])
    _sheet(book, "按单位", [["单位及下级", *heads], *report["branches"]])
    _sheet(book, "明细", [ROW_HEADS, *report["rows"]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, name: str, table: Sequence[Sequence[object]]) -> None:
    sheet: Any = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for place in range(max(len(line) for line in table)):
        sheet.column_dimensions[chr(65 + place)].width = WIDTH
    for line in table:
        sheet.append([_plain(value) for value in line])


def _plain(value: object) -> object:
    """Return a cell as a spreadsheet may have it: no formula, nothing it cannot hold."""
    if not isinstance(value, str):
        return value
    return neutralised(ILLEGAL_CHARACTERS_RE.sub("", value))[:LONGEST_CELL]

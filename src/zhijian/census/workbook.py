"""The consolidated file of a census: rows in the layout asked for, then the figures; written row by row."""

from __future__ import annotations

import csv
import io
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from zhijian.census.layouts import cell
from zhijian.census.queries import measure_columns, state_columns
from zhijian.organisations.enums import Level
from zhijian.ui.listing.exports import LONGEST_CELL, neutralised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from zhijian.census.models import Row
    from zhijian.census.queries import Line, Statistics

Table = list[list[object]]
WIDTH: Final = 18
LONGEST_TITLE: Final = 31


def plain(value: object) -> object:
    """Return a cell as a spreadsheet may have it: no formula, nothing it cannot hold."""
    if not isinstance(value, str):
        return value
    return neutralised(ILLEGAL_CHARACTERS_RE.sub("", value))[:LONGEST_CELL]


def lines_of(
    rows: Iterable[Row], columns: Sequence[Mapping[str, str]], supervisors: Mapping[int, str]
) -> Iterator[list[object]]:
    """Return the rows of accounts in a layout, numbered from 1."""
    for serial, row in enumerate(rows, start=1):
        above = supervisors.get(row.organisation_id, "")
        yield [plain(cell(row, one["key"], serial=serial, supervising=above)) if one["key"] else "" for one in columns]


def as_csv(layout: Mapping[str, Any], rows: Iterable[Row], supervisors: Mapping[int, str]) -> bytes:
    """Write the rows as CSV with a byte order mark, so that spreadsheets read UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([plain(one["label"]) for one in layout["columns"]])
    writer.writerows(lines_of(rows, layout["columns"], supervisors))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(
    layout: Mapping[str, Any], rows: Iterable[Row], supervisors: Mapping[int, str], more: Sequence[tuple[str, Table]]
) -> bytes:
    """Write the rows, on one sheet or a sheet for each body, then the tables of `more` as sheets of their own."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    groups = groupby(rows, key=lambda row: row.organisation.name) if layout["sheet_per_body"] else [("明细", rows)]
    for name, group in groups:
        sheet = _sheet(book, name, names, len(layout["columns"]))
        sheet.append([plain(one["label"]) for one in layout["columns"]])
        for line in lines_of(group, layout["columns"], supervisors):
            sheet.append(line)
    for name, table in more:
        sheet = _sheet(book, name, names, max((len(line) for line in table), default=1))
        for line in table:
            sheet.append([plain(value) for value in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, name: str, names: set[str], width: int) -> Any:
    sheet: Any = book.create_sheet(_title(name, names))
    sheet.freeze_panes = "A2"
    for place in range(width):
        sheet.column_dimensions[_letters(place)].width = WIDTH
    return sheet


def _letters(place: int) -> str:
    first, second = divmod(place, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _title(name: str, names: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:LONGEST_TITLE] or "表"
    title, number = base, 1
    while title.lower() in names:
        number += 1
        title = f"{base[: LONGEST_TITLE - 4]}({number})"
    names.add(title.lower())
    return title


def figures_table(found: Statistics) -> Table:
    """Return the statistics: platform by level with totals, states, measures, then problems."""
    levels = [(code, str(Level(code).label)) for code in found.by_level]
    states, measures = state_columns(found), measure_columns()
    head = ["平台", *(label for _, label in levels), "合计", *(label for _, label in states),
            *(label for _, label in measures), "有问题"]  # fmt: skip
    table: Table = [list(head)]
    for platform, line in found.by_platform.items():
        by_level = [found.by_platform_level.get((platform, code)) for code, _ in levels]
        table.append([line.label, *(one.total if one else 0 for one in by_level), *_rest(line, states, measures)])
    totals = [found.by_level[code].total for code, _ in levels]
    table.append(["合计", *totals, *_rest(found.whole, states, measures)])
    table += [[], ["问题", "账号数"], *([label, number] for label, number in found.problems)]
    table += [[], ["本次补报", found.added], ["更正了登记信息", found.corrected], ["认定不是本单位的", found.not_ours]]
    return table


def branches_table(found: Statistics) -> Table:
    """Return one line for each body right below, with the total."""
    states, measures = state_columns(found), measure_columns()
    head: list[object] = [
        "单位及下级",
        "账号",
        *(label for _, label in states),
        *(label for _, label in measures),
        "有问题",
    ]
    lines = [[line.label, *_rest(line, states, measures)] for line in found.by_branch]
    return [head, *lines, ["合计", *_rest(found.whole, states, measures)]]


def _rest(line: Line, states: Sequence[tuple[str, str]], measures: Sequence[tuple[str, str]]) -> list[object]:
    return [
        line.total, *(line.states[code] for code, _ in states), *(line.measures[code] for code, _ in measures),
        line.troubled,
    ]  # fmt: skip

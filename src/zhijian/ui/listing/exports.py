"""Lists as files. CSV starts with a byte order mark so that spreadsheets read UTF-8; XLSX is written row by row."""

from __future__ import annotations

import csv
import re
import tempfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from zhijian.lib.clock import today
from zhijian.ui import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from zhijian.ui.listing.columns import Column, Plain

CHUNK = 2000
LONGEST_CELL = 32_767
FORMULA_STARTS = tuple("=+-@＝＋－＠")
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


class Export(NamedTuple):
    """A file that leaves: name of the list, format, number of rows, its filters as (parameter, value) by key.

    `searched` tells that typed text narrowed it as well; the text itself may name a person and is not told.
    """

    name: str
    file_format: str
    rows: int
    narrowed: Mapping[str, Sequence[Sequence[str]]]
    searched: bool


_hearers: list[Callable[[HttpRequest, Export], object]] = []


def hear_exports(hearer: Callable[[HttpRequest, Export], object]) -> None:
    """Have a function called before any list leaves as a file; the log of operations is one."""
    _hearers.append(hearer)


def write_down(request: HttpRequest, file: Export) -> None:
    """Tell whoever must know that a file leaves. Raises RuntimeError where nobody writes it down: it may not leave."""
    if not _hearers:
        raise RuntimeError("A list leaves only where the log of operations hears of it.")
    for hearer in _hearers:
        hearer(request, file)


class _Echo:
    """A file that gives back what is written to it, so that the csv module can feed a stream."""

    def write(self, text: str) -> str:
        return text


def export(kind: str, *, title: str, columns: Sequence[Column], rows: QuerySet[Any]) -> HttpResponseBase:
    """Answer with the rows as a file; `kind` is csv or xlsx. Rows are read in chunks, not all at once."""
    body = _table(columns, rows)
    response = _csv(body) if kind == "csv" else _xlsx(title, body)
    name = f"{NOT_IN_FILE_NAMES.sub(' ', title).strip()}-{today().isoformat()}.{kind}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def neutralised(text: str) -> str:
    """Put a quote before text that a spreadsheet would run as a formula; full-width signs and blanks included."""
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(("\t", "\r", "\n")) else text


def _table(columns: Sequence[Column], rows: QuerySet[Any]) -> Iterator[list[Plain]]:
    yield [column.label for column in columns]
    for row in rows.iterator(chunk_size=CHUNK):
        yield [_cell(column.plain(row)) for column in columns]


def _cell(value: Plain) -> Plain:
    if isinstance(value, str):
        return neutralised(ILLEGAL_CHARACTERS_RE.sub("", value))[:LONGEST_CELL]
    return value


def _csv(table: Iterable[list[Plain]]) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    lines = (writer.writerow([_text(value) for value in line]) for line in table)
    return StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")


def _marked(lines: Iterable[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


def _text(value: Plain) -> str | int | float:
    if value is None:
        return ""
    return words.absolute(value) if isinstance(value, datetime | date) else value


def _xlsx(title: str, table: Iterable[list[Plain]]) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    for line in table:
        sheet.append([_sheet_cell(sheet, value) for value in line])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it when the answer has gone
    book.save(file)
    file.seek(0)
    return FileResponse(file, content_type=SPREADSHEET)


def _sheet_cell(sheet: Any, value: Plain) -> Any:
    """Spreadsheets know no time zones: moments are written in Beijing time."""
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, words.local(value).replace(tzinfo=None, second=0, microsecond=0))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    return value

"""Term lists as people keep them: pasted lines, CSV, XLSX; wrong words, right words, source."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zhijian.knowledge.actions import MOST_AT_ONCE, TermDraft, draft_problems
from zhijian.knowledge.enums import TermKind, TermSeverity
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADS = {
    "wrong": ("不规范表述", "错误表述", "错词", "错误", "错", "不规范", "原词", "wrong"),
    "right": ("规范表述", "正确表述", "正确", "对", "规范", "应为", "改为", "right"),
    "kind": ("类别", "分类", "kind"),
    "severity": ("级别", "程度", "严重程度", "severity"),
    "source": ("依据", "来源", "出处", "source"),
    "message": ("说明", "备注", "message"),
    "exceptions": ("例外", "不算错的说法", "exceptions"),
}
ARROW = re.compile(r"\s*(?:→|⇒|->|=>|——>|\t|，应为|应为|改为)\s*")
LISTED = re.compile(r"[、；;|]")
MOST_BYTES = 5 * 1024 * 1024
COLUMNS_OF_LINES = ("wrong", "right", "source")


@dataclass(frozen=True, slots=True)
class ListedTerm:
    """One row of a list: its number in the source (counted from 1), the term, and what is wrong with it."""

    number: int
    draft: TermDraft
    problems: tuple[str, ...]


def read_lines(text: str, *, source: str) -> list[ListedTerm]:
    """Read pasted lines like “错 → 对”; a third part is the source, else `source` stands for all."""
    rows = [(number, ARROW.split(line.strip())) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    cells = [(number, dict(zip(COLUMNS_OF_LINES, parts, strict=False))) for number, parts in rows]
    return _listed(cells, source=source)


def read_table(name: str, data: bytes, *, source: str) -> list[ListedTerm]:
    """Read a CSV or XLSX list; the first row may name its columns. Raises Refused when the file cannot be read."""
    if len(data) > MOST_BYTES:
        raise Refused("文件超过 5 MB。请只保留用语表这一张表。")
    rows = _xlsx_rows(data) if name.lower().endswith((".xlsx", ".xlsm")) else _csv_rows(data)
    filled = [(number, row) for number, row in rows if any(row)]
    if not filled:
        raise Refused("表里没有内容。第一列写不规范表述，第二列写规范表述。")
    columns = _columns(filled[0][1])
    body = filled[1:] if columns else filled
    names = columns or dict(enumerate(COLUMNS_OF_LINES))
    cells = [(number, {key: row[index] for index, key in names.items() if index < len(row)}) for number, row in body]
    return _listed(cells, source=source)


def _xlsx_rows(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_row=MOST_AT_ONCE + 2, max_col=12)
        return [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, 1)]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        raise Refused("这个表格打不开。请用 WPS 或 Excel 另存为 .xlsx 后再试。") from error


def _csv_rows(data: bytes) -> list[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused("文件里的文字认不出来。请另存为 UTF-8 编码的 CSV，或 .xlsx。")
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.partition("\n")[0] else ","))
    except csv.Error as error:
        raise Refused("这个 CSV 文件读不出来。请另存为 .xlsx 后再试。") from error
    return [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, 1)]


def _cell(value: object) -> str:
    return "" if value is None else str(value).strip()


def _columns(head: Sequence[str]) -> dict[int, str]:
    """Return which column is what, empty when the first row is a term already."""
    known = {word: key for key, words in HEADS.items() for word in words}
    found = {index: known[cell.lower()] for index, cell in enumerate(head) if cell.lower() in known}
    return found if "wrong" in found.values() else {}


def _listed(rows: Iterable[tuple[int, dict[str, str]]], *, source: str) -> list[ListedTerm]:
    seen: dict[str, int] = {}
    listed: list[ListedTerm] = []
    for number, cells in rows:
        draft, problems = _draft(cells, source)
        problems += draft_problems(draft)
        if draft.wrong in seen:
            problems.append(f"和第 {seen[draft.wrong]} 行重复。")
        seen.setdefault(draft.wrong, number)
        listed.append(ListedTerm(number, draft, tuple(problems)))
    return listed


def _draft(cells: dict[str, str], source: str) -> tuple[TermDraft, list[str]]:
    problems: list[str] = []
    kind = _choice(cells.get("kind", ""), TermKind.choices, TermKind.WORDING, "类别", problems)
    severity = _choice(cells.get("severity", ""), TermSeverity.choices, TermSeverity.ERROR, "级别", problems)
    right = cells.get("right", "").strip()
    draft = TermDraft(
        wrong=cells.get("wrong", "").strip(),
        right=right,
        kind=kind,
        severity=severity,
        message=cells.get("message", "")[:200],
        source=(cells.get("source") or source)[:200],
        exceptions=tuple(part.strip() for part in LISTED.split(cells.get("exceptions", "")) if part.strip()),
    )
    # A right form that holds the wrong one is its own exception: 党史教育 inside 党史教育基地.
    if draft.wrong and draft.wrong in right and right != draft.wrong and right not in draft.exceptions:
        draft = replace(draft, exceptions=(*draft.exceptions, right))
    return draft, problems


def _choice(
    text: str, choices: Sequence[tuple[str, object]], default: str, label: str, problems: list[str]
) -> str:  # fmt: skip
    if not text:
        return default
    known = {str(word): value for value, word in choices} | {value: value for value, _ in choices}
    if text not in known:
        problems.append(f"{label}“{text[:20]}”不认识，可以写{'、'.join(str(word) for _, word in choices)}。")
    return known.get(text, default)

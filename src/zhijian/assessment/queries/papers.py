"""A bulletin on paper: Word to go on working with, PDF to keep."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import docx
from django.conf import settings
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from zhijian.lib.clock import BEIJING
from zhijian.lib.typesetting import typeset

if TYPE_CHECKING:
    from datetime import datetime

    from zhijian.assessment.models import BulletinVersion

COLUMNS: Final = (
    ("name", "单位"), ("accounts", "账号"), ("looked_at", "看全"), ("passed", "合格"), ("failed", "不合格"),
    ("could_not_look", "没能看全"), ("orders", "整改通知"), ("closed", "已销号"), ("overdue", "超期"),
)  # fmt: skip
"""Key in the figures, and what the column is called; the same on every paper and page."""
BODY_FONT: Final = "仿宋"
HEAD_FONT: Final = "黑体"
PDF_TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "assessment" / "bulletin.typ"


def lines_of(figures: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """Return the table as (head, value) pairs, for pages that stack it on a phone."""
    heads = [label for _, label in COLUMNS]
    return [list(zip(heads, row, strict=True)) for row in rows_of(figures)]


def rows_of(figures: dict[str, Any]) -> list[list[str]]:
    """Return the table of a bulletin, the sum last."""
    return [[str(line[key]) for key, _ in COLUMNS] for line in (*figures["branches"], figures["total"])]


@dataclass(frozen=True)
class Sheet:
    """What every paper of one version says, in this order; `mark` heads each page, empty once citizens read it."""

    title: str
    sections: list[dict[str, Any]]
    """`[{"title": str, "lines": [str]}]`; what is empty is left out."""
    table_title: str
    heads: list[str]
    rows: list[list[str]]
    body: str
    day: str
    """The day of publishing as 2026年1月6日, empty before."""
    mark: str


def sheet_of(version: BulletinVersion) -> Sheet:
    """Return what the papers of a version say."""
    bulletin = version.bulletin
    is_public = bulletin.published_id == version.pk
    parts = [{"title": one["title"], "lines": _lines(one["text"])} for one in version.sections]
    return Sheet(
        title=version.title,
        sections=[part for part in parts if part["lines"]],
        table_title="检查情况表",
        heads=[label for _, label in COLUMNS],
        rows=rows_of(version.figures),
        body=bulletin.organisation.name,
        day=_day(bulletin.published_at) if is_public and bulletin.published_at else "",
        mark="" if is_public else f"草稿（第 {version.number} 版），没有发布",
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _day(moment: datetime) -> str:
    on = moment.astimezone(BEIJING)
    return f"{on.year}年{on.month}月{on.day}日"


def pdf_document(version: BulletinVersion) -> bytes:
    """Return a version as PDF, the same bytes for the same words. Raises Refused when no font draws a character."""
    made = version.created_at.astimezone(BEIJING)
    values = asdict(sheet_of(version)) | {"made": [made.year, made.month, made.day]}
    return typeset(PDF_TEMPLATE.read_bytes(), values, made_at=made, fonts=settings.ZHIJIAN_FONTS)


def word_document(version: BulletinVersion) -> bytes:
    """Return a version as DOCX: title, sections, the table of branches, the body and the day."""
    sheet = sheet_of(version)
    paper = docx.Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY_FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)
    if sheet.mark:
        paper.sections[0].header.paragraphs[0].text = sheet.mark
    _heading(paper, sheet.title, 0)
    for section in sheet.sections:
        _heading(paper, section["title"], 1)
        for line in section["lines"]:
            paper.add_paragraph(line)
    _heading(paper, sheet.table_title, 1)
    _table(paper, sheet)
    for line in filter(None, (sheet.body, sheet.day)):
        paper.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paper.core_properties.title, paper.core_properties.author = sheet.title, sheet.body
    kept = io.BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _heading(paper: Any, text: str, level: int) -> None:
    heading = paper.add_heading(text, level)
    for run in heading.runs:
        run.font.name = HEAD_FONT
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEAD_FONT)  # noqa: SLF001 -- python-docx names no other way to an East Asian font
    if level == 0:
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _table(paper: Any, sheet: Sheet) -> None:
    table = paper.add_table(rows=1, cols=len(sheet.heads), style="Table Grid")
    for cell, label in zip(table.rows[0].cells, sheet.heads, strict=True):
        cell.text = label
    for row in sheet.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value

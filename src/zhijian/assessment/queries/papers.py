"""A bulletin as a Word document."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

if TYPE_CHECKING:
    from zhijian.assessment.models import BulletinVersion

COLUMNS: Final = (
    ("name", "单位"), ("accounts", "账号"), ("looked_at", "看全"), ("passed", "合格"), ("failed", "不合格"),
    ("could_not_look", "没能看全"), ("orders", "整改通知"), ("closed", "已销号"), ("overdue", "超期"),
)  # fmt: skip
"""Key in the figures, and what the column is called; the same on every paper and page."""
BODY_FONT: Final = "仿宋"
HEAD_FONT: Final = "黑体"


def lines_of(figures: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """Return the table as (head, value) pairs, for pages that stack it on a phone."""
    heads = [label for _, label in COLUMNS]
    return [list(zip(heads, row, strict=True)) for row in rows_of(figures)]


def rows_of(figures: dict[str, Any]) -> list[list[str]]:
    """Return the table of a bulletin, the sum last."""
    return [[str(line[key]) for key, _ in COLUMNS] for line in (*figures["branches"], figures["total"])]


def word_document(version: BulletinVersion) -> bytes:
    """Return a version as DOCX: title, sections, the table of branches, the body and the day."""
    paper = docx.Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY_FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)
    _heading(paper, version.title, 0)
    for section in version.sections:
        if section["text"].strip():
            _heading(paper, section["title"], 1)
            for line in section["text"].splitlines():
                paper.add_paragraph(line)
    _heading(paper, "检查情况表", 1)
    _table(paper, version.figures)
    signed = paper.add_paragraph(f"{version.bulletin.organisation.name}")
    signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paper.core_properties.title, paper.core_properties.author = version.title, version.bulletin.organisation.name
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


def _table(paper: Any, figures: dict[str, Any]) -> None:
    rows = rows_of(figures)
    table = paper.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    for cell, (_, label) in zip(table.rows[0].cells, COLUMNS, strict=True):
        cell.text = label
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value

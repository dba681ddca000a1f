"""The request to the platform: words to copy, and the same as a Word document."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from zhijian.impostors.queries.cases import COMPLAINTS
from zhijian.lib import clock
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from zhijian.impostors.models import Case

BODY_FONT, HEAD_FONT = "仿宋", "黑体"
TITLE = "关于请求处置仿冒政务新媒体账号的函"


def recipient_of(platform: str) -> tuple[str, str]:
    """Return whom a platform has requests sent to, and where, as far as it is known for certain."""
    known = COMPLAINTS.get("platform", {}).get(platform, {})
    label = platform_label(platform) if platform else "平台"
    return known.get("recipient", f"{label}运营单位"), known.get("address", "")


def letter_text(case: Case) -> str:
    """Write the request from what the case knows; the officer reads and changes it before it goes."""
    platform = platform_label(case.platform) if case.platform else "贵平台"
    real = f"我单位在{platform_label(case.account.platform)}的官方账号为“{case.account.name}”" if case.account else ""
    number = f"（登记号 {case.account.number}）。" if case.account else ""
    lines = [
        f"{recipient_of(case.platform)[0]}：",
        f"{platform}账号“{case.name}”未经我单位授权，在名称上仿冒{case.organisation.name}，容易使群众误认为官方账号。",
        *_facts(case),
        f"{real}{number}",
        *_reasons(case),
        *_evidence(case),
        "依据《互联网用户账号信息管理规定》，请核查并对该账号采取限期改正、限制功能、停止使用等处置措施，处置结果请函告我单位。",
        case.organisation.name,
        f"{clock.today():%Y年%-m月%-d日}",
    ]
    return "\n".join(line for line in lines if line)


def _facts(case: Case) -> list[str]:
    told = [("主页链接", case.url), ("账号标识", case.platform_uid)]
    return [f"{label}：{value}" for label, value in told if value]


def _reasons(case: Case) -> list[str]:
    """Say how the name is like that of the very account it imitates, not like another official one."""
    official = case.account.name if case.account else ""
    alike = next((one for one in case.likeness if not official or one["official"] == official), None)
    return [f"名称比对：与“{alike['official']}”{'；'.join(alike['reasons'])}。"] if alike and alike["reasons"] else []


def _evidence(case: Case) -> list[str]:
    rows = list(case.evidence.all())
    kept = [f"{place}. {row.note or '截图'}，SHA-256 {row.sha256}" for place, row in enumerate(rows, 1)]
    return [f"附证据 {len(rows)} 份：", *kept] if rows else []


def word_letter(text: str) -> bytes:
    """Return the words of a letter as DOCX: a title, a paragraph a line, body and day on the right."""
    paper: Any = docx.Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY_FONT, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)
    heading = paper.add_heading(TITLE, 0)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for run in heading.runs:
        run.font.name = HEAD_FONT
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEAD_FONT)  # noqa: SLF001 -- python-docx names no other way to an East Asian font
    lines = text.splitlines()
    for place, line in enumerate(lines):
        paragraph = paper.add_paragraph(line)
        if place >= len(lines) - 2:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        elif place:
            paragraph.paragraph_format.first_line_indent = Pt(32)
    kept = io.BytesIO()
    paper.save(kept)
    return kept.getvalue()

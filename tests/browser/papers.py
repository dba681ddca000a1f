"""The papers people bring: a ledger as one office keeps it, and a piece as somebody wrote it in Word."""

from __future__ import annotations

import io
from datetime import date

from docx import Document
from docx.shared import Cm
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from PIL import Image, ImageDraw

LEDGER_NAME = "青禾县新媒体摸底表（六月）.xlsx"
HEADER_ROW = 3
HEADS = ("序", "归哪个部门办", "在哪个平台", "对外叫什么", "原始号", "现有粉丝", "哪天开的", "日常谁在管", "怎么联系他")
ROWS: tuple[tuple[object, ...], ...] = (
    (1, "县水务局", "微信公众号", "青禾水务", "gh_0a1b2c3d4e01", "１２，３４０", date(2017, 3, 6), "周文静", 1.39e10),
    (None, None, "新浪微博", "青禾水务", "9000000001", 860, "2018.5", "周文静", "13900000000"),
    (None, None, "政府网站", "青禾水务网", "9999110001", None, "2016年9月1日", "何敏", "0999-8800001"),
    (2, "教育局", "微信公众号", "青禾教育", "gh_0a1b2c3d4e02", "1.8万", "2016/11/20", "罗兰", "13900000002"),
    (None, None, "抖音", "青禾教育", "900000000000002", "4200", 43800, "罗兰", "13900000002"),
    (3, "柳湾镇", "微信公众号", "柳湾发布", "gh_0a1b2c3d4e03", 5100, "二〇一九年", "唐小满", "13900000003"),
)
COLUMNS = {
    "归哪个部门办": "主办单位",
    "在哪个平台": "平台",
    "对外叫什么": "账号名称",
    "原始号": "平台账号标识",
    "现有粉丝": "关注数",
    "哪天开的": "开设日期",
    "日常谁在管": "联系人",
    "怎么联系他": "联系电话",
}


def ledger() -> bytes:
    """Make the ledger: a title over the whole width, a line about who filled it in, bodies in merged cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "摸底"
    sheet.append(["青禾县政务新媒体摸底统计（二〇二六年六月）"])
    sheet.append(["填表：县政府办公室　　经办：何敏"])
    sheet.append(list(HEADS))
    for row in ROWS:
        sheet.append(list(row))
    sheet.append(["共 6 个账号"])
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    for area in ("A1:I1", "A2:I2", "A4:A6", "B4:B6", "A7:A8", "B7:B8", "A10:I10"):
        sheet.merge_cells(area)
    return _saved(book)


PIECE_TITLE = "城东片区管网检修安排"
PIECE_NAME = "管网检修.docx"
MISTAKE = "按步就班"
MENDED = "按部就班"
SHIFTS = (
    ("片区", "停水时间", "送水点"),
    ("城东", "6 月 20 日 8 时至 14 时", "城东小学门口"),
    ("河西", "6 月 21 日 8 时至 12 时", "河西广场"),
)


def word_file() -> bytes:
    """Make the piece: headings, a numbered and a plain list, a table, a picture, and one wrong word."""
    paper = Document()
    paper.add_paragraph(PIECE_TITLE, style="Title")
    paper.add_paragraph("城东片区供水管道用了二十年，本月进行检修。检修分两天做，请提前储水。")
    paper.add_heading("检修步骤", level=1)
    paper.add_paragraph(f"检修队{MISTAKE}更换旧管，先主管，后支管。")
    for step in ("关闭阀门，排空管道", "更换旧管，检查接口", "通水冲洗，检测水质"):
        paper.add_paragraph(step, style="List Number")
    paper.add_heading("停水和送水", level=1)
    table = paper.add_table(rows=0, cols=3)
    table.style = "Table Grid"
    for line in SHIFTS:
        for cell, words in zip(table.add_row().cells, line, strict=True):
            cell.text = words
    paper.add_picture(io.BytesIO(picture()), width=Cm(12))
    paper.add_heading("有事找谁", level=1)
    for line in ("水务服务站全天有人值守", "家里有病人、老人需要送水的，请提前一天登记"):
        paper.add_paragraph(line, style="List Bullet")
    return _saved(paper)


def picture(width: int = 900, height: int = 500) -> bytes:
    """Draw a plain sketch of a pipe between two houses (PNG)."""
    drawing = Image.new("RGB", (width, height), "#dcebf7")
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((0, int(height * 0.62), width, height), fill="#b9a27d")
    for left in (0.12, 0.66):
        x, y = int(width * left), int(height * 0.32)
        pen.rectangle((x, y, x + width // 5, int(height * 0.62)), fill="#f4f1ea", outline="#39506b", width=4)
        pen.polygon(((x - 20, y), (x + width // 10, y - 80), (x + width // 5 + 20, y)), fill="#a8483e")
    pen.line(((int(width * 0.1), int(height * 0.8)), (int(width * 0.9), int(height * 0.8))), fill="#2f6fae", width=26)
    out = io.BytesIO()
    drawing.save(out, "PNG")
    return out.getvalue()


def _saved(paper: object) -> bytes:
    out = io.BytesIO()
    paper.save(out)  # type: ignore[attr-defined]  # a workbook or a Word document: both save into a stream
    return out.getvalue()

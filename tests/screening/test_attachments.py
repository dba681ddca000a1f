"""Files are opened as a person would who looks everywhere: made by the usual libraries, then damaged."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pptx
import pytest
import typst
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from PIL import Image

from zhijian.screening import RuleSet, compile_ruleset, default_rules
from zhijian.screening.attachments import (
    LIMITS,
    BadAttachment,
    Kind,
    judge_attachment,
    masked_copy,
    read_attachment,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = compile_ruleset(default_rules(), on=date(2026, 6, 1))
IDENTITY = "11010519491231002X"
PHONE = "13800138000"


def saved(thing: Any) -> bytes:
    stream = io.BytesIO()
    thing.save(stream)
    return stream.getvalue()


def picture() -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(stream, "PNG")
    stream.seek(0)
    return stream


def word_file() -> bytes:
    paper = docx.Document()
    paper.core_properties.author = "张经办"
    first = paper.add_paragraph("关于救助情况的说明")
    hidden = first.add_run(f"备用电话{PHONE}")
    hidden.font.hidden = True
    paper.sections[0].header.paragraphs[0].text = f"联系手机{PHONE}"
    table = paper.add_table(2, 3)
    for place, words in enumerate(("姓名", "类别", "身份证号", "王小明", "低保户", IDENTITY)):
        table.cell(place // 3, place % 3).text = words
    run = paper.add_paragraph("经研究，").add_run()
    gone = OxmlElement("w:del")
    gone.set(qn("w:author"), "李审核")
    words = OxmlElement("w:r")
    text = OxmlElement("w:delText")
    text.text = f"卡号{IDENTITY}"
    words.append(text)
    gone.append(words)
    run._r.addnext(gone)  # noqa: SLF001 - python-docx cannot track changes itself
    paper.add_comment(first.runs[0], text=f"他的手机是{PHONE}", author="赵批注")
    paper.add_picture(picture())
    return saved(paper)


def workbook_file() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名单"
    sheet.append(["2026年城乡低保对象公示名单"])
    sheet.append(["序号", "姓名", "电话", "备注"])
    sheet.append([1, "王小明", int(PHONE), "已核对"])
    sheet.append([2, "李丽", "服务热线12345", f"身份证{IDENTITY}"])
    sheet["B3"].comment = Comment(f"银行卡号6222021234567890128 手机{PHONE}", "经办")
    sheet.column_dimensions["D"].hidden = True
    sheet.row_dimensions[3].hidden = True
    other = book.create_sheet("底稿")
    other.append([f"联系手机{PHONE}"])
    other.sheet_state = "veryHidden"
    return saved(book)


def slides_file() -> bytes:
    show = pptx.Presentation()
    for number in (1, 2):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = f"第{number}部分"
    box = slide.shapes.add_table(1, 2, 0, 0, 100, 100).table
    box.cell(0, 0).text, box.cell(0, 1).text = "王小明", PHONE
    slide.notes_slide.notes_text_frame.text = f"讲到这里时打{PHONE}"
    slide._element.set("show", "0")  # noqa: SLF001 - python-pptx cannot hide a slide itself
    return saved(show)


def pdf_file() -> bytes:
    source = f'#set text(font: "Noto Sans SC")\n联系人手机{PHONE}\n#pagebreak()\n#rect(fill: red)\n'
    return typst.compile(source.encode(), format="pdf", font_paths=["src/zhijian/lib/typesetting/vendor/noto-sans-sc"])


def places(data: bytes, name: str) -> list[tuple[str, str, str]]:
    found = judge_attachment(read_attachment(data, name=name), RULES)
    return [(one.place, one.finding.rule_id, one.finding.excerpt) for one in found]


def test_a_word_document_is_read_everywhere() -> None:
    data = word_file()
    assert sorted(places(data, "说明.docx")) == sorted([
        ("正文第 1 段（隐藏文字）", "privacy.mobile", PHONE),
        ("页眉", "privacy.mobile", PHONE),
        ("正文表 1第 2 行第 1 列", "privacy.aid-list", "王小明"),
        ("正文表 1第 2 行第 3 列", "privacy.resident-id", IDENTITY),
        ("正文第 2 段（修订中删去、仍留在文件里的文字）", "privacy.resident-id", IDENTITY),
        ("批注 1（赵批注）", "privacy.mobile", PHONE),
    ])  # fmt: skip
    attachment = read_attachment(data, name="说明.docx")
    assert [one.place for one in attachment.pictures] == ["正文第 3 段的图片"]
    assert "作者“张经办”" in attachment.notes[0]
    assert attachment.notes[1].startswith("文件里带着一张首页的缩略图")
    assert attachment.notes[2].startswith("文档里有 1 处没有接受的修订")
    severities = [one.finding.severity for one in judge_attachment(attachment, RULES)]
    assert (attachment.unread, severities.count("error"), severities.count("warning")) == ((), 3, 3)


def test_a_workbook_is_read_row_by_row_with_what_is_hidden() -> None:
    assert sorted(places(workbook_file(), "名单.xlsx")) == sorted([
        ("表‘名单’第 3 行 B 列（隐藏行）", "privacy.aid-list", "王小明"),
        ("表‘名单’第 3 行 C 列（隐藏行）", "privacy.mobile", PHONE),
        ("表‘名单’第 4 行 B 列", "privacy.aid-list", "李丽"),
        ("表‘名单’第 4 行 D 列（隐藏列）", "privacy.resident-id", IDENTITY),
        ("表‘名单’B3 的批注", "privacy.bank-card", "6222021234567890128"),
        ("表‘名单’B3 的批注", "privacy.mobile", PHONE),
        ("隐藏的表‘底稿’第 1 行 A 列", "privacy.mobile", PHONE),
    ])  # fmt: skip
    assert any("表‘底稿’是隐藏的" in note for note in read_attachment(workbook_file(), name="a.xlsx").notes)


def test_slides_notes_and_tables_are_read() -> None:
    assert places(slides_file(), "讲稿.pptx") == [
        ("幻灯片 2（隐藏）表格第 1 行第 2 列", "privacy.mobile", PHONE),
        ("幻灯片 2 备注", "privacy.mobile", PHONE),
    ]


def test_a_pdf_page_without_text_is_told_and_drawn() -> None:
    attachment = read_attachment(pdf_file(), name="通知.pdf")
    found = judge_attachment(attachment, RULES)
    assert [(one.place, one.finding.excerpt) for one in found] == [("第 1 页", PHONE)]
    assert attachment.unread == ()
    assert [one.place for one in attachment.pictures] == ["第 2 页"]
    assert Image.open(io.BytesIO(attachment.pictures[0].data)).size[0] > 100


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([f"请于本周五以前携带身份证明到场，身份证号：{IDENTITY}", "3"], [IDENTITY]),
        ([f"请于本周五以前携带身份证明到场，身份证号：{IDENTITY}", "- 3 -"], [IDENTITY]),
        ([f"请于本周五以前携带身份证明到场，身份证号：{IDENTITY}", "2026/11/23"], [IDENTITY]),
        (["云岭县民政局社会救助科二〇二六年第三号通知第 2026", f"{IDENTITY} 是经办人的号码"], [IDENTITY]),
        ([f"请于本周五以前携带身份证明到场，身份证号：{IDENTITY[:9]}", IDENTITY[9:]], [IDENTITY]),
        (["This page was printed on 2026/11/23 at 9:30 AM", "file:///home/notice.html"], ["file:///home/notice.html"]),
    ],
)
def test_a_number_of_a_pdf_is_found_above_a_page_number_and_over_a_line_end(lines: list[str], found: list[str]) -> None:
    fonts = ["src/zhijian/lib/typesetting/vendor/noto-sans-sc"]
    text = " \\\n".join(line.replace("//", "\\/\\/") for line in lines)
    source = f'#set page(width: 30cm)\n#set text(font: "Noto Sans SC")\n{text}\n'
    told = judge_attachment(
        read_attachment(typst.compile(source.encode(), format="pdf", font_paths=fonts), name="a.pdf"), RULES
    )
    assert [one.finding.excerpt for one in told] == found


def test_texts_tables_and_pages_of_the_web_are_read() -> None:
    assert places(f"通知\n手机{PHONE}".encode("gb18030"), "a.txt") == [("第 2 行", "privacy.mobile", PHONE)]
    table = f"姓名,类别,手机\n王小明,低保户,{PHONE}\n".encode()
    assert places(table, "a.csv") == [
        ("第 2 行 A 列", "privacy.aid-list", "王小明"),
        ("第 2 行 C 列", "privacy.mobile", PHONE),
    ]
    page = (
        f'<html><body><p>你好</p><div style="display: none">手机{PHONE}</div><!-- 手机{PHONE} --><img alt="x">'.encode()
    )
    assert places(page, "a.html") == [
        ("第 2 段（页面上看不见）", "privacy.mobile", PHONE),
        ("第 3 段（页面上看不见）", "privacy.mobile", PHONE),
    ]


@pytest.mark.parametrize(("data", "name", "suffix"), [
    (workbook_file(), "名单.xlsx", ".xlsx"),
    (f"低保户名单\r\n姓名,电话\r\n王小明,{PHONE}\r\n=1+2,好\r\n".encode(), "名单.csv", ".csv"),
    (f"通知\n身份证{IDENTITY}".encode(), "通知.txt", ".txt"),
])  # fmt: skip
def test_a_masked_copy_holds_no_personal_information(data: bytes, name: str, suffix: str) -> None:
    attachment = read_attachment(data, name=name)
    copy = masked_copy(data, attachment, judge_attachment(attachment, RULES))
    again = read_attachment(copy.data, name=f"副本{suffix}")
    assert copy.suffix == suffix
    assert copy.masked > 0
    assert [one for one in judge_attachment(again, RULES) if one.finding.rule_id.startswith("privacy.")] == []
    assert PHONE.encode() not in copy.data
    assert IDENTITY.encode() not in copy.data
    if suffix == ".csv":
        assert copy.data.decode("utf-8-sig") == "低保户名单\r\n姓名,电话\r\n王某某,138****8000\r\n'=1+2,好\r\n"


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><w:document xmlns:w="w">&c;</w:document>'


@pytest.mark.parametrize(("data", "name", "sentence"), [
    (b" \n", "a.txt", "是空的"),
    (b"a" * (LIMITS.file_bytes + 1), "a.txt", "超过 20 MB"),
    (OLE + b"Workbook", "a.xls", "另存为 .xlsx"),
    (OLE + b"x", "公文.wps", "另存为 .docx"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "打开密码"),
    (b"\x89PNG\r\n", "a.png", "这是图片"),
    (b"Rar!\x1a", "a.rar", "请解压"),
    (b"{\\rtf1", "a.doc", "RTF"),
    (b"PK\x03\x04broken", "a.docx", "打不开"),
    (zipped(a=b"x"), "a.zip", "请解压"),
    (zipped(**{"OFD.xml": b"<a/>"}), "a.ofd", "没有文字"),
    (zipped(**{"word/document.xml": b"\0" * 60_000_000}), "a.docx", "解开后太大"),
    (zipped(**{"word/document.xml": LAUGHS}), "a.docx", "已损坏"),
    (zipped(**{"word/document.xml": b"<a>" * 5_000 + b"</a>" * 5_000}), "a.docx", "已损坏"),
    (zipped(**{"xl/workbook.xml": b"<a"}), "a.xlsx", "已损坏"),
    (b"%PDF-1.7 nothing", "a.pdf", "PDF 文件打不开"),
    ("这不是表格".encode(), "a.xlsx", "打不开"),
    (b"\x00\x01\x02\x03", "a.bin", "不是能检查的文件"),
])  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(BadAttachment, match=sentence):
        read_attachment(data, name=name)


def test_a_wrong_name_and_a_file_inside_are_told() -> None:
    stream = io.BytesIO(word_file())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/embeddings/表.bin", b"x")
    attachment = read_attachment(stream.getvalue(), name="说明.xlsx")
    assert attachment.kind is Kind.DOCX
    assert attachment.notes[-1] == "文件名以 .xlsx 结尾，内容其实是Word 文档，已按Word 文档检查。请改正文件名。"
    assert [one.place for one in attachment.unread] == ["嵌入的对象（表.bin）"]


def test_ten_megabytes_in_one_line_end_and_say_what_was_left() -> None:
    for name in ("a.csv", "a.txt"):
        attachment = read_attachment(b"12345," * 1_700_000, name=name)
        assert 10_000 < attachment.characters <= LIMITS.characters
        assert attachment.unread


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["a.txt", "a.csv", "a.html", "a.docx", "a.pdf", "a"]),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"<html>"]),
)
def test_any_bytes_are_read_or_refused(data: bytes, name: str, start: bytes) -> None:
    whole_or_refused(start + data, name)


@pytest.mark.parametrize(
    ("make", "name"), [(word_file, "a.docx"), (workbook_file, "a.xlsx"), (slides_file, "a.pptx"), (pdf_file, "a.pdf")]
)
def test_damaged_files_are_read_or_refused(make: Callable[[], bytes], name: str) -> None:
    dice = random.Random(5)  # noqa: S311 - repeatable damage
    sound = make()
    for _ in range(25):
        damaged = bytearray(sound)
        for _ in range(dice.randint(1, 6)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        whole_or_refused(
            bytes(damaged[: dice.choice([len(damaged), len(damaged), dice.randrange(len(damaged))])]), name
        )


def whole_or_refused(data: bytes, name: str) -> None:
    refusals = []
    try:
        attachment = read_attachment(data, name=name)
    except BadAttachment as refusal:
        refusals.append(str(refusal))
    if refusals:
        assert refusals[0].endswith("。")
        return
    for passage in attachment.passages:
        assert all(passage.text[span.start : span.end].strip() for span in passage.spans)
    for one in judge_attachment(attachment, empty()):
        assert one.finding.excerpt in one.context


def empty() -> RuleSet:
    """Only the rules of privacy: the others cost time and are not what is tried here."""
    return PRIVACY


PRIVACY = compile_ruleset([one for one in default_rules() if one.id.startswith("privacy.")], on=date(2026, 6, 1))


def test_a_number_where_a_long_line_is_cut_is_found_and_such_a_line_is_not_masked_by_halves() -> None:
    text = f"{'甲，' * 9_996}电话{PHONE}，完。"
    attachment = read_attachment(text.encode(), name="a.txt")
    found = judge_attachment(attachment, RULES)
    assert [one.finding.excerpt for one in found] == [PHONE]
    with pytest.raises(BadAttachment, match="有的行太长"):
        masked_copy(text.encode(), attachment, found)


def test_a_page_of_many_layers_is_read() -> None:
    page = "<div>" * 400 + "人民攻府" + "</div>" * 400
    found = judge_attachment(read_attachment(page.encode(), name="a.html"), RULES)
    assert [one.finding.excerpt for one in found] == ["人民攻府"]

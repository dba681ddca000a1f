"""Word documents, made here with python-docx and, where Word writes what it cannot, with raw XML."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

from zhijian.content.document import image_files, to_copy_text, to_html
from zhijian.content.importing import Imported, ImportRefused, Notice, import_file

HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
OPENING = "为做好今冬供暖工作，现就有关事项通知如下，请认真抓好落实。"
LEVEL = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'


def read(write: Callable[[Any], None]) -> Imported:
    document = docx.Document()
    write(document)
    return import_file("稿件.docx", saved(document))


def saved(document: Any) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def xml(tag: str, inner: str, attributes: str = "") -> Any:
    return parse_xml(f"<{tag} {nsdecls('w', 'r')} {attributes}>{inner}</{tag}>")


def numbered(document: Any, words: str, level: int = 0) -> None:
    paragraph = document.add_paragraph(words)
    inner = f'<w:ilvl w:val="{level}"/><w:numId w:val="77"/>'
    paragraph._p.get_or_add_pPr().append(xml("w:numPr", inner))  # noqa: SLF001  python-docx has no API for it


def test_a_notice_keeps_title_headings_lists_bold_and_signature() -> None:
    def write(document: Any) -> None:
        for words in ("云川县人民政府办公室", "关于做好冬季供暖工作的通知"):
            paragraph = document.add_paragraph()
            paragraph.alignment = 1
            paragraph.add_run(words).bold = True
        document.add_paragraph("各乡镇人民政府，县政府各部门：")
        document.add_paragraph(OPENING)
        document.add_heading("总体要求", 1)
        document.add_paragraph("坚持安全第一，做到早部署、").add_run("早检修").bold = True
        document.add_paragraph("一、工作安排")
        document.add_paragraph("各单位按时限完成检修，具体要求如下，请对照落实。")
        for words in ("排查管网", "检修锅炉"):
            document.add_paragraph(words, style="List Number")
        document.add_paragraph("暖心", style="List Bullet")
        document.add_paragraph("贴心", style="List Bullet")
        document.add_paragraph("2026年11月1日").alignment = 2

    imported = read(write)
    assert imported.title == "云川县人民政府办公室关于做好冬季供暖工作的通知"
    assert to_html(imported.document, str).splitlines() == [
        "<p>各乡镇人民政府，县政府各部门：</p>",
        f"<p>{OPENING}</p>",
        "<h2>总体要求</h2>",
        "<p>坚持安全第一，做到早部署、<strong>早检修</strong></p>",
        "<h2>一、工作安排</h2>",
        "<p>各单位按时限完成检修，具体要求如下，请对照落实。</p>",
        "<ol><li><p>排查管网</p></li><li><p>检修锅炉</p></li></ol>",
        "<ul><li><p>暖心</p></li><li><p>贴心</p></li></ul>",
        '<p class="align-right">2026年11月1日</p>',
    ]
    assert imported.notices == ()


def test_automatic_chinese_numbers_are_written_out() -> None:
    def write(document: Any) -> None:
        levels = LEVEL.format(0, "chineseCountingThousand", "%1、") + LEVEL.format(
            1, "chineseCountingThousand", "（%2）"
        )
        root = document.part.numbering_part.element
        root.insert(0, xml("w:abstractNum", levels, 'w:abstractNumId="77"'))
        root.append(xml("w:num", '<w:abstractNumId w:val="77"/>', 'w:numId="77"'))
        document.add_paragraph("供暖办法")
        for words, level in (("总则", 0), ("适用范围", 1), ("责任单位", 1), ("附则", 0)):
            numbered(document, words, level)
            document.add_paragraph(OPENING)

    text = to_copy_text(read(write).document)
    assert text.split(f"\n\n{OPENING}")[:-1] == ["一、总则", "\n\n（一）适用范围", "\n\n（二）责任单位", "\n\n二、附则"]


def test_merged_cells_become_spans() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("时间表")
        document.add_paragraph(OPENING)
        table = document.add_table(3, 3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "事项"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "检修"
        table.cell(0, 2).text = "时限"

    assert to_html(read(write).document, str).splitlines()[1] == (
        '<table><tbody><tr><td colspan="2"><p>事项</p></td><td><p>时限</p></td></tr>'
        '<tr><td rowspan="2"><p>检修</p></td><td><p></p></td><td><p></p></td></tr>'
        "<tr><td><p></p></td><td><p></p></td></tr></tbody></table>"
    )


def test_tracked_changes_are_accepted_and_told() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("通知")
        paragraph = document.add_paragraph("报名截止到")._p  # noqa: SLF001  python-docx has no API for it
        paragraph.append(xml("w:del", "<w:r><w:delText>三月</w:delText></w:r>", 'w:id="1" w:author="a"'))
        paragraph.append(xml("w:ins", "<w:r><w:t>四月，请各单位相互转告</w:t></w:r>", 'w:id="2" w:author="a"'))

    imported = read(write)
    assert to_copy_text(imported.document) == "报名截止到四月，请各单位相互转告"
    assert imported.notices == (Notice("changes", "文件里有 2 处修订没有定稿，已按“接受修订”读入，请核对。"),)


def test_pictures_links_and_text_boxes_come_along() -> None:
    picture = BytesIO()
    Image.new("RGB", (4, 3), "red").save(picture, "PNG")

    def write(document: Any) -> None:
        document.add_paragraph("通知")
        document.add_picture(BytesIO(picture.getvalue()))
        relation = document.part.relate_to("https://example.org/a", HYPERLINK, is_external=True)
        paragraph = document.add_paragraph("详见")._p  # noqa: SLF001  python-docx has no API for it
        paragraph.append(xml("w:hyperlink", "<w:r><w:t>网页</w:t></w:r>", f'r:id="{relation}"'))
        box = "<w:txbxContent><w:p><w:r><w:t>框里的话</w:t></w:r></w:p></w:txbxContent>"
        shape = (
            f'<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>{box}</v:textbox></v:shape></w:pict>'
        )
        paragraph.append(xml("w:r", shape))

    imported = read(write)
    assert to_copy_text(imported.document) == "〔图片：无说明〕\n\n详见网页（https://example.org/a）\n\n框里的话"
    assert image_files(imported.document) == ("import:0",)
    assert [(image.media_type, image.data) for image in imported.images] == [("image/png", picture.getvalue())]


def repacked(data: bytes, name: str, content: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return file.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("word/document.xml", BOMB, "这个文件带有可疑的内容，不能导入。请复制文字后粘贴。"),
        ("word/document.xml", b"<w:document", "这个 .docx 文件已损坏。请用 WPS 或 Word 打开，另存一份后再导入。"),
        (
            "word/media/a.bin",
            b"\0" * (41 * 1024 * 1024),
            "这个文件解开后太大，不像正常的文稿。请另存为新的 .docx 后再导入。",
        ),
    ],
    ids=["entities", "cut off", "zip bomb"],
)
def test_a_harmful_or_damaged_file_is_refused(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        import_file("稿件.docx", repacked(saved(docx.Document()), name, content))
    assert str(refused.value) == sentence


def test_another_kind_of_archive_is_no_word_document() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(ImportRefused) as refused:
        import_file("台账.docx", file.getvalue())
    assert str(refused.value) == "这不是 Word 文稿。请另存为 .docx 后再导入。"

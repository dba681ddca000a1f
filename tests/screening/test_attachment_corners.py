"""What an Office file, a page or a PDF holds where nobody looks: parts under other names, and where links lead."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pptx
import typst
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from zhijian.screening import compile_ruleset, default_rules
from zhijian.screening.attachments import judge_attachment, read_attachment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RULES = compile_ruleset(
    [one for one in default_rules() if one.id.startswith(("privacy.mobile", "link.shortener"))], on=date(2026, 6, 1)
)
PHONE = "手机13800138000"
CELLS = ('<c r="A1" t="s"><v>0</v></c>', '<c r="B1" t="s"><v>1</v></c>')
STRINGS = f"<sst><si><t>甲{PHONE}</t></si><si><r><t>乙</t></r></si></sst>"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DRAWN = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
FONTS = ["src/zhijian/lib/typesetting/vendor/noto-sans-sc"]


def saved(thing: Any) -> bytes:
    stream = io.BytesIO()
    thing.save(stream)
    return stream.getvalue()


def places(data: bytes, name: str) -> set[str]:
    return {one.place for one in judge_attachment(read_attachment(data, name=name), RULES)}


def remade(
    data: bytes,
    *,
    names: Mapping[str, str] | None = None,
    parts: Mapping[str, str] | None = None,
    related: Sequence[tuple[str, str, str]] = (),
    changed: Sequence[tuple[str, str]] = (),
) -> bytes:  # fmt: skip
    """Return a package with other `names`, more `parts` and relations (owner, kind, target), and `changed` text.

    A target with "://" lies outside.
    """
    source = zipfile.ZipFile(io.BytesIO(data))
    members = {one: source.read(one) for one in source.namelist()}
    for old, new in (*(names or {}).items(), *changed):
        members = {name: body.replace(old.encode(), new.encode()) for name, body in members.items()}
    for old, new in (names or {}).items():
        members = {name.replace(old, new): body for name, body in members.items()}
    members |= {name: body.encode() for name, body in (parts or {}).items()}
    for number, (owner, kind, target) in enumerate(related):
        folder, _, base = owner.rpartition("/")
        rels = f"{folder}/_rels/{base}.rels"
        mode = ' TargetMode="External"' if "://" in target else ""
        entry = f'<Relationship Id="x{number}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        body = members.get(rels, f'<Relationships xmlns="{RELATIONS}"></Relationships>'.encode())
        body = re.sub(rb"<Relationships([^>]*)/>", rb"<Relationships\1></Relationships>", body)
        members[rels] = body.replace(b"</Relationships>", f"{entry}</Relationships>".encode())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return stream.getvalue()


def paper() -> bytes:
    made = docx.Document()
    made.add_paragraph(f"正文{PHONE}")
    return saved(made)


def book() -> bytes:
    made = openpyxl.Workbook()
    made.active.title = "名单"
    made.active.append(["first", "second"])
    cell = '<c r="{}1" t="inlineStr"><is><t>{}</t></is></c>'
    shared = [(cell.format(*old), new) for old, new in ((("A", "first"), CELLS[0]), (("B", "second"), CELLS[1]))]
    return remade(
        saved(made),
        changed=shared,
        parts={"xl/sharedStrings.xml": STRINGS},
        related=[("xl/workbook.xml", "sharedStrings", "sharedStrings.xml")],
    )


def show() -> bytes:
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = PHONE
    return saved(made)


def test_parts_are_found_by_their_relations_whatever_they_are_called() -> None:
    assert places(
        remade(paper(), names={"word/document.xml": "word/Inhalt.XML", "document.xml": "Inhalt.XML"}), "a.docx"
    ) == {"正文第 1 段"}
    names = {"sharedStrings.xml": "Worte.XML", "sheet1.xml": "Blatt.Xml", "workbook.xml": "Buch.xml"}
    assert places(remade(book(), names=names), "a.xlsx") == {"表‘名单’第 1 行 A 列"}
    names = {"slide1.xml": "Folie.XML", "presentation.xml": "Vortrag.xml"}
    assert places(remade(show(), names=names), "a.pptx") == {"幻灯片 1"}


def test_a_cell_whose_words_are_not_there_is_told() -> None:
    attachment = read_attachment(remade(book(), changed=[("<v>1</v>", "<v>99</v>")]), name="a.xlsx")
    assert [(one.place, one.why) for one in attachment.unread] == [
        ("表‘名单’第 1 行 B 列", "文件里找不到这一格的文字，没有检查")
    ]
    left = remade(book(), changed=[("<v>0</v>", "<v>1</v>")])
    assert places(left, "a.xlsx") == {"没有一格用到的文字（看不见，仍在文件里）"}


CHART = f"""<c:chartSpace xmlns:c="c" {DRAWN}><c:title><a:p><a:r><a:t>图表{PHONE}</a:t></a:r></a:p></c:title>
<c:cat><c:strCache><c:pt idx="0"><c:v>甲</c:v></c:pt></c:strCache></c:cat></c:chartSpace>"""
DIAGRAM = (
    f'<dgm:dataModel xmlns:dgm="d" {DRAWN}><dgm:pt><a:p><a:r><a:t>{PHONE}</a:t></a:r></a:p></dgm:pt></dgm:dataModel>'
)
TEXT_BOX = f"<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>{PHONE}</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
BODY = f"""<w:p><w:hyperlink r:id="x0"><w:r><w:t>通知</w:t></w:r></w:hyperlink>
<w:r><w:instrText> HYPERLINK "https://bit.ly/code" </w:instrText></w:r>{TEXT_BOX}
<w:r><w:drawing><wp:docPr xmlns:wp="wp" id="9" name="n" descr="{PHONE}"/></w:drawing></w:r>
<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="{PHONE}" w:value="1"/></w:dropDownList></w:sdtPr></w:sdt>
</w:p>"""
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def note(kind: str) -> str:
    name = kind.removesuffix("s")
    return f'<w:{kind} {WORD}><w:{name} w:id="1"><w:p><w:r><w:t>{PHONE}</w:t></w:r></w:p></w:{name}></w:{kind}>'


def test_a_word_document_is_read_in_its_corners() -> None:
    data = remade(
        paper(),
        changed=[("<w:body>", f"<w:body>{BODY}")],
        parts={
            "word/charts/chart1.xml": CHART, "word/diagrams/data1.xml": DIAGRAM, "word/notes.xml": note("footnotes"),
            "word/ends.xml": note("endnotes"), "word/embeddings/a.xlsx": "x", "customXml/item1.xml": f"<a>{PHONE}</a>",
            "word/foot.xml": f"<w:ftr {WORD}><w:p><w:r><w:t>{PHONE}</w:t></w:r></w:p></w:ftr>",
        },
        related=[
            ("word/document.xml", "hyperlink", "https://bit.ly/link"),
            ("word/document.xml", "attachedTemplate", "https://bit.ly/template"),
            ("word/document.xml", "chart", "charts/chart1.xml"),
            ("word/document.xml", "diagramData", "diagrams/data1.xml"),
            ("word/document.xml", "footnotes", "notes.xml"),
            ("word/document.xml", "endnotes", "/word/ends.xml"),
            ("word/document.xml", "footer", "foot.xml"),
            ("word/document.xml", "package", "embeddings/a.xlsx"),
        ],
    )  # fmt: skip
    assert places(data, "a.docx") == {
        "正文第 1 段的文本框", "正文第 1 段的替代文字", "正文第 1 段的下拉选项", "正文第 2 段", "正文的图表",
        "正文的智能图形", "脚注 1", "尾注 1", "页脚", "文件里别的部分（item1.xml）", "正文第 1 段的链接",
        "正文第 1 段的域代码", "文件引用的外部地址（attachedTemplate）",
    }  # fmt: skip
    attachment = read_attachment(data, name="a.docx")
    assert [(one.place, one.why) for one in attachment.unread] == [
        ("正文嵌入的对象（a.xlsx）", "没有打开。请单独另存后检查")
    ]


SHEET_TAIL = f"""<dataValidations count="1"><dataValidation type="list" sqref="B2" prompt="{PHONE}">
<formula1>"是,{PHONE}"</formula1>
</dataValidation></dataValidations><hyperlinks><hyperlink ref="C3" r:id="x0" xmlns:r="{OFFICE}"/></hyperlinks>
<headerFooter><oddHeader>&amp;C&amp;"宋体,常规"{PHONE}</oddHeader></headerFooter></worksheet>"""
NAMES = f'<definedNames><definedName name="甲" comment="{PHONE}">A1</definedName></definedNames>'
FORMULA = '<row r="7"><c t="str"><f>HYPERLINK("https://bit.ly/formula","看")</f><v>看</v></c></row></sheetData>'
DRAWING = f"""<xdr:wsDr xmlns:xdr="x" {DRAWN}><xdr:twoCellAnchor>
<xdr:from><xdr:col>1</xdr:col><xdr:row>4</xdr:row></xdr:from>
<xdr:sp><xdr:cNvPr descr="{PHONE}"/><a:p><a:r><a:t>{PHONE}</a:t></a:r></a:p></xdr:sp>
</xdr:twoCellAnchor></xdr:wsDr>"""
THREAD = (
    f'<ThreadedComments xmlns="t"><threadedComment ref="A1"><text>{PHONE}</text></threadedComment></ThreadedComments>'
)


def test_a_workbook_is_read_in_its_corners() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    data = remade(
        book(),
        changed=[
            ("</worksheet>", SHEET_TAIL),
            ("<definedNames/>", NAMES),
            ("</sheetData>", FORMULA),
        ],
        parts={"xl/d.xml": DRAWING, "xl/c.xml": CHART, "xl/t.xml": THREAD, "xl/vbaProject.bin": "x"},
        related=[
            (sheet, "hyperlink", "https://bit.ly/cell"),
            (sheet, "drawing", "../d.xml"),
            ("xl/d.xml", "chart", "c.xml"),
            (sheet, "threadedComment", "/xl/t.xml"),
        ],
    )  # fmt: skip
    assert places(data, "a.xlsx") == {
        "表‘名单’第 1 行 A 列", "表‘名单’B2的下拉选项", "表‘名单’B2的下拉选项的输入提示", "表‘名单’C3的链接",
        "表‘名单’的页眉", "表‘名单’的图形（第 5 行第 2 列）", "表‘名单’的图形（第 5 行第 2 列）的替代文字",
        "表‘名单’的图形的图表", "表‘名单’A1 的批注", "定义的名称", "表‘名单’第 7 行 A 列的公式",
    }  # fmt: skip
    assert [one.place for one in read_attachment(data, name="a.xlsx").unread] == ["文件里的宏（vbaProject.bin）"]


def test_slides_are_read_in_their_corners() -> None:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "标题"
    run = slide.shapes.add_textbox(0, 0, 9, 9).text_frame.paragraphs[0].add_run()
    run.text, run.hyperlink.address = "点这里", "https://bit.ly/slide"
    chart = CategoryChartData()
    chart.categories = [PHONE]
    chart.add_series("甲", (1,))
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, 99, 99, chart)
    slide.shapes[1]._element.nvSpPr.cNvPr.set("descr", PHONE)  # noqa: SLF001 - python-pptx has no alternative text
    made.core_properties.title, made.core_properties.keywords = PHONE, PHONE
    data = remade(
        saved(made), parts={"ppt/g.xml": DIAGRAM}, related=[("ppt/slides/slide1.xml", "diagramData", "../g.xml")]
    )
    assert places(data, "a.pptx") == {
        "幻灯片 1的链接", "幻灯片 1的图表", "幻灯片 1的替代文字", "幻灯片 1的智能图形", "文件属性（标题）",
        "文件属性（关键词）",
    }  # fmt: skip
    assert [one.place for one in read_attachment(data, name="a.pptx").unread] == [
        "幻灯片 1的图表嵌入的对象（Microsoft_Excel_Sheet1.xlsx）"
    ]


PAGE = """<html><head><meta http-equiv="refresh" content="0; url=https://bit.ly/refresh">
<script src="//bit.ly/script"></script></head><body><a href="https://bit.ly/a">通知</a><a href="/b">内</a>
<iframe src="https://bit.ly/frame"></iframe><form action="https://bit.ly/form"></form>
<a href="tel:13800138000">打电话</a></body></html>"""


def test_where_links_of_a_page_lead_is_judged() -> None:
    assert places(PAGE.encode(), "a.html") == {
        "网页源码第 1 行（自动跳转）", "网页源码第 2 行（script 的 src）", "网页源码第 2 行（a 的 href）",
        "网页源码第 3 行（iframe 的 src）", "网页源码第 3 行（form 的 action）", "网页源码第 4 行（a 的 href）",
    }  # fmt: skip


def pdf(source: str) -> bytes:
    return typst.compile(f'#set text(font: "Noto Sans SC")\n{source}'.encode(), format="pdf", font_paths=FONTS)


def test_links_comments_and_bookmarks_of_a_pdf_are_read() -> None:
    data = pdf(f'= {PHONE}\n#pagebreak()\n#link("https://bit.ly/pdf")[通知]\n#pagebreak()\n')
    assert places(data, "a.pdf") == {"第 1 页", "书签（目录）", "第 2 页的链接"}
    assert read_attachment(data, name="a.pdf").unread == ()


OFD = {
    "OFD.xml": f"""<ofd:OFD xmlns:ofd="o"><ofd:DocBody><ofd:DocInfo><ofd:Title>{PHONE}</ofd:Title></ofd:DocInfo>
<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>""",
    "Doc_0/Document.xml": """<ofd:Document xmlns:ofd="o"><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/P0/Content.xml"/>
<ofd:Page ID="2" BaseLoc="Pages/P1/Content.xml"/></ofd:Pages></ofd:Document>""",
    "Doc_0/Pages/P0/Content.xml": """<ofd:Page xmlns:ofd="o">
<ofd:TextObject Boundary="10 20 9 4"><ofd:TextCode>手机138001</ofd:TextCode></ofd:TextObject>
<ofd:TextObject Boundary="19 20 9 4"><ofd:TextCode>38000</ofd:TextCode></ofd:TextObject>
<ofd:URI URI="https://bit.ly/ofd"/></ofd:Page>""",
    "Doc_0/Pages/P1/Content.xml": '<ofd:Page xmlns:ofd="o"><ofd:ImageObject/></ofd:Page>',
}
ODS = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "content.xml": f"""<o:document xmlns:o="o" xmlns:t="t" xmlns:x="x"><t:table t:name="名单">
<t:table-row t:number-rows-repeated="3"/>
<t:table-row><t:table-cell t:number-columns-repeated="2"/><t:table-cell>
<t:p>{PHONE}</t:p></t:table-cell></t:table-row></t:table>
</o:document>""",
}
ODT = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "content.xml": f"""<o:document xmlns:o="o" xmlns:t="t" xmlns:x="x">
<t:h>题</t:h><t:p>{PHONE}<t:a x:href="https://bit.ly/odt">看</t:a></t:p>
</o:document>""",
    "meta.xml": f'<o:meta xmlns:o="o"><o:title>{PHONE}</o:title></o:meta>',
}


def open_file(parts: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return stream.getvalue()


def test_ofd_and_opendocument_files_are_read() -> None:
    assert places(open_file(OFD), "a.ofd") == {"第 1 页", "第 1 页的链接", "文件属性（Title）"}
    attachment = read_attachment(open_file(OFD), name="a.ofd")
    assert [one.place for one in attachment.unread] == ["第 2 页"]
    assert places(open_file(ODS), "a.ods") == {"表‘名单’第 4 行 C 列"}
    assert places(open_file(ODT), "a.odt") == {"正文第 2 段", "正文第 2 段的链接", "文件属性"}


def test_parts_of_open_files_nobody_points_to_are_read_and_macros_told() -> None:
    inner = f'<o:c xmlns:o="o" xmlns:t="t"><t:p>甲<t:s/>{PHONE}</t:p></o:c>'
    parts = {**ODT, "Object 1/content.xml": inner, "Basic/Standard/Module1.xml": f"<m>' {PHONE}</m>"}
    told = places(open_file(parts), "a.odt")
    assert {"文件里别的部分（content.xml）", "文件里别的部分（Module1.xml）"} <= told
    assert "文件里的宏" in {one.place for one in read_attachment(open_file(parts), name="a.odt").unread}
    listed = OFD["Doc_0/Document.xml"].replace("</ofd:Document>", f'<ofd:OutlineElem Title="{PHONE}"/></ofd:Document>')
    drawn = f'<ofd:Res xmlns:ofd="o"><ofd:TextCode>{PHONE}</ofd:TextCode></ofd:Res>'
    told = places(open_file({**OFD, "Doc_0/Document.xml": listed, "Doc_0/Res.xml": drawn}), "a.ofd")
    assert {"书签（目录）", "文件里别的部分（Res.xml）"} <= told


def test_neighbours_in_open_files_do_not_run_together() -> None:
    body = f"<t:p>13900139000<t:tab/><t:x>{PHONE[2:]}</t:x><o:annotation><t:p>{PHONE}</t:p></o:annotation></t:p>"
    text = {**ODT, "content.xml": f'<o:d xmlns:o="o" xmlns:t="t">{body}</o:d>'}
    told = [one.place for one in judge_attachment(read_attachment(open_file(text), name="a.odt"), RULES)]
    assert told[:2] == ["正文第 1 段", "正文第 1 段"]
    assert told[2].endswith("的批注")
    head = ODS["content.xml"].replace("t:p>", "t:h>").replace("名单", PHONE)
    told = places(open_file({**ODS, "content.xml": head}), "a.ods")
    assert {f"表‘{PHONE}’的名称", f"表‘{PHONE}’第 4 行 C 列"} <= told
    page = OFD["Doc_0/Pages/P0/Content.xml"].replace("手机138001", "13900139000")
    page = page.replace("19 20", "40 20").replace(">38000<", f">{PHONE[2:]}<")
    read = read_attachment(open_file({**OFD, "Doc_0/Pages/P0/Content.xml": page}), name="a.ofd")
    assert [one.place for one in judge_attachment(read, RULES)].count("第 1 页") == 2


def test_drawings_on_a_sheet_edges_of_slides_and_rows_too_wide_are_read_or_told() -> None:
    shapes = f"<t:shapes><d:custom-shape><t:p>{PHONE}</t:p></d:custom-shape></t:shapes><t:table-row"
    drawn = ODS["content.xml"].replace("<t:table-row", shapes, 1).replace('xmlns:t="t"', 'xmlns:t="t" xmlns:d="d"')
    told = places(open_file({**ODS, "content.xml": drawn}), "a.ods")
    assert told == {"表‘名单’上的图形", "表‘名单’第 4 行 C 列"}
    assert read_attachment(open_file(ODS), name="a.ods").unread == ()

    edge = ODS["content.xml"].replace('columns-repeated="2"', 'columns-repeated="16383"')
    assert places(open_file({**ODS, "content.xml": edge}), "a.ods") == {"表‘名单’第 4 行 XFD 列"}
    read = read_attachment(open_file({**ODS, "content.xml": edge.replace("16383", "16384")}), name="a.ods")
    assert [(one.place, one.why[:9]) for one in read.unread] == [("表‘名单’第 4 行 XFE 列及以后", "列太多，没有检查。")]

    decls = "".join(f"<p:{name}-decl p:name='a'>{PHONE[:-1]}{at}</p:{name}-decl>" for at, name in enumerate(EDGES))
    body = f'<o:document xmlns:o="o" xmlns:d="d" xmlns:p="p">{decls}<d:page/></o:document>'
    show = {"mimetype": "application/vnd.oasis.opendocument.presentation", "content.xml": body}
    found = judge_attachment(read_attachment(open_file(show), name="a.odp"), RULES)
    assert [(one.place, one.finding.excerpt[-1]) for one in found] == [("页眉页脚", str(at)) for at in range(3)]


EDGES = ("header", "footer", "date-time")

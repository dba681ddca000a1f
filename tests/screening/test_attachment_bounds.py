"""Files made to cost much are read as far as the limits go, and what was left is told. Work is counted, not time."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

import openpyxl
import pptx
import pypdfium2
import pytest

from zhijian.screening.attachments import LIMITS, Attachment, BadAttachment, read_attachment
from zhijian.screening.attachments.package import Package, parsed
from zhijian.screening.attachments.sheets import read_xlsx
from zhijian.screening.attachments.slides import _tell_words, read_pptx
from zhijian.screening.attachments.words import read_docx
from zhijian.screening.attachments.work import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CHUNK = 64 * 1024


def saved(thing: openpyxl.Workbook | pptx.presentation.Presentation) -> bytes:
    stream = io.BytesIO()
    thing.save(stream)
    return stream.getvalue()


def paper(body: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{MAIN}"><w:body>{body}</w:body></w:document>')
    return stream.getvalue()


def filled(data: bytes, part: str, end: str, body: str) -> bytes:
    """Return a package with `body` before the `end` of one part, stored as it is."""
    source, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in source.namelist():
            written = source.read(name)
            archive.writestr(name, written.replace(end.encode(), f"{body}{end}".encode()) if name == part else written)
    return stream.getvalue()


def left(attachment: Attachment) -> list[str]:
    return [one.place for one in attachment.unread]


WORD = "<w:p><w:r><w:t>字</w:t></w:r></w:p>"
NESTED = "<w:tbl><w:tr><w:tc>" * 60 + WORD + "</w:tc></w:tr></w:tbl>" * 60


@pytest.mark.parametrize(("body", "place"), [
    (f"{WORD}<w:p>{'<w:r><w:t>字</w:t></w:r>' * 100_000}</w:p>{WORD}", "正文第 1 段及以后"),
    ("<w:p/>" * (LIMITS.paragraphs + 50_000), "正文第 400000 段"),
    (NESTED * 100, ""),
])  # fmt: skip
def test_a_word_document_costs_no_more_than_the_limits(body: str, place: str) -> None:
    desk = Desk()
    read_docx(Package(paper(body), desk))
    assert desk.tags <= LIMITS.tags + CHUNK
    assert [one.place.startswith(place) for one in desk.unread] == [True] * bool(place)
    assert desk.full is bool(place)


def test_a_workbook_of_empty_cells_costs_no_more_than_the_limits() -> None:
    rows = f"<row>{'<c/>' * 2_000}</row>" * 1_100 + '<row><c t="str"><v>字</v></c></row>'
    book = saved(openpyxl.Workbook())
    desk = Desk()
    read_xlsx(Package(filled(book, "xl/worksheets/sheet1.xml", "</sheetData>", rows), desk))
    assert (desk.tags <= LIMITS.tags + CHUNK, desk.full) == (True, True)
    assert desk.unread[0].place.startswith("表‘Sheet’第 ")


def test_a_slide_of_empty_paragraphs_is_told_and_the_next_one_read() -> None:
    show = pptx.Presentation()
    for words in ("一", "二"):
        show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = f"第{words}页的标题"
    desk = Desk()
    data = filled(saved(show), "ppt/slides/slide1.xml", "</p:spTree>", "<a:p/>" * LIMITS.held_tags)
    read_pptx(Package(data, desk))
    desk.begin()
    assert [one.place for one in desk.unread] == ["幻灯片 1"]
    assert "第二页的标题" in [one.text for one in desk.passages]


def test_pages_tables_and_texts_without_end_are_cut_and_told() -> None:
    assert left(read_attachment(b"<html>\n<p>a" + b"<p>" * 400_000, name="a.html")) == ["网页源码第 2 行及以后"]
    deep = "<html>前面" + "<div>" * 5_000 + "里面" + "</div>" * 5_000 + "</html>"
    attachment = read_attachment(deep.encode(), name="a.html")
    assert left(attachment) == ["网页里套了 2000 层以上的部分"]
    links = b"".join(b'<a href="http://a%d.com/">' % number for number in range(LIMITS.links + 50))
    attachment = read_attachment(b"<html>" + links, name="a.html")
    assert (len(attachment.links), left(attachment)) == (LIMITS.links, [f"第 {LIMITS.links + 1} 个以后的链接"])
    assert left(read_attachment(b"a" + b"," * 3_000_000 + b"\nb", name="a.csv")) == [
        "第 1 行 XFE 列及以后", "第 2 行及以后",
    ]  # fmt: skip
    for name in ("a.csv", "a.txt"):
        attachment = read_attachment(b"a\n" * (LIMITS.lines + 50), name=name)
        assert attachment.characters == LIMITS.lines
        assert [place.startswith(f"第 {LIMITS.lines + 1} 行") for place in left(attachment)] == [True]


def test_a_pdf_of_empty_pages_draws_none_and_one_of_packed_nothing_is_refused() -> None:
    document = pypdfium2.PdfDocument.new()
    for _ in range(5_000):
        document.new_page(100, 100)
    stream = io.BytesIO()
    document.save(stream)
    attachment = read_attachment(stream.getvalue(), name="a.pdf")
    assert (attachment.pictures, left(attachment)) == ((), [f"第 {LIMITS.pages + 1} 页及以后"])
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(250)) + packer.flush()
    head = b"1 0 obj\n<</Length %d /Filter /FlateDecode>>\nstream\n" % len(packed)
    with pytest.raises(BadAttachment, match="解开后太大"):
        read_attachment(b"%PDF-1.7\n" + head + packed + b"\nendstream\nendobj\n", name="a.pdf")


def test_tables_within_tables_are_read_once() -> None:
    words, depth = "字" * 3_000, 40
    odt = "<t:table><t:table-row><t:table-cell>" * depth + f"<t:p>{words}</t:p>"
    odt += "</t:table-cell></t:table-row></t:table>" * depth
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f'<o:d xmlns:o="o" xmlns:t="t">{odt}</o:d>')
    read = read_attachment(stream.getvalue(), name="a.odt")
    assert sum(one.text.count("字") for one in read.passages) == len(words)
    desk = Desk()
    table = "<a:tbl><a:tr><a:tc>" * depth + f"<a:p><a:t>{words}</a:t></a:p>" + "</a:tc></a:tr></a:tbl>" * depth
    _tell_words(parsed(f'<a:x xmlns:a="a">{table}</a:x>'.encode()), "幻灯片 1", desk, hidden=False)
    assert desk.characters == len(words)


def raw_pdf(catalogue: str, page: str, *objects: str) -> bytes:
    """Make a PDF of one page; `objects` are numbered from 4."""
    bodies = (
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]{page}>>", *objects,
    )  # fmt: skip
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(data))
        data += f"{number} 0 obj{body}endobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(bodies) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(data)}\n"
    return data + f"{end}%%EOF".encode()


def wide(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex()}>"


def bookmarks(count: int) -> bytes:
    rows = [
        f"<</Title({number})/Parent 4 0 R{f'/Next {number + 6} 0 R' if number < count - 1 else ''}>>"
        for number in range(count)
    ]
    return raw_pdf("/Outlines 4 0 R", "", f"<</First 5 0 R/Last {count + 4} 0 R/Count {count}>>", *rows)


def choices(count: int) -> bytes:
    options = "".join(wide(f"选项{number}") for number in range(count))
    field = f"<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(a)/Rect[0 0 90 20]/Opt[{options}]/P 3 0 R>>"
    return raw_pdf("/AcroForm<</Fields[4 0 R]>>", "/Annots[4 0 R]", field)


def comment(length: int) -> bytes:
    words = wide("意见。" * (length // 3))
    return raw_pdf("", "/Annots[4 0 R]", f"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents{words}>>")


@pytest.mark.parametrize(
    ("make", "most", "place"),
    [
        (bookmarks, LIMITS.links, "书签（目录）：超过 2,000 条，其余的没有检查"),
        (choices, 100, "第 1 页的表单选项：超过 100 个，其余的没有检查"),
        (comment, 39_999, "第 1 页的批注：超过 40,000 个字，没有检查"),
    ],
)
def test_what_is_cut_beside_the_pages_of_a_pdf_is_told(make: Callable[[int], bytes], most: int, place: str) -> None:
    whole = read_attachment(make(most), name="a.pdf")
    assert (whole.unread, whole.characters >= most) == ((), True)
    cut = read_attachment(make(most + 3), name="a.pdf")
    assert [f"{one.place}：{one.why}" for one in cut.unread] == [place]
    assert cut.characters <= whole.characters

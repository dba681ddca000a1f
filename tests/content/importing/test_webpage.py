"""HTML pages and pasted HTML; the pages are written for these tests."""

import base64
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from zhijian.content.document import canonical_json, marked_blocks, to_copy_text, to_html
from zhijian.content.importing import ImportedImage, ImportRefused, import_file, import_html

PIXEL = base64.b64encode(b"\x89PNG picture").decode()
PAGE = f"""<!DOCTYPE html><html><head><meta charset="{{charset}}">
<title>关于开展秋季义诊的通知_云川县人民政府网</title>
<meta name="PubDate" content="2026-10-12 09:00">
<meta name="ContentSource" content="云川县卫生健康局"></head><body>
<header><a href="/">首页</a><a>登录</a></header><nav><ul><li>政务公开</li></ul></nav>
<div>当前位置：首页 &gt; 通知</div>
<div><h1>关于开展秋季义诊的通知</h1><div>发布时间：2026-10-12 09:00 来源：县卫健局 浏览次数：12</div>
<div id="zoom"><p>各乡镇卫生院：</p>
<p style="text-indent:2em">为方便群众看病，<b>定于10月20日</b>在县文化广场开展义诊，请各单位按安排准备。
<span style="display:none">看不见</span></p>
<h2>一、时间安排</h2><ul><li>上午：内科，<a href="https://example.org/x" onclick="x()">预约</a></li>
<li>下午：外科<ul><li>骨科</li></ul></li></ul>
<table><tr><th>科室</th><th colspan="2">医生</th></tr><tr><td rowspan="2">内科</td><td>张</td><td>李</td></tr>
<tr><td>王</td><td>赵</td></tr></table>
<p><img src="data:image/png;base64,{PIXEL}" alt="义诊海报"></p><p><img src="/a.jpg"></p>
<p>报名表请填写完整，并于10月15日前报送县卫生健康局医政科。<br>联系电话见附件</p>
<p align="right">2026年10月12日</p></div>
<div>附件：<a href="https://example.org/a.docx">报名表.docx</a></div></div>
<footer>主办单位：云川县人民政府 <script>alert(1)</script>ICP备000号</footer></body></html>"""


EXPECTED = """<p>各乡镇卫生院：</p>
<p>为方便群众看病，<strong>定于10月20日</strong>在县文化广场开展义诊，请各单位按安排准备。</p>
<h2>一、时间安排</h2>
<ul><li><p>上午：内科，<a href="https://example.org/x" rel="noopener">预约</a></p></li>
<li><p>下午：外科</p><ul><li><p>骨科</p></li></ul></li></ul>
<table><thead><tr><th><p>科室</p></th><th colspan="2"><p>医生</p></th></tr></thead>
<tbody><tr><td rowspan="2"><p>内科</p></td><td><p>张</p></td><td><p>李</p></td></tr>
<tr><td><p>王</p></td><td><p>赵</p></td></tr></tbody></table>
<figure><img src="import:0" alt="义诊海报"></figure>
<p data-marked="missing_image">〔此处原有图片：没有说明〕</p>
<p>报名表请填写完整，并于10月15日前报送县卫生健康局医政科。<br>联系电话见附件</p>
<p class="align-right">2026年10月12日</p>
<p>附件：<a href="https://example.org/a.docx" rel="noopener">报名表.docx</a></p>"""


def test_a_page_keeps_its_structure_and_loses_its_frame() -> None:
    imported = import_file("页面.html", PAGE.replace("{charset}", "utf-8").encode())
    assert (imported.title, imported.source, imported.published_on) == (
        "关于开展秋季义诊的通知",
        "云川县卫生健康局",
        date(2026, 10, 12),
    )
    assert to_html(imported.document, str).replace("\n", "") == EXPECTED.replace("\n", "")
    assert imported.images == (ImportedImage(b"\x89PNG picture", "image/png", "义诊海报"),)
    assert [notice.kind for notice in imported.notices] == ["metadata", "hidden", "frame", "missing_image"]


def test_a_page_in_the_national_encoding_is_read() -> None:
    page = PAGE.replace("{charset}", "gb2312").encode("gb18030")
    assert import_file("a.htm", page).title == "关于开展秋季义诊的通知"


def test_text_pasted_from_word_keeps_bold_and_bullets() -> None:
    imported = import_html(
        "<p class=MsoTitle align=center style='text-align:center'><b>关于报名的说明</b></p>"
        "<p class=MsoNormal><span style='font-weight:bold'>报名</span>请到服务大厅二楼办理，"
        "工作日全天开放，节假日休息。<o:p></o:p></p>"
        "<p class=MsoListParagraph><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>身份证</p>"
        "<p class=MsoListParagraph><span style='mso-list:Ignore'>·</span>照片</p>"
    )
    assert imported.title == "关于报名的说明"
    assert to_html(imported.document, str) == (
        "<p><strong>报名</strong>请到服务大厅二楼办理，工作日全天开放，节假日休息。</p>\n"
        "<ul><li><p>身份证</p></li><li><p>照片</p></li></ul>"
    )


def test_text_pasted_from_wechat_becomes_plain_paragraphs() -> None:
    imported = import_html(
        '<div id="js_content" style="visibility: hidden"><section><section><p><span style="font-size:15px">'
        "县图书馆本周起延长开放时间，晚间增加两个小时，欢迎前来阅读。</span></p></section>"
        '<section><img data-src="https://example.org/p.png" alt="阅览室"></section><p><br></p></section></div>'
    )
    assert to_copy_text(imported.document) == (
        "县图书馆本周起延长开放时间，晚间增加两个小时，欢迎前来阅读。\n\n〔此处原有图片：阅览室〕"
    )
    assert [block.kind for block in marked_blocks(imported.document)] == ["missing_image"]


def test_a_script_never_gets_through() -> None:
    imported = import_html("<p onclick=x()>请<a href=' javascript:alert(1)'>点这里</a><script>x</script>办理</p>")
    assert "script" not in canonical_json(imported.document).lower()
    assert to_copy_text(imported.document) == "请点这里办理"


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<ul><li>",
                "</li></ul>",
                "<table><tr><td>",
                "</td></tr></table>",
                "<b>",
                "</b>",
                "<br>",
                "<blockquote>",
                "</blockquote>",
                "<h2>",
                "</h2>",
                "甲乙丙",
                " ",
                "<img src=x>",
                "<ol>",
                "<li>",
                "<td>",
            ]
        ),
        max_size=30,
    )
)
def test_any_markup_is_read_or_refused_with_a_sentence(pieces: list[str]) -> None:
    try:
        imported = import_html("".join(pieces) + "完")
    except ImportRefused as refused:
        assert str(refused)  # noqa: PT017  both outcomes are allowed; a refusal must say why
    else:
        assert "完" in imported.title + to_copy_text(imported.document)

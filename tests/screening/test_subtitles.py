"""Subtitle files of every kind and encoding: the time is told, tags do not hide a word, nor does the end of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.screening.attachments import BadAttachment, Kind, judge_attachment, read_attachment

if TYPE_CHECKING:
    from zhijian.screening import RuleSet

IDENTITY = "110101199003074514"
SRT = f"""1
00:00:01,500 --> 00:00:04,000
今天我们讲<i>扫黑</i>险恶斗争

2
00:01:23,000 --> 00:01:25,000 X1:40
深入推进扫黑

3
00:01:25,200 --> 00:01:28,000
<font color="#fff">险恶</font>，
身份证{IDENTITY[:6]}

4
00:01:28,100 --> 00:01:30,000
{IDENTITY[6:]}

5
00:09:00,000 --> 00:09:02,000
扫黑

6
00:10:00,000 --> 00:10:02,000
险恶
"""
VTT = """WEBVTT 扫黑险恶不在这里

NOTE
备注里写扫黑险恶

STYLE
::cue { color: red }

第一段
00:02.000 --> 00:03.000 align:start
<v 主持人>扫黑<00:02.500><c.red>险恶</c>&amp;其他
"""
ASS = """[Script Info]
Title: 扫黑险恶宣讲
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\an8\\b1}扫黑{\\b0}险恶{\\p1}m 0 0 l 9 9{\\p0}完{译注：扫黑险恶}
Comment: 0,0:00:07.00,0:00:08.00,Default,,0,0,0,,扫黑险恶
Dialogue: 0,0:01:09.00,0:01:10.00,Default,,0,0,0,,扫黑\\N险恶
Dialogue: 坏的一行扫黑险恶
"""
LRC = "[ti:扫黑险恶之歌]\n[00:12.30][02:12.30]扫黑<00:12.90>险恶\n没有时间的扫黑险恶\n"
SBV = "0:00:01.000,0:00:02.000\n扫黑\n\n0:00:02.100,0:00:03.000\n险恶\n"


def _told(data: bytes, name: str, ruleset: RuleSet) -> list[tuple[str, str]]:
    found = judge_attachment(read_attachment(data, name=name), ruleset)
    return [(one.place, one.finding.excerpt) for one in found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_subrip_tells_the_time_and_finds_words_broken_over_two_cues(packaged: RuleSet, encoding: str) -> None:
    data = SRT.encode(encoding)
    attachment = read_attachment(data, name="talk.txt" if encoding == "utf-8" else "talk.srt")
    assert (attachment.kind, attachment.unread, attachment.notes) == (Kind.SRT, (), ())
    assert _told(data, "talk.srt", packaged) == [
        ("字幕 00:00:01", "扫黑险恶"),
        ("字幕 00:01:23", "扫黑险恶"),
        ("字幕 00:01:25", IDENTITY),
    ]
    found = judge_attachment(attachment, packaged)
    assert [(one.key, one.finding.start) for one in found[:2]] == [((0, 0, 0), 5), ((0, 0, 0), 4)]
    assert found[1].finding.why.endswith("分写在两处")


def test_the_other_kinds_are_read_with_what_no_viewer_sees(packaged: RuleSet) -> None:
    word = "扫黑险恶"
    assert _told(VTT.encode(), "a.vtt", packaged) == [
        ("字幕文件的属性（第 1 行）", word), ("字幕文件里的备注（第 4 行）", word), ("字幕 00:00:02", word),
    ]  # fmt: skip
    assert _told(ASS.encode(), "无名", packaged) == [
        ("字幕文件的属性（第 2 行）", word), ("字幕文件里的备注（第 5 行）", word), ("字幕 00:00:05", word),
        ("字幕 00:00:07", word), ("第 8 行", word), ("字幕 00:01:09", word),
    ]  # fmt: skip
    assert read_attachment(ASS.encode(), name="a.ssa").notes == (
        "第 8 行的时间写法不对，字幕可能不显示。请用字幕软件改正。",
    )
    assert _told(LRC.encode(), "a.lrc", packaged) == [
        ("歌词文件的标题等信息（第 1 行）", word), ("字幕 00:00:12", word), ("第 3 行", word),
    ]  # fmt: skip
    assert _told(SBV.encode(), "a.sbv", packaged) == [("字幕 00:00:01", word)]


def test_what_only_calls_itself_subtitles_is_read_line_by_line_and_said_so(packaged: RuleSet) -> None:
    attachment = read_attachment("没有时间\n扫黑险恶\n00:1 --> 坏".encode(), name="a.srt")
    assert [one.place for one in judge_attachment(attachment, packaged)] == ["第 2 行"]
    assert attachment.notes == (
        "第 3 行的时间写法不对，字幕可能不显示。请用字幕软件改正。",
        "这个字幕文件里没有找到时间，按普通文字逐行检查。请核对文件。",
    )
    with pytest.raises(BadAttachment, match="不是能检查的文件"):
        read_attachment(b"\x00\x01\x02", name="a.srt")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["00:00:01,000 --> 00:00:02,000", "1", "", "{\\p1}", "<i", "[00:01.0]",
             "Dialogue: 0,0:0:1.0,0:0:2.0,,,,,,,",
             "-->", "NOTE", "扫黑", "险恶", "&#99999999;", "[ti:", "0:00:01.000,0:00:02.000", "\\N", "{",
             "99:99:99,9 -->"]
        )
        | st.text(max_size=12),
        max_size=40,
    ),
    st.sampled_from(["\n", "", "\r\n"]),
    st.sampled_from(["a.srt", "a.vtt", "a.ass", "a.lrc", "a.sbv"]),
)  # fmt: skip
def test_any_lines_are_read_or_refused(parts: list[str], end: str, name: str) -> None:
    text = end.join(parts)
    try:
        attachment = read_attachment(text.encode("utf-8", "surrogatepass"), name=name)
    except BadAttachment as refusal:
        assert str(refusal).endswith("。")  # noqa: PT017 - either is right
        return
    for passage in attachment.passages:
        assert all(passage.text[span.start : span.end].strip() for span in passage.spans)
    assert attachment.characters <= len(text) * 2


def test_no_line_that_a_player_leaves_out_is_lost(packaged: RuleSet) -> None:
    word, head = "扫黑险恶", "[Script Info]\n"
    spoken = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,大家好\n"
    for name, data in (
        ("a.ass", f"{head}{word}\n{spoken}"), ("通知.txt", f"{head}{spoken}Style: {word}\n"),
        ("b.srt", f"1\n00:00:01,000 --> 00:00:02,000 {word} X1:10\n大家好\n"),
        ("c.srt", f"1\n00:00:01,000 --> 00:00:02,000\n大家好\n\nSTYLE {word}\n"),
        ("d.sbv", f"0:00:01.000,0:00:02.000\n大家好\n\nREGION {word}\n"),
    ):  # fmt: skip
        assert [found for _, found in _told(data.encode(), name, packaged)] == [word], name
    number = "13800138000\n00:00:01,000 --> 00:00:02,000\n大家好\n\n2\n00:00:03,000 --> 00:00:04,000\n再见\n"
    assert [found for _, found in _told(number.encode(), "e.srt", packaged)] == ["13800138000"]


def test_settings_of_a_cue_are_silent_and_what_only_looks_like_one_is_read(packaged: RuleSet) -> None:
    valid = (
        "position:10%,line-left align:center size:80% line:-1", "vertical:rl region:fred", "line:85.5%,end",
        "position:100% size:33.33% align:start", "vertical:lr line:0 align:right\tregion:r1",
    )  # fmt: skip
    for settings_text in valid:
        data = f"WEBVTT\n\n00:01.000 --> 00:02.000 {settings_text}\n大家好\n".encode()
        words = [one.text for one in read_attachment(data, name="a.vtt").passages]
        assert words == ["大家好"], settings_text
    phone, word = "13800138000", "扫黑险恶"
    strange = (
        (f"position:{phone}", phone), (f"line:{phone} align:start", phone), (f"region:{phone}", phone),
        (f"align:{word}", word), (f"X1:{phone} X2:10", phone), (f"size:80% {word}", word),
        (f"region:{word}", word), (f"position:10%,{phone}", phone),
    )  # fmt: skip
    for settings_text, found in strange:
        data = f"WEBVTT\n\n00:01.000 --> 00:02.000 {settings_text}\n大家好\n".encode()
        assert _told(data, "a.vtt", packaged) == [("时间后面的字（第 3 行）", found)], settings_text


def test_names_and_numbers_of_styles_are_read_and_usual_ones_are_silent(packaged: RuleSet) -> None:
    head = "[Script Info]\nScriptType: v4.00+\nPlayResX: 1920\nTimer: 100.0000\n[V4+ Styles]\n"
    spoken = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,大家好\n"
    fields = "Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, Bold, ScaleX, Encoding\n"
    numbers = "20,&H00FFFFFF,-2147483640,-1,100.5,134\n"
    usual = "".join(f"Style: 样式{at},{font},{numbers}" for at, font in enumerate(
        ("微软雅黑", "方正小标宋简体", "仿宋_GB2312", "@黑体", "Source Han Sans CN", "思源黑体 CN Medium")
    ))  # fmt: skip
    plain = read_attachment((head + fields + usual + spoken).encode(), name="a.ass")
    assert judge_attachment(plain, packaged) == []
    assert plain.characters < len(usual) // 2
    phone, word = "13800138000", "扫黑险恶"
    for style, found in (
        (f"Style: {phone},黑体,{numbers}", phone), (f"Style: 默认,{word},{numbers}", word),
        (f"Style: 默认,黑体,{phone},{numbers}", phone), (f"PlayResY: {phone}\n", phone),
        (f"Format: Name, {word}\n", word), (f"Style: 默认,黑体,{IDENTITY},{numbers}", IDENTITY),
    ):  # fmt: skip
        assert _told((head + style + spoken).encode(), "a.ass", packaged) == [("字幕文件的样式（第 6 行）", found)], (
            style
        )

"""Subtitle and lyric files: every line with the time it shows at, without tags; words broken over two lines are found.

SubRip (`.srt`), WebVTT (W3C), SubStation Alpha (`.ass`, `.ssa`), YouTube's `.sbv` and `.lrc`. What stands outside of
any cue is read too: no line of the file is lost.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zhijian.screening.attachments.model import Kind, Passage, Span
from zhijian.screening.attachments.plain import lines_of, read_txt
from zhijian.screening.attachments.work import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhijian.screening.attachments.work import Desk

_MOMENT: Final = r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2})[.,:]([0-9]{1,3})"
_ARROW: Final = re.compile(rf"\s{{0,20}}{_MOMENT}\s{{0,20}}-->\s{{0,20}}{_MOMENT}")
_COMMA: Final = re.compile(rf"\s{{0,20}}{_MOMENT},{_MOMENT}\s{{0,20}}\Z")
_ASS_MOMENT: Final = re.compile(rf"\s{{0,20}}{_MOMENT}")
_LRC_STAMP: Final = re.compile(r"\s{0,20}\[(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{1,2})(?:[.:]([0-9]{1,3}))?\]")
_LRC_ABOUT: Final = re.compile(r"\s{0,20}\[[A-Za-z#]{1,12}:(.{0,2000})\]\s{0,20}\Z")
_TAG: Final = re.compile(
    r"</?(?:b|i|u|s|c|v|rt|font|span|ruby|lang|br)(?:[ .\t][^<>]{0,200})?/?>|<[0-9:.]{4,16}>|\{\\[^{}]{0,500}\}",
    re.IGNORECASE,
)
_OVERRIDE: Final = re.compile(r"\{([^{}]{0,2000})\}")
_DRAWING: Final = re.compile(r"\\p([0-9])")
_LAYOUT: Final = frozenset(
    {"format", "style", "playresx", "playresy", "scripttype", "wrapstyle", "collisions", "timer"}
)
"""Fields of SubStation Alpha that hold names of styles and numbers; what is neither is read."""
_PLAIN_VALUE: Final = re.compile(
    r"\s*(?:-?[0-9]{1,10}(?:\.[0-9]{1,6})?|&H[0-9A-F]{1,8}&?|[A-Z][A-Z+. ]{0,40}[0-9.+]{0,5})\s*", re.IGNORECASE
)
_NAMES_OF_STYLE: Final = 2
"""The first fields of a style: its name and that of its font."""
_SECTION: Final = re.compile(r"\[[A-Za-z0-9+ ]{1,30}\]")
_NUMBER: Final = re.compile(r"[0-9]{1,6}")
_SHARE: Final = r"(?:100(?:\.0{1,6})?|[0-9]{1,2}(?:\.[0-9]{1,6})?)%"
# WebVTT 3.5 and the corners of SubRip. The name of a region may be any word: one with a long number is read.
_SETTING: Final = re.compile(
    rf"(?<!\S)(?:vertical:(?:rl|lr)|line:(?:-?[0-9]{{1,4}}|{_SHARE})(?:,(?:start|center|end))?"
    rf"|position:{_SHARE}(?:,(?:line-left|center|line-right))?|size:{_SHARE}|align:(?:start|center|end|left|right)"
    r"|region:(?!\S{0,40}[0-9]{7})[!-~]{1,40}|[XY][12]:[0-9]{1,5})(?!\S)"
)
_NEW_LINE: Final = re.compile(r"\\N")
_CLOSED: Final = "。！？；…!?;：:"
_SRT_START: Final = re.compile(rf"\s{{0,50}}[0-9]{{1,6}}\s{{1,20}}{_ARROW.pattern}")
_TOGETHER: Final = 5.0
"""Seconds between two cues that may still be one sentence."""
MOST_LINES: Final = 100_000
"""A film has some eight thousand."""
_CHUNK: Final = 4_000
_TEXT_FIELD: Final = 9
_HOUR, _MINUTE = 3600, 60


@dataclass(frozen=True, slots=True)
class Shown:
    """One line that shows from `at` to `until` (seconds; both negative: it belongs to no time) at a line of the file.

    `plain` tells that it stands in its line as it is, so that columns count; `hidden` that no viewer sees it.
    """

    text: str
    at: float
    until: float
    line: int
    plain: bool = False
    hidden: bool = False
    about: str = ""
    source: str = "字幕"

    @property
    def place(self) -> str:
        if self.about:
            return f"{self.about}（第 {self.line} 行）" if self.line else self.about
        return f"{self.source} {moment(self.at)}" if self.at >= 0 else f"第 {self.line} 行"


def moment(seconds: float) -> str:
    """Return a time as people read it: 00:01:23."""
    whole = max(0, int(seconds))
    return f"{whole // _HOUR:02}:{whole // _MINUTE % 60:02}:{whole % 60:02}"


def kind_of(text: str, told: Kind | None) -> Kind | None:
    """Return the kind of subtitles a text is by how it begins, or else by its name; nothing when it is none.

    What is named a text or a table is not taken for `.ass`, of which the numbers of layout are left out: whoever
    opens it sees them.
    """
    head = text[:300].lstrip("\ufeff \t\r\n")
    if head.startswith("WEBVTT"):
        return Kind.VTT
    if head[:13].lower() == "[script info]" and told not in {Kind.TXT, Kind.CSV}:
        return Kind.ASS
    if _SRT_START.match(head):
        return Kind.SRT
    return told if told in READERS else None


def read_subtitles(text: str, kind: Kind, desk: Desk) -> None:
    """Read subtitles: lines by their times, then once more joined, for what is broken over two of them."""
    lines = lines_of(text)
    if len(lines) > MOST_LINES:
        desk.leave(f"第 {MOST_LINES + 1} 行及以后", "内容太多，没有检查。请拆成几个文件分别检查")
    shown = list(READERS[kind](lines[:MOST_LINES], desk))
    if not any(one.at >= 0 for one in shown):
        desk.notes.append("这个字幕文件里没有找到时间，按普通文字逐行检查。请核对文件。")
        read_txt(text, desk)
        return
    take_shown(shown, desk)


def take_shown(shown: Sequence[Shown], desk: Desk) -> None:
    """Lay lines on the desk, as they are and joined."""
    taken = []
    for one in shown:
        key = (0, one.line, 0) if one.plain else (0, 0, 0)
        if not desk.line(one.text, one.place, key=key, hidden=one.hidden):
            break
        taken.append(one)
    desk.begin()
    desk.passages += _joined([one for one in taken if one.at >= 0 and not one.hidden])


def _joined(shown: Sequence[Shown]) -> Iterator[Passage]:
    parts: list[str] = []
    spans: list[Span] = []
    size = 0
    for number, one in enumerate(shown):
        if not one.text.strip() or len(one.text) > LONGEST_LINE:
            continue
        gap = _gap(shown[number - 1], one) if parts else ""
        parts += [gap, one.text.strip()]
        start = size + len(gap)
        size = start + len(parts[-1])
        spans.append(Span(start, size, one.place, hidden=one.hidden))
        if size > _CHUNK:
            yield Passage("".join(parts), tuple(spans), joined=True)
            parts, size = [parts[-1]], len(parts[-1])
            spans = [Span(0, size, one.place, hidden=one.hidden)]
    if len(spans) > 1:
        yield Passage("".join(parts), tuple(spans), joined=True)


def _gap(one: Shown, other: Shown) -> str:
    """Return what stands between two lines read in one breath: nothing, or a space between words of letters."""
    before, after = one.text.rstrip()[-1:], other.text.lstrip()[:1]
    if before in _CLOSED or other.at - one.until > _TOGETHER or other.at < one.at:
        return "\n"
    return " " if before.isascii() and before.isalpha() and after.isascii() and after.isalpha() else ""


def without_tags(text: str) -> str:
    """Return a line of SubRip or WebVTT without tags and with its signs written out."""
    return html.unescape(_TAG.sub("", text)) if "<" in text or "{" in text or "&" in text else text


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, rest = (part or "0" for part in parts)
    return int(hours) * 3600.0 + int(minutes) * 60.0 + int(seconds) + int(rest) / 10.0 ** len(rest)


def _cues(lines: Sequence[str], desk: Desk) -> Iterator[Shown]:
    """Yield the lines of SubRip, WebVTT and SBV: a line of two times begins a cue, an empty line ends it."""
    at, until, about, broken, in_cue = -1.0, -1.0, "", 0, False
    for number, line in enumerate(lines, 1):
        times = _times(line)
        if times:
            at, until, about, in_cue = *times, "", True
            yield Shown(_beside(line), -1, -1, number, hidden=True, about="时间后面的字")
            continue
        if "-->" in line:
            broken = broken or number
        if not line.strip():
            about, in_cue = "", False
        elif number == 1 and line.lstrip("\ufeff").startswith("WEBVTT"):
            yield Shown(line.partition("WEBVTT")[2], -1, -1, number, hidden=True, about="字幕文件的属性")
        elif not in_cue and line.split()[0] in {"NOTE", "STYLE", "REGION"}:
            about, in_cue = "字幕文件里的备注", True
            yield Shown(line.strip().partition(line.split()[0])[2], -1, -1, number, hidden=True, about=about)
        elif in_cue or not _NUMBER.fullmatch(line.strip()) or not _begins_cue(lines, number):
            text = without_tags(line)
            named = not in_cue and _begins_cue(lines, number)
            told = "字幕的编号" if named else about
            moment_of = (-1.0, -1.0) if told else (at, until)
            yield Shown(text, *moment_of, number, plain=text == line, hidden=bool(told), about=told)
    if broken:
        desk.notes.append(f"第 {broken} 行的时间写法不对，字幕可能不显示。请用字幕软件改正。")


def _beside(line: str) -> str:
    """Return what stands behind the times of a cue, but for where it shows."""
    found = _ARROW.match(line)
    return _SETTING.sub("", line[found.end() :]).strip() if found else ""


def _begins_cue(lines: Sequence[str], number: int) -> bool:
    return number < len(lines) and _times(lines[number]) is not None


def _times(line: str) -> tuple[float, float] | None:
    found = _ARROW.match(line) if "-->" in line else _COMMA.match(line)
    return (_seconds(found.groups()[:4]), _seconds(found.groups()[4:])) if found else None


def _events(lines: Sequence[str], desk: Desk) -> Iterator[Shown]:
    """Yield the dialogues of SubStation Alpha, its comments, and the words of its head."""
    broken = 0
    for number, line in enumerate(lines, 1):
        name, _, rest = line.lstrip("\ufeff").partition(":")
        name = name.strip().lower()
        if name in {"dialogue", "comment"}:
            fields = rest.split(",", _TEXT_FIELD)
            times = [_ASS_MOMENT.match(field) for field in fields[1:3]]
            if len(fields) <= _TEXT_FIELD or not all(times):
                broken = broken or number
                yield Shown(rest, -1, -1, number)
                continue
            at, until = (_seconds(found.groups()) for found in times if found)
            yield from _spoken(fields[_TEXT_FIELD], at, until, number, hidden=name == "comment")
        elif name in _LAYOUT:
            yield from _unusual(name, rest, number)
        elif not _SECTION.fullmatch(line.strip()):
            yield Shown(line, -1, -1, number, hidden=True, about="字幕文件的属性")
    if broken:
        desk.notes.append(f"第 {broken} 行的时间写法不对，字幕可能不显示。请用字幕软件改正。")


def _unusual(name: str, rest: str, number: int) -> Iterator[Shown]:
    """Yield what on a line of layout is a name or no value of layout at all."""
    for at, value in enumerate(rest.split(",")):
        if not _PLAIN_VALUE.fullmatch(value) or (name == "style" and at < _NAMES_OF_STYLE):
            yield Shown(value, -1, -1, number, hidden=True, about="字幕文件的样式")


def _spoken(text: str, at: float, until: float, number: int, *, hidden: bool) -> Iterator[Shown]:
    """Yield the lines of one event; notes in braces are told apart, drawings left out."""
    words, drawing, last = [], False, 0
    for found in _OVERRIDE.finditer(text):
        words.append("" if drawing else text[last : found.start()])
        last = found.end()
        inside = found.group(1)
        for pen in _DRAWING.findall(inside):
            drawing = pen != "0"
        if "\\" not in inside and inside.strip():
            yield Shown(inside, -1, -1, number, hidden=True, about="字幕文件里的备注")
    words.append("" if drawing else text[last:])
    for part in _NEW_LINE.split("".join(words)):
        yield Shown(part.replace("\\n", " ").replace("\\h", " "), at, until, number, hidden=hidden)


def _lyrics(lines: Sequence[str], desk: Desk) -> Iterator[Shown]:
    """Yield the lines of a lyric file and what its head tells of title and singer."""
    del desk
    for number, line in enumerate(lines, 1):
        rest, at, place = line.lstrip("\ufeff"), -1.0, 0
        while found := _LRC_STAMP.match(rest, place):
            at, place = at if at >= 0 else _seconds(found.groups()), found.end()
        rest = rest[place:]
        about = _LRC_ABOUT.match(rest) if at < 0 else None
        if about:
            yield Shown(about.group(1), -1, -1, number, about="歌词文件的标题等信息")
        else:
            yield Shown(_TAG.sub("", rest), at, at, number)


READERS: Final[dict[Kind, Callable[[Sequence[str], Desk], Iterator[Shown]]]] = {
    Kind.SRT: _cues,
    Kind.VTT: _cues,
    Kind.SBV: _cues,
    Kind.ASS: _events,
    Kind.LRC: _lyrics,
}

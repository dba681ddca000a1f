"""What was read off a picture, judged by the same rules as text, and shown where it stands.

A machine reads some characters wrong. So a finding is as serious as its line was clear, and one that only differs from
the right wording by characters that machines mix up is a hint: somebody has to look.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from zhijian.screening.detectors.links import policy_of
from zhijian.screening.enums import Category, Severity
from zhijian.screening.findings import Finding
from zhijian.screening.links import judge_link, reads_as_link
from zhijian.screening.scanning import scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.screening.links import LinkPolicy
    from zhijian.screening.pictures.reading import Box, Code, Line, PictureReading
    from zhijian.screening.ruleset import RuleSet

CLEAR: Final = 0.90
READABLE: Final = 0.75
UNCLEAR: Final = "看不清，请人工核对。"
DOUBTFUL: Final = "可能是识别误差，请人工核对。"
# What machines read for one another: same strokes, a stroke more or less, half-width signs of one shape.
MIXED_UP: Final = (
    "己已巳", "末未", "曰日白目自", "人入八", "土士", "干千于", "天夫无元", "大太犬", "王玉主", "田由甲申", "刀力",
    "了丁", "戊戌戍", "拔拨", "候侯", "徽微", "析折", "贷货", "壁璧", "辩辨辫", "免兔", "问间闻", "今令", "准淮",
    "凡几", "代伐", "治冶", "洒酒", "扬杨", "杆秆竿", "抓爪瓜", "师帅", "乌鸟", "住往佳", "晴睛", "密蜜", "侍待",
    "斤斥", "乒乓兵", "0oO〇", "1lI|丨", "5sS", "8B", "2zZ", "一-—", "口囗□",
)  # fmt: skip
_LEFT_OUT: Final = frozenset({Category.PUNCTUATION})
_ACROSS: Final = frozenset({"resident_id"})
"""Detectors sure enough of themselves to be believed over the end of a line."""
_EXIF: Final = "《中华人民共和国个人信息保护法》第二十八条；CIPA DC-008（EXIF）"


@dataclass(frozen=True, slots=True)
class PictureFinding:
    """One fault of a picture. `boxes` are where it stands, one for each line it runs over (none: the whole file).

    `line` is the first of those lines, counted in the reading. The finding's offsets and excerpt belong to the
    reading's lines joined by `joined_text`; for a code they belong to its own text.
    """

    finding: Finding
    boxes: tuple[Box, ...]
    line: int | None = None
    frame: int = 0


def judge_picture(
    reading: PictureReading,
    ruleset: RuleSet,
    *,
    link_rules: LinkPolicy | None = None,
) -> list[PictureFinding]:
    """Judge lines, codes and metadata: findings of the text from top to bottom, then codes, then the file's own.

    A reading that was not looked at gives only what its file tells; the caller shows `not_looked` beside it. Addresses
    in codes are judged by `link_rules`, or by what the set's own rules about links go by.
    """
    policy = link_rules or policy_of(ruleset)
    return [
        *_of_lines(reading.lines, ruleset),
        *(found for code in reading.codes for found in _of_code(code, ruleset, policy)),
        *_of_metadata(reading),
    ]


def joined_text(lines: Sequence[Line]) -> str:
    """Return the lines as the text that is judged, one paragraph a line."""
    return "\n".join(line.text for line in lines)


def _of_lines(lines: Sequence[Line], ruleset: RuleSet) -> Iterator[PictureFinding]:
    found = [*_findings(lines, ruleset, ["\n"] * len(lines), across=False)]
    gaps = ["" if _goes_on(one, other) else "\n" for one, other in pairwise(lines)]
    if "" in gaps:
        found += _findings(lines, ruleset, [*gaps, ""], across=True)
    yield from sorted(found, key=lambda one: (one.line or 0, one.finding.start))


def _findings(
    lines: Sequence[Line], ruleset: RuleSet, gaps: Sequence[str], *, across: bool
) -> Iterator[PictureFinding]:
    """Yield findings over lines joined by gaps: those inside one line, or those across the end of one."""
    starts, text = [], ""
    for line, gap in zip(lines, gaps, strict=True):
        starts.append(len(text))
        text += line.text + gap
    detectors = {rule.id: rule.detector for rule in ruleset.rules if rule.detector}
    for finding in scan(text, ruleset):
        first, last = _line_at(starts, finding.start), _line_at(starts, finding.end - 1)
        if finding.category in _LEFT_OUT or across != (first != last):
            continue
        if across and detectors.get(finding.rule_id, "resident_id") not in _ACROSS:
            continue
        judged = _weighed(finding, min(line.confidence for line in lines[first : last + 1]))
        boxes = tuple(
            _part(lines[number], finding.start - starts[number], finding.end - starts[number])
            for number in range(first, last + 1)
            if lines[number].text
        )
        told = _broken(judged, lines, gaps, last - first + 1) if across else judged
        yield PictureFinding(told, boxes, first, lines[first].frame)


def _line_at(starts: Sequence[int], place: int) -> int:
    return bisect_right(starts, place) - 1


def _broken(finding: Finding, lines: Sequence[Line], gaps: Sequence[str], over: int) -> Finding:
    """Return a finding across lines with offsets and excerpt of `joined_text`, where every line ends with a break."""
    ends, length, missing = [], 0, []
    for line, gap in zip(lines, gaps, strict=True):
        length += len(line.text) + len(gap)
        ends.append(length)
        missing.append(1 - len(gap))
    start = finding.start + sum(missing[: bisect_right(ends, finding.start)])
    end = finding.end + sum(missing[: bisect_right(ends, finding.end - 1)])
    excerpt = joined_text(lines)[start:end]
    return replace(finding, start=start, end=end, excerpt=excerpt, why=f"{finding.why}；分写在{over}行")


def _goes_on(one: Line, other: Line) -> bool:
    """Tell whether a line may be the next one of the same paragraph: as tall, close below, under it."""
    if one.frame != other.frame:
        return False
    height, next_height = _height(one), _height(other)
    gap = min(y for _, y in other.box) - max(y for _, y in one.box)
    beside = min(one.box[1][0], other.box[1][0]) > max(one.box[0][0], other.box[0][0])
    return beside and max(height, next_height) < 1.4 * min(height, next_height) and -0.5 * height < gap < height


def _height(line: Line) -> float:
    return max(1.0, abs(line.box[3][1] - line.box[0][1]))


def _weighed(finding: Finding, confidence: float) -> Finding:
    if confidence < READABLE:
        return replace(finding, severity=Severity.HINT, message=UNCLEAR + finding.message)
    if _is_mixed_up(finding):
        return replace(finding, severity=Severity.HINT, message=DOUBTFUL + finding.message)
    if confidence < CLEAR and finding.severity.blocks:
        return replace(finding, severity=Severity.WARNING, message=UNCLEAR + finding.message)
    return finding


def _is_mixed_up(finding: Finding) -> bool:
    """Tell whether what should stand there differs only by characters that machines read for one another."""
    families = _families()
    for right in finding.suggestions:
        if len(right) != len(finding.excerpt) or right == finding.excerpt:
            continue
        pairs = [(seen, meant) for seen, meant in zip(finding.excerpt, right, strict=True) if seen != meant]
        if all(families.get(seen, {seen}) & families.get(meant, {meant}) for seen, meant in pairs):
            return True
    return False


@cache
def _families() -> dict[str, set[int | str]]:
    found: dict[str, set[int | str]] = {}
    for number, family in enumerate(MIXED_UP):
        for sign in family:
            found.setdefault(sign, {sign}).add(number)
    return found


def _part(line: Line, start: int, end: int) -> Box:
    """Return the part of a line's box from one character to another; full-width ones take twice the room.

    What reaches over an end of the line counts up to it.
    Half-width signs differ in width, so that in a line with both kinds the part is taken a little wider.
    """
    widths = [2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line.text]
    whole = max(1, sum(widths))
    slack = 0.6 if len(set(widths)) > 1 else 0.0
    start = max(0, start)
    begin = max(0.0, sum(widths[:start]) - slack) / whole
    until = min(whole, sum(widths[:end]) + slack) / whole
    top_left, top_right, bottom_right, bottom_left = line.box
    return (
        _between(top_left, top_right, begin),
        _between(top_left, top_right, until),
        _between(bottom_left, bottom_right, until),
        _between(bottom_left, bottom_right, begin),
    )


def _between(one: tuple[float, float], other: tuple[float, float], share: float) -> tuple[float, float]:
    return round(one[0] + (other[0] - one[0]) * share, 1), round(one[1] + (other[1] - one[1]) * share, 1)


def _of_code(code: Code, ruleset: RuleSet, policy: LinkPolicy) -> Iterator[PictureFinding]:
    found = judge_link(code.text.strip(), policy)[:1] if reads_as_link(code.text) else scan(code.text, ruleset)
    for finding in found:
        told = replace(finding, message=f"图片上的二维码或条码：{finding.message}")
        yield PictureFinding(told, (code.box,), None, code.frame)


def _of_metadata(reading: PictureReading) -> Iterator[PictureFinding]:
    metadata = reading.metadata
    if metadata.has_location:
        place = f"（{metadata.place}）" if metadata.place else ""
        message = f"图片文件里带有拍摄地点{place}。请清除图片信息后再用。"
        yield PictureFinding(_own("picture.location", Severity.ERROR, message, metadata.place), ())
    if metadata.has_thumbnail:
        message = "图片文件里另有一张缩略图，可能还是修改前的样子。请清除图片信息后再用。"
        yield PictureFinding(_own("picture.thumbnail", Severity.HINT, message, ""), ())


def _own(rule_id: str, severity: Severity, message: str, excerpt: str) -> Finding:
    return Finding(
        0, len(excerpt), excerpt, rule_id, Category.PRIVACY, severity, message, (), _EXIF, "图片文件的附带信息"
    )

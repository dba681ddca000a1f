"""One piece against itself: the title against the text, what is announced against what is listed, gaps in numbering."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from zhijian.screening.detectors.dates import chinese_number
from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_HAN = "一二三四五六七八九十"
_NUMBER = rf"(?:[0-9]{{1,3}}|[{_HAN}]{{1,3}})"
# The numbers of the four levels of GB/T 9704-2012, at the head of a line: 一、 （一） 1. （1）.
_HEAD = re.compile(
    rf"\n[ \u3000]{{0,8}}(?:([{_HAN}]{{1,3}})、|[（(]([{_HAN}]{{1,3}})[)）]|([0-9]{{1,2}})[.．、](?![0-9])|"
    r"[（(]([0-9]{1,2})[)）])"
)
_LEVELS = 4
_WIDEST_GAP = 3
_ANNOUNCED = re.compile(
    rf"(?:以下|下列|如下)(?P<hit>(?P<n>[0-9]{{1,2}}|[{_HAN}两]{{1,3}})(?:条|项|点|种|类|步|个方面|方面|个步骤|项措施))"
    r"[^。：:\n]{0,16}[:：][ \u3000]*\n",
)
_ATTACHMENT_HEAD = re.compile(r"\n[ \u3000]{0,8}附件[ \u3000]{0,4}[:：0-9一二三四五六七八九十]")
_ATTACHMENT_LIST = re.compile(
    r"\n[ \u3000]{0,8}附件[:：][ \u3000]*1[.．、][^\n]*(?:\n[ \u3000]{0,16}[0-9]{1,2}[.．、][^\n]*){0,30}"
)
_ATTACHMENT_NAMED = re.compile(
    r"(?:见|详见|填写|填报|按|按照)附件(?P<first>[1-9][0-9]?)(?:[、和及至—\-](?:附件)?(?P<last>[1-9][0-9]?))?"
)
_ATTACHMENT_MEANT = re.compile(r"[（(](?P<hit>(?:详)?见附件)[)）]|(?:具体|名单|表格)(?P<late>(?:详)?见附件)(?=[。，])")
_LISTED = re.compile(r"(?:[:：]|\n)[ \u3000]*([0-9]{1,2})[.．、]")
_ORDINAL = re.compile(rf"第(?P<n>{_NUMBER})(?=(?P<what>[届次期批轮][\u4e00-\u9fff]{{3}}))")
_YEAR = re.compile(r"(?P<n>20(?<![0-9]..)[0-9]{2})(?=(?P<what>年(?!度?以来)[\u4e00-\u9fff]{4}))")
_NAMED_DOCUMENT = re.compile(
    r"《(?P<title>[^《》\n]{4,60})》[（(](?P<hit>[\u4e00-\u9fff]{2,8}〔20[0-9]{2}〕[0-9]{1,4}号)[)）]",
)
_ORGANISATION = re.compile(r"[\u4e00-\u9fff]{4,14}?(?:局|委员会|办公室|中心|人民政府|医院|大学|中学|小学|公司)")
_PERSON = re.compile(r"(?P<name>[\u4e00-\u9fff]{3})(?P<rank>同志|先生|女士|教授|医生|老师)")
_TELLING = frozenset("省市县区乡镇村东西南北上下左右前后大小新老一二三四五六七八九十甲乙丙丁的和与第副正总分男女内外")
_LONGEST_TITLE = 60


class _Head(NamedTuple):
    level: int
    number: int
    start: int
    end: int


def skipped_number(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find a numbered item whose predecessor is missing; a higher level in between starts the count anew."""
    last: list[int] = [0] * _LEVELS
    for head in _heads(page.folded):
        before = last[head.level]
        if before and before + 1 < head.number <= before + _WIDEST_GAP:
            yield Hit(head.start, head.end, note=f"第{before}项之后是第{head.number}项", why="逐项核对序号")
        last[head.level] = head.number
        last[head.level + 1 :] = [0] * (_LEVELS - head.level - 1)


_LONGEST_LIST, _MOST_ANNOUNCED = 300, 200


def announced_count(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find 以下五条措施 before a numbered list of another length."""
    announcements = list(_ANNOUNCED.finditer(page.folded))
    heads = list(_heads(page.folded)) if announcements else []
    starts = [head.start for head in heads]
    for match in announcements[:_MOST_ANNOUNCED]:
        told = _value(match["n"].replace("两", "二"))
        listed = _length_of_list(heads[bisect_left(starts, match.end()) :][:_LONGEST_LIST], match.end())
        if told and listed > 1 and listed != told:
            yield Hit(match.start("hit"), match.end("hit"), note=f"{listed}项", why="数后面的序号")


def missing_attachment(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find an attachment the text points to and the list of attachments, or the whole piece, lacks."""
    text = page.folded
    if "附件" not in text:
        return
    if not _ATTACHMENT_HEAD.search(f"\n{text}"):
        for match in _ATTACHMENT_MEANT.finditer(text):
            group = "hit" if match["hit"] else "late"
            yield Hit(match.start(group), match.end(group), note="全文没有附件", why="核对附件说明")
        return
    block = _ATTACHMENT_LIST.search(f"\n{text}")
    if block is None:
        return
    listed = max(int(number) for number in _LISTED.findall(block[0]))
    for match in _ATTACHMENT_NAMED.finditer(text, 0, block.start()):
        if int(match["last"] or match["first"]) > listed:
            yield Hit(*match.span(), note=f"附件说明只列到第{listed}个", why="核对附件说明")


def title_against_text(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find 第13届… or 2025年… in the text where the title says 第12届… or 2026年… of the very same thing."""
    title, body = _title(page.folded)
    for expression in (_ORDINAL, _YEAR) if title else ():
        wanted = {match["what"][:5]: match["n"] for match in expression.finditer(title)}
        found = [match for match in expression.finditer(page.folded, body) if match["what"][:5] in wanted]
        agreed = {match["what"][:5] for match in found if _value(match["n"]) == _value(wanted[match["what"][:5]])}
        for match in found:
            what = match["what"][:5]
            if what not in agreed:
                yield Hit(*match.span("n"), note=wanted[what], why="与标题逐字比较")


def two_document_numbers(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find one document cited with two numbers."""
    known: dict[str, str] = {}
    for match in _NAMED_DOCUMENT.finditer(page.folded):
        first = known.setdefault(match["title"], match["hit"])
        if first != match["hit"]:
            yield Hit(*match.span("hit"), note=first, why="同一文件两处文号不同")


def name_against_title(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find the name of an organisation or person of the title with one other character in the text."""
    title, body = _title(page.folded)
    if not title:
        return
    text = page.folded[body:]
    names = [match[0] for match in _ORGANISATION.finditer(title)]
    names += [match[0] for match in _PERSON.finditer(title)]
    for name in dict.fromkeys(names):
        if name in text:
            continue
        for place in _almost(name, text):
            yield Hit(body + place, body + place + len(name), note=name, why="与标题逐字比较")


def _almost(name: str, text: str) -> Iterator[int]:
    """Yield where `text` has `name` with exactly one other character, and that one tells no two bodies apart."""
    half = len(name) // 2
    places = {match.start() for match in re.finditer(re.escape(name[:half]), text)}
    places |= {match.start() - half for match in re.finditer(re.escape(name[half:]), text)}
    for place in sorted(place for place in places if place >= 0):
        seen = text[place : place + len(name)]
        other = [(one, two) for one, two in zip(seen, name, strict=False) if one != two]
        if len(seen) == len(name) and len(other) == 1 and _slip(*other[0]):
            yield place


def _slip(seen: str, meant: str) -> bool:
    return "\u4e00" <= seen <= "\u9fff" and seen not in _TELLING and meant not in _TELLING


def _title(text: str) -> tuple[str, int]:
    """Return the first line when it reads as a title, and where the text after it begins."""
    line, newline, _ = text.partition("\n")
    is_title = (
        bool(newline) and len(line) <= _LONGEST_TITLE and not line.rstrip().endswith(("。", "！", "？", "：", ":"))
    )
    return (line, len(line) + 1) if is_title else ("", 0)


def _heads(text: str) -> Iterator[_Head]:
    for match in _HEAD.finditer(f"\n{text}"):
        level = match.lastindex or 1
        start, end = match.span(level)
        yield _Head(level - 1, _value(match[level]), start - 1, end - 1)


def _length_of_list(heads: list[_Head], begin: int) -> int:
    """Return how many items follow of the level that opens the list with its first item right at `begin`."""
    if not heads or heads[0].number != 1 or heads[0].start - begin > _WIDEST_GAP * 4:
        return 0
    count = 0
    for head in heads:
        if head.level < heads[0].level or (head.level == heads[0].level and head.number != count + 1):
            break
        count += head.level == heads[0].level
    return count


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else chinese_number(number) or 0

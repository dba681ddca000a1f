"""Dates and times: days that do not exist, weekdays that do not fit, ends before beginnings."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_CHINESE = "〇零一二三四五六七八九十廿卅"
# Expressions begin with a sign, then look back: what begins by looking back is tried at every place.
_FULL = re.compile(
    r"(?P<y>(?:1[89]|20)(?<![0-9]..)[0-9]{2}) ?年 ?(?P<m>[0-9]{1,2}) ?月 ?(?P<d>[0-9]{1,2}) ?[日号]"
    r"(?!楼|线|院|桥|门|馆)"
)
_DASHED = re.compile(
    r"(?P<y>(?:19|20)(?<![0-9a-z./\-]..)[0-9]{2})(?P<s>[-/])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})(?![0-9a-z/\-])"
)
_SHORT = re.compile(r"(?P<m>[0-9](?<![0-9年个 ].)[0-9]?)月(?P<d>[0-9]{1,2})日")
_IN_WORDS = re.compile(
    rf"(?P<m>[一二三四五六七八九十](?<![{_CHINESE}年农历腊正月].)(?:(?<=十)[一二])?)月(?P<d>[一二三四五六七八九十廿卅]{{1,3}})日",
)
_TIME = re.compile(r"(?P<h>[0-9](?<![0-9.:第].)[0-9]?)[时点](?P<i>[0-9]{1,2})分")
_WEEKDAY = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2}) ?年 ?(?P<m>[0-9]{1,2}) ?月 ?(?P<d>[0-9]{1,2}) ?日"
    r" ?[（(，,]? ?(?P<hit>(?:星期|周|礼拜)(?P<w>[一二三四五六日天]))(?!至|到|[—\-~～]|、|和|期|年|末)",
)
_WEEKDAY_ALONE = re.compile(
    r"(?P<m>[0-9](?<![0-9年].)[0-9]?)月(?P<d>[0-9]{1,2})日[（(](?P<hit>(?:星期|周)(?P<w>[一二三四五六日天]))[)）]",
)
_NAMED_YEAR = re.compile(r"(20(?<![0-9]..)[0-9]{2})(?=年|[-/.][0-9])")
_RANGE = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日(?:起)?(?:至|到|[—\-~～]{1,2})"
    r"(?P<hit>(?P<y2>(?:19|20)[0-9]{2})年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})日)",
)
_DAYS = "一二三四五六日"
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九十")} | {"零": 0}
_LEAP_YEAR = 2000
_LAST_HOUR, _LAST_MINUTE = 24, 59
_NEXT_YEAR_MONTHS = 2


def impossible_date(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find days no calendar has, with or without the year, in figures or in Chinese numerals."""
    for expression in (_FULL, _DASHED):
        for match in expression.finditer(page.folded):
            if _day(match["y"], match["m"], match["d"]) is None:
                yield _no_such_day(match)
    for match in _SHORT.finditer(page.folded):
        if _day(str(_LEAP_YEAR), match["m"], match["d"]) is None:
            yield _no_such_day(match)
    for match in _IN_WORDS.finditer(page.folded):
        day = chinese_number(match["d"])
        if day is not None and _day(str(_LEAP_YEAR), str(chinese_number(match["m"])), str(day)) is None:
            yield _no_such_day(match)


def impossible_time(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find times of day past 24 o'clock or past 59 minutes."""
    for match in _TIME.finditer(page.folded):
        hour, minute = int(match["h"]), int(match["i"])
        if hour > _LAST_HOUR or minute > _LAST_MINUTE or (hour == _LAST_HOUR and minute):
            yield Hit(match.start(), match.end(), why="一天只有24时，一时只有60分")


def wrong_weekday(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find a weekday beside a full date it does not fit."""
    for match in _WEEKDAY.finditer(page.folded):
        day = _day(match["y"], match["m"], match["d"])
        if day is None or _DAYS[day.weekday()] == match["w"].replace("天", "日"):
            continue
        right = page.text[match.start("hit") : match.end("hit") - 1] + _DAYS[day.weekday()]
        note = f"{day.year}年{day.month}月{day.day}日是星期{_DAYS[day.weekday()]}"
        yield Hit(match.start("hit"), match.end("hit"), (right,), note=note, why="按公历推算")


def weekday_without_year(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find a weekday beside a day without a year that fits none of the years the piece names.

    In January and February the year after the last one named is plausible too. A piece that names no year is left
    alone.
    """
    alone = list(_WEEKDAY_ALONE.finditer(page.folded))
    years = sorted({int(year) for year in _NAMED_YEAR.findall(page.folded)}) if alone else []
    known: dict[tuple[str, str], list[date]] = {}
    for match in alone if years else ():
        near = [*years, years[-1] + 1] if int(match["m"]) <= _NEXT_YEAR_MONTHS else years
        day_of_year = (match["m"], match["d"])
        if day_of_year not in known:
            known[day_of_year] = [day for year in near if (day := _day(str(year), *day_of_year))]
        days = known[day_of_year]
        told = match["w"].replace("天", "日")
        if not days or any(_DAYS[day.weekday()] == told for day in days):
            continue
        day = days[-1] if len(near) == len(years) else days[max(0, len(days) - 2)]
        note = f"{day.year}年，{day.month}月{day.day}日是星期{_DAYS[day.weekday()]}"
        yield Hit(match.start("hit"), match.end("hit"), note=note, why="按文中写到的年份推算")


def reversed_dates(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find a period that ends before it begins."""
    for match in _RANGE.finditer(page.folded):
        begin, end = _day(match["y"], match["m"], match["d"]), _day(match["y2"], match["m2"], match["d2"])
        if begin and end and end < begin:
            yield Hit(
                match.start("hit"),
                match.end("hit"),
                note=f"早于开始的{begin.month}月{begin.day}日",
                why="按日期先后比较",
            )


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def chinese_number(words: str) -> int | None:
    """Read 一 to 卅九 as a day or month; `None` for words that are no number below forty."""
    words = words.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = words.rpartition("十")
    if not ten:
        return _DIGITS[words] if len(words) == 1 else None
    if len(tens) > 1 or len(ones) > 1:
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _no_such_day(match: re.Match[str]) -> Hit:
    return Hit(match.start(), match.end(), why="公历里没有这一天")

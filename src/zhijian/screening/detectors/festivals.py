"""Lunar festivals and 清明 beside a Gregorian date they do not fall on."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from zhijian.screening.detectors.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_TABLE = tomllib.loads(files("zhijian.screening").joinpath("festivals.toml").read_text(encoding="utf-8"))
_NAMES: dict[str, str] = _TABLE["names"]
FESTIVALS = frozenset(_NAMES)
"""Every name of a festival or solar term whose days are known."""
_DATE = r"(?P<y>20[0-9]{2})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日"
_WEEKDAY = r"(?:(?:星期|周)[一二三四五六日天])"


def days_of(festival: str, year: int) -> tuple[date, ...]:
    """Return the Gregorian days of a festival in a calendar year; none for years outside 2015–2035."""
    row = _TABLE["years"].get(str(year))
    if row is None:
        return ()
    if festival == "eve":
        return tuple(day - timedelta(days=1) for day in days_of("spring", year))
    told = row[_TABLE["order"].index(festival)]
    return tuple(date(year, int(day[:2]), int(day[2:])) for day in told.split("/") if day)


def wrong_festival(page: Page, rule: Rule) -> Iterator[Hit]:
    """Find a name of `rule.arguments` in brackets after a full date, or the date in brackets after the name."""
    for expression in _expressions(rule.arguments):
        for match in expression.finditer(page.folded):
            days = days_of(_NAMES[match["name"]], int(match["y"]))
            told = (int(match["m"]), int(match["d"]))
            if not days or told in {(day.month, day.day) for day in days}:
                continue
            right = "或".join(f"{day.month}月{day.day}日" for day in days)
            note = f"{match['y']}年{match['name']}是{right}"
            yield Hit(match.start("hit"), match.end("hit"), note=note, why="按农历和节气推算")


@lru_cache(maxsize=8)
def _expressions(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    name = f"(?P<name>{'|'.join(names)})"
    return (
        re.compile(
            rf"{_DATE}[(（](?:{_WEEKDAY}[，,、])?(?:农历)?(?P<hit>{name})(?:[，,、]{_WEEKDAY})?[)）](?![至到—\-])"
        ),
        re.compile(rf"(?P<hit>{name})[(（]{_DATE}(?:[，,]?{_WEEKDAY})?[)）]"),
    )

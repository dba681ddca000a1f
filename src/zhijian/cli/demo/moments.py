"""When things are said to have happened, and the dates inside the texts: both counted from the moment of loading."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Final

from zhijian.lib import clock

FIRST_DAY: Final = 75
"""Days before today on which the installation was founded."""
_WEEKDAYS = "一二三四五六日"
_DATE = re.compile(r"\{([+-]\d+)(w?)\}")
_TODAY_MINUTES: Final = 50


def moment_on(day: int, *, serial: int = 0) -> datetime:
    """Return a moment in working hours `day` days ago; things of today happened within the last hour.

    `serial` spreads the things of one day over the morning.
    """
    if day == 0:
        return clock.now() - timedelta(minutes=_TODAY_MINUTES - serial % 5)
    morning = time(9, 7 * serial % 60)
    return datetime.combine(clock.today() - timedelta(days=day), morning, tzinfo=clock.BEIJING)


def step(moment: datetime, number: int, *, day: int) -> datetime:
    """Return when the `number`-th act after `moment` happened: half an hour apart, of today two minutes."""
    return moment + number * (timedelta(minutes=2) if day == 0 else timedelta(minutes=30))


def dated(text: str, moment: datetime) -> str:
    """Fill in `{+3}` (11月25日), `{+3w}` (11月25日（星期三）), `{y}` and `{ny}` (this year, next year)."""

    def written(match: re.Match[str]) -> str:
        date = (moment + timedelta(days=int(match[1]))).date()
        weekday = f"（星期{_WEEKDAYS[date.weekday()]}）" if match[2] else ""
        return f"{date.month}月{date.day}日{weekday}"

    return _DATE.sub(written, text).replace("{y}", f"{moment.year}年").replace("{ny}", f"{moment.year + 1}年")

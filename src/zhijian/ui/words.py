"""How moments and numbers are written everywhere: `2026-11-22 09:30`（3 小时前）, `178,700`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from zhijian.lib.clock import BEIJING, now, today

MINUTE = 60
HOUR = 3600
DAYS_IN_MONTH = 30
DAYS_IN_YEAR = 365
NEAR_DAYS = {0: "今天", 1: "明天", 2: "后天", -1: "昨天", -2: "前天"}


def absolute(moment: datetime | date) -> str:
    """Write a moment in Beijing time as `2026-11-22 09:30`, a date as `2026-11-22`."""
    if isinstance(moment, datetime):
        return local(moment).strftime("%Y-%m-%d %H:%M")
    return moment.isoformat()


def local(moment: datetime) -> datetime:
    """Bring a moment to Beijing time; a naive one (from a platform's file) is taken as Beijing time already."""
    return moment.replace(tzinfo=BEIJING) if moment.tzinfo is None else moment.astimezone(BEIJING)


def machine(moment: datetime | date) -> str:
    """Write the value of a `datetime` attribute."""
    return local(moment).isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()


def relative(moment: datetime | date) -> str:
    """Say how far a moment is from now: 刚刚, 5 分钟前, 3 小时后, 昨天, 12 天前, 2 个月后, 1 年前."""
    if not isinstance(moment, datetime):
        return _days_away((moment - today()).days)
    away = local(moment).astimezone(UTC) - now().astimezone(UTC)
    if abs(away) < timedelta(days=1):
        return _within_a_day(int(away.total_seconds()))
    return _days_away((local(moment).date() - today()).days)


def thousands(number: object) -> str:
    """Group the digits of a number by threes; what is no number is written as it is."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return "—" if number is None else str(number)
    return f"{number:,}"


def _within_a_day(seconds: int) -> str:
    side = "后" if seconds > 0 else "前"
    size = abs(seconds)
    if size < MINUTE:
        return "刚刚" if seconds <= 0 else "马上"
    if size < HOUR:
        return f"{size // MINUTE} 分钟{side}"
    return f"{size // HOUR} 小时{side}"


def _days_away(days: int) -> str:
    if days in NEAR_DAYS:
        return NEAR_DAYS[days]
    side = "后" if days > 0 else "前"
    size = abs(days)
    if size < DAYS_IN_MONTH:
        return f"{size} 天{side}"
    if size < DAYS_IN_YEAR:
        return f"{size // DAYS_IN_MONTH} 个月{side}"
    return f"{size // DAYS_IN_YEAR} 年{side}"

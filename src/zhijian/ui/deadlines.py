"""The words of a deadline chip: 还剩 3 个工作日, 今天到期, 已超 2 天."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from zhijian.lib.clock import BEIJING, now
from zhijian.ui.words import local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def describe(
    due: datetime | date | None, *, working_days: int | None = None, steps: Sequence[str] = (), finished: bool = False
) -> dict[str, Any]:
    """Return `text`, `tone` and `steps` of a chip. Late is danger, within a day warn, otherwise info."""
    if due is None:
        return {"text": "没有时限", "tone": "quiet", "steps": list(steps)}
    if finished:
        return {"text": "已办结", "tone": "ok", "steps": list(steps)}
    left = _end_of(due) - now()
    return {"text": _words(left, working_days), "tone": _tone(left), "steps": list(steps)}


def _end_of(due: datetime | date) -> datetime:
    """A deadline given as a day runs to the end of that day."""
    if isinstance(due, datetime):
        return local(due)
    return datetime.combine(due, time.max, tzinfo=BEIJING)


def _tone(left: timedelta) -> str:
    if left < timedelta(0):
        return "danger"
    return "warn" if left <= DAY else "info"


def _words(left: timedelta, working_days: int | None) -> str:
    if left < timedelta(0):
        return f"已超 {_span(-left, abs(working_days) if working_days else None)}"
    return f"还剩 {_span(left, working_days)}"


def _span(size: timedelta, working_days: int | None) -> str:
    if working_days:
        return f"{working_days} 个工作日"
    if size >= DAY:
        return f"{size // DAY} 天"
    return f"{size // HOUR} 小时" if size >= HOUR else f"{max(1, size // timedelta(minutes=1))} 分钟"

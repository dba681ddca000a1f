"""Dates as feeds and files write them. What cannot be true is told apart from what is missing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from zhijian.lib.clock import BEIJING

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before it there was no government new media: such a date is a mistake (0000-00-00, 1970-01-01)."""
AHEAD: Final = timedelta(hours=25)
"""How far a date may lie ahead: clocks differ, and a date without a zone may be half a world away."""
NO_DATE: Final = "没有发布时间"
NOT_READ: Final = "发布时间认不出来"
TOO_EARLY: Final = "发布时间早得不可能"
IN_FUTURE: Final = "发布时间在将来"
_CHINESE: Final = re.compile(
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?[\sT]*"
    r"(?:(\d{1,2})\s*[:：时点]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2})(?:\.\d+)?)?\s*[秒分]?)?"
)
_NUMBER: Final = re.compile(r"\d{10}(\d{3})?(\.0+)?")


def read_moment(text: str) -> datetime | None:
    """Read a date of RFC 822, ISO 8601, `2026年11月22日 9:30`, or seconds/milliseconds since 1970; None: not read.

    A date without a zone is Beijing time.
    """
    text = " ".join(text.split())[:80]
    if not text:
        return None
    for reader in (_iso, _number, _chinese, _mail):
        try:
            found = reader(text)
            if found is not None:
                return _zoned(found)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def judged(text: str, *, at: datetime) -> tuple[datetime | None, str]:
    """Return (moment, "") for a date that can be true at `at`, else (None, why it counts as no date)."""
    if not text.strip():
        return None, NO_DATE
    moment = read_moment(text)
    if moment is None:
        return None, NOT_READ
    return believable(moment, at=at)


def believable(moment: datetime, *, at: datetime) -> tuple[datetime | None, str]:
    """Return (moment, "") when it can be true at `at`, else (None, why not). A slight lead is cut to `at`."""
    if moment < EARLIEST:
        return None, TOO_EARLY
    if moment > at + AHEAD:
        return None, IN_FUTURE
    return min(moment, at), ""


def _zoned(moment: datetime) -> datetime:
    zoned = moment.replace(tzinfo=BEIJING) if moment.tzinfo is None else moment
    return zoned.astimezone(UTC)


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _mail(text: str) -> datetime:
    return parsedate_to_datetime(text)


def _number(text: str) -> datetime | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    return datetime.fromtimestamp(float(text) / (1000 if match[1] else 1), UTC)


def _chinese(text: str) -> datetime | None:
    match = _CHINESE.fullmatch(text)
    if match is None:
        return None
    return datetime(*(int(part) for part in match.groups("0")), tzinfo=BEIJING)  # type: ignore[arg-type, misc] # six numbers

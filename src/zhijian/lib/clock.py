"""The one source of time. Every room asks here, so that a test or a drill can set the clock."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

BEIJING = ZoneInfo("Asia/Shanghai")

_held: ContextVar[datetime | None] = ContextVar("zhijian_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in Beijing time."""
    held = _held.get()
    if held is not None:
        return held
    return datetime.now(UTC).astimezone(BEIJING) + _offset()


def today() -> date:
    """Return the present date in Beijing, whatever the machine's own zone is."""
    return now().date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock of this thread at `moment` (aware)."""
    if moment.tzinfo is None:
        raise ValueError("The clock is set with an aware datetime.")
    token = _held.set(moment.astimezone(BEIJING))
    try:
        yield
    finally:
        _held.reset(token)


def _offset() -> timedelta:
    """Read how far the clock of all processes is shifted: seconds in the file named by ZHIJIAN_CLOCK_FILE.

    Drills and browser stories move the web server and the worker together with it; production refuses the setting.
    """
    name = os.environ.get("ZHIJIAN_CLOCK_FILE")
    if not name:
        return timedelta(0)
    try:
        return timedelta(seconds=float(Path(name).read_text(encoding="ascii")))
    except (OSError, ValueError):
        return timedelta(0)

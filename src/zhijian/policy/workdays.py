"""The working-day calendar: which days of a year are worked, told from the State Council's holiday notices.

A notice names its days off and the weekend days worked instead (调休上班). A later notice may change one holiday; it
restates that holiday whole, and the calendar as it was known on an earlier day stays available (`as_known_on`).
A year without a notice is unknown: nothing here ever falls back to "Saturday and Sunday are free".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from zhijian.lib.digests import digest_of
from zhijian.policy.enums import DayKind
from zhijian.policy.errors import BadData, UnknownYear
from zhijian.policy.reading import Fields, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

SATURDAY = 5
LONGEST_HOLIDAY_DAYS = 15
# 《全国年节及纪念日放假办法》 (国务院令第795号): the holidays that stand on fixed dates of the solar calendar.
FIXED_HOLIDAYS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of a notice: days off from `first` to `last` inclusive, and weekend days worked instead."""

    name: str
    first: date
    last: date
    working: tuple[date, ...]

    def days_off(self) -> Iterator[date]:
        return (self.first + timedelta(days=step) for step in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Notice:
    """One holiday notice; `amends` is the number of the notice it changes, empty for a yearly notice."""

    year: int
    title: str
    number: str
    issued_on: date
    amends: str
    note: str
    holidays: tuple[Holiday, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Day:
    """What one day is and why. `notice` is the document that says so; None for an ordinary day or weekend."""

    date: date
    kind: DayKind
    reason: str
    notice: Notice | None
    estimated: bool = False

    @property
    def works(self) -> bool:
        return self.kind in {DayKind.WORKING, DayKind.MAKE_UP}


@dataclass(frozen=True)
class Calendar:
    """All days of the known years. Build it with `load_calendars` or `build_calendar`.

    `stamp` is a digest of what it says: two calendars with the same one count alike.
    """

    notices: tuple[Notice, ...]
    years: frozenset[int]
    special: Mapping[date, Day]
    stamp: str

    def day(self, on: date) -> Day:
        """Tell one day. Raises `UnknownYear` when no notice of its year is stored."""
        if on.year not in self.years:
            raise UnknownYear(on.year)
        return self.special.get(on) or _ordinary_day(on)

    def estimate(self, on: date) -> Day:
        """Tell one day; in an unknown year guess by weekends and fixed holidays, and mark the answer `estimated`."""
        if on.year in self.years:
            return self.day(on)
        special = self.special.get(on)
        return special or _estimated_day(on)

    def is_working_day(self, on: date) -> bool:
        """Tell whether offices work on this day. Raises `UnknownYear`."""
        return self.day(on).works

    def as_known_on(self, on: date) -> Calendar:
        """Return the calendar as it stood on a day: later notices are left out."""
        return build_calendar([notice for notice in self.notices if notice.issued_on <= on])


def load_calendars(extra_dir: Path | None = None) -> Calendar:
    """Read the calendars that come with the package and those the operator added.

    A notice in `extra_dir` (any `*.toml`) with the number of a shipped one takes its place. Files are read again
    only when one of them changed. Raises `BadData`.
    """
    if extra_dir is None:
        return _read_calendar(None, ())
    if not extra_dir.is_dir():
        raise BadData(str(extra_dir), "日历目录", "目录不存在", "请建立该目录，或在设置里改正路径")
    stamps = tuple((path.name, path.stat().st_mtime_ns) for path in sorted(extra_dir.glob("*.toml")))
    return _read_calendar(extra_dir, stamps)


def build_calendar(notices: Iterable[Notice]) -> Calendar:
    """Lay notices over each other in the order of issue. Raises `BadData` when two of them contradict."""
    ordered = tuple(sorted(notices, key=lambda notice: (notice.issued_on, bool(notice.amends))))
    _check_amendments(ordered)
    arrangements: dict[tuple[int, str], tuple[Holiday, Notice]] = {}
    for notice in ordered:
        for holiday in notice.holidays:
            arrangements[notice.year, holiday.name] = (holiday, notice)
    special: dict[date, Day] = {}
    for holiday, notice in arrangements.values():
        for day in _days_of(holiday, notice):
            _place(special, day, notice)
    years = frozenset(notice.year for notice in ordered if not notice.amends)
    return Calendar(notices=ordered, years=years, special=special, stamp=_stamp_of(years, special))


def _stamp_of(years: frozenset[int], special: Mapping[date, Day]) -> str:
    days = {
        on.isoformat(): [day.kind.value, day.reason, day.notice.number if day.notice else "", day.estimated]
        for on, day in special.items()
    }
    return digest_of({"years": sorted(years), "days": days})


@lru_cache(maxsize=8)
def _read_calendar(extra_dir: Path | None, stamps: tuple[tuple[str, int], ...]) -> Calendar:
    shipped = (entry for entry in files(__package__).joinpath("calendars").iterdir() if entry.name.endswith(".toml"))
    found = {notice.number: notice for notice in _read_all(shipped)}
    if extra_dir is not None:
        found.update((notice.number, notice) for notice in _read_all(extra_dir / name for name, _ in stamps))
    return build_calendar(found.values())


def _read_all(sources: Iterable[Traversable | Path]) -> Iterator[Notice]:
    seen: dict[str, str] = {}
    for source in sorted(sources, key=lambda entry: entry.name):
        for notice in read_notices(source):
            if notice.number in seen:
                raise BadData(source.name, notice.number, f"{seen[notice.number]} 里已有同一文号", "请删去重复的一份")
            seen[notice.number] = source.name
            yield notice


def read_notices(source: Traversable | Path) -> tuple[Notice, ...]:
    """Read one calendar file. Raises `BadData`."""
    content = read_toml(source)
    content.only("year", "notice")
    year = content.need("year", int)
    rows = content.tables("notice")
    if not rows:
        raise content.bad("没有放假通知", "请至少写一份 [[notice]]")
    return tuple(_read_notice(row, year) for row in rows)


def _read_notice(row: Fields, year: int) -> Notice:
    row.only("title", "number", "issued_on", "amends", "note", "holiday")
    holidays = tuple(_read_holiday(holiday, year) for holiday in row.tables("holiday"))
    if not holidays:
        raise row.bad("没有写放假安排", "请至少写一个 [[notice.holiday]]")
    return Notice(
        year=year,
        title=row.need("title", str),
        number=row.need("number", str),
        issued_on=row.need("issued_on", date),
        amends=row.optional("amends", str) or "",
        note=row.optional("note", str) or "",
        holidays=holidays,
        file=row.file,
    )


def _read_holiday(row: Fields, year: int) -> Holiday:
    row.only("name", "from", "to", "working")
    holiday = Holiday(
        name=row.need("name", str),
        first=row.need("from", date),
        last=row.need("to", date),
        working=tuple(row.optional("working", list) or ()),
    )
    _check_holiday(row, holiday, year)
    return holiday


def _check_holiday(row: Fields, holiday: Holiday, year: int) -> None:
    if not 0 <= (holiday.last - holiday.first).days < LONGEST_HOLIDAY_DAYS:
        raise row.bad(f"{holiday.name}的起止日期不对", f"从 from 到 to 应当是1至{LONGEST_HOLIDAY_DAYS}天")
    # New Year may begin, or be made up for, in the December before.
    if holiday.last.year != year:
        raise row.bad(f"{holiday.name}不在{year}年", "请核对年份")
    for day in holiday.working:
        if not isinstance(day, date):
            raise row.bad(f"{holiday.name}的 working 里有一项不是日期", "请写成 2024-02-04 这样，不加引号")
        if day.weekday() < SATURDAY:
            raise row.bad(f"调休上班日 {day} 不是周末", "请按通知原文核对日期")
        if holiday.first <= day <= holiday.last:
            raise row.bad(f"{day} 既放假又上班", "请按通知原文核对日期")


def _check_amendments(notices: tuple[Notice, ...]) -> None:
    yearly: dict[int, Notice] = {}
    for notice in notices:
        if not notice.amends and notice.year in yearly:
            other = yearly[notice.year].file
            raise BadData(
                notice.file, notice.number, f"{notice.year}年已有年度通知（{other}）", "后来的调整请写 amends"
            )
        if notice.amends and notice.amends not in {earlier.number for earlier in notices}:
            raise BadData(notice.file, notice.number, f"找不到被调整的通知 {notice.amends}", "请先补上那一份")
        if not notice.amends:
            yearly[notice.year] = notice


def _days_of(holiday: Holiday, notice: Notice) -> Iterator[Day]:
    for day in holiday.days_off():
        yield Day(day, DayKind.HOLIDAY, f"{holiday.name}放假", notice)
    for day in holiday.working:
        yield Day(day, DayKind.MAKE_UP, f"{holiday.name}调休上班", notice)


def _place(special: dict[date, Day], day: Day, notice: Notice) -> None:
    other = special.get(day.date)
    if other is not None and other.kind is not day.kind:
        problem = f"{day.date} 同时是{other.reason}和{day.reason}"
        raise BadData(notice.file, notice.number, problem, "请按通知原文核对日期")
    special[day.date] = day


def _ordinary_day(on: date) -> Day:
    weekend = on.weekday() >= SATURDAY
    return Day(on, DayKind.WEEKEND if weekend else DayKind.WORKING, "周末" if weekend else "工作日", None)


def _estimated_day(on: date) -> Day:
    name = FIXED_HOLIDAYS.get((on.month, on.day))
    if name:
        return Day(on, DayKind.HOLIDAY, f"{name}放假（暂估）", None, estimated=True)
    day = _ordinary_day(on)
    return Day(on, day.kind, f"{day.reason}（暂估）", None, estimated=True)

"""The calendars against what the notices lay down, and the refusal of what is not known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from zhijian.policy.enums import DayKind
from zhijian.policy.errors import BadData, UnknownYear
from zhijian.policy.workdays import Calendar, load_calendars

if TYPE_CHECKING:
    from pathlib import Path

YEARS = range(2019, 2027)
# Days off (weekends inside a holiday included) and weekend days worked, counted by hand in the notices.
COUNTS = {
    2019: (22, 6),
    2020: (30, 6),
    2021: (31, 7),
    2022: (32, 7),
    2023: (26, 7),
    2024: (28, 8),
    2025: (28, 5),
    2026: (33, 6),
}


@pytest.fixture
def calendar() -> Calendar:
    return load_calendars()


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=step) for step in range((date(year + 1, 1, 1) - first).days)]


def count(calendar: Calendar, year: int, kind: DayKind) -> int:
    return sum(calendar.day(day).kind is kind for day in days_of(year))


@pytest.mark.parametrize("year", YEARS)
def test_each_year_has_the_days_off_and_make_up_days_of_its_notice(calendar: Calendar, year: int) -> None:
    assert (count(calendar, year, DayKind.HOLIDAY), count(calendar, year, DayKind.MAKE_UP)) == COUNTS[year]


@pytest.mark.parametrize("year", YEARS)
def test_make_up_days_are_weekends_and_every_special_day_names_its_document(calendar: Calendar, year: int) -> None:
    for on in days_of(year):
        day = calendar.day(on)
        assert day.kind is not DayKind.MAKE_UP or on.weekday() >= 5
        assert (day.notice is not None) == (day.kind in {DayKind.HOLIDAY, DayKind.MAKE_UP})
        assert day.notice is None or day.notice.number.startswith("国办发明电〔")


@pytest.mark.parametrize("year", YEARS)
def test_nobody_works_more_than_seven_days_on_end(calendar: Calendar, year: int) -> None:
    run = 0
    for on in days_of(year):
        run = run + 1 if calendar.is_working_day(on) else 0
        assert run <= 7, on


def test_notices_are_issued_before_the_days_they_arrange_except_the_extension_of_2020(calendar: Calendar) -> None:
    late = [
        notice.number
        for notice in calendar.notices
        if notice.issued_on >= min(holiday.first for holiday in notice.holidays)
    ]
    assert late == ["国办发明电〔2020〕1号"]


def test_new_years_eve_2022_is_off_by_the_notice_for_2023(calendar: Calendar) -> None:
    day = calendar.day(date(2022, 12, 31))
    assert (day.kind, day.reason, day.notice and day.notice.year) == (DayKind.HOLIDAY, "元旦放假", 2023)


def test_eve_of_the_spring_festival_2024_is_a_working_day(calendar: Calendar) -> None:
    assert calendar.is_working_day(date(2024, 2, 9))


def test_extension_of_2020_turns_a_make_up_day_into_a_day_off(calendar: Calendar) -> None:
    before = calendar.as_known_on(date(2020, 1, 25))
    on = date(2020, 2, 1)
    assert [before.day(on).reason, calendar.day(on).reason] == ["春节调休上班", "春节放假"]


def test_labour_day_2019_was_one_day_until_the_change(calendar: Calendar) -> None:
    before = calendar.as_known_on(date(2019, 3, 1))
    days = [date(2019, 4, 28), date(2019, 5, 2), date(2019, 5, 5)]
    assert [before.is_working_day(day) for day in days] == [False, True, False]
    assert [calendar.is_working_day(day) for day in days] == [True, False, True]


@pytest.mark.parametrize("on", [date(2018, 12, 30), date(2027, 1, 4)])
def test_unknown_year_is_refused_and_says_what_to_do(calendar: Calendar, on: date) -> None:
    with pytest.raises(UnknownYear) as refusal:
        calendar.is_working_day(on)
    assert str(refusal.value) == (
        f"还没有录入{on.year}年的放假安排，无法确定哪些天上班。"
        f"请按国务院办公厅的放假通知补一份 {on.year}.toml，放进日历目录后重算。"
    )


def test_year_not_yet_announced_is_unknown_in_the_calendar_of_that_day(calendar: Calendar) -> None:
    with pytest.raises(UnknownYear):
        calendar.as_known_on(date(2025, 10, 1)).day(date(2026, 3, 2))


def test_estimate_marks_every_guess(calendar: Calendar) -> None:
    guesses = [calendar.estimate(date(2027, month, day)) for month, day in ((1, 1), (3, 6), (3, 8))]
    assert [(guess.reason, guess.works, guess.estimated) for guess in guesses] == [
        ("元旦放假（暂估）", False, True),
        ("周末（暂估）", False, True),
        ("工作日（暂估）", True, True),
    ]
    assert not calendar.estimate(date(2026, 3, 9)).estimated


NOTICE_2030 = """
year = 2030
[[notice]]
title = "演练用放假通知"
number = "演练〔2029〕1号"
issued_on = 2029-11-01
[[notice.holiday]]
name = "元旦"
from = 2030-01-01
to = 2030-01-01
"""


def test_operator_adds_a_year_without_code(tmp_path: Path) -> None:
    (tmp_path / "2030.toml").write_text(NOTICE_2030, encoding="utf-8")
    calendar = load_calendars(tmp_path)
    assert not calendar.is_working_day(date(2030, 1, 1))
    assert calendar.is_working_day(date(2026, 9, 20))


def test_changed_operator_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "2030.toml"
    file.write_text(NOTICE_2030, encoding="utf-8")
    load_calendars(tmp_path)
    file.write_text(NOTICE_2030.replace("to = 2030-01-01", "to = 2030-01-02"), encoding="utf-8")
    assert not load_calendars(tmp_path).is_working_day(date(2030, 1, 2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("to = 2030-01-01", "to = 2029-12-01"), "元旦的起止日期不对"),
        (("from = 2030-01-01", 'from = "元月一日"'), "from 的类型不对"),
        (('number = "演练〔2029〕1号"', ""), "缺少 number"),
        (("issued_on", 'amends = "没有的文号"\nissued_on'), "找不到被调整的通知 没有的文号"),
        (('name = "元旦"', 'name = "元旦"\nworking = [2030-01-03]'), "调休上班日 2030-01-03 不是周末"),
        (('name = "元旦"', 'name = "元旦"\nworkin = [2030-01-05]'), "有不认识的字段 workin"),
        (("year = 2030", "year = 2031"), "元旦不在2031年"),
        (("year = 2030", "year = "), "不是有效的 TOML"),
        (("2030-01-01", "2026-01-01"), "元旦不在2030年"),
    ],
)
def test_faulty_calendar_file_is_refused_naming_file_place_and_remedy(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    (tmp_path / "2030.toml").write_text(NOTICE_2030.replace(*change), encoding="utf-8")
    with pytest.raises(BadData) as refusal:
        load_calendars(tmp_path)
    assert refusal.value.file == "2030.toml"
    assert message in refusal.value.problem
    assert refusal.value.remedy


def test_second_yearly_notice_for_one_year_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2026.toml").write_text(NOTICE_2030.replace("2030", "2026"), encoding="utf-8")
    with pytest.raises(BadData, match="2026年已有年度通知"):
        load_calendars(tmp_path)

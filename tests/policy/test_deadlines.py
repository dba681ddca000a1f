"""Every trap of counting days, and the properties every computation keeps."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.lib.clock import BEIJING
from zhijian.policy.deadlines import (
    Pause,
    WorkHours,
    add_days,
    add_hours,
    add_working_days,
    recompute,
    working_days_between,
)
from zhijian.policy.enums import StepKind
from zhijian.policy.errors import PolicyError, UnknownYear
from zhijian.policy.workdays import load_calendars

CALENDAR = load_calendars()
LATE = WorkHours(late_counts_as_next_day=True)


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "days", "due", "trap"),
    [
        (at(2026, 3, 6, 17, 40), 1, at(2026, 3, 9, 17, 30), "Friday after closing"),
        (at(2026, 3, 6, 9), 1, at(2026, 3, 9, 17, 30), "Friday morning: the day of receipt never counts"),
        (at(2026, 3, 7), 1, at(2026, 3, 9, 17, 30), "received on a Saturday"),
        (at(2026, 2, 13), 1, at(2026, 2, 14, 17, 30), "the Saturday before the Spring Festival is worked"),
        (at(2026, 2, 13), 2, at(2026, 2, 24, 17, 30), "over nine days of Spring Festival"),
        (at(2026, 2, 27), 1, at(2026, 2, 28, 17, 30), "the Saturday after it is worked too"),
        (at(2026, 2, 14), 1, at(2026, 2, 24, 17, 30), "received on a make-up day"),
        (at(2026, 2, 17), 1, at(2026, 2, 24, 17, 30), "received in the holiday"),
        (at(2025, 9, 26, 17, 40), 5, at(2025, 10, 10, 17, 30), "National Day with a worked Sunday before"),
        (at(2025, 12, 31), 3, at(2026, 1, 6, 17, 30), "over New Year, with a worked Sunday"),
        (at(2022, 12, 30), 1, at(2023, 1, 3, 17, 30), "a holiday that begins in the old year"),
        (at(2024, 2, 8), 1, at(2024, 2, 9, 17, 30), "New Year's Eve of 2024 is worked"),
        (at(2020, 1, 23), 1, at(2020, 2, 3, 17, 30), "the extended Spring Festival"),
        (at(2026, 3, 6, 9), 0, at(2026, 3, 6, 17, 30), "same day"),
        (at(2026, 3, 6, 17, 30), 0, at(2026, 3, 9, 17, 30), "same day, after closing"),
        (at(2026, 10, 3), 0, at(2026, 10, 8, 17, 30), "same day, in a holiday"),
    ],
)
def test_working_days_are_counted_right(start: datetime, days: int, due: datetime, trap: str) -> None:
    assert add_working_days(start, days, calendar=CALENDAR).due == due, trap


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (at(2026, 3, 6, 17, 29), at(2026, 3, 9, 17, 30)),
        (at(2026, 3, 6, 17, 40), at(2026, 3, 10, 17, 30)),
        (at(2026, 3, 7), at(2026, 3, 10, 17, 30)),
    ],
)
def test_late_receipt_counts_as_the_next_working_day_where_the_office_says_so(start: datetime, due: datetime) -> None:
    assert add_working_days(start, 1, calendar=CALENDAR, hours=LATE).due == due


def test_receipt_is_dated_in_beijing_whatever_the_zone_it_is_given_in() -> None:
    utc = datetime.fromisoformat("2026-03-05T17:00:00+00:00")
    deadline = add_working_days(utc, 1, calendar=CALENDAR)
    assert (deadline.start, deadline.due) == (at(2026, 3, 6, 1), at(2026, 3, 9, 17, 30))


def test_explanation_names_receipt_first_day_days_left_out_worked_weekend_and_due_time() -> None:
    assert add_working_days(at(2025, 9, 26, 17, 40), 5, calendar=CALENDAR).text == (
        "2025年9月26日（周五）17:40收到，期限5个工作日。收到当天不算，从2025年9月28日（周日）起算。"
        "不计入：2025年9月27日（周六）周末；2025年10月1日（周三）至2025年10月8日（周三）国庆节、中秋节放假。"
        "调休上班、照常计入：2025年9月28日（周日）。最迟2025年10月10日（周五）17:30办完。"
    )


def test_each_step_tells_its_day_its_meaning_and_its_document() -> None:
    steps = add_working_days(at(2026, 9, 18), 2, calendar=CALENDAR).steps
    assert [step.text for step in steps] == [
        "2026年9月18日（周五）：收到当天不算（工作日）",
        "2026年9月19日（周六）：不算：周末",
        "2026年9月20日（周日）：第1天（国庆节调休上班）〔依据 国办发明电〔2025〕7号〕",
        "2026年9月21日（周一）：第2天（工作日）",
    ]


def test_paused_days_are_not_counted_and_are_explained() -> None:
    pause = Pause(at(2026, 3, 10), at(2026, 3, 12, 15), "等补正材料")
    deadline = add_working_days(at(2026, 3, 9), 2, calendar=CALENDAR, pauses=[pause])
    assert deadline.due == at(2026, 3, 16, 17, 30)
    assert [step.kind for step in deadline.steps].count(StepKind.PAUSED) == 3
    assert "2026年3月10日（周二）至2026年3月12日（周四）暂停计时：等补正材料" in deadline.text


def test_a_pause_the_office_itself_ended_the_same_day_stops_nothing_and_says_so() -> None:
    minutes = [Pause(at(2026, 3, day, 16), at(2026, 3, day, 16, 1), "等补正材料", True) for day in (10, 11)]
    deadline = add_working_days(at(2026, 3, 9), 2, calendar=CALENDAR, pauses=minutes)
    assert deadline.due == at(2026, 3, 11, 17, 30)
    assert deadline.steps[1].text == (
        "2026年3月10日（周二）：第1天（工作日；当天暂停、当天又由办理单位恢复，照常计入）"
    )
    night = Pause(at(2026, 3, 10, 16), at(2026, 3, 11, 9), "等补正材料", ended_by_office=True)
    assert add_working_days(at(2026, 3, 9), 2, calendar=CALENDAR, pauses=[night]).due == at(2026, 3, 13, 17, 30)


@pytest.mark.parametrize(
    ("pause", "message"),
    [
        (Pause(at(2026, 3, 12), at(2026, 3, 10), "补正"), "暂停“补正”的结束早于开始。请核对起止时间。"),
        (
            Pause(datetime(2026, 3, 1), at(2026, 3, 10), "补正"),  # noqa: DTZ001 -- a naive time is what is refused
            "暂停“补正”的时间没有时区。请用带时区的时间。",
        ),
    ],
)
def test_impossible_pause_is_refused(pause: Pause, message: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        add_working_days(at(2026, 3, 9), 2, calendar=CALENDAR, pauses=[pause])
    assert str(refusal.value) == message


def test_naive_start_and_senseless_amounts_are_refused() -> None:
    with pytest.raises(PolicyError, match="没有时区"):
        add_working_days(datetime(2026, 3, 9), 1, calendar=CALENDAR)  # noqa: DTZ001 -- as above
    with pytest.raises(PolicyError, match="期限 -1 不合理"):
        add_hours(at(2026, 3, 9), -1)


def test_count_into_an_unknown_year_is_refused() -> None:
    with pytest.raises(UnknownYear):
        add_working_days(at(2026, 12, 28), 6, calendar=CALENDAR)


def test_estimate_into_an_unknown_year_is_marked_and_says_so() -> None:
    deadline = add_working_days(at(2026, 12, 28), 6, calendar=CALENDAR, estimate=True)
    assert (deadline.due, deadline.certain) == (at(2027, 1, 6, 17, 30), False)
    assert deadline.cautions == ("2027年的放假安排还没有录入，按周末和固定节日暂估，录入后请重算。",)
    assert deadline.text.endswith(deadline.cautions[0])


def test_last_days_before_an_unknown_year_carry_a_caution() -> None:
    deadline = add_working_days(at(2026, 12, 25), 3, calendar=CALENDAR)
    assert (deadline.certain, deadline.cautions) == (
        True,
        ("2027年元旦的安排还没有录入，可能影响年末几天，录入后请重算。",),
    )
    assert add_working_days(at(2025, 12, 25), 3, calendar=CALENDAR).cautions == ()


def test_later_notice_moves_a_deadline_and_the_difference_is_told() -> None:
    known = CALENDAR.as_known_on(date(2020, 1, 20))
    result = recompute(add_working_days(at(2020, 1, 20), 6, calendar=known), calendar=CALENDAR)
    assert result.moved
    assert result.text == (
        "2020年1月31日（周五）由“工作日”变为“春节放假”（依据 国办发明电〔2020〕1号）；"
        "2020年2月1日（周六）由“春节调休上班”变为“春节放假”（依据 国办发明电〔2020〕1号）；"
        "2020年2月2日（周日）由“周末”变为“春节放假”（依据 国办发明电〔2020〕1号）。"
        "到期时间由2020年2月3日（周一）17:30推迟到2020年2月5日（周三）17:30。"
    )


def test_recomputation_without_change_says_so() -> None:
    deadline = add_working_days(at(2026, 3, 9), 3, calendar=CALENDAR)
    result = recompute(deadline, calendar=CALENDAR)
    assert (result.moved, result.after) == (False, deadline)
    assert result.text == "到期时间不变，仍是2026年3月12日（周四）17:30。"


def test_recomputation_keeps_hours_pauses_and_the_way_of_counting() -> None:
    pause = Pause(at(2026, 3, 10), at(2026, 3, 11), "补正")
    hours = WorkHours(closes=time(18), late_counts_as_next_day=True)
    for deadline in (
        add_working_days(at(2026, 3, 9, 19), 2, calendar=CALENDAR, hours=hours, pauses=[pause]),
        add_days(at(2026, 9, 20), 12, calendar=CALENDAR, hours=hours),
        add_days(at(2026, 9, 20), 12),
        add_hours(at(2026, 9, 20), 5),
    ):
        assert recompute(deadline, calendar=CALENDAR).after == deadline


def test_natural_days_end_on_a_day_off_only_when_nobody_asks_to_move() -> None:
    start = at(2026, 9, 20)
    assert add_days(start, 12).due == datetime(2026, 10, 2, 23, 59, 59, tzinfo=BEIJING)
    moved = add_days(start, 12, calendar=CALENDAR, hours=WorkHours())
    assert moved.due == at(2026, 10, 8, 17, 30)
    assert "最后一天休息，顺延到下一个工作日。" in moved.text


def test_hours_run_through_night_and_holiday() -> None:
    deadline = add_hours(at(2026, 10, 1, 22, 15), 5)
    assert deadline.due == at(2026, 10, 2, 3, 15)
    assert deadline.text == (
        "2026年10月1日（周四）22:15收到，期限5小时。从收到时起连续计算，昼夜和节假日都算。"
        "最迟2026年10月2日（周五）03:15办完。"
    )


def test_working_days_between_counts_after_the_first_day_and_turns_negative() -> None:
    first, last = date(2026, 2, 13), date(2026, 2, 24)
    assert working_days_between(first, last, calendar=CALENDAR) == 2
    assert working_days_between(last, first, calendar=CALENDAR) == -2
    assert working_days_between(first, first, calendar=CALENDAR) == 0


moments = st.datetimes(datetime(2019, 1, 1), datetime(2025, 12, 31), timezones=st.just(BEIJING))  # noqa: DTZ001 -- hypothesis adds the zone
amounts = st.integers(0, 60)
office_hours = st.sampled_from([WorkHours(), LATE])


@given(moments, amounts, office_hours)
@settings(max_examples=150, deadline=None)
def test_due_day_is_worked_and_every_day_from_receipt_has_one_step(
    start: datetime, days: int, hours: WorkHours
) -> None:
    deadline = add_working_days(start, days, calendar=CALENDAR, hours=hours)
    span = (deadline.due.date() - start.date()).days
    assert CALENDAR.is_working_day(deadline.due.date())
    assert [step.date for step in deadline.steps] == [start.date() + timedelta(days=step) for step in range(span + 1)]
    assert deadline.due > start


@given(moments, st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_counted_steps_are_numbered_one_to_the_amount_and_agree_with_the_inverse(start: datetime, days: int) -> None:
    deadline = add_working_days(start, days, calendar=CALENDAR)
    numbers = [step.number for step in deadline.steps if step.kind is StepKind.COUNTED]
    assert numbers == list(range(1, days + 1))
    assert working_days_between(start.date(), deadline.due.date(), calendar=CALENDAR) == days


@given(moments, moments, amounts, amounts, office_hours)
@settings(max_examples=150, deadline=None)
def test_later_receipt_or_longer_period_is_never_due_earlier(
    one: datetime, two: datetime, few: int, many: int, hours: WorkHours
) -> None:
    first, second = sorted([one, two])
    short, long = sorted([few, many])
    due = add_working_days(first, short, calendar=CALENDAR, hours=hours).due
    assert due <= add_working_days(second, short, calendar=CALENDAR, hours=hours).due
    assert due <= add_working_days(first, long, calendar=CALENDAR, hours=hours).due


@given(moments, amounts, st.integers(0, 10), st.integers(0, 10))
@settings(max_examples=100, deadline=None)
def test_pause_never_brings_a_deadline_forward(start: datetime, days: int, after: int, length: int) -> None:
    begin = start + timedelta(days=after)
    pause = Pause(begin, begin + timedelta(days=length), "补正")
    plain = add_working_days(start, days, calendar=CALENDAR)
    paused = add_working_days(start, days, calendar=CALENDAR, pauses=[pause])
    assert paused.due >= plain.due
    taken = {step.date for step in paused.steps if step.kind is StepKind.COUNTED}
    assert not any(begin.date() <= day <= pause.end.date() for day in taken)

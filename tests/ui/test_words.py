from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zhijian.lib import clock
from zhijian.ui import deadlines, words

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=clock.BEIJING)


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(seconds=-20), "刚刚"),
        (timedelta(seconds=20), "马上"),
        (timedelta(minutes=-5), "5 分钟前"),
        (timedelta(hours=3), "3 小时后"),
        (timedelta(hours=-23, minutes=-59), "23 小时前"),
        (timedelta(days=-1), "昨天"),
        (timedelta(days=2), "后天"),
        (timedelta(days=-12), "12 天前"),
        (timedelta(days=65), "2 个月后"),
        (timedelta(days=-800), "2 年前"),
    ],
)
def test_distance_from_now_is_said_in_words(away: timedelta, said: str) -> None:
    with clock.at(NOW):
        assert words.relative(NOW + away) == said


def test_days_are_counted_by_the_calendar_of_beijing() -> None:
    late_evening = datetime(2026, 11, 22, 23, 50, tzinfo=clock.BEIJING)
    with clock.at(late_evening):
        assert words.relative(date(2026, 11, 23)) == "明天"
        assert words.relative(late_evening + timedelta(days=1, minutes=20)) == "后天"


def test_moments_are_written_in_beijing_time_whatever_their_zone() -> None:
    assert words.absolute(datetime(2026, 11, 22, 1, 30, tzinfo=UTC)) == "2026-11-22 09:30"
    assert words.absolute(date(2026, 11, 22)) == "2026-11-22"


def test_numbers_are_grouped_and_words_left_alone() -> None:
    assert [words.thousands(value) for value in (178700, 0, -1234, 1234.5, None, "全部", True)] == [
        "178,700", "0", "-1,234", "1,234.5", "—", "全部", "True",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("due", "options", "text", "tone"),
    [
        (NOW + timedelta(days=5), {"working_days": 3}, "还剩 3 个工作日", "info"),
        (NOW + timedelta(days=5), {}, "还剩 5 天", "info"),
        (NOW + timedelta(hours=5), {"working_days": 0}, "还剩 5 小时", "warn"),
        (NOW + timedelta(seconds=30), {}, "还剩 1 分钟", "warn"),
        (date(2026, 11, 22), {}, "还剩 14 小时", "warn"),
        (NOW - timedelta(days=3), {"working_days": -2}, "已超 2 个工作日", "danger"),
        (NOW - timedelta(minutes=5), {}, "已超 5 分钟", "danger"),
        (NOW - timedelta(days=3), {"finished": True}, "已办结", "ok"),
        (None, {}, "没有时限", "quiet"),
    ],
)
def test_deadlines_say_what_is_left_and_how_urgent_it_is(
    due: datetime | date | None, options: dict[str, int], text: str, tone: str
) -> None:
    with clock.at(NOW):
        assert deadlines.describe(due, **options) == {"text": text, "tone": tone, "steps": []}  # type: ignore[arg-type]  # as parametrized

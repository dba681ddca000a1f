from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.registry.importing.cells import (
    EXCEL_EPOCH,
    Unreadable,
    read_address,
    read_count,
    read_day,
    read_id,
    read_phone,
    read_yes,
    text_of,
)
from zhijian.registry.importing.headers import guess_layout
from zhijian.registry.importing.marking import harmless
from zhijian.registry.importing.reading import Grid
from zhijian.registry.importing.tables import read_entries, split_platforms

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
WIDE = str.maketrans("0123456789./-", "０１２３４５６７８９．／－")
STYLES = (
    *("{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0.year}.{0.month}.{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}"),
    *("{0:%Y-%m-%d} 08:30:00", " {0.year} 年 {0.month} 月 {0.day} 日 "),
)


@given(day=DAYS, style=st.sampled_from(STYLES), wide=st.booleans())
def test_every_date_style_gives_the_day_back(day: date, style: str, *, wide: bool) -> None:
    text = style.format(day)
    found = read_day(text.translate(WIDE) if wide else text)
    assert (found.day, found.whole) == (day, True)


@given(day=DAYS)
def test_spreadsheet_serials_and_dates_give_the_day_back(day: date) -> None:
    serial = (day - EXCEL_EPOCH).days
    moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - spreadsheets have no zone
    assert [read_day(value).day for value in (serial, float(serial), str(serial), day, moment)] == [day] * 5


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("在用", "active"), ("正常运行，每周更新", "active"), ("停更", "frozen"), ("不更新", "frozen"),
        ("已注销", "deregistered"), ("未备案", "unfiled"), ("未运行", ""), ("没有使用", ""), ("不正常", ""),
        ("还没有启用", ""),
    ],
)  # fmt: skip
def test_a_word_for_being_in_use_that_is_denied_is_none(words: str, state: str) -> None:
    grid = Grid("", [["主办单位", "平台", "名称", "状态"], ["县教育局", "微信", "东溪教育", words]])
    (entry,) = read_entries(grid, guess_layout(grid))
    assert (entry.values.get("state", ""), bool(entry.problems)) == (state, not state)


@given(year=st.integers(1990, 2099), month=st.integers(1, 12))
def test_a_month_or_a_year_alone_is_read_as_its_first_day_and_marked(year: int, month: int) -> None:
    texts = [f"{year}.{month}", f"{year}年{month}月", f"{year}-{month:02d}", f"{year}{month:02d}"]
    assert {read_day(text) for text in texts} == {read_day(f"{year}/{month}")}
    assert (read_day(texts[0]).day, read_day(texts[0]).whole) == (date(year, month, 1), False)
    assert (read_day(f"{year}年").day, read_day(f"{year}").whole) == (date(year, 1, 1), False)


@given(value=st.one_of(st.text(), st.integers(), st.floats(allow_nan=True), st.booleans(), st.none()))
def test_no_cell_breaks_a_reader(value: object) -> None:
    for reader in (read_day, read_count, read_phone, read_address, read_id, read_yes):
        with suppress(Unreadable):
            reader(value)
    assert text_of(value) == text_of(text_of(value))


@given(count=st.integers(0, 10**9))
def test_numbers_of_followers_come_back_whole(count: int) -> None:
    assert [read_count(value) for value in (count, float(count), f"{count:,}", f"{count}人")] == [count] * 4


@given(tenths=st.integers(0, 99_999))
def test_ten_thousands_in_cell_or_header(tenths: int) -> None:
    text = f"{tenths / 10:g}"
    assert [read_count(f"{text}万"), read_count(f"{text}w+"), read_count(text, factor=10_000)] == [tenths * 1_000] * 3


@given(number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_survives_the_spreadsheet(number: str) -> None:
    assert [read_phone(value) for value in (number, int(number), float(number), number.translate(WIDE))] == [number] * 4


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("0596-1234567", "0596-1234567"),
        ("0596 1234567", "0596 1234567"),
        ("13800000000、13900000000", "13800000000 13900000000"),
        ("0596-1234567转801", "0596-1234567转801"),
    ],
)
def test_telephone_numbers_of_offices(value: str, kept: str) -> None:
    assert read_phone(value) == kept


@pytest.mark.parametrize("value", ["无", "abc", "123", "12345678901234567", "张三"])
def test_what_is_no_telephone_number_is_refused(value: str) -> None:
    with pytest.raises(Unreadable, match="不是电话号码"):
        read_phone(value)


@pytest.mark.parametrize("value", [12345678901234567890.0, 1e16, "1.23457E+18", 6_700_000_000_000_000_001])
def test_an_id_the_spreadsheet_has_rounded_is_refused(value: object) -> None:
    with pytest.raises(Unreadable, match="文本"):
        read_id(value)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("weibo.com/u/123", "https://weibo.com/u/123"),
        ("ｗｅｉｂｏ．ｃｏｍ／ｕ／１２３", "https://weibo.com/u/123"),
        ("主页：https://www.douyin.com/user/abc，欢迎关注", "https://www.douyin.com/user/abc"),
    ],
)
def test_addresses_are_found_in_their_cell(value: str, address: str) -> None:
    assert read_address(value) == address


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("微信、微博", ["wechat", "weibo"], []),
        ("微信公众号/抖音号/快手", ["wechat", "douyin", "kuaishou"], []),
        ("微信公众号（订阅号）", ["wechat"], []),
        ("微博 抖音", ["weibo", "douyin"], []),
        ("微信，飞书", ["wechat"], ["飞书"]),
    ],
)
def test_platforms_of_one_cell(text: str, codes: list[str], unknown: list[str]) -> None:
    kinds, left = split_platforms(text)
    assert ([kind.platform.code for kind in kinds], left) == (codes, unknown)


@given(text=st.text())
def test_no_exported_text_starts_a_formula(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))

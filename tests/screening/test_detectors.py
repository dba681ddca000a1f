"""Judging by code: personal numbers, dates, pairs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.screening import PrivateKind, RuleSet, compile_ruleset, default_rules, mask, scan
from zhijian.screening.detectors.privacy import passes_luhn

DAY = date(2026, 6, 1)
PACKAGED = compile_ruleset(default_rules(), on=DAY)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def found(text: str, prefix: str = "privacy.") -> list[tuple[str, str, tuple[str, ...]]]:
    findings = scan(text, PACKAGED)
    return [(one.rule_id, one.excerpt, one.suggestions) for one in findings if one.rule_id.startswith(prefix)]


def identity(region: str, born: date, order: int) -> str:
    head = f"{region}{born:%Y%m%d}{order:03d}"
    return head + "10X98765432"[sum(int(a) * b for a, b in zip(head, WEIGHTS, strict=True)) % 11]


IDENTITIES = st.builds(
    identity,
    st.sampled_from(["110105", "370102", "440305", "650102", "810000"]),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)


@given(IDENTITIES, st.sampled_from(["", "plain", "wide", "torn", "grouped"]))
def test_every_identity_number_is_found_however_it_is_written(number: str, way: str) -> None:
    seen = {
        "wide": number.translate(WIDE),
        "torn": "\u3000".join(number),
        "grouped": f"{number[:6]} {number[6:14]} {number[14:]}",
    }.get(way, number)
    masked = number[:2] + "*" * 13 + number[-3:]
    assert found(f"申请人{seen}，已登记") == [("privacy.resident-id", seen, (masked,))]


@given(IDENTITIES, st.integers(1, 9))
def test_a_wrong_check_digit_is_no_identity_number_unless_the_text_says_so(number: str, step: int) -> None:
    last = "0123456789X".index(number[-1])
    broken = number[:-1] + "0123456789X"[(last + step) % 11]
    assert [rule for rule, _, _ in found(f"编号{broken}。") if "resident" in rule] == []
    assert [rule for rule, _, _ in found(f"身份证号{broken}。")] == ["privacy.doubtful-resident-id"]


@pytest.mark.parametrize(
    "text",
    [
        "索引号00511755800020020190027",
        "流水号1234567890123456789012345",
        "订单号6222021234567890128",
        "服务热线12345，报警110，客服400-800-8000，座机0531-88880000",
        "东经116.13812345678度",
        "邮政编码250100，电话区号0531",
        "统一社会信用代码11370000004502000X",
        "产值13912345678.50元",
    ],
)
def test_other_numbers_are_not_personal(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("李某13800138000", ("privacy.mobile", "13800138000", ("138****8000",))),
        ("李某+86 138-0013-8000", ("privacy.mobile", "+86 138-0013-8000", ("138****8000",))),
        ("李某１３８００１３８０００", ("privacy.mobile", "１３８００１３８０００", ("138****8000",))),
        ("李某138\u200b00138000", ("privacy.mobile", "138\u200b00138000", ("138****8000",))),
        ("卡号4111 1111 1111 1111", ("privacy.bank-card", "4111 1111 1111 1111", ("************1111",))),
        ("护照E12345678", ("privacy.passport", "E12345678", ("E******78",))),
        ("牵走鲁A·12345号车", ("privacy.plate", "鲁A·12345", ("鲁A****5",))),
        ("新能源车鲁AD12345", ("privacy.plate", "鲁AD12345", ("鲁A*****5",))),
        (
            "家住清河县城关镇和平路12号3单元502室",
            ("privacy.home-address", "清河县城关镇和平路12号3单元502室", ("清河县城关镇***",)),
        ),
    ],
)
def test_personal_numbers_are_found_and_masked(text: str, expected: tuple[str, str, tuple[str, ...]]) -> None:
    assert found(text) == [expected]


@given(st.integers(10**15, 10**17))
def test_luhn_accepts_exactly_one_check_digit(head: int) -> None:
    assert sum(passes_luhn(f"{head}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        (PrivateKind.MOBILE, "+86 138 1111 1234", "138****1234"),
        (PrivateKind.RESIDENT_ID, "11010519491231002x", "11*************02X"),
        (PrivateKind.ADDRESS, "清河县王家庄乡三里村8号", "清河县王家庄乡***"),
        (PrivateKind.ADDRESS, "清河市平安路8号", "清河市***"),
        (PrivateKind.ADDRESS, "三里村8号", "***"),
        (PrivateKind.MOBILE, "1381", "****"),
    ],
)
def test_masks_keep_no_more_than_the_rule_allows(kind: PrivateKind, value: str, masked: str) -> None:
    assert mask(kind, value) == masked


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(1, 6))
def test_a_weekday_is_right_on_its_own_date_and_wrong_on_every_other(day: date, shift: int) -> None:
    names = "一二三四五六日"
    text = "定于{0.year}年{0.month}月{0.day}日（星期{1}）召开"
    other = names[(day + timedelta(days=shift)).weekday()]
    assert found(text.format(day, names[day.weekday()]), "numbers.") == []
    assert found(text.format(day, other), "numbers.") == [
        ("numbers.wrong-weekday", f"星期{other}", (f"星期{names[day.weekday()]}",)),
    ]


@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 31))
def test_a_day_is_impossible_exactly_when_the_calendar_lacks_it(year: int, month: int, day: int) -> None:
    try:
        date(year, month, day)
        expected = []
    except ValueError:
        expected = [("numbers.impossible-date", f"{year}年{month}月{day}日", ())]
    assert found(f"截至{year}年{month}月{day}日办结", "numbers.impossible-date") == expected


@pytest.mark.parametrize(
    ("text", "lonely"),
    [
        ("（一）甲（乙《丙》丁）", []),
        ("办理：1）申请；2）受理", []),
        ("《甲（乙》丙", ["（"]),
        ("甲）乙", ["）"]),
        ("他说：“甲“乙”丙。”", []),
        ("“第一段\n“第二段”", []),
        ("规定如下：“第一段\n“第二段”", []),
        ("甲“乙\n丙", ["“"]),
        ("甲“乙“丙", ["“"]),
        ("甲”乙", ["”"]),
    ],
)
def test_marks_are_paired_in_their_paragraph(text: str, lonely: list[str]) -> None:
    assert [excerpt for _, excerpt, _ in found(text, "punctuation.unpaired")] == lonely


def test_suggestions_mend_a_text_until_nothing_is_found(packaged: RuleSet) -> None:
    text = "截止目前，全县己经完成布署。。定于2026年5月1日（星期六）召开会议（国办发[2026]1号）。"
    for _ in range(4):
        for finding in reversed(scan(text, packaged)):
            text = text[: finding.start] + finding.suggestions[0] + text[finding.end :]
    assert text == "截至目前，全县已经完成部署。定于2026年5月1日（星期五）召开会议（国办发〔2026〕1号）。"

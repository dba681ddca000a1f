"""Judging by code: festivals, amounts, parts of a whole, and one piece against itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import radians, sin

import pytest

from zhijian.screening import RuleSet, scan
from zhijian.screening.detectors.festivals import days_of

# Meeus, Astronomical Algorithms (1998), chapter 49: the largest terms of the time of the new moon, in days:
# coefficient, then multiples of the anomalies of sun and moon, of the argument of latitude and of the node.
MOON = [
    (-0.40720, 0, 1, 0, 0), (0.17241, 1, 0, 0, 0), (0.01608, 0, 2, 0, 0), (0.01039, 0, 0, 2, 0),
    (0.00739, -1, 1, 0, 0), (-0.00514, 1, 1, 0, 0), (0.00208, 2, 0, 0, 0), (-0.00111, 0, 1, -2, 0),
    (-0.00057, 0, 1, 2, 0), (0.00056, 1, 2, 0, 0), (-0.00042, 0, 3, 0, 0), (0.00042, 1, 0, 2, 0),
    (0.00038, 1, 0, -2, 0), (-0.00024, -1, 2, 0, 0), (-0.00017, 0, 0, 0, 1), (-0.00007, 2, 1, 0, 0),
]  # fmt: skip
J2000 = datetime(2000, 1, 1, 12)  # noqa: DTZ001 - counted in days of the astronomers, no zone
BEIJING = timedelta(hours=8) - timedelta(seconds=71)
FIRSTS = {"spring": (0, 330), "dragon_boat": (4, 90), "qixi": (6, 150), "mid_autumn": (14, 180), "laba": (7, 300)}


def new_moon(number: int) -> datetime:
    """Return Beijing time of the new moon of that number since January 2000, good to about a minute."""
    t = number / 1236.85
    sun = 2.5534 + 29.1053567 * number
    moon = 201.5643 + 385.81693528 * number + 0.0107582 * t * t
    latitude = 160.7108 + 390.67050284 * number - 0.0016118 * t * t
    node = 124.7746 - 1.56375588 * number
    days = 2451550.09766 - 2451545 + 29.530588861 * number + 0.00015437 * t * t
    days += sum(c * sin(radians(a * sun + b * moon + f * latitude + n * node)) for c, a, b, f, n in MOON)
    days += 0.000325 * sin(radians(299.77 + 0.107408 * number)) + 0.000165 * sin(radians(251.88 + 0.016321 * number))
    return J2000 + timedelta(days=days) + BEIJING


def sun_longitude(day: date) -> float:
    """Return the apparent longitude of the sun at midnight in Beijing (Meeus, chapter 25), in degrees."""
    moment = datetime(day.year, day.month, day.day) - BEIJING  # noqa: DTZ001 - as above
    t = (moment - J2000).total_seconds() / 86400 / 36525
    anomaly = radians(357.52911 + 35999.05029 * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    nutation = 0.00478 * sin(radians(125.04 - 1934.136 * t))
    return (280.46646 + 36000.76983 * t + centre - 0.00569 - nutation) % 360


def test_the_packaged_festivals_are_those_of_the_sky() -> None:
    moons = {new_moon(number).date() for number in range(180, 450)}
    for year in range(2015, 2036):
        (qingming,) = days_of("qingming", year)
        assert sun_longitude(qingming) < 15 <= sun_longitude(qingming + timedelta(days=1))
        (spring,), (lantern,), (eve,) = (days_of(name, year) for name in ("spring", "lantern", "eve"))
        assert (lantern - spring, spring - eve) == (timedelta(days=14), timedelta(days=1))
        assert days_of("double_ninth", year)[0] - timedelta(days=8) in moons
        for name, (days, longitude) in FIRSTS.items():
            for festival in days_of(name, year):
                first = festival - timedelta(days=days)
                assert first in moons, (name, year)
                # The month has the sun pass its own thirtieth degree, but for the odd year 2033 and its neighbour.
                passed = (longitude - sun_longitude(first)) % 360
                assert passed < 31 or year in {2033, 2034}, (name, year)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026年2月18日（正月初一）", [("numbers.lunar-day", "正月初一")]),
        ("2026年2月17日（星期二，农历正月初一）", []),
        ("2026年2月16日（除夕）", []),
        ("2027年2月6日（春节）", []),
        ("2030年2月2日（春节）", [("numbers.festival", "春节")]),
        ("2022年12月30日（腊八节）和2022年1月10日（腊八节）", []),
        ("1998年2月18日（正月初一）", []),
        ("2026年5月1日（星期五）放假，5月4日（星期二）上班", [("numbers.weekday-no-year", "星期二")]),
        ("2026年12月30日印发，1月4日（星期一）起施行", []),
        ("人民币12,000.50元（大写：壹万贰仟元伍角整）", []),
        ("人民币壹拾贰万叁仟元整（¥132000）", [("numbers.amount-capitals", "壹拾贰万叁仟元整")]),
        ("投资1.2亿元（大写：壹亿贰仟万元整）", []),
        ("共100个，分别为东部40个、中部30个、西部30个。", []),
        ("共100个，分别为东部40个、中部30个、西部20个。", [("numbers.parts-sum", "100个")]),
        ("共100个，包括示范点40个、试点30个。", []),
        ("共100个，分别为东部40个、中部30个，其中县城10个。", []),
    ],
)
def test_dates_and_amounts_are_reckoned(text: str, found: list[tuple[str, str]], packaged: RuleSet) -> None:
    assert [(one.rule_id, one.excerpt) for one in scan(text, packaged) if one.category == "numbers"] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("标题\n一、甲\n（一）乙\n（二）丙\n二、丁\n（一）戊\n三、己", []),
        ("标题\n一、甲\n（一）乙\n（三）丙\n二、丁\n五、己", [("skipped-number", "三"), ("skipped-number", "五")]),
        ("2．继续\n3．继续\n9．不相干", []),
        ("采取以下四条措施：\n一、甲\n1．乙\n2．丙\n二、丁\n三、戊", [("announced-count", "四条")]),
        ("采取以下三条措施：\n一、甲\n1．乙\n2．丙\n二、丁\n三、戊", []),
        ("请填写附件2。\n附件：1．报名表\n      2．汇总表", []),
        ("请填写附件1-3。\n附件：1．报名表\n      2．汇总表", [("missing-attachment", "填写附件1-3")]),
        ("第十二届菊花节公告\n第12届菊花节将开幕。\n第13届菊花节另行筹备", []),
        ("第十二届菊花节公告\n第十三届菊花节将开幕。", [("title-figure", "十三")]),
        ("清河县文化馆公告\n清河区文化馆承办", []),
        ("清河县图书馆服务中心公告\n清河县图书官服务中心承办", [("title-name", "清河县图书官服务中心")]),
    ],
)
def test_a_piece_agrees_with_itself(text: str, found: list[tuple[str, str]], packaged: RuleSet) -> None:
    rules = {"skipped-number", "announced-count", "missing-attachment", "title-figure", "title-name"}
    seen = [(one.rule_id.removeprefix("numbers."), one.excerpt) for one in scan(text, packaged)]
    assert [one for one in seen if one[0] in rules] == found

"""Which value wins, and that every answer can say why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.policy.errors import NoValue, UnknownContext, UnknownKey
from zhijian.policy.loading import PackSet, load_packs
from zhijian.policy.resolution import Policy, resolve

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)

HEAD = """
[pack]
code = "yanlian"
name = "演练县"
level = "county"
[[document]]
code = "rule"
name = "演练县办法"
number = "演政办〔2026〕1号"
"""


def packs_with(folder: Path, *values: str) -> PackSet:
    rows = [f'[[value]]\ndocument = "rule"\n{value}\n' for value in values]
    (folder / "yanlian.toml").write_text(HEAD + "".join(rows), encoding="utf-8")
    return load_packs(folder)


def row(value: int, *, begins: str = "2026-01-01", more: str = "", evidence: str = "C") -> str:
    return f'key = "update.window_days"\nvalue = {value}\neffective_from = {begins}\nevidence = "{evidence}"\n{more}'


@pytest.mark.parametrize(
    ("codes", "days"), [([], 14), (["gansu"], 7), (["fujian"], 10), (["fuzhou", "fujian"], 10), (["xunwu"], 7)]
)
def test_nearest_pack_with_a_value_answers(codes: list[str], days: int) -> None:
    assert resolve(codes, on=TODAY).integer("update.window_days") == days


def test_national_pack_is_always_last_and_never_twice() -> None:
    policy = resolve(["national", "fuzhou", "fujian", "fuzhou"], on=TODAY)
    assert policy.codes == ("fuzhou", "fujian", "national")


def test_most_specific_scope_wins(tmp_path: Path) -> None:
    packs = packs_with(
        tmp_path,
        row(9),
        row(6, more='scope = { platform = ["weibo"] }'),
        row(3, more='scope = { platform = ["weibo"], level = ["county"] }'),
    )
    policy = resolve(["yanlian"], on=TODAY, packs=packs)
    answers = [
        policy.integer("update.window_days"),
        policy.integer("update.window_days", platform="douyin"),
        policy.integer("update.window_days", platform="weibo"),
        policy.integer("update.window_days", platform="weibo", level="city"),
        policy.integer("update.window_days", platform="weibo", level="county"),
    ]
    assert answers == [9, 9, 6, 6, 3]


def test_values_outside_their_dates_are_skipped(tmp_path: Path) -> None:
    packs = packs_with(
        tmp_path,
        row(9, begins="2025-01-01", more="effective_to = 2025-12-31"),
        row(5, begins="2026-06-01"),
    )
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 1)]
    found = [resolve(["yanlian"], on=day, packs=packs).integer("update.window_days") for day in days]
    assert found == [14, 9, 9, 14, 5]


def test_county_cannot_loosen_a_proven_rule_of_a_wider_area(tmp_path: Path) -> None:
    policy = resolve(["yanlian"], on=TODAY, packs=packs_with(tmp_path, row(30)))
    answer = policy.value("update.window_days")
    assert (answer.value, answer.pack) == (14, "national")
    assert (
        "演练县：30天（不分情形，2026-01-01起，《演练县办法》（演政办〔2026〕1号）），上级规定更严，不取。"
        in answer.explain()
    )


def test_county_may_replace_a_default(tmp_path: Path) -> None:
    row_of_ten = 'key = "filing.deadline_working_days"\nvalue = 10\neffective_from = 2026-01-01\nevidence = "C"'
    policy = resolve(["yanlian"], on=TODAY, packs=packs_with(tmp_path, row_of_ten))
    assert policy.integer("filing.deadline_working_days", event="open") == 10


def test_explanation_tells_the_whole_search() -> None:
    assert resolve(["fuzhou", "fujian"], on=TODAY).explain("update.window_days", platform="app", level="county") == [
        "查“更新期限”，日期2026-11-22，平台移动客户端，层级县级；依次看：福州、福建、全国。",
        "福州没有这项规定。",
        "福建：10天（不分情形，2024-08-01起，《福州市、闽侯县政府网站与政务新媒体检查通报》（文号未见）），采用。",
        (
            "全国：14天（不分情形，2019-04-01起，《政府网站与政务新媒体检查指标、监管工作年度考核指标》"
            "（国办秘函〔2019〕19号）），下级已有规定，不取。"
        ),
        "结论：更新期限：10天。依据《福州市、闽侯县政府网站与政务新媒体检查通报》（文号未见），有原文或正式通报为据。",
    ]


def test_internal_bodies_may_not_open_accounts_since_the_2021_notice() -> None:
    days = [date(2020, 12, 31), date(2021, 1, 1)]
    assert [resolve([], on=day).text("account.internal_body_new") for day in days] == ["allowed", "forbidden"]


@pytest.mark.parametrize(
    ("codes", "event", "days"),
    [
        (["hubei"], "open", 5),
        (["hedong"], "change", 2),
        (["ankang_approval", "shaanxi"], "close", 5),
    ],
)
def test_filing_deadlines_follow_the_place(codes: list[str], event: str, days: int) -> None:
    answer = resolve(codes, on=TODAY).value("filing.deadline_working_days", event=event)
    assert (answer.value, answer.pack, answer.unit) == (days, codes[0], "working_days")


def test_shaanxi_opening_climbs_to_the_province_and_counties_of_guangdong_stay_closed() -> None:
    shaanxi = resolve(["shaanxi"], on=TODAY)
    chains = [shaanxi.texts("filing.open.chain", level=level) for level in ("county", "city", None)]
    assert chains == [("own", "county", "city", "province"), ("own", "city", "province"), ("own", "supervising")]
    assert resolve(["guangdong"], on=TODAY).text("account.county_departments_may_open") == "no"


def test_anhui_reprint_clock_differs_by_platform() -> None:
    policy = resolve(["anhui"], on=TODAY)
    assert policy.integer("reprint.within_hours", platform="weibo") == 1
    assert policy.integer("reprint.within_working_days", platform="wechat") == 0
    assert policy.integer("reprint.within_hours", platform="wechat") == 24


def test_unknown_key_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(UnknownKey) as refusal:
        resolve([], on=TODAY).value("update.window_day")
    assert str(refusal.value).startswith("规则目录里没有“update.window_day”。是不是 update.window_days")


def test_unknown_circumstance_and_unknown_word_are_refused() -> None:
    policy = resolve([], on=TODAY)
    with pytest.raises(UnknownContext, match="规则不按“colour”区分"):
        policy.value("update.window_days", colour="red")
    with pytest.raises(UnknownContext, match="平台“friendster”不认识"):
        policy.value("update.window_days", platform="friendster")


def test_known_circumstance_a_key_does_not_differ_by_is_ignored() -> None:
    assert resolve([], on=TODAY).integer("emergency.first_word_hours", level="county", platform=None) == 5


def test_rule_without_a_value_says_so() -> None:
    policy = resolve([], on=TODAY)
    assert policy.find("update.per_week_min") is None
    with pytest.raises(NoValue, match="全国没有这项规定。没有可用的规定。请在本地规则包里补上"):
        policy.value("update.per_week_min")


def test_value_of_another_type_than_asked_is_refused() -> None:
    policy = resolve([], on=TODAY)
    with pytest.raises(TypeError, match="更新期限"):
        policy.text("update.window_days")
    with pytest.raises(TypeError, match="一个平台一个账号"):
        policy.integer("account.one_per_platform")


def test_version_changes_with_the_rules_in_force_and_only_then() -> None:
    versions = [
        resolve([], on=TODAY).version,
        resolve([], on=date(2026, 11, 21)).version,
        resolve(["gansu"], on=TODAY).version,
        resolve([], on=date(2020, 12, 31)).version,
    ]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_emergency_clocks_are_five_twenty_four_and_forty_eight_hours() -> None:
    policy = resolve([], on=TODAY)
    keys = ("emergency.first_word_hours", "emergency.press_hours", "emergency.opinion_hours")
    assert [policy.integer(key) for key in keys] == [5, 24, 48]


codes_strategy = st.lists(st.sampled_from(sorted(load_packs().packs)), max_size=4)
days_strategy = st.dates(date(2019, 6, 1), date(2027, 6, 1))


def last_sentence(policy: Policy, key: str) -> str:
    return policy.explain(key)[-1]


@given(codes_strategy, days_strategy)
@settings(max_examples=60, deadline=None)
def test_every_answer_is_in_force_fits_and_is_explained(codes: list[str], on: date) -> None:
    policy = resolve(codes, on=on)
    for answer in policy.all_values(level="county", platform="wechat", event="open", item_class="important"):
        assert answer.source.in_force(on)
        assert answer.source.scope.matches(answer.context)
        assert answer.pack in policy.codes
        assert answer.explain()[-1] == f"结论：{answer.text}"


@given(codes_strategy, days_strategy)
@settings(max_examples=60, deadline=None)
def test_no_place_has_a_longer_update_window_than_the_nation(codes: list[str], on: date) -> None:
    assert resolve(codes, on=on).integer("update.window_days") <= 14
    assert last_sentence(resolve(codes, on=on), "update.window_days").startswith("结论：")

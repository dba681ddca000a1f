"""Rules with a shape: warnings, routes, groups, names, clocks by rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.lib.clock import BEIJING
from zhijian.policy.errors import PolicyError
from zhijian.policy.loading import load_packs
from zhijian.policy.queries import (
    approval_chain,
    deadline_by_rule,
    filing_route,
    gates,
    name_problems,
    platform_group,
    resolve,
    review_route,
    update_window,
    warning_days,
    work_hours,
)
from zhijian.policy.workdays import load_calendars

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)
NATION = resolve([], on=TODAY)
SHARES = [(1, 2), (5, 7), (6, 7), (1, 1)]
FIVE = ["political", "legal", "policy", "secrecy", "text"]


@pytest.mark.parametrize(
    ("codes", "days", "warnings"),
    [([], 14, (7, 10, 12, 14)), (["fujian"], 10, (5, 7, 8, 10)), (["gansu"], 7, (3, 5, 6, 7))],
)
def test_warnings_follow_from_the_window(codes: list[str], days: int, warnings: tuple[int, ...]) -> None:
    window = update_window(resolve(codes, on=TODAY), platform="weibo")
    assert (window.days, window.warnings) == (days, warnings)


def test_pack_may_set_its_own_warning_days(tmp_path: Path) -> None:
    (tmp_path / "yanlian.toml").write_text(
        '[pack]\ncode = "yanlian"\nname = "演练县"\nlevel = "county"\n'
        '[[document]]\ncode = "rule"\nname = "演练县办法"\nnumber = "演政办〔2026〕1号"\n'
        '[[value]]\nkey = "update.warning_days"\nvalue = [2, 9, 20]\ndocument = "rule"\n'
        'effective_from = 2026-01-01\nevidence = "C"\n',
        encoding="utf-8",
    )
    policy = resolve(["yanlian"], on=TODAY, packs=load_packs(tmp_path))
    assert update_window(policy).warnings == (2, 9, 14)


@given(st.integers(1, 366))
def test_warnings_rise_and_end_with_the_window(window: int) -> None:
    days = warning_days(window, SHARES)
    assert list(days) == sorted(set(days))
    assert days[0] >= 1
    assert days[-1] == window


def test_nation_has_five_gates_and_neixiang_six() -> None:
    assert [gate.code for gate in gates(NATION)] == FIVE
    assert [gate.code for gate in gates(resolve(["neixiang", "henan"], on=TODAY))] == [*FIVE, "opinion"]


@pytest.mark.parametrize(
    ("item_class", "stages"),
    [
        ("ordinary", ["first", "second", "final"]),
        ("important", ["first", "second", "final", "head"]),
        ("emergency", ["first", "head"]),
        ("reprint", ["first", "final"]),
        ("interpretation", ["first", "second", "final"]),
    ],
)
@pytest.mark.parametrize("codes", [[], ["neixiang", "henan"], ["zhuzhou_transport", "hunan"]])
def test_last_stage_of_every_route_answers_for_every_gate(codes: list[str], item_class: str, stages: list[str]) -> None:
    policy = resolve(codes, on=TODAY)
    route = review_route(policy, item_class=item_class, level="county")
    assert route.stages[-1].gates == gates(policy)
    assert all(stage.roles for stage in route.stages)
    if "neixiang" not in codes:
        assert [stage.code for stage in route.stages] == stages


def test_neixiang_sends_emergencies_through_every_stage_to_the_head() -> None:
    route = review_route(resolve(["neixiang", "henan"], on=TODAY), item_class="emergency")
    assert [stage.name for stage in route.stages] == ["初审", "复审", "终审", "签发"]


@pytest.mark.parametrize("event", ["open", "change", "freeze", "close", "deregister"])
@pytest.mark.parametrize("codes", [[], ["shaanxi"], ["hedong"]])
def test_every_filing_event_has_chain_and_route(codes: list[str], event: str) -> None:
    policy = resolve(codes, on=TODAY)
    assert approval_chain(policy, event=event, level="county")[0] == "own"
    assert filing_route(policy, event=event, level="county").stages[0].level == "own"


def test_filing_route_of_shaanxi_matches_its_chain() -> None:
    policy = resolve(["shaanxi"], on=TODAY)
    for level in ("township", "county", "city", "province"):
        levels = tuple(stage.level for stage in filing_route(policy, event="open", level=level).stages)
        assert levels == approval_chain(policy, event="open", level=level)


def test_official_account_and_service_account_count_as_one_platform_and_channels_as_another() -> None:
    pairs = [("wechat", "subscription"), ("wechat", "service"), ("channels", "channels"), ("weibo", "")]
    found = [platform_group(NATION, platform=platform, kind=kind).code for platform, kind in pairs]
    assert found == ["wechat_official", "wechat_official", "channels", "weibo"]


def test_name_rules_give_every_reason() -> None:
    names = {"organisation_names": ["河东区人民政府", "河东区政府"], "area_names": ["河东"]}
    assert name_problems(NATION, "河东发布", **names) == []
    assert name_problems(NATION, "清河专班 小编", **names) == [
        "名称里有空格、标点或表情。请只用汉字、字母和数字。",
        "名称里不能有“专班”。不能以专项工作名义开设。",
        "名称里不能有“小编”。不能以个人名义开设。",
        "名称里看不出主办单位或地区。请写上河东区人民政府、河东区政府、河东中的一个。",
    ]
    assert name_problems(NATION, "镕", organisation_names=[], area_names=[]) == ["名称应当是2到30个字，现在是1个字。"]


def test_reply_clock_follows_kind_and_place() -> None:
    start = datetime(2026, 9, 18, 16, tzinfo=BEIJING)
    calendar = load_calendars()
    dues = [
        deadline_by_rule(
            resolve(codes, on=TODAY), "reply.deadline_working_days", start=start, calendar=calendar, message_kind=kind
        ).deadline.due.date()
        for codes, kind in (([], "consult"), (["zhuzhou_transport", "hunan"], "consult"), ([], "complaint"))
    ]
    assert dues == [date(2026, 9, 24), date(2026, 9, 18), date(2026, 10, 15)]


def test_unit_of_the_rule_decides_how_it_is_counted() -> None:
    start = datetime(2026, 9, 20, 22, tzinfo=BEIJING)
    calendar = load_calendars()
    first_word = deadline_by_rule(NATION, "emergency.first_word_hours", start=start, calendar=calendar)
    notice = deadline_by_rule(NATION, "closing.notice_days", start=start, calendar=calendar)
    assert first_word.deadline.due == datetime(2026, 9, 21, 3, tzinfo=BEIJING)
    assert notice.deadline.due == datetime(2026, 10, 20, 17, 30, tzinfo=BEIJING)
    assert first_word.text.startswith("首次发声时限：5小时。依据《《关于全面推进政务公开工作的意见》实施细则》") is True


def test_rule_that_is_no_time_limit_cannot_be_counted() -> None:
    with pytest.raises(PolicyError, match="规则“每年培训”不是期限"):
        deadline_by_rule(
            NATION, "training.per_year_min", start=datetime(2026, 9, 1, tzinfo=BEIJING), calendar=load_calendars()
        )


def test_office_hours_come_from_the_packs() -> None:
    hours = work_hours(NATION)
    assert (hours.opens.isoformat(), hours.closes.isoformat(), hours.late_counts_as_next_day) == (
        "09:00:00",
        "17:30:00",
        False,
    )

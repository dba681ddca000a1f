from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.inspection.enums import Result
from zhijian.inspection.judging import (
    DAY,
    FRESH,
    Hit,
    Link,
    Silence,
    Text,
    Window,
    judge_link,
    judge_update,
    judge_wording,
    worst,
)

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FORTNIGHT = Window(14, (7, 10, 12, 14))


def silent(days: float, *, seen: bool = True, window: Window = FORTNIGHT) -> Silence:
    """An account whose last post is so many days old, all of the time since seen, or nothing of it."""
    at = NOW - days * DAY
    stretch = ((at - 30 * DAY, NOW),) if seen else ()
    gaps = () if seen else ((NOW - window.length, NOW, "订阅源打不开。"),)
    return Silence(NOW, (at, 7), stretch, gaps, (1, 2) if seen else ())


@pytest.mark.parametrize(
    ("days", "result", "warned", "left"),
    [
        (0, Result.PASS, None, 14),
        (6.9, Result.PASS, None, 8),
        (7, Result.WARNING, 7, 7),
        (9.99, Result.WARNING, 7, 5),
        (10, Result.WARNING, 10, 4),
        (12, Result.WARNING, 12, 2),
        (13.99, Result.WARNING, 12, 1),
        (14, Result.WARNING, 14, 0),
        (14.01, Result.FAIL, 14, 0),
        (60, Result.FAIL, 14, -46),
    ],
)
def test_silence_is_warned_at_the_derived_days_and_fails_after_the_window(
    days: float, result: Result, warned: int | None, left: int
) -> None:
    judged = judge_update(silent(days), FORTNIGHT)

    assert (judged.result, judged.warned_day, judged.left_days, judged.silent_days) == (result, warned, left, int(days))


@pytest.mark.parametrize(("window", "days"), [(Window(10, (5, 7, 8, 10)), 10.5), (Window(7, (3, 5, 6, 7)), 7.1)])
def test_local_windows_fail_by_their_own_length(window: Window, days: float) -> None:
    assert judge_update(silent(days), window).result == Result.FAIL
    assert judge_update(silent(days), FORTNIGHT).result == Result.WARNING


def test_an_outage_gives_no_verdict_and_says_why() -> None:
    judged = judge_update(silent(20, seen=False), FORTNIGHT)

    assert judged.result == Result.COULD_NOT_LOOK
    assert "订阅源打不开。" in judged.reason
    assert judged.evidence["gaps"] == [[(NOW - 14 * DAY).isoformat(), NOW.isoformat(), "订阅源打不开。"]]
    assert (judged.silent_days, judged.left_days, judged.warned_day) == (None, None, None)


def test_an_hour_unseen_in_the_middle_of_the_window_gives_no_verdict() -> None:
    hole = (NOW - 5 * DAY, NOW - 5 * DAY + HOUR)
    facts = Silence(NOW, (NOW - 20 * DAY, 7), ((NOW - 40 * DAY, hole[0]), (hole[1], NOW)), ((*hole, "断电。"),), (1,))

    assert judge_update(facts, FORTNIGHT).result == Result.COULD_NOT_LOOK


def test_a_post_that_was_seen_passes_however_little_was_looked_at() -> None:
    judged = judge_update(silent(3, seen=False), FORTNIGHT)

    assert judged.result == Result.PASS


def test_no_warning_is_given_for_a_silence_that_was_not_seen_whole() -> None:
    judged = judge_update(silent(9, seen=False), FORTNIGHT)

    assert (judged.result, judged.warned_day, judged.silent_days) == (Result.PASS, None, None)
    assert "没有看全" in judged.reason


def test_the_check_counts_as_of_a_fresh_look_and_not_of_a_stale_one() -> None:
    fresh = Silence(NOW, (NOW - 30 * DAY, 7), ((NOW - 40 * DAY, NOW - FRESH),), (), (1,))
    stale = Silence(NOW, (NOW - 30 * DAY, 7), ((NOW - 40 * DAY, NOW - FRESH - HOUR),), (), (1,))

    assert judge_update(fresh, FORTNIGHT).result == Result.FAIL
    assert judge_update(fresh, FORTNIGHT).window_to == NOW - FRESH
    assert judge_update(stale, FORTNIGHT).result == Result.COULD_NOT_LOOK


def test_an_undated_post_is_no_update_unless_the_place_says_so() -> None:
    facts = Silence(NOW, None, ((NOW - 40 * DAY, NOW),), (), (1,), undated=2)

    strict = judge_update(facts, FORTNIGHT)
    lenient = judge_update(facts, Window(14, (7, 14), undated_counts=True))

    assert (strict.result, lenient.result) == (Result.FAIL, Result.PASS)
    assert "另有 2 条没有日期" in strict.reason


def test_an_account_that_never_posted_fails_only_when_seen() -> None:
    assert judge_update(Silence(NOW, None, ((NOW - 15 * DAY, NOW),), (), (1,)), FORTNIGHT).result == Result.FAIL
    assert judge_update(Silence(NOW, None), FORTNIGHT).result == Result.COULD_NOT_LOOK


hours = st.integers(min_value=0, max_value=24 * 40)


@given(last=st.none() | hours, stretches=st.lists(st.tuples(hours, hours), max_size=6))
def test_a_fault_is_never_found_in_time_nobody_saw(
    last: int | None, stretches: list[tuple[int, int]]
) -> None:  # fmt: skip
    """What a machine may say: fail only over a window seen in one stretch, pass and warning only with a post in it."""
    from zhijian.observation.queries import merged  # noqa: PLC0415 -- reads Django's settings

    seen = merged((NOW - max(pair) * HOUR, NOW - min(pair) * HOUR) for pair in stretches)
    facts = Silence(NOW, None if last is None else (NOW - last * HOUR, 1), seen)
    judged = judge_update(facts, FORTNIGHT)
    window = (facts.moment - 14 * DAY, facts.moment)

    has_post = facts.last is not None and facts.last[0] >= window[0]
    assert (judged.result in {Result.PASS, Result.WARNING}) == has_post
    assert (judged.result == Result.FAIL) == (not has_post and facts.covers(window))
    assert judged.evidence != {}
    if judged.result == Result.WARNING:
        assert facts.last is not None
        assert facts.covers((facts.last[0], facts.moment))


HIT = Hit("state-name.guo-ming", "错的", "应为对的", "某法", 0, 2)


@pytest.mark.parametrize(
    ("texts", "result"),
    [
        ([Text(1, 1, whole=True, snapshot="", text_sha256="a")], Result.PASS),
        ([Text(1, 1, whole=False, snapshot="", text_sha256="a")], Result.COULD_NOT_LOOK),
        ([Text(1, 1, whole=False, snapshot="", text_sha256="a", hits=(HIT,))], Result.FAIL),
        (
            [
                Text(1, 1, whole=True, snapshot="s", text_sha256="a"),
                Text(2, 2, whole=True, snapshot="t", text_sha256="b", hits=(HIT,)),
            ],
            Result.FAIL,
        ),
    ],
)
def test_one_serious_wording_fails_and_a_summary_gives_no_pass(texts: list[Text], result: Result) -> None:
    judged = judge_wording(texts)

    assert judged.result == result
    assert [row["version"] for row in judged.evidence["texts"]] == [text.version_id for text in texts]


def test_nothing_is_judged_from_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to judge"):
        judge_wording([])


@pytest.mark.parametrize(
    ("result", "final", "expected"),
    [
        ("reached", "www.water.example", Result.PASS),
        ("reached", "", Result.PASS),
        ("reached", "casino.example", Result.WARNING),
        ("gone", "", Result.WARNING),
        ("could_not_look", "", Result.COULD_NOT_LOOK),
    ],
)
def test_a_link_is_worth_a_look_when_gone_or_elsewhere(result: str, final: str, expected: Result) -> None:
    assert judge_link(Link("https://water.example/a", 3, result, "water.example", final, "404")).result == expected


@pytest.mark.parametrize(
    ("landing", "expected"), [("clean", Result.PASS), ("", Result.PASS), ("parked", Result.WARNING)]
)
def test_a_link_to_a_page_in_strange_hands_is_a_fault_with_its_signs(landing: str, expected: Result) -> None:
    link = Link(
        "https://water.example/a", 3, "reached", "water.example", "water.example", "已过期。", landing, ("域名待售",)
    )
    judged = judge_link(link)
    assert judged.result == expected
    assert (judged.evidence.get("signs"), judged.reason.startswith("链接通向有问题的页面：已过期。")) == (
        (["域名待售"], True) if expected == Result.WARNING else (None, False)
    )


def test_the_worst_counts_and_nothing_looked_at_is_no_pass() -> None:
    assert worst(["pass", "could_not_look", "warning"]) == Result.WARNING
    assert worst(["pass", "could_not_look"]) == Result.COULD_NOT_LOOK
    assert worst(["fail", "warning"]) == Result.FAIL
    assert worst([]) == Result.COULD_NOT_LOOK

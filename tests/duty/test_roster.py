"""The roster: every instant has one person, holidays go round fairly, nobody is moved without having said yes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from zhijian.duty import actions, queries
from zhijian.duty.actions import MonthPlan, plan_days
from zhijian.duty.enums import ShiftKind
from zhijian.duty.models import Shift
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.duty.conftest import Watch

NOW = datetime(2026, 9, 20, 10, 0, tzinfo=clock.BEIJING)
HALF_PAST_EIGHT = time(8, 30)
HOUR = timedelta(hours=1)

days_of = st.builds(
    lambda first, kinds: {first + timedelta(days=number): kind for number, kind in enumerate(kinds)},
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.lists(st.sampled_from(ShiftKind), min_size=1, max_size=62),
)  # fmt: skip
minutes = st.times().map(lambda one: one.replace(second=0, microsecond=0))
rounds = st.lists(st.integers(1, 50), min_size=1, max_size=12, unique=True)
before = st.lists(st.tuples(st.sampled_from(ShiftKind), st.integers(1, 50)), max_size=20)


@given(people=rounds, days=days_of, handover=minutes, done=before)
def test_a_generated_roster_has_one_person_at_every_instant_and_nobody_twice_running(
    people: list[int], days: dict[date, ShiftKind], handover: time, done: list[tuple[ShiftKind, int]]
) -> None:
    shifts = plan_days(people=people, days=days, handover=handover, before=done)
    assert [one.starts_at for one in shifts] == [
        datetime.combine(day, handover, tzinfo=clock.BEIJING) for day in sorted(days)
    ]
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(shifts))
    assert [one.kind for one in shifts] == [days[day] for day in sorted(days)]
    assert {one.person for one in shifts} <= set(people)
    assert [one for one in shifts if one.backup == one.person] == []
    if len(people) > 1:
        in_order = [*(person for _, person in done[-1:]), *(one.person for one in shifts)]
        assert all(one != other for one, other in pairwise(in_order))


@given(people=rounds, days=days_of)
def test_each_kind_of_day_goes_round_evenly(people: list[int], days: dict[date, ShiftKind]) -> None:
    shifts = plan_days(people=people, days=days, handover=HALF_PAST_EIGHT)
    for kind in ShiftKind:
        turns = [one.person for one in shifts if one.kind is kind]
        counts = [turns.count(person) for person in people]
        # Whoever had the day before is passed over once, so somebody may be a turn behind.
        assert max(counts) - min(counts) <= 2


@pytest.mark.parametrize("people", [[], [1, 1]])
def test_a_list_names_each_person_once(people: list[int]) -> None:
    with pytest.raises(ValueError, match="each person once"):
        plan_days(people=people, days={date(2026, 10, 1): ShiftKind.HOLIDAY}, handover=HALF_PAST_EIGHT)


def test_a_month_is_filled_by_the_holiday_notices_and_goes_on_where_it_stood(watch: Watch) -> None:
    people = tuple(person.pk for person in watch.people)
    with clock.at(NOW):
        for month in (10, 11):
            plan = MonthPlan(2026, month, people, HALF_PAST_EIGHT)
            actions.generate_month(actor=watch.head, organisation=watch.water, plan=plan)
        start = datetime(2026, 10, 1, 8, 30, tzinfo=clock.BEIJING)
        end = datetime(2026, 12, 1, 8, 30, tzinfo=clock.BEIJING)
        shifts = queries.shifts_between(watch.water, start, end)
        assert (len(shifts), queries.gaps(watch.water, start, end)) == (61, [])
    kinds = {one.starts_at.astimezone(clock.BEIJING).date(): one.kind for one in shifts}
    # 国办发明电〔2025〕7号: 10月1日至7日放假，10月10日（周六）上班。
    assert [kinds[date(2026, 10, day)] for day in (1, 7, 8, 10, 11)] == [
        "holiday", "holiday", "working", "working", "weekend",
    ]  # fmt: skip
    assert all(one.person_id != other.person_id for one, other in pairwise(shifts))


@pytest.mark.parametrize("handover", [time(7, 0), time(8, 0)])
def test_a_month_with_an_earlier_hand_over_begins_where_the_month_before_ends(watch: Watch, handover: time) -> None:
    people = tuple(person.pk for person in watch.people)
    with clock.at(NOW):
        for month, at in ((10, HALF_PAST_EIGHT), (11, handover)):
            plan = MonthPlan(2026, month, people, at)
            actions.generate_month(actor=watch.head, organisation=watch.water, plan=plan)
    start = datetime(2026, 10, 1, 8, 30, tzinfo=clock.BEIJING)
    end = datetime.combine(date(2026, 12, 1), handover, tzinfo=clock.BEIJING)
    shifts = queries.shifts_between(watch.water, start, end)
    assert (len(shifts), queries.gaps(watch.water, start, end)) == (61, [])
    assert shifts[31].starts_at == datetime(2026, 11, 1, 8, 30, tzinfo=clock.BEIJING)
    assert not Shift.objects.exclude(cancelled_at=None).exists()


def test_a_month_made_anew_before_eight_begins_on_the_day_it_is_free(watch: Watch) -> None:
    people, early = tuple(person.pk for person in watch.people), time(7, 0)
    with clock.at(NOW):
        plan = MonthPlan(2026, 10, people, early)
        actions.generate_month(actor=watch.head, organisation=watch.water, plan=plan)
    with clock.at(datetime(2026, 10, 15, 12, 0, tzinfo=clock.BEIJING)):
        anew = MonthPlan(2026, 10, people[::-1], early, replace=True)
        rows = actions.generate_month(actor=watch.head, organisation=watch.water, plan=anew)
    assert (len(rows), rows[0].starts_at) == (16, datetime(2026, 10, 16, 7, 0, tzinfo=clock.BEIJING))
    start, end = (datetime(2026, month, 1, 7, 0, tzinfo=clock.BEIJING) for month in (10, 11))
    assert queries.gaps(watch.water, start, end) == []


def test_a_month_that_stands_is_made_anew_only_when_asked(watch: Watch) -> None:
    people = tuple(person.pk for person in watch.people)
    plan = MonthPlan(2026, 10, people, HALF_PAST_EIGHT)
    with clock.at(NOW):
        actions.generate_month(actor=watch.head, organisation=watch.water, plan=plan)
        with pytest.raises(Refused) as refused:
            actions.generate_month(actor=watch.head, organisation=watch.water, plan=plan)
        assert refused.value.reasons == ["这个月已经排了 31 班。要重新排，请勾选“替换还没有开始的班次”。"]
    with clock.at(datetime(2026, 10, 15, 12, 0, tzinfo=clock.BEIJING)):
        anew = MonthPlan(2026, 10, people[::-1], HALF_PAST_EIGHT, replace=True)
        rows = actions.generate_month(actor=watch.head, organisation=watch.water, plan=anew)
        start, end = (datetime(2026, month, 1, 8, 30, tzinfo=clock.BEIJING) for month in (10, 11))
        assert (len(rows), queries.gaps(watch.water, start, end)) == (16, [])


def test_two_at_one_instant_are_refused_by_the_page_and_by_the_database(watch: Watch) -> None:
    with clock.at(NOW):
        shift = watch.shift(watch.people[0], NOW, NOW + 8 * HOUR)
        with pytest.raises(Refused):
            watch.shift(watch.people[1], NOW + 7 * HOUR, NOW + 9 * HOUR)
        watch.shift(watch.people[1], NOW + 8 * HOUR, NOW + 9 * HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(
            organisation=watch.water, kind="working", person=watch.people[1], starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )  # fmt: skip


def test_who_is_on_duty_is_looked_for_up_the_tree(watch: Watch) -> None:
    officer = watch.county.person("xianzhuguan", watch.county.county, Role.SUPERVISING_OFFICER)
    with clock.at(NOW):
        actions.add_shift(
            actor=officer, organisation=watch.county.county, person=watch.upper.pk, backup=None, starts_at=NOW,
            ends_at=NOW + 24 * HOUR,
        )  # fmt: skip
        watch.shift(watch.people[0], NOW, NOW + 2 * HOUR)
        found = [queries.on_duty(organisation=watch.water, at=NOW + hours * HOUR) for hours in (1, 2, 24)]
    assert [one.person if one else None for one in found] == [watch.people[0], watch.upper, None]


def test_gaps_are_told(watch: Watch) -> None:
    with clock.at(NOW):
        watch.shift(watch.people[0], NOW + HOUR, NOW + 2 * HOUR)
        watch.shift(watch.people[1], NOW + 3 * HOUR, NOW + 4 * HOUR)
    assert queries.gaps(watch.water, NOW, NOW + 5 * HOUR) == [
        (NOW, NOW + HOUR), (NOW + 2 * HOUR, NOW + 3 * HOUR), (NOW + 4 * HOUR, NOW + 5 * HOUR),
    ]  # fmt: skip


def test_a_swap_moves_both_only_after_the_other_agreed(watch: Watch) -> None:
    jia, yi, bing = watch.people
    with clock.at(NOW):
        mine = watch.shift(jia, NOW + HOUR, NOW + 2 * HOUR, backup=yi)
        theirs = watch.shift(yi, NOW + 2 * HOUR, NOW + 3 * HOUR, backup=bing)
        swap = actions.ask_swap(actor=jia, shift_id=mine.pk, return_shift_id=theirs.pk)
        with pytest.raises(Refused):
            actions.decide_swap(actor=jia, swap_id=swap.pk, agrees=True)
        with pytest.raises(Refused):
            actions.decide_swap(actor=bing, swap_id=swap.pk, agrees=True)
        mine.refresh_from_db()
        assert mine.person == jia
        actions.decide_swap(actor=yi, swap_id=swap.pk, agrees=True)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert [(one.person, one.backup) for one in (mine, theirs)] == [(yi, jia), (jia, bing)]


def test_a_swap_nobody_answered_ends_with_the_shift(watch: Watch) -> None:
    jia, yi, _ = watch.people
    with clock.at(NOW):
        mine = watch.shift(jia, NOW + HOUR, NOW + 2 * HOUR)
        swap = actions.ask_swap(actor=jia, shift_id=mine.pk, person_id=yi.pk)
    with clock.at(NOW + HOUR), pytest.raises(Refused) as refused:
        actions.decide_swap(actor=yi, swap_id=swap.pk, agrees=True)
    assert refused.value.reasons == ["要换的班已经开始，不能再换。"]


def test_another_body_sees_no_shift_and_puts_nobody_on_it(watch: Watch) -> None:
    stranger = watch.county.person("jiaoyu", watch.county.school, Role.HEAD)
    with clock.at(NOW):
        shift = watch.shift(watch.people[0], NOW + HOUR, NOW + 2 * HOUR)
        assert list(queries.visible_shifts(actor=stranger)) == []
        with pytest.raises(Missing):
            actions.cancel_shift(actor=stranger, shift_id=shift.pk)
        with pytest.raises(Refused) as refused:
            watch.shift(stranger, NOW + 3 * HOUR, NOW + 4 * HOUR)
    assert refused.value.reasons == ["有人不在云岭县水务局工作，不能排进值班表。"]


def test_the_calendar_costs_the_same_for_one_shift_and_for_a_month(
    watch: Watch, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(watch.head)
    people = tuple(person.pk for person in watch.people)
    today = clock.today()
    plan = MonthPlan(today.year, today.month, people, HALF_PAST_EIGHT)
    actions.generate_month(actor=watch.head, organisation=watch.water, plan=plan)
    with django_assert_max_num_queries(16) as full:
        assert client.get("/desk/duty/").status_code == 200
    kept = Shift.objects.order_by("-starts_at").first()
    assert kept is not None
    Shift.objects.exclude(pk=kept.pk).update(cancelled_at=clock.now())
    with django_assert_max_num_queries(16) as one:
        assert client.get("/desk/duty/").status_code == 200
    assert abs(len(full) - len(one)) <= 1


NOTICE_2027 = """
year = 2027

[[notice]]
title = "国务院办公厅关于2027年部分节假日安排的通知"
number = "试〔2026〕1号"
issued_on = 2026-11-20

[[notice.holiday]]
name = "元旦"
from = 2027-01-01
to = 2027-01-03
"""
ESTIMATED = (
    "2027 年的放假安排还没有录入，节假日和调休是暂估的：放假通知公布后，请系统管理员录入，"
    "再到“排班”里勾选“替换还没有开始的班次”重排。"
)


def test_a_year_without_a_holiday_notice_is_told_on_the_form_and_on_the_roster_until_it_is_stored(
    watch: Watch, settings: Any, tmp_path: Path
) -> None:
    client = Client()
    client.force_login(watch.head)
    form, roster = f"/desk/duty/{watch.water.pk}/generate/", "/desk/duty/?month=2027-02"
    with clock.at(datetime(2026, 11, 22, 10, 0, tzinfo=clock.BEIJING)):
        assert [client.get(page).content.decode().count(ESTIMATED) for page in (form, roster)] == [1, 1]
        assert ESTIMATED not in client.get("/desk/duty/?month=2026-12").content.decode()
        settings.ZHIJIAN_CALENDARS = tmp_path
        (tmp_path / "2027.toml").write_text(NOTICE_2027, encoding="utf-8")
        assert [client.get(page).content.decode().count("放假安排") for page in (form, roster)] == [0, 0]

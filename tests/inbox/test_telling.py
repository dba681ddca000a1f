"""Staff are told of what came, what is near its time, and what is hurried: once, without a citizen's words outside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.inbox.office import on

from zhijian.inbox import actions
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.models import Dispatch, Notice

if TYPE_CHECKING:
    from tests.inbox.office import Office

SECRET = "邻居家的私事"


def told(start: str = "") -> dict[str, list[str]]:
    """Return the titles told so far, by who was told."""
    found: dict[str, list[str]] = {}
    for row in Notice.objects.filter(dedup_key__startswith=start).select_related("person").order_by("pk"):
        found.setdefault(row.person.username, []).append(row.title)
    return found


def test_many_new_messages_are_one_notice_and_only_for_the_body_that_has_them(office: Office) -> None:
    for _ in range(3):
        office.receive()
    office.receive(organisation=office.water)
    assert told() == {}
    assert [actions.tell_new(), actions.tell_new()] == [4, 0]
    county, water = ["有新留言，3 件待受理"], ["有新留言，1 件待受理"]
    assert told() == {"answerer": county, "head": county, "water_answerer": water, "water_head": water}


def test_an_accepted_message_is_no_news_and_does_not_make_the_others_new_again(office: Office) -> None:
    office.receive()
    newest = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=newest.case.pk)
    assert actions.tell_new() == 2
    assert told()["head"] == ["有新留言，1 件待受理"]
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert actions.tell_new() == 0


def test_who_gets_a_case_handed_over_is_told_by_when(office: Office) -> None:
    with on("2026-11-02 10:00"):
        made = office.receive(text=SECRET)
        actions.assign_case(actor=office["answerer"], case_id=made.case.pk, to=office.water, reason="供水归你们管。")
    title = f"有留言转到贵单位：{made.case.number}，最迟2026年11月9日（周一）17:30办完"
    assert told() == {"water_answerer": [title], "water_head": [title]}


def test_a_chase_is_told_each_time_to_who_took_the_case_and_the_heads(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    for word in ("请今天办完。", "还没有办完。"):
        actions.chase_case(actor=office["officer"], case_id=made.case.pk, text=word)
    title = f"被催办：{made.case.number}"
    assert told() == {"answerer": [title] * 2, "head": [title] * 2}
    assert list(Notice.objects.filter(person=office["head"]).order_by("pk").values_list("text", flat=True)) == [
        "请今天办完。", "还没有办完。",
    ]  # fmt: skip


def test_a_deadline_is_told_two_days_before_and_when_it_is_over_once_each(office: Office) -> None:
    with on("2026-11-02 10:00"):
        number = office.receive().case.number
    with on("2026-11-06 10:00"):
        assert actions.tell_deadlines() == 0
    for moment in ("2026-11-08 10:00", "2026-11-08 10:10"):
        with on(moment):
            actions.tell_deadlines()
    soon, late = (f"{word}：{number}，2026年11月9日（周一）17:30" for word in ("快到期", "已超期"))
    assert told() == {"answerer": [soon], "head": [soon]}
    for moment in ("2026-11-09 17:40", "2026-11-10 09:00", "2026-12-20 09:00"):
        with on(moment):
            actions.tell_deadlines()
    assert told() == {"answerer": [soon, late], "head": [soon, late], "overseer": [late]}


def test_a_case_that_waits_for_the_citizen_or_is_answered_is_not_told_as_late(office: Office) -> None:
    with on("2026-11-02 10:00"):
        waiting, answered = office.receive(), office.receive()
        actions.accept_case(actor=office["answerer"], case_id=waiting.case.pk)
        actions.ask_citizen(actor=office["answerer"], case_id=waiting.case.pk, text="在哪里？")
        office.answered(answered)
    with on("2026-11-10 09:00"):
        assert actions.tell_deadlines() == 0


def test_deadlines_and_news_cost_the_same_for_three_cases_and_for_nine(office: Office) -> None:
    costs = []
    for day, count in (("02", 3), ("16", 9)):
        with on(f"2026-11-{day} 10:00"):
            for number in range(count):
                office.receive(organisation=(office.body, office.water, office.county.school)[number % 3])
            with CaptureQueriesContext(connection) as new:
                actions.tell_new()
        with on(f"2026-11-{int(day) + 6:02} 10:00"), CaptureQueriesContext(connection) as soon:
            assert actions.tell_deadlines() == 2 * count
        with on(f"2026-11-{int(day) + 8:02} 10:00"), CaptureQueriesContext(connection) as late:
            actions.tell_deadlines()
        costs.append((len(new), len(soon), len(late)))
    assert costs[0] == costs[1]


def test_a_confidential_matter_is_told_by_its_number_only_and_to_nobody_above(office: Office) -> None:
    with on("2026-11-02 10:00"):
        made = office.receive(title=SECRET, text=SECRET, is_confidential=True)
        actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    with on("2026-11-10 09:00"):
        actions.tell_deadlines()
    rows = Notice.objects.filter(dedup_key__startswith="inbox.")
    assert sorted(row.person.username for row in rows) == ["answerer", "head"]
    assert {(row.text, SECRET in row.title) for row in rows} == {("", False)}
    assert not Dispatch.objects.filter(title__contains=SECRET).exists()


def test_who_asked_for_it_again_is_told_of(office: Office) -> None:
    made = office.receive()
    office.answered(made)
    actions.reopen_case(number=made.case.number, key=made.key, reason="还是不亮。")
    title = f"群众要求重办：{made.case.number}"
    assert told("inbox.") == {"answerer": [title], "head": [title]}


@pytest.mark.parametrize(("satisfaction", "word"), [(2, "不满意"), (1, "很不满意")])
def test_who_answered_and_the_head_are_told_that_the_citizen_is_not_satisfied(
    office: Office, satisfaction: int, word: str
) -> None:
    made = office.receive()
    office.answered(made)
    actions.rate_case(number=made.case.number, key=made.key, satisfaction=satisfaction, comment=SECRET)
    with pytest.raises(Refused):
        actions.rate_case(number=made.case.number, key=made.key, satisfaction=satisfaction)
    title = f"群众评价{word}：{made.case.number}"
    assert told("inbox.") == {"answerer": [title], "head": [title]}
    assert set(Notice.objects.filter(dedup_key__startswith="inbox.").values_list("text", "kind")) == {
        (SECRET, "inbox")
    }  # fmt: skip
    assert not Dispatch.objects.filter(title__contains=SECRET).exists()


def test_a_satisfied_citizen_is_no_notice_and_a_confidential_matter_is_told_by_its_number_only(office: Office) -> None:
    happy, quiet = office.receive(), office.receive(title=SECRET, text=SECRET, is_confidential=True)
    for made, satisfaction in ((happy, 3), (quiet, 1)):
        office.answered(made)
        actions.rate_case(number=made.case.number, key=made.key, satisfaction=satisfaction, comment=SECRET)
    rows = Notice.objects.filter(dedup_key__startswith="inbox.")
    title = f"群众评价很不满意：{quiet.case.number}"
    assert sorted((row.person.username, row.title, row.text) for row in rows) == [
        ("answerer", title, ""), ("head", title, ""),
    ]  # fmt: skip

"""Alarms are answered or go up the line; hand-overs and the log stay as they were signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from zhijian.duty import actions, queries
from zhijian.duty.models import Alarm, Call, Handover, LogEntry
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.duty.conftest import Watch

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=clock.BEIJING)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def staffed(watch: Watch) -> None:
    jia, yi, bing = watch.people
    with clock.at(NOW):
        watch.shift(jia, NOW, NOW + 8 * HOUR, backup=yi)
        watch.shift(bing, NOW + 8 * HOUR, NOW + 16 * HOUR)


def raise_alarm(watch: Watch, key: str = "outage") -> Alarm:
    return actions.alarm(
        organisation=watch.water, kind="observation", title="监测中断", url="/desk/accounts/", key=key
    )  # fmt: skip


def called(row: Alarm) -> list[str]:
    return [call.person.username for call in queries.calls_of(row)]


def test_nobody_answers_and_the_alarm_goes_to_the_backup_and_to_the_body_above(watch: Watch) -> None:
    staffed(watch)
    with clock.at(NOW):
        row = raise_alarm(watch)
    seen = []
    for minutes in (14, 15, 29, 30, 45, 600):
        with clock.at(NOW + minutes * MINUTE):
            actions.escalate_due()
        seen.append(called(row))
    assert seen == [
        ["jia"], ["jia", "yi"], ["jia", "yi"], ["jia", "yi", "xianzhiban"], ["jia", "yi", "xianzhiban"],
        ["jia", "yi", "xianzhiban"],
    ]  # fmt: skip
    told = Notice.objects.filter(kind="alarm").order_by("pk")
    assert [one.person.username for one in told] == ["jia", "yi", "xianzhiban"]
    row.refresh_from_db()
    assert (row.state, row.step, row.next_step_at) == ("open", 3, None)


def test_an_answer_stops_the_calls_and_the_second_to_answer_is_told_of_the_first(watch: Watch) -> None:
    staffed(watch)
    with clock.at(NOW):
        row = raise_alarm(watch)
    with clock.at(NOW + 5 * MINUTE):
        actions.acknowledge_alarm(actor=watch.people[0], alarm_id=row.pk)
        with pytest.raises(Refused) as refused:
            actions.acknowledge_alarm(actor=watch.head, alarm_id=row.pk)
    with clock.at(NOW + HOUR):
        assert actions.escalate_due() == 0
    assert (refused.value.reasons, called(row)) == (["jia已经在办这条告警。"], ["jia"])


def test_the_same_thing_raises_one_alarm_until_it_is_closed(watch: Watch) -> None:
    staffed(watch)
    with clock.at(NOW):
        first, second = raise_alarm(watch), raise_alarm(watch)
        assert (first.pk == second.pk, Notice.objects.count()) == (True, 1)
        with pytest.raises(Refused):
            actions.close_alarm(actor=watch.people[0], alarm_id=first.pk, outcome=" ")
        actions.close_alarm(actor=watch.people[0], alarm_id=first.pk, outcome="线路已恢复。")
        assert raise_alarm(watch).pk != first.pk


def test_a_body_without_a_roster_calls_its_head_and_people_on_duty(watch: Watch) -> None:
    with clock.at(NOW):
        row = raise_alarm(watch)
    assert sorted(called(row)) == ["bing", "fuzeren", "jia", "yi"]


def test_who_was_called_from_above_may_answer_and_a_stranger_finds_nothing(watch: Watch) -> None:
    staffed(watch)
    stranger = watch.county.person("jiaoyu", watch.county.school, Role.HEAD, Role.DUTY_OFFICER)
    with clock.at(NOW):
        row = raise_alarm(watch)
        for actor in (stranger, watch.upper):
            with pytest.raises(Missing):
                actions.acknowledge_alarm(actor=actor, alarm_id=row.pk)
    for minutes in (15, 30):
        with clock.at(NOW + minutes * MINUTE):
            actions.escalate_due()
    actions.acknowledge_alarm(actor=watch.upper, alarm_id=row.pk)
    row.refresh_from_db()
    assert row.acknowledged_by == watch.upper


def test_a_shift_is_handed_over_with_what_is_open_and_signed_by_both(watch: Watch) -> None:
    staffed(watch)
    jia, yi, bing = watch.people
    with clock.at(NOW + 7 * HOUR):
        raise_alarm(watch)
        shift = queries.shift_to_hand_over(actor=jia, organisation=watch.water)
        assert shift is not None
        with pytest.raises(Refused):
            actions.hand_over(actor=yi, shift_id=shift.pk, text="无")
        row = actions.hand_over(actor=jia, shift_id=shift.pk, text="盯住监测。")
        assert [matter["title"] for matter in row.matters] == ["监测中断"]
        assert [item.kind for item in queries.work_items(actor=bing)] == ["办告警", "接班"]
        with pytest.raises(Refused):
            actions.take_over(actor=yi, handover_id=row.pk)
        actions.take_over(actor=bing, handover_id=row.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.update(text="改过")


def test_rooms_above_add_what_is_open_with_them(watch: Watch) -> None:
    from zhijian.duty.queries import handing  # noqa: PLC0415 - the registry is put back as it was

    kept = list(handing._sources)  # noqa: SLF001 -- as above
    matter = queries.Matter("三件留言明天到期", "/desk/inbox/", "留言", NOW)
    try:
        queries.register_matters(lambda body: [matter] if body == watch.water else [])
        assert (queries.open_matters(watch.water), queries.open_matters(watch.county.school)) == ([matter], [])
    finally:
        handing._sources[:] = kept  # noqa: SLF001 -- as above


def test_log_lines_and_calls_stay_and_are_corrected_by_further_lines(watch: Watch) -> None:
    staffed(watch)
    jia = watch.people[0]
    with clock.at(NOW):
        raise_alarm(watch)
        first = actions.write_log(actor=jia, organisation=watch.water, text="十点收到来电。")
        actions.write_log(actor=jia, organisation=watch.water, text="是九点五十。", corrects_id=first.pk)
    for model, change in ((LogEntry, {"text": "改过"}), (Call, {"step": 2})):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        LogEntry.objects.all().delete()
    assert list(LogEntry.objects.order_by("pk").values_list("text", flat=True)) == ["十点收到来电。", "是九点五十。"]


def test_today_shows_the_shift_the_alarm_and_the_swap(watch: Watch) -> None:
    staffed(watch)
    jia, yi, bing = watch.people
    with clock.at(NOW):
        raise_alarm(watch)
        later = queries.visible_shifts(actor=bing).get(person=bing)
        actions.ask_swap(actor=bing, shift_id=later.pk, person_id=jia.pk)
        assert [item.kind for item in queries.work_items(actor=jia)] == ["办告警", "换班", "值班"]
        assert [item.kind for item in queries.work_items(actor=yi)] == ["办告警"]

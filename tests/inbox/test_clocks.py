"""Every trap of the working-day calendar, with its date and the words that explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext
from tests.inbox.office import fresh, on

from zhijian.inbox import actions, queries
from zhijian.inbox.actions.clocks import recompute_running
from zhijian.inbox.models import Clock
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inbox.office import Office

    from zhijian.inbox.models import Case

STORM = """\
year = 2026

[[notice]]
title = "关于因暴雪调整2月26日上班安排的通知"
number = "测试办发〔2026〕9号"
issued_on = 2026-02-24
amends = "国办发明电〔2025〕7号"

[[notice.holiday]]
name = "春节"
from = 2026-02-15
to = 2026-02-26
working = [2026-02-14, 2026-02-28]
"""


def due(case: Case) -> str:
    """The due moment in Beijing, as a person reads it."""
    moment = fresh(case).due_at
    assert moment is not None
    return moment.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")


def running(case: Case) -> Clock:
    row = queries.running_clock(case)
    assert row is not None
    return row


def test_friday_evening_before_a_make_up_saturday(office: Office) -> None:
    with on("2026-02-13 17:40"):
        made = office.receive(kind="consult")
    row = running(made.case)
    assert due(made.case) == "2026-02-27 17:30"
    assert row.steps[:4] == [
        "2026年2月13日（周五）：收到当天不算（工作日）",
        "2026年2月14日（周六）：第1天（春节调休上班）〔依据 国办发明电〔2025〕7号〕",
        "2026年2月15日（周日）：不算：春节放假〔依据 国办发明电〔2025〕7号〕",
        "2026年2月16日（周一）：不算：春节放假〔依据 国办发明电〔2025〕7号〕",
    ]
    assert row.text.endswith(
        "2026年2月13日（周五）17:40收到，期限5个工作日。收到当天不算，从2026年2月14日（周六）起算。"
        "不计入：2026年2月15日（周日）至2026年2月23日（周一）春节放假。"
        "调休上班、照常计入：2026年2月14日（周六）。最迟2026年2月27日（周五）17:30办完。"
    )


def test_plain_week_and_weekend(office: Office) -> None:
    with on("2026-11-19 09:00"):
        made = office.receive(kind="consult")
    assert due(made.case) == "2026-11-26 17:30"
    assert "不计入：2026年11月21日（周六）至2026年11月22日（周日）周末。" in running(made.case).text


def test_complaint_has_fifteen_working_days_over_two_holidays(office: Office) -> None:
    with on("2026-09-24 10:00"):
        made = office.receive(kind="complaint")
    row = running(made.case)
    assert due(made.case) == "2026-10-22 17:30"
    assert "中秋节放假" in row.text
    assert "国庆节放假" in row.text
    assert [step for step in row.steps if "调休上班" in step] != []
    assert row.steps[-1] == "2026年10月22日（周四）：第15天（工作日）"


def test_a_new_holiday_notice_moves_a_running_case_and_says_why(office: Office, settings: Any, tmp_path: Path) -> None:
    with on("2026-02-13 17:40"):
        made = office.receive(kind="consult")
        answered = office.receive(kind="consult")
        office.answered(answered)
    settings.ZHIJIAN_CALENDARS = tmp_path
    (tmp_path / "storm.toml").write_text(STORM, encoding="utf-8")
    with on("2026-02-24 18:00"):
        assert recompute_running() == 1
        assert recompute_running() == 0
    assert due(made.case) == "2026-03-03 17:30"
    last = queries.entries_of(fresh(made.case), public_only=True)[-1]
    assert last.kind == "recomputed"
    assert "2026年2月24日（周二）由“工作日”变为“春节放假”（依据 测试办发〔2026〕9号）" in last.text
    assert last.text.endswith("到期时间由2026年2月27日（周五）17:30推迟到2026年3月3日（周二）17:30。")
    assert queries.running_clock(answered.case) is None


def test_a_clock_counted_by_todays_calendar_is_not_looked_at_again(
    office: Office, settings: Any, tmp_path: Path
) -> None:
    with on("2026-03-02 10:00"):
        made = [office.receive(kind="consult") for _ in range(3)]
    with CaptureQueriesContext(connection) as at_rest:
        assert recompute_running() == 0
    assert len(at_rest) == 1
    settings.ZHIJIAN_CALENDARS = tmp_path
    (tmp_path / "storm.toml").write_text(STORM, encoding="utf-8")
    before = [running(one.case).steps for one in made]
    with CaptureQueriesContext(connection) as looked:
        assert recompute_running() == 0
    with CaptureQueriesContext(connection) as at_rest:
        assert recompute_running() == 0
    assert (len(looked) > len(made), len(at_rest)) == (True, 1)
    assert [running(one.case).steps for one in made] == before
    Clock.objects.update(computed=RawSQL("computed - 'calendar'", ()))
    with CaptureQueriesContext(connection) as of_an_older_release:
        assert recompute_running() == 0
    assert len(of_an_older_release) > len(made)


def test_pause_leaves_out_the_days_of_waiting_and_a_word_ends_it(office: Office) -> None:
    with on("2026-11-23 10:00"):
        made = office.receive(kind="consult")
        actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    assert due(made.case) == "2026-11-30 17:30"
    with on("2026-11-24 10:00"):
        actions.ask_citizen(actor=office["answerer"], case_id=made.case.pk, text="是哪一盏路灯？")
        assert fresh(made.case).state == "waiting"
    with on("2026-11-26 16:00"):
        actions.add_word(number=made.case.number, key=made.key, text="学府街 12 号杆。")
    assert fresh(made.case).state == "working"
    assert due(made.case) == "2026-12-03 17:30"
    assert "2026年11月25日（周三）：不算：暂停计时：等群众补充材料" in running(made.case).steps
    assert queries.entries_of(fresh(made.case))[-1].text == (
        "继续办理：已收到您的补充。 最迟2026年12月3日（周四）17:30办完。"
    )


def test_the_clock_is_not_stopped_for_a_minute_each_day_but_a_citizens_word_of_the_same_day_counts(
    office: Office,
) -> None:
    with on("2026-11-23 10:00"):
        made = office.receive(kind="consult")
        actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    for day in (24, 25):
        with on(f"2026-11-{day} 16:00"):
            actions.ask_citizen(actor=office["answerer"], case_id=made.case.pk, text="是哪一盏路灯？")
        with on(f"2026-11-{day} 16:01"):
            actions.resume_case(actor=office["answerer"], case_id=made.case.pk, reason="已电话问清。")
    assert due(made.case) == "2026-11-30 17:30"
    told = "2026年11月24日（周二）：第1天（工作日；当天暂停、当天又由办理单位恢复，照常计入）"
    assert told in running(made.case).steps
    with on("2026-11-25 20:00"):
        assert actions.recompute_case(case_id=made.case.pk) is False
    with on("2026-11-26 09:00"):
        actions.ask_citizen(actor=office["answerer"], case_id=made.case.pk, text="是哪一盏路灯？")
        actions.add_word(number=made.case.number, key=made.key, text="学府街 12 号杆。")
    assert due(made.case) == "2026-12-01 17:30"


def test_extension_is_once_within_the_policy_and_tells_why(office: Office) -> None:
    with on("2026-11-23 10:00"):
        made = office.receive(kind="consult")
        with pytest.raises(Refused) as refused:
            actions.extend_case(actor=office["answerer"], case_id=made.case.pk, days=11, reason="")
        assert refused.value.reasons == [
            "延期由云岭县人民政府的负责人或主管人员批准。", "最多可以延长 10 个工作日。",
            "请写明延期的理由，群众会看到。",
        ]  # fmt: skip
        actions.extend_case(actor=office["head"], case_id=made.case.pk, days=5, reason="要等管道探测结果。")
        with pytest.raises(Refused):
            actions.extend_case(actor=office["head"], case_id=made.case.pk, days=1, reason="还要等。")
    assert due(made.case) == "2026-12-07 17:30"
    assert queries.entries_of(fresh(made.case), public_only=True)[-1].text == (
        "办理期限延长 5 个工作日。理由：要等管道探测结果。 最迟2026年12月7日（周一）17:30办完。"
    )
    assert "规定 5 个工作日，批准延长 5 个工作日" in running(made.case).text


def test_reopened_case_has_a_time_of_its_own(office: Office) -> None:
    with on("2026-11-23 10:00"):
        made = office.receive(kind="consult")
        office.answered(made)
    with on("2026-11-30 10:00"):
        actions.reopen_case(number=made.case.number, key=made.key, reason="又灭了。")
    assert due(made.case) == "2026-12-07 17:30"


def test_a_year_without_a_notice_is_estimated_and_says_so(office: Office) -> None:
    with on("2026-12-28 10:00"):
        made = office.receive(kind="complaint")
    assert "2027年的放假安排还没有录入" in running(made.case).text

"""From a finding to its end: order, answer, re-check, appeal, write-off, repetition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.inspection.world import DAY, SHOT, day, post

from zhijian.audit.events import EventName
from zhijian.audit.models import Event
from zhijian.inspection import actions, queries
from zhijian.inspection.enums import MOVES, FindingState, Move, Result
from zhijian.inspection.models import Finding, Recheck, Standing
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.notify.models import Notice

if TYPE_CHECKING:
    from tests.inspection.world import Scene

    from zhijian.organisations.models import User


def failed(scene: Scene) -> Finding:
    """An account that was silent for fifteen days, all of them seen."""
    scene.look(-20, 0, post(0))
    for number in range(15):
        scene.look(number, number + 1)
    scene.run(15.01)
    return Finding.objects.get()


def order(scene: Scene, finding: Finding, at: float = 15.1) -> None:
    with clock.at(day(at)):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请尽快更新。")
    finding.refresh_from_db()


def answer(scene: Scene, finding: Finding, at: float = 15.2) -> None:
    with clock.at(day(at)):
        actions.answer_order(
            actor=scene.host, finding_id=finding.pk, text="已发布停水通知。", link="https://water.example/a"
        )
    finding.refresh_from_db()


def test_an_order_has_a_deadline_in_working_days_with_its_computation(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)

    row = finding.order
    assert finding.state == FindingState.ORDERED
    assert row.number.startswith("整改〔2026〕")
    assert "5个工作日" in row.due_text.replace(" ", "")
    assert (
        len(row.steps)
        == (row.due_at.astimezone(clock.BEIJING).date() - day(15.1).astimezone(clock.BEIJING).date()).days + 1
    )


def test_the_host_answers_and_the_machine_closes_when_it_sees_the_update(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)
    answer(scene, finding)
    assert finding.state == FindingState.ANSWERED

    scene.look(15, 16, post(15.5, "停水通知"))
    scene.run(16.01)

    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED
    assert finding.ended_at == day(16.01)
    assert Standing.objects.get(account=scene.watch.site).result == Result.PASS


def test_an_answer_without_an_update_goes_back(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)
    answer(scene, finding)
    scene.look(15, 16)
    scene.run(16.01)

    finding.refresh_from_db()
    assert finding.state == FindingState.ORDERED
    assert [row.result for row in finding.rechecks.all()] == [Result.FAIL]


def test_an_outage_after_the_answer_closes_nothing(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)
    answer(scene, finding)
    scene.fail(15, 18)
    scene.run(18.01)
    scene.run(18.02)

    finding.refresh_from_db()
    assert finding.state == FindingState.ANSWERED
    assert [row.result for row in finding.rechecks.all()] == [Result.COULD_NOT_LOOK]


def test_what_recovers_before_an_order_stays_in_sight(scene: Scene) -> None:
    finding = failed(scene)
    scene.look(15, 16, post(15.5))
    scene.run(16.01)

    finding.refresh_from_db()
    assert (finding.state, finding.recovered_at) == (FindingState.OPEN, day(16.01))
    assert list(queries.visible_findings(actor=scene.officer)) == [finding]


def test_found_again_soon_after_its_end_is_a_repetition(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)
    scene.look(15, 16, post(15.5))
    scene.run(16.01)
    for number in range(16, 31):
        scene.look(number, number + 1)
    scene.run(31.01)

    again = Finding.objects.exclude(pk=finding.pk).get()
    assert (again.repeat_of, again.state) == (finding, FindingState.OPEN)


def test_a_person_closes_or_sends_back_with_a_proof(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)
    answer(scene, finding)
    with clock.at(day(15.3)), pytest.raises(Refused, match="请附截图"):
        actions.recheck_by_person(
            actor=scene.officer, finding_id=finding.pk, result="pass", reason="看过了", proof=actions.Proof()
        )
    with clock.at(day(15.3)):
        actions.recheck_by_person(
            actor=scene.officer, finding_id=finding.pk, result="fail", reason="没有看到新内容", proof=SHOT
        )
        finding.refresh_from_db()
        assert finding.state == FindingState.ORDERED
        actions.recheck_by_person(
            actor=scene.officer, finding_id=finding.pk, result="pass", reason="看到了", proof=SHOT
        )
    finding.refresh_from_db()
    assert (finding.state, finding.ending) == (FindingState.CLOSED, "复查通过：看到了")


def test_a_false_alarm_is_written_off_by_a_second_person_and_stays_readable(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)
    with clock.at(day(15.3)):
        claim = actions.appeal(actor=scene.host, finding_id=finding.pk, reason="当天发在视频栏目。", proof=SHOT)
        with pytest.raises(Refused, match="下达整改通知的人不能裁定申诉"):
            actions.decide_appeal(actor=scene.officer, appeal_id=claim.pk, accept=True, decision="属实")
        with pytest.raises(Refused, match="由云岭县水务局的上级"):
            actions.decide_appeal(actor=scene.host, appeal_id=claim.pk, accept=True, decision="属实")
        with pytest.raises(Missing):
            actions.decide_appeal(actor=scene.stranger, appeal_id=claim.pk, accept=True, decision="属实")
        actions.decide_appeal(actor=scene.second, appeal_id=claim.pk, accept=True, decision="核实有更新")

    finding.refresh_from_db()
    assert (finding.state, finding.ending) == (FindingState.WRITTEN_OFF, "误报核销：核实有更新")
    assert queries.find_finding(actor=scene.host, finding_id=finding.pk) == finding
    assert queries.false_alarms(actor=scene.officer) == [
        {"indicator": "NM-V2.1", "rule_id": "", "found": 1, "wrong": 1, "claimed": 0}
    ]


def test_who_proposes_a_write_off_cannot_decide_it(scene: Scene) -> None:
    finding = failed(scene)
    claim = actions.appeal(actor=scene.second, finding_id=finding.pk, reason="来源漏看。")
    with pytest.raises(Refused, match="提出的人不能自己裁定"):
        actions.decide_appeal(actor=scene.second, appeal_id=claim.pk, accept=True, decision="是")
    actions.decide_appeal(actor=scene.officer, appeal_id=claim.pk, accept=False, decision="来源没有漏看。")

    finding.refresh_from_db()
    assert finding.state == FindingState.OPEN
    assert claim.__class__.objects.get(pk=claim.pk).state == "rejected"


def test_another_body_neither_sees_nor_touches_a_finding(scene: Scene) -> None:
    finding = failed(scene)
    assert list(queries.visible_findings(actor=scene.stranger)) == []
    acts = [
        lambda: actions.issue_order(actor=scene.stranger, finding_id=finding.pk, text="整改"),
        lambda: actions.appeal(actor=scene.stranger, finding_id=finding.pk, reason="误报"),
        lambda: actions.answer_order(actor=scene.stranger, finding_id=finding.pk, text="好了"),
        lambda: actions.recheck_by_person(
            actor=scene.stranger, finding_id=finding.pk, result="pass", reason="好了", proof=SHOT
        ),
    ]
    for act in acts:
        with pytest.raises(Missing):
            act()


def test_a_body_orders_and_rechecks_nothing_of_its_own(scene: Scene) -> None:
    finding = failed(scene)
    with pytest.raises(Refused, match="由云岭县水务局的上级主管人员或巡检人员下达"):
        actions.issue_order(actor=scene.watch.inspector, finding_id=finding.pk, text="整改")


def test_only_who_inspects_from_above_enters_what_closes_an_order_and_the_log_names_them(scene: Scene) -> None:
    def enter(actor: User, result: str) -> None:
        actions.enter_verdict(
            actor=actor, account_id=scene.watch.wechat.pk, code="NM-V3.1", result=result, reason="看过了", proof=SHOT
        )

    enter(scene.officer, "fail")
    finding = Finding.objects.get()
    actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请开通。")
    with pytest.raises(Refused, match="只有云岭县水务局的上级主管人员或巡检人员可以登记检查结论"):
        enter(scene.watch.inspector, "pass")
    finding.refresh_from_db()
    assert finding.state == FindingState.ORDERED

    enter(scene.second, "pass")
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED
    (recheck,) = finding.rechecks.all()
    assert (recheck.by, recheck.proof) == (scene.second, recheck.verdict.proof)
    closing = Event.objects.filter(name=EventName.FINDING_CLOSED, thing_id=str(finding.pk))
    assert [row.actor_id for row in closing] == [scene.second.pk]


def test_everybody_whose_turn_it_is_is_told_once(scene: Scene) -> None:
    def told(person: User) -> list[str]:
        rows = Notice.objects.filter(person=person, url__endswith=f"/findings/{finding.pk}/").order_by("pk")
        return [row.title.split("：")[0].split("前反馈")[-1] or "前反馈" for row in rows]

    finding = failed(scene)
    order(scene, finding)
    due = finding.order.due_at
    before = told(scene.host)
    for moment in (due - 2 * DAY, due - DAY / 2, due - DAY / 3, due + DAY / 24, due + DAY):
        with clock.at(moment):
            actions.tell_due_orders()
    assert told(scene.host)[len(before) :] == ["前反馈", "整改超期没有反馈"]
    assert told(scene.officer) == ["整改超期没有反馈"]

    answer(scene, finding, 30)
    with clock.at(day(30.1)):
        actions.tell_due_orders()
        claim = actions.appeal(actor=scene.host, finding_id=finding.pk, reason="当天发在视频栏目。")
        actions.decide_appeal(actor=scene.second, appeal_id=claim.pk, accept=False, decision="没有看到")
    assert told(scene.officer) == ["整改超期没有反馈", "已反馈，等您复查"]
    assert told(scene.second) == ["申诉等您裁定"]
    assert told(scene.host)[len(before) :] == ["前反馈", "整改超期没有反馈", "申诉维持结论"]
    assert told(scene.watch.inspector) == []


def test_two_who_order_at_once_are_told(scene: Scene) -> None:
    finding = failed(scene)
    actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="整改", seen=1)
    with pytest.raises(Refused, match="有人办过这个问题"):
        actions.issue_order(actor=scene.second, finding_id=finding.pk, text="整改", seen=1)


def test_the_database_closes_only_after_a_passing_look_and_writes_off_only_by_an_accepted_appeal(scene: Scene) -> None:
    finding = failed(scene)
    order(scene, finding)
    rows = Finding.objects.filter(pk=finding.pk)
    for state in ("closed", "written_off"):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(state=state, ended_at=clock.now(), ending="完", version=99)
    with pytest.raises(DatabaseError), transaction.atomic():
        finding.delete()
    with pytest.raises(DatabaseError, match="counts"), transaction.atomic():
        rows.update(title="别的")
    assert not Recheck.objects.exists()


@given(moves=st.lists(st.sampled_from(list(Move)), max_size=12))
def test_no_way_leads_out_of_an_end(moves: list[Move]) -> None:
    state = FindingState.OPEN
    for move in moves:
        if state in MOVES[move][0]:
            assert state not in {FindingState.CLOSED, FindingState.WRITTEN_OFF}
            state = MOVES[move][1]

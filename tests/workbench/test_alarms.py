"""What stands still calls who is on duty, and what is open is handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.inspection.world import SHOT, day, make_scene
from tests.observation.world import NOW

from zhijian.duty.actions import close_alarm
from zhijian.duty.models import Alarm
from zhijian.duty.queries import open_matters
from zhijian.inspection import actions as inspection
from zhijian.inspection.models import Finding
from zhijian.lib import clock
from zhijian.workbench.actions import raise_alarms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.inspection.world import Scene

HOUR = timedelta(hours=1)


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    with clock.at(NOW):
        yield make_scene()


def told() -> list[tuple[str, str, str]]:
    rows = Alarm.objects.order_by("pk").select_related("organisation")
    return [(row.organisation.name, row.kind, row.title) for row in rows]


def test_a_run_that_stalls_for_an_hour_calls_the_root_of_the_tree_once(scene: Scene) -> None:
    inspection.start_run()
    with clock.at(NOW + 0.9 * HOUR):
        raise_alarms()
        assert told() == []
    with clock.at(NOW + 1.1 * HOUR):
        raise_alarms()
        raise_alarms()
    assert told() == [(scene.watch.county.city.name, "inspection", "巡检停了一小时以上")]


def test_a_source_blind_for_a_day_calls_its_body_and_a_closed_alarm_is_not_raised_again(scene: Scene) -> None:
    scene.fail(-0.1, 0)
    with clock.at(day(0.9)):
        raise_alarms()
        assert told() == []
    with clock.at(day(1.1)):
        raise_alarms()
        assert told() == [("云岭县水务局", "observation", "云岭水务网的来源一天以上看不到")]
        close_alarm(actor=scene.host, alarm_id=Alarm.objects.get().pk, outcome="已报修。")
        raise_alarms()
    assert len(told()) == 1


def test_an_order_to_answer_is_handed_over_to_the_next_on_duty(scene: Scene) -> None:
    inspection.enter_verdict(
        actor=scene.officer, account_id=scene.watch.wechat.pk, code="NM-V3.1", result="fail", reason="没有", proof=SHOT
    )
    order = inspection.issue_order(actor=scene.officer, finding_id=Finding.objects.get().pk, text="请开通。")
    (matter,) = open_matters(scene.watch.county.water)
    assert (matter.kind, matter.title.split("，")[0]) == ("整改", f"{order.number}：云岭水务")
    assert open_matters(scene.watch.county.school) == []

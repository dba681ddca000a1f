"""How often a week, where a local pack says so: Xiayi wants three times for WeChat, Gansu warns on Thursdays.

Days are counted here from the midnight in which Monday 2026-11-23 begins.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.inspection.world import DAY, SHOT, day, post
from tests.observation.world import NOW, make_account, make_source

from zhijian.inspection import actions, queries
from zhijian.inspection.enums import FindingState, Result
from zhijian.inspection.judging import Week, Weekly, judge_week
from zhijian.inspection.models import Current, Finding, Standing
from zhijian.lib import clock
from zhijian.notify.models import Notice

if TYPE_CHECKING:
    from tests.inspection.world import Scene

MONDAY = datetime(2026, 11, 23, tzinfo=clock.BEIJING)
CODE = "LOCAL-WEEK"


def within(scene: Scene, pack: str) -> None:
    county = scene.watch.county.county
    county.policy_pack = pack
    county.save(update_fields=["policy_pack"])


def moment(days: float) -> float:
    """Return a moment so many days after the Monday, as the story counts (days after `NOW`)."""
    return (MONDAY + days * DAY - NOW) / DAY


def see(scene: Scene, start: float, end: float, *posts: float) -> None:
    """Look at the WeChat account from one moment after the Monday to another; posts at these moments."""
    named = [post(moment(at), f"通知{at}") for at in posts]
    scene.look(moment(start), moment(end), *named, source=scene.wechat_source)


def standing(scene: Scene) -> Current:
    return Current.objects.select_related("verdict").get(account=scene.watch.wechat, indicator=CODE)


def test_a_week_seen_whole_with_too_few_updates_is_found_by_the_local_rule(scene: Scene) -> None:
    within(scene, "xiayi")
    see(scene, -1, 7.1, 1, 3)
    scene.run(moment(7.2))
    verdict = standing(scene).verdict

    assert verdict.result == Result.FAIL
    assert verdict.reason == "上周（11月23日至11月29日）更新 2 次，本地规定至少 3 次。上周全部看过。"
    assert (verdict.rule_key, verdict.rule_value, verdict.rule_pack) == ("update.per_week_min", "每周 3 次", "夏邑")
    assert verdict.rule_document == "《夏邑县2022年第一季度检查通报》（文号未见）"
    assert (verdict.window_from, verdict.window_to) == (MONDAY, MONDAY + 7 * DAY)
    finding = Finding.objects.get(indicator=CODE)
    assert (finding.is_veto, finding.key, finding.title) == (False, "week", "每周更新次数不够")
    assert Standing.objects.get(account=scene.watch.wechat).result == Result.PASS


def test_the_rule_binds_only_the_platform_it_names_and_only_its_place(scene: Scene) -> None:
    see(scene, -1, 7.1, 1, 3)
    scene.look(moment(-1), moment(7.1), post(moment(1)))
    scene.run(moment(7.2))
    assert not Current.objects.filter(indicator=CODE).exists()

    within(scene, "xiayi")
    scene.run(moment(7.3))
    assert list(Current.objects.filter(indicator=CODE).values_list("account", flat=True)) == [scene.watch.wechat.pk]
    shown = [line.indicator.code for line in queries.lines_of(scene.watch.site)]
    assert CODE not in shown
    assert "NM-V2.1" in shown


def test_a_week_with_a_gap_gives_no_verdict_unless_enough_was_seen(scene: Scene) -> None:
    within(scene, "xiayi")
    see(scene, -1, 2, 1)
    see(scene, 4, 7.1, 5)
    scene.run(moment(7.2))
    assert standing(scene).result == Result.COULD_NOT_LOOK
    assert standing(scene).verdict.reason.startswith(
        "上周（11月23日至11月29日）更新 2 次，本地规定至少 3 次。上周没有看全"
    )
    assert not Finding.objects.exists()

    see(scene, 6, 7.3, 6.5)
    scene.run(moment(7.4))
    assert standing(scene).result == Result.PASS


def test_pieces_sent_together_are_one_update(scene: Scene) -> None:
    within(scene, "xiayi")
    together = [post(moment(1), f"同发{number}") for number in range(3)]
    scene.look(moment(-1), moment(7.1), *together, source=scene.wechat_source)
    scene.run(moment(7.2))
    assert standing(scene).verdict.reason.startswith("上周（11月23日至11月29日）更新 1 次")


def test_the_next_good_week_closes_what_was_ordered_and_an_answer_waits_for_it(scene: Scene) -> None:
    within(scene, "xiayi")
    see(scene, -1, 7.1, 1)
    scene.run(moment(7.2))
    finding = Finding.objects.get(indicator=CODE)
    with clock.at(day(moment(7.5))):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请按次数更新。")
        actions.answer_order(actor=scene.host, finding_id=finding.pk, text="已安排。", proof=actions.Proof())
    see(scene, 7.1, 8.1, 7.6)
    scene.run(moment(8.2))
    finding.refresh_from_db()
    assert finding.state == FindingState.ANSWERED

    see(scene, 8.1, 14.1, 9, 10)
    scene.run(moment(14.2))
    finding.refresh_from_db()
    assert (finding.state, finding.ending) == (
        FindingState.CLOSED,
        "复查通过：上周（11月30日至12月6日）更新 3 次，本地规定至少 3 次。",
    )


def test_a_failing_week_that_was_dealt_with_does_not_come_back_and_the_next_one_does(scene: Scene) -> None:
    within(scene, "xiayi")
    see(scene, -1, 7.1, 1)
    scene.run(moment(7.2))
    finding = Finding.objects.get(indicator=CODE)
    with clock.at(day(moment(7.5))):
        actions.issue_order(actor=scene.officer, finding_id=finding.pk, text="请按次数更新。")
        actions.recheck_by_person(
            actor=scene.officer, finding_id=finding.pk, result="pass", reason="已补发。", proof=SHOT
        )
    see(scene, 7.1, 8.1)
    scene.run(moment(8.2))
    assert Finding.objects.filter(indicator=CODE).count() == 1

    see(scene, 8.1, 14.1, 9)
    scene.run(moment(14.2))
    assert Finding.objects.filter(indicator=CODE).count() == 2


def test_gansu_warns_the_host_once_on_thursday(scene: Scene) -> None:
    within(scene, "gansu")
    see(scene, -7, -0.1, -3)
    told: dict[float, tuple[str, int]] = {}
    for number in (2, 3, 4):
        see(scene, number - 3, number + 0.1)
        scene.run(moment(number + 0.2))
        told[number] = (standing(scene).result, Notice.objects.filter(title__contains="本周还差").count())

    assert told == {2: (Result.PASS, 0), 3: (Result.WARNING, 1), 4: (Result.WARNING, 1)}
    assert standing(scene).verdict.reason == (
        "上周（11月16日至11月22日）更新 1 次，本地规定至少 1 次。本周到现在更新 0 次，还差 1 次。"
    )
    notice = Notice.objects.get(title__contains="本周还差")
    assert (notice.person, notice.title) == (scene.host, f"{scene.watch.wechat.name}本周还差 1 次更新")


def test_an_account_that_fell_silent_is_found_once(scene: Scene) -> None:
    within(scene, "gansu")
    see(scene, -7, 7.1, -3)
    scene.run(moment(7.2))
    assert standing(scene).result == Result.FAIL
    assert list(Finding.objects.values_list("indicator", flat=True)) == ["NM-V2.1"]


def test_a_running_week_that_was_not_seen_whole_warns_nobody(scene: Scene) -> None:
    within(scene, "gansu")
    see(scene, -7, 1, -3)
    see(scene, 2, 3.1)
    scene.run(moment(3.2))
    assert standing(scene).result == Result.PASS
    assert not Notice.objects.filter(title__contains="本周还差").exists()


def test_many_accounts_under_a_local_rule_cost_the_same_number_of_queries(scene: Scene) -> None:
    within(scene, "xunwu")

    def cost(at: float) -> int:
        with CaptureQueriesContext(connection) as caught:
            scene.run(moment(at))
        return len(caught)

    see(scene, -7, 7.1, 1)
    cost(7.2)
    few = cost(7.3)
    for number in range(30):
        account = make_account(scene.watch.county.water, "website", f"网站{number}", platform_uid=f"more-{number}")
        make_source(account, url=f"https://w{number}.example/feed")
    cost(7.4)
    assert cost(7.5) == few


@pytest.mark.parametrize(
    ("updates", "seen", "result"),
    [(3, True, Result.PASS), (3, False, Result.PASS), (2, True, Result.FAIL), (0, False, Result.COULD_NOT_LOOK)],
)
def test_enough_passes_whatever_was_seen_and_too_few_fails_only_when_all_was(
    updates: int, result: Result, *, seen: bool
) -> None:  # fmt: skip
    moments = frozenset(MONDAY + number * timedelta(days=1) for number in range(updates))
    last = Week(MONDAY, MONDAY + 7 * DAY, moments, seen=seen)
    running = Week(MONDAY + 7 * DAY, MONDAY + 8 * DAY, frozenset(), seen=True)
    assert judge_week(last, running, Weekly(3), MONDAY + 8 * DAY).result == result

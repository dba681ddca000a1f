"""The pages: numbers that lead to lists, a finding with its evidence, acts and their refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.inspection.world import SHOT, WRONG, day, post
from tests.observation.world import PNG

from zhijian.inspection import actions, queries
from zhijian.inspection.enums import FindingState
from zhijian.inspection.models import Finding
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from tests.inspection.world import Scene

DESK = "/desk/inspection/"


@pytest.fixture
def silent(scene: Scene) -> Finding:
    """The website fell silent for fifteen days; on WeChat nobody could look."""
    scene.look(-20, 0, post(0))
    for number in range(15):
        scene.look(number, number + 1)
    scene.run(15.01)
    return Finding.objects.get()


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return str(response.content.decode())


def test_every_number_of_today_leads_to_its_list(scene: Scene, silent: Finding, client: Client) -> None:
    del silent
    client.force_login(scene.officer)
    with clock.at(day(15.1)):
        page = text_of(client, DESK)
        for result, count in (("fail", 1), ("warning", 0), ("could_not_look", 2), ("pass", 0)):
            url = f"{DESK}accounts/?result={result}"
            assert f'href="{url}"><strong>{count}</strong>' in page
            assert text_of(client, url).count('class="lead-cell"') == count
        assert f'href="{DESK}findings/?state=open">待处置：1 个' in page


def test_what_could_not_be_seen_is_shown_apart(scene: Scene, silent: Finding, client: Client) -> None:
    del silent
    client.force_login(scene.officer)
    with clock.at(day(15.1)):
        page = text_of(client, f"{DESK}accounts/{scene.watch.wechat.pk}/")

    assert "没能看全" in page
    assert "多久没有更新，现在说不准" in page
    assert page.count('<li class="unseen"') == 60


def test_the_strip_tells_posts_silence_and_blindness_in_words(scene: Scene, silent: Finding, client: Client) -> None:
    del silent
    client.force_login(scene.host)
    with clock.at(day(15.1)):
        days = queries.strip_of(scene.watch.site)
        page = text_of(client, f"{DESK}accounts/{scene.watch.site.pk}/")

    assert len(days) == 60
    assert (days[-1].shade, days[-16].shade, days[0].shade) == ("none", "some", "unseen")
    assert days[-16].text in page
    kinds = [(0, True), (0, False), (2, True), (2, False)]
    told = [replace(days[0], posts=posts, seen=seen).text.partition("，")[2] for posts, seen in kinds]
    assert told == ["没有更新", "没有看全", "2 条", "2 条，没有看全"]
    assert "已 15 天没有更新，期限 14 天，已经超期" in page


def test_the_story_of_a_finding_through_its_pages(scene: Scene, silent: Finding, client: Client) -> None:
    url = f"{DESK}findings/{silent.pk}/"
    with clock.at(day(15.1)):
        client.force_login(scene.officer)
        page = text_of(client, url)
        assert "国办秘函〔2019〕19号" in page
        assert "请尽快发布经过审核的内容" in page
        empty = client.post(f"{url}acts/order/", {"order-seen": 1, "order-text": ""})
        assert (empty.status_code, Finding.objects.get().state) == (409, FindingState.OPEN)
        client.post(f"{url}acts/order/", {"order-seen": 1, "order-text": "请更新。"})
        client.force_login(scene.host)
        assert "期限怎么算" in text_of(client, url)
        shot = SimpleUploadedFile("看到.png", PNG, "image/png")
        client.post(f"{url}acts/answer/", {"answer-seen": 2, "answer-text": "已更新。", "answer-proof": shot})
        silent.refresh_from_db()
        assert silent.state == FindingState.ANSWERED
        proof = client.get(f"{url}evidence/{sha256_hex(PNG)}")
        assert (proof.status_code, proof.content, proof["Content-Type"]) == (200, PNG, "image/png")
        client.force_login(scene.officer)
        again = SimpleUploadedFile("看到.png", PNG, "image/png")
        client.post(
            f"{url}acts/recheck/",
            {"recheck-seen": 3, "recheck-result": "pass", "recheck-reason": "看到了", "recheck-proof": again},
        )
        assert "复查通过：看到了" in text_of(client, url)


def test_another_body_gets_404_for_every_page_of_a_thing(scene: Scene, silent: Finding, client: Client) -> None:
    claim = actions.appeal(actor=scene.host, finding_id=silent.pk, reason="误报", proof=SHOT)
    run = actions.start_run(actor=scene.officer, organisation=scene.watch.county.water)
    client.force_login(scene.stranger)
    pages = [
        f"accounts/{scene.watch.site.pk}/", f"accounts/{scene.watch.site.pk}/check/", f"findings/{silent.pk}/",
        f"findings/{silent.pk}/evidence/{claim.proof}", f"runs/{run.pk}/", f"runs/{run.pk}/progress/",
    ]  # fmt: skip
    acts = [f"findings/{silent.pk}/acts/order/", f"appeals/{claim.pk}/decide/"]

    assert {path: client.get(DESK + path).status_code for path in pages} == dict.fromkeys(pages, 404)
    assert {path: client.post(DESK + path).status_code for path in acts} == dict.fromkeys(acts, 404)
    assert "云岭水务网" not in text_of(client, f"{DESK}findings/") + text_of(client, f"{DESK}accounts/")


def test_work_waits_for_the_host_and_for_the_office(scene: Scene, silent: Finding) -> None:
    kinds: Callable[[object], list[tuple[str, str]]] = lambda who: [  # noqa: E731 -- used in place
        (item.kind, item.title)
        for item in queries.work_items(actor=type(who).objects.get(pk=who.pk))  # type: ignore[attr-defined]  # a user
    ]
    title = "云岭水务网：内容不更新"
    with clock.at(day(15.1)):
        assert (kinds(scene.officer), kinds(scene.host)) == ([("处置问题", title)], [])
        actions.issue_order(actor=scene.officer, finding_id=silent.pk, text="请更新。")
        assert (kinds(scene.officer), kinds(scene.host)) == ([], [("整改", title)])
        actions.answer_order(actor=scene.host, finding_id=silent.pk, text="已更新。")
        actions.appeal(actor=scene.host, finding_id=silent.pk, reason="误报")
        assert kinds(scene.officer) == [("复查", title), ("裁定申诉", title)]
        assert kinds(scene.stranger) == []


def test_a_warning_waits_for_the_host_with_the_days_left(scene: Scene) -> None:
    scene.look(-20, 0, post(0))
    for number in range(8):
        scene.look(number, number + 1)
    scene.run(8.01)

    (item,) = queries.work_items(actor=scene.host)
    assert (item.title, item.state, item.kind) == ("云岭水务网已 8 天没有更新", "还剩 6 天", "更新账号")


def test_a_hand_check_without_proof_keeps_what_was_typed(scene: Scene, client: Client) -> None:
    client.force_login(scene.officer)
    url = f"{DESK}accounts/{scene.watch.wechat.pk}/check/"
    refused = client.post(url, {"code": "NM-V3.1", "result": "fail", "reason": "菜单里没有入口"})
    assert refused.status_code == 409
    assert "菜单里没有入口" in refused.content.decode()
    assert "请附截图" in refused.content.decode()
    shot = SimpleUploadedFile("a.png", PNG, "image/png")
    client.post(url, {"code": "NM-V3.1", "result": "fail", "reason": "菜单里没有入口", "proof": shot})
    assert Finding.objects.get().indicator == "NM-V3.1"


def test_lists_cost_the_same_for_one_and_many(scene: Scene, client: Client) -> None:
    client.force_login(scene.officer)

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            text_of(client, DESK + path)
        return len(caught)

    scene.look(-1, 0, post(-0.5, "公告", f"{WRONG}成立"))
    scene.run(0.01)
    actions.appeal(actor=scene.host, finding_id=Finding.objects.get().pk, reason="误报")
    few = {path: cost(path) for path in ("findings/", "appeals/", "accounts/", "runs/", "false-alarms/")}
    scene.look(0, 1, *(post(0.5 + number / 100, f"公告{number}", f"{WRONG}成立") for number in range(20)))
    scene.run(1.01)
    for finding in Finding.objects.filter(appeals=None)[:9]:
        actions.appeal(actor=scene.host, finding_id=finding.pk, reason="误报")
    assert Finding.objects.count() == 21
    assert {path: cost(path) for path in few} == few


def test_a_person_starts_a_run_and_finds_it_again(scene: Scene, client: Client) -> None:
    client.force_login(scene.officer)
    response = client.post(f"{DESK}runs/start/", follow=True)
    assert "正在巡检" in response.content.decode()
    run = queries.visible_runs(actor=scene.officer).get()
    under_way = text_of(client, f"{DESK}runs/{run.pk}/")
    assert ("看了什么" in under_way, "没能看全的" in under_way) == (False, False)
    assert "HX-Refresh" not in client.get(f"{DESK}runs/{run.pk}/progress/").headers
    actions.carry_on_run(run_id=run.pk)
    assert client.get(f"{DESK}runs/{run.pk}/progress/")["HX-Refresh"] == "true"
    page = text_of(client, f"{DESK}runs/{run.pk}/")
    assert "没能看全的" in page
    assert "云岭水务网" in page

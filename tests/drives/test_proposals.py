"""What is proposed, and what never is: an account nobody could look at, a figure nobody has, a neighbour's account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.drives.office import load
from tests.inspection.world import SHOT, day, post
from tests.observation.world import make_account, make_source
from tests.registry.filing_desk import approved

from zhijian.drives.enums import Act, Reason
from zhijian.drives.queries import Proposals
from zhijian.inspection import actions as inspection
from zhijian.inspection.models import Finding, Standing
from zhijian.lib import clock
from zhijian.registry.actions import refresh_findings

if TYPE_CHECKING:
    from django.test import Client
    from tests.drives.office import Office
    from tests.inspection.world import Scene

    from zhijian.observation.models import Source
    from zhijian.organisations.models import User

LIST = "/desk/drives/proposals/"


def proposed(actor: User) -> dict[str, tuple[list[Reason], Act, str]]:
    """Return by body and name of the account: the reasons, the act, and where it would go."""
    proposals = Proposals(actor=actor)
    found = {}
    for row in proposals.rows().order_by("pk"):
        one = proposals.describe(row)
        reasons = [fact.reason for fact in one.facts]
        found[f"{row.organisation.short_name} {row.name}"] = (reasons, one.act, one.into[1] if one.into else "")
    return found


def test_every_proposal_has_its_reason_its_rule_and_an_act_a_person_may_change(office: Office) -> None:
    supervisor = office.world.supervisor
    assert proposed(supervisor) == {
        "县教育局 东溪教育在线": ([Reason.SURPLUS, Reason.LOW_USE], Act.MERGE, "东溪教育"),
        "招生办 东溪 教育": ([Reason.DUPLICATE], Act.MERGE, "东溪教育"),
        "县卫健局 =东溪卫健": ([Reason.LOW_USE], Act.KEEP, ""),
    }
    proposals = Proposals(actor=supervisor)
    rows = {row.name: proposals.describe(row) for row in proposals.rows()}
    surplus, low = rows["东溪教育在线"].facts
    assert surplus.text.startswith("同一平台已登记“东溪教育”（")
    assert "国办发〔2018〕123号" in surplus.source
    today = clock.today().isoformat()
    assert low.text == (
        f"登记册记的关注数是 310（登记信息更新于 {today}），低于提示线 500。这只是提示，要不要保留由主管人员判断。"
    )
    twin = rows["东溪 教育"].facts[0]
    original = office.account("东溪教育")
    assert twin.text == f"与县教育局的“东溪教育”（{original.number}）在同一平台，名称相同。"
    assert twin.links == [("东溪教育", f"/desk/accounts/{original.pk}/")]
    # Nobody else's: the neighbour sees its own, an officer of one bureau sees none.
    assert list(proposed(office.world.stranger)) == ["县教育局 西溪教育"]
    assert proposed(office.world.officer) == {}
    # The city sees both counties; a pack of its own would be asked by the path of the body.
    assert len(proposed(office.world.city_officer)) == 4


def test_an_exemption_ends_a_proposal_and_a_stuck_closing_begins_one(office: Office) -> None:
    world = office.world
    until = (clock.today() + timedelta(days=200)).isoformat()
    approved(
        world.officer, "exemption", account=office.account("东溪教育在线"), platform="wechat", kind="subscription",
        until=until,
    )  # fmt: skip
    assert proposed(world.supervisor)["县教育局 东溪教育在线"][0] == [Reason.LOW_USE]
    approved(world.officer, "closing", account=office.account("东溪教育", "douyin"))
    assert not {name for name, one in proposed(world.supervisor).items() if one[1] == Act.CLOSE}
    with clock.at(clock.now() + timedelta(days=120)):
        refresh_findings([world.education.pk])
        found = {name: one for name, one in proposed(world.supervisor).items() if Reason.STUCK in one[0]}
    assert found == {"县教育局 东溪教育": ([Reason.STUCK], Act.CLOSE, "")}


def test_silent_again_and_again_is_proposed_but_not_being_seen_is_never_silence(scene: Scene) -> None:
    water = scene.watch.county.water
    silent = make_source(make_account(water, "douyin", "云岭水务抖音"))
    unseen = make_source(make_account(water, "kuaishou", "云岭水务快手"))
    falls_silent(scene, silent, 0)
    for number in range(80):
        scene.source = unseen
        scene.fail(number, number + 1)
    scene.run(15.01)
    assert proposed(scene.officer) == {}
    scene.look(15, 30, post(29), source=silent)
    with clock.at(day(30)):
        first = Finding.objects.get(account=silent.account)
        inspection.issue_order(actor=scene.officer, finding_id=first.pk, text="请更新。")
        inspection.answer_order(actor=scene.host, finding_id=first.pk, text="已更新。", link="", proof=SHOT)
    scene.run(30.01)
    falls_silent(scene, silent, 30)
    scene.run(45.01)
    with clock.at(day(45.02)):
        stale = Finding.objects.filter(account=silent.account).order_by("-pk")
        assert [one.indicator for one in stale] == ["NM-V2.1", "NM-V2.1"]
        assert Standing.objects.get(account=unseen.account).result == "could_not_look"
        assert proposed(scene.officer) == {"云岭县水务局 云岭水务抖音": ([Reason.STALE], Act.CLOSE, "")}
        proposals = Proposals(actor=scene.officer)
        fact = proposals.describe(proposals.rows().get()).facts[0]
        assert fact.text == "近一年巡检发现 2 次内容不更新。不是主要平台，维护不过来的应当关停。"
        assert [url for _, url in fact.links] == [f"/desk/inspection/findings/{one.pk}/" for one in stale]
        # A false alarm that was written off counts no longer; neither does what is older than a year.
        claim = inspection.appeal(actor=scene.officer, finding_id=stale[0].pk, reason="误报", proof=SHOT)
        inspection.decide_appeal(actor=scene.second, appeal_id=claim.pk, accept=True, decision="确是误报")
        assert proposed(scene.officer) == {}


def falls_silent(scene: Scene, source: Source, start: int) -> None:
    """Post on a day, then be seen to post nothing for a fortnight."""
    scene.look(start - 20, start, post(start), source=source)
    for number in range(start, start + 15):
        scene.look(number, number + 1, source=source)


def test_the_list_filters_exports_and_costs_the_same_for_thirty(client: Client, office: Office) -> None:
    client.force_login(office.world.supervisor)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LIST).status_code == 200
        return len(seen)

    client.get(LIST)
    before = cost()
    more = [f"石桥镇人民政府,抖音,石桥{number},7000000000{number:02},{number}" for number in range(30)]
    load(office.world.supervisor, office.world.county, ("主办单位,平台,账号名称,账号ID,关注数", *more))
    assert cost() == before
    assert before <= 12
    page = client.get(f"{LIST}?reason=duplicate").content.decode()
    assert ("东溪 教育" in page, "东溪教育在线" in page) == (True, False)
    branch = client.get(f"{LIST}?branch={office.world.health.path}&platform=weibo").content.decode()
    assert ("=东溪卫健" in branch, "石桥1" in branch) == (True, False)
    file = client.get(f"{LIST}?export=csv&reason=low_use&platform=weibo")
    text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]  # a streamed file
    assert "'=东溪卫健" in text
    assert "低于提示线 500" in text
    client.force_login(office.world.officer)
    assert client.get(LIST).status_code == 409

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.inspection.world import WRONG, post

from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.actions import TermDraft
from zhijian.lib import clock
from zhijian.lookback import actions
from zhijian.lookback.models import Finding, LookBack, RuleDay

if TYPE_CHECKING:
    from django.test import Client
    from tests.inspection.world import Scene

HOME = "/desk/lookback/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_pages_lead_from_the_proposal_to_the_finding_that_is_set_aside(client: Client, scene: Scene) -> None:
    scene.look(
        -5, 0, *(post(-1, f"通知{one}", f"{WRONG}，第{one}号。") for one in range(30)), post(-2, "停水", "=清澈河")
    )
    client.force_login(scene.officer)
    assert "还没有回查过" in text(client.get(HOME))
    draft = TermDraft(wrong="清澈河", right="清澈溪", source="县地名办通知")
    term = knowledge.propose_term(actor=scene.second, organisation=scene.watch.county.county, draft=draft)
    # What accounts show is tried before the term is switched on.
    assert "/desk/observation/posts/" in text(client.get(f"/desk/terms/{term.pk}/"))
    knowledge.approve_term(actor=scene.officer, term_id=term.pk)
    row = LookBack.objects.get()
    actions.estimate(look_back_id=row.pk)
    address = f"{HOME}{row.pk}/"
    assert "影响 1 篇已发内容，是否回查？" in text(client.get(address))
    assert "影响 1 篇已发内容" in text(client.get("/desk/"))
    assert client.get(f"{address}start/").status_code == 405
    assert client.post(f"{address}nothing/").status_code == 404
    assert "已开始回查" in text(client.post(f"{address}start/", follow=True))
    assert 'hx-get="' in text(client.get(f"{address}progress/"))
    actions.carry_on(look_back_id=row.pk)
    page = text(client.get(address))
    assert ("云岭水务网" in page, "重新回查" in page) == (True, True)
    assert "清澈河" in text(client.get(f"{address}findings/"))

    body = {"organisation": scene.watch.county.county.pk}
    # By hand: nothing chosen, a wrong word, then everything.
    assert "请写要回查的用语" in text(client.post(f"{HOME}new/", {**body, "by": "terms"}))
    refused = client.post(f"{HOME}new/", {**body, "by": "terms", "words": "没有的词"})
    assert (refused.status_code, "“没有的词”不是" in text(refused)) == (409, True)
    assert "清澈河</textarea>" in text(client.get(f"{HOME}new/?term={term.pk}"))
    RuleDay.objects.create(
        organisation=scene.watch.county.county, rule_id=f"term.{term.pk}", day=clock.today(), posts=9
    )
    assert f'<a href="/desk/terms/{term.pk}/">清澈河</a>' in text(client.get(f"{HOME}rules/?q=清澈"))
    client.post(f"{HOME}new/", {**body, "by": "categories", "categories": ["state_name"]})
    again = LookBack.objects.order_by("-pk")[0]
    few = queries_of(client, f"{HOME}findings/")
    actions.carry_on(look_back_id=again.pk)
    assert (Finding.objects.count(), queries_of(client, f"{HOME}findings/")) == (31, few)
    exported = client.get(f"{HOME}findings/?export=csv&q=停水")
    shown = b"".join(exported.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a file is streamed
    assert "【清澈河】" in shown

    a_body_sets_aside_what_is_right_and_a_neighbour_finds_nothing(client, scene, address)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def a_body_sets_aside_what_is_right_and_a_neighbour_finds_nothing(client: Client, scene: Scene, address: str) -> None:
    client.force_login(scene.watch.editor)
    mild, serious = Finding.objects.get(excerpt="清澈河"), Finding.objects.filter(excerpt=WRONG)[0]
    assert client.get(address).status_code == 404
    assert "要处理" not in text(client.get(HOME))
    page = text(client.get(f"{HOME}findings/{mild.pk}/"))
    assert ("清澈溪" in page, mild.text_sha256 in page, mild.ruleset_version in page) == (True, True, True)
    assert client.post(f"{HOME}findings/{mild.pk}/", {"reason": ""}).status_code == 409
    said = client.post(f"{HOME}findings/{mild.pk}/", {"reason": "引用旧地名。"}, follow=True)
    assert ("已记为误报" in text(said), "引用旧地名。" in text(said)) == (True, True)
    said = client.post(f"{HOME}findings/{serious.pk}/", {"reason": "是对的。"}, follow=True)
    assert "误报由云岭县水务局的审核人员或主管人员认定" in text(said)
    client.force_login(scene.stranger)
    answers = [
        client.get(f"{HOME}findings/{mild.pk}/"),
        client.post(f"{address}again/"),
        client.get(f"{address}progress/"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert WRONG not in text(client.get(f"{HOME}findings/"))

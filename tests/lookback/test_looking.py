from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from tests.inspection.world import WRONG, day, post
from tests.publishing.pressroom import run_until_settled

from zhijian.audit.models import Event
from zhijian.inspection.models import Finding as Inspected
from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.actions import AllowanceDraft, TermDraft
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.lookback import actions, queries
from zhijian.lookback.actions import looking
from zhijian.lookback.models import Finding, LookBack
from zhijian.notify.models import Notice
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.inspection.world import Scene
    from tests.publishing.pressroom import Pressroom

    from zhijian.knowledge.models import Term
    from zhijian.organisations.models import Organisation, User


def approved(writer: User, decider: User, body: Organisation, wrong: str = "清澈河", right: str = "清澈溪") -> Term:
    """Propose a term by one person and approve it by another."""
    draft = TermDraft(wrong=wrong, right=right, source="县地名办通知")
    term = knowledge.propose_term(actor=writer, organisation=body, draft=draft)
    return knowledge.approve_term(actor=decider, term_id=term.pk)


def states() -> dict[str, tuple[str, str, int]]:
    """Return title, words, state and places of every finding, by title."""
    return {row.title: (row.excerpt, row.state, row.places) for row in Finding.objects.order_by("pk")}


def run(row: LookBack) -> LookBack:
    return actions.carry_on(look_back_id=row.pk)


def test_an_approved_term_asks_for_a_look_back_and_its_findings_end_when_the_posts_are_mended(scene: Scene) -> None:
    county, officer = scene.watch.county, scene.officer
    pieces = [
        post(-4, "停水", "清澈河沿岸停水。请清澈河两岸居民储水。"),
        post(-3, "放心", "水质正常。"),
        post(-2, "摘要", "清澈河边……", whole=False),
        post(-1, "旧闻", "清澈河治理。"),
    ]
    scene.look(-5, 0, *pieces)
    for one in range(30):
        scene.look(-5, 0, post(-6, f"群众来信{one}", "感谢水务局。"), source=scene.wechat_source)

    term = approved(scene.second, officer, county.county)
    row = LookBack.objects.get()
    assert (row.state, row.term_ids, row.title, row.cause) == ("proposed", [term.pk], "用语“清澈河”", "term")
    row = actions.estimate(look_back_id=row.pk)
    assert row.estimate == {"texts": 34, "hit": 3, "whole": True}
    assert [(one.title, one.state) for one in queries.work_items(actor=officer)] == [
        ("用语“清澈河”：影响 3 篇已发内容", "是否回查")
    ]
    # Another term comes into the same proposal while nobody has decided.
    other = approved(scene.second, officer, county.county, "供水集团", "水务集团")
    assert LookBack.objects.get().term_ids == [term.pk, other.pk]

    with pytest.raises(Missing):
        actions.start_proposed(actor=scene.stranger, look_back_id=row.pk)
    with pytest.raises(Missing):
        actions.start_proposed(actor=scene.host, look_back_id=row.pk)
    row = actions.start_proposed(actor=officer, look_back_id=row.pk)
    with pytest.raises(Refused, match="正在进行"):
        actions.start_look_back(actor=officer, organisation=county.county)
    row = run(row)
    assert (row.state, row.done, row.total, row.found) == ("done", 34, 34, 3)
    assert states() == {
        "停水": ("清澈河", "open", 2), "摘要": ("清澈河", "open", 1), "旧闻": ("清澈河", "open", 1),
    }  # fmt: skip
    first = Finding.objects.get(title="停水")
    assert (first.rule_id, first.suggestion, first.after) == (
        f"term.{term.pk}",
        "清澈溪",
        "沿岸停水。请清澈河两岸居民储水。",
    )
    assert [(line.label, line.found) for line in queries.by_account(row)] == [("云岭水务网（政府网站）", 3)]
    assert {notice.person.username for notice in Notice.objects.filter(kind="inspection")} == {"officer", "host"}

    findings_end_and_stand_again(scene, row, term)


def findings_end_and_stand_again(scene: Scene, row: LookBack, term: Term) -> None:
    """One is mended, one deleted, of one a part was seen again; one is set aside."""
    officer = scene.officer
    with clock.at(day(2)):
        scene.look(-5, 2, post(-4, "停水", "清澈溪沿岸停水。"), post(-2, "摘要", "清澈溪边……", whole=False))
        assert actions.look_again() == 2
    assert {title: state for title, (_, state, _) in states().items()} == {
        "停水": "mended", "摘要": "open", "旧闻": "gone",
    }  # fmt: skip
    summary = Finding.objects.get(title="摘要")
    with pytest.raises(Missing):
        actions.set_aside(actor=scene.stranger, finding_id=summary.pk, reason="对")
    with pytest.raises(Refused, match="请写明为什么是误报"):
        actions.set_aside(actor=scene.host, finding_id=summary.pk, reason=" ")
    actions.set_aside(actor=scene.host, finding_id=summary.pk, reason="引用旧地名。")
    again = run(actions.start_again(actor=officer, look_back_id=row.pk))
    assert (again.state, again.found, Finding.objects.count()) == ("done", 0, 3)
    # Words that come back stand again; a term out of use has no findings.
    with clock.at(day(3)):
        scene.look(2, 3, post(-4, "停水", "清澈河沿岸停水，更正。"))
        run(actions.start_again(actor=officer, look_back_id=row.pk))
    assert states()["停水"] == ("清澈河", "open", 1)
    knowledge.retire_term(actor=officer, term_id=term.pk, reason="地名恢复")
    assert states()["停水"][1] == "lapsed"
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.filter(pk=summary.pk).update(reason="别的理由")
    with pytest.raises(DatabaseError), transaction.atomic():
        LookBack.objects.filter(pk=row.pk).update(state="running")
    names = Event.objects.filter(thing_kind="lookback.lookback", thing_id=str(row.pk)).order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "lookback.lookback.proposed", "lookback.lookback.started", "lookback.lookback.finished",
    ]  # fmt: skip


def test_a_killed_worker_loses_and_doubles_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, county = scene.officer, scene.watch.county
    scene.look(-9, 0, *(post(-1 - one / 10, f"停水{one}", f"{WRONG}，第{one}号。") for one in range(25)))
    scene.look(-9, 0, *(post(-1, f"微信{one}", "水质正常。") for one in range(9)), source=scene.wechat_source)
    monkeypatch.setattr(looking, "AT_ONCE", 4)
    row = actions.start_look_back(actor=officer, organisation=county.county, categories=["state_name"])
    steps, more = 0, True
    while more:
        # Every other step dies after its work and before its commit.
        with transaction.atomic():
            more = looking.step(row.pk) or not steps % 2
            steps += 1
            transaction.set_rollback(bool(steps % 2))
    row.refresh_from_db()
    assert (row.state, row.done, row.total, row.found) == ("done", 34, 34, 25)
    found = Finding.objects.aggregate(places=Sum("places"))["places"]
    assert (Finding.objects.count(), found) == (25, 25)
    assert steps > 20

    with clock.at(day(1)):
        started = actions.start_look_back(actor=officer, organisation=county.county)
        assert queries.stalled() == []
    with clock.at(day(1.1)):
        assert queries.stalled() == [started.pk]
        looking.step(started.pk)
        actions.cancel(actor=officer, look_back_id=started.pk)
        assert run(started).state == "cancelled"
        assert queries.stalled() == []

    # Serious errors are findings of inspection already: the page leads there.
    scene.run(1.2)
    one = Finding.objects.order_by("pk")[0]
    linked = queries.inspection_of(actor=officer, finding=one)
    assert linked == Inspected.objects.get(key=f"post:{one.thing_id}:{one.rule_id}")


def test_pieces_and_answers_are_looked_at_as_what_they_are_and_once(press: Pressroom) -> None:
    body, (reviewer, *_) = press.body, press.reviewers
    delivery = press.plan(press.wechat, press.approved("河道治理", "清澈河沿岸修建步道。"))
    waived = press.approved("旧闻", "清澈河治理。")
    second = press.plan(press.website, waived)
    run_until_settled([delivery, second])
    knowledge_term = approved(press.editor, reviewer, body)
    row = run(actions.start_look_back(actor=reviewer, organisation=body, words=["清澈河"]))
    # The two pieces were handed to observation as posts as well, and are found once.
    assert (row.found, states()) == (2, {"河道治理": ("清澈河", "open", 1), "旧闻": ("清澈河", "open", 1)})
    assert set(Finding.objects.values_list("kind", flat=True)) == {"article"}
    with pytest.raises(Refused, match="在用的用语"):
        actions.start_look_back(actor=reviewer, organisation=body, words=["没有的词"])
    with pytest.raises(Refused, match="由本单位的审核人员或主管人员发起"):
        actions.start_look_back(actor=press.editor, organisation=body)
    assert knowledge_term.state == "approved"


def test_new_shipped_rules_ask_the_top_body_once(scene: Scene) -> None:
    scene.look(-5, 0, post(-1, "停水", "停水通知。"))
    city = scene.watch.county.city
    (made,) = actions.propose_for_rules()
    assert (made.organisation, made.cause, made.term_ids, made.categories) == (city, "rules", [], [])
    assert actions.propose_for_rules() == []
    mayor = scene.watch.county.person("mayor", city, Role.SUPERVISING_OFFICER, subtree=True)
    actions.dismiss(actor=mayor, look_back_id=made.pk)
    assert actions.propose_for_rules() == []
    run(actions.start_look_back(actor=mayor, organisation=city))
    assert actions.propose_for_rules() == []


def test_findings_end_with_their_rule_and_stand_again_with_it_and_a_term_for_later_is_asked_about_then(
    scene: Scene,
) -> None:
    county, officer, second = scene.watch.county, scene.officer, scene.second
    scene.look(
        -5, 0, post(-3, "截止", "截止目前，清澈河沿岸已经通水。"), post(-2, "摘要", "截止目前……", whole=False),
        post(-1, "停水", "清澈河沿岸停水。"),
    )  # fmt: skip
    run(actions.start_look_back(actor=officer, organisation=county.county))
    rule = Finding.objects.filter(excerpt="截止目前")[0].rule_id
    draft = TermDraft(
        wrong="清澈河", right="清澈溪", source="县地名办通知", valid_from=day(3).date(), valid_to=day(5).date()
    )
    term = knowledge.propose_term(actor=second, organisation=county.county, draft=draft)
    knowledge.approve_term(actor=officer, term_id=term.pk)
    # Nothing is asked before the term counts; on its day the night asks once.
    assert LookBack.objects.filter(cause="term").count() == 0
    with clock.at(day(3)):
        assert (actions.propose_for_begun_terms(), actions.propose_for_begun_terms()) == (1, 0)
        asked = LookBack.objects.get(cause="term")
        assert actions.estimate(look_back_id=asked.pk).estimate["hit"] == 2
        run(actions.start_proposed(actor=officer, look_back_id=asked.pk))
    assert Finding.objects.filter(excerpt="清澈河", state="open").count() == 2
    (item,) = queries.work_items(actor=scene.host)
    assert (item.state, item.organisation) == ("待处理", scene.watch.site.organisation.short_name)

    aside = knowledge.propose_allowance(
        actor=officer, organisation=county.county,
        draft=AllowanceDraft(kind="off", rule_id=rule, reason="误报太多。", valid_to=day(6).date()),
    )  # fmt: skip
    knowledge.approve_allowance(actor=second, allowance_id=aside.pk)
    assert actions.look_again_by_rule(rule_id=rule, organisation_id=county.county.pk) == 2
    assert set(Finding.objects.filter(rule_id=rule).values_list("state", flat=True)) == {"lapsed"}
    assert Finding.objects.filter(excerpt="清澈河", state="open").count() == 2
    with clock.at(day(6)):
        # The term's last day is over: what it found ends with it, and only that.
        assert actions.look_again() == 2
        assert actions.look_again_where_rules_return() == 0
    with clock.at(day(7)):
        # The rule counts again: what still stands in its text is open again.
        actions.look_again_where_rules_return()
    assert {row.title: row.state for row in Finding.objects.filter(rule_id=rule)} == {"截止": "open", "摘要": "open"}
    assert set(Finding.objects.filter(excerpt="清澈河").values_list("state", flat=True)) == {"lapsed"}

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.people import make_county

from zhijian.audit.models import Event
from zhijian.knowledge import actions, queries
from zhijian.knowledge.actions import TermDraft
from zhijian.knowledge.enums import TermState
from zhijian.knowledge.models import Term
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.screening import scan

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.organisations.models import Organisation, User

TEXT = "水务局清澈河管理所发布通知。"


@pytest.fixture
def county(db: None) -> County:
    return make_county()


@pytest.fixture
def editor(county: County) -> User:
    return county.person("editor", county.water, Role.EDITOR)


@pytest.fixture
def reviewer(county: County) -> User:
    return county.person("reviewer", county.water, Role.FIRST_REVIEWER)


@pytest.fixture
def stranger(county: County) -> User:
    return county.person("stranger", county.school, Role.EDITOR, Role.FINAL_REVIEWER, Role.HEAD)


def draft(wrong: str = "清澈河", right: str = "清澈溪", **more: object) -> TermDraft:
    return TermDraft(wrong=wrong, right=right, source="县地名办通知", **more)  # type: ignore[arg-type]  # fields by name


def in_force(county: County, body: Organisation, one: TermDraft, number: int = 0) -> Term:
    """Propose and approve a term by two people of that body."""
    writer = county.person(f"w{body.pk}-{number}", body, Role.EDITOR)
    decider = county.person(f"d{body.pk}-{number}", body, Role.FINAL_REVIEWER)
    term = actions.propose_term(actor=writer, organisation=body, draft=one)
    return actions.approve_term(actor=decider, term_id=term.pk)


def hits(body: Organisation, text: str = TEXT) -> list[tuple[str, str]]:
    found = scan(text, queries.ruleset_for(body))
    return [(one.rule_id, one.excerpt) for one in found if one.rule_id.startswith("term.")]


def test_a_term_counts_once_a_second_person_approved_it(county: County, editor: User, reviewer: User) -> None:
    term = actions.propose_term(actor=editor, organisation=county.water, draft=draft())
    assert hits(county.water) == []
    with pytest.raises(Refused, match="由另一位审核人员来审"):
        actions.approve_term(actor=editor, term_id=term.pk)
    assert [item.kind for item in queries.work_items(actor=reviewer)] == ["审用语"]
    actions.approve_term(actor=reviewer, term_id=term.pk)
    assert hits(county.water) == [(f"term.{term.pk}", "清澈河")]
    assert queries.work_items(actor=reviewer) == []
    names = Event.objects.filter(thing_kind="knowledge.term").order_by("id").values_list("name", flat=True)
    assert list(names) == ["knowledge.term.proposed", "knowledge.term.approved"]


def test_a_reviewer_who_proposed_a_term_does_not_approve_it(county: County, reviewer: User) -> None:
    term = actions.propose_term(actor=reviewer, organisation=county.water, draft=draft())
    with pytest.raises(Refused, match="由另一位审核人员来审"):
        actions.approve_term(actor=reviewer, term_id=term.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Term.objects.filter(pk=term.pk).update(state="approved", decided_by=reviewer, decided_at=clock.now())
    assert hits(county.water) == []


def test_terms_bind_the_body_and_all_below_it_and_nobody_beside(county: County) -> None:
    term = in_force(county, county.county, draft())
    own = in_force(county, county.school, draft("管理所", "管理站"))
    assert hits(county.county) == [(f"term.{term.pk}", "清澈河")]
    assert hits(county.water) == [(f"term.{term.pk}", "清澈河")]
    assert hits(county.school) == [(f"term.{term.pk}", "清澈河"), (f"term.{own.pk}", "管理所")]
    assert hits(county.city) == []


def test_where_two_bodies_keep_the_same_words_the_nearer_one_counts(county: County) -> None:
    in_force(county, county.county, draft(right="上级写法"))
    near = in_force(county, county.water, draft(right="本局写法"))
    assert hits(county.water) == [(f"term.{near.pk}", "清澈河")]


def test_a_term_counts_from_its_first_to_its_last_day(county: County) -> None:
    today = clock.today()
    in_force(county, county.water, draft(valid_from=today + timedelta(days=1), valid_to=today + timedelta(days=2)))
    counts = []
    for days in range(4):
        with clock.at(clock.now() + timedelta(days=days)):
            counts.append(len(hits(county.water)))
    assert counts == [0, 1, 1, 0]


def test_a_retired_term_no_longer_counts_and_stays_readable(county: County, reviewer: User, editor: User) -> None:
    term = in_force(county, county.water, draft())
    with pytest.raises(Refused, match="审核人员或主管人员停用"):
        actions.retire_term(actor=editor, term_id=term.pk, reason="不用了")
    with pytest.raises(Refused, match="写明为什么停用"):
        actions.retire_term(actor=reviewer, term_id=term.pk, reason=" ")
    assert len(hits(county.water)) == 1
    actions.retire_term(actor=reviewer, term_id=term.pk, reason="地名已改回")
    assert hits(county.water) == []
    found = queries.find_term(actor=reviewer, term_id=term.pk)
    assert (found.state, found.retired_reason) == (TermState.RETIRED, "地名已改回")


def test_another_bodys_terms_are_neither_seen_nor_decided(county: County, editor: User, stranger: User) -> None:
    term = actions.propose_term(actor=editor, organisation=county.water, draft=draft())
    assert list(queries.visible_terms(actor=stranger)) == []
    for act in (
        lambda: queries.find_term(actor=stranger, term_id=term.pk),
        lambda: actions.approve_term(actor=stranger, term_id=term.pk),
        lambda: actions.reject_term(actor=stranger, term_id=term.pk, comment="不行"),
        lambda: actions.retire_term(actor=stranger, term_id=term.pk, reason="不行"),
    ):
        with pytest.raises(Missing):
            act()
    with pytest.raises(Refused, match="不能为它添加用语"):
        actions.propose_term(actor=stranger, organisation=county.water, draft=draft("别的词"))
    term.refresh_from_db()
    assert term.state == TermState.PROPOSED
    assert Term.objects.count() == 1


def test_terms_in_force_above_are_seen_by_those_they_bind_but_not_what_is_only_proposed(
    county: County, stranger: User
) -> None:
    bound = in_force(county, county.county, draft())
    proposer = county.person("p", county.county, Role.EDITOR)
    actions.propose_term(actor=proposer, organisation=county.county, draft=draft("内部代号"))
    assert list(queries.visible_terms(actor=stranger)) == [bound]


def test_an_approved_term_never_changes_its_words(county: County) -> None:
    term = in_force(county, county.water, draft())
    for act in (
        lambda: Term.objects.filter(pk=term.pk).update(wrong="水务局"),
        lambda: Term.objects.filter(pk=term.pk).update(state="proposed", decided_by=None),
        lambda: Term.objects.filter(pk=term.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert hits(county.water) == [(f"term.{term.pk}", "清澈河")]


@pytest.mark.parametrize(
    ("one", "reasons"),
    [
        (draft("河", "溪"), ["不规范表述至少写两个字，一个字会误伤太多。"]),
        (draft("清澈河", "清澈河"), ["规范表述和不规范表述一样，请核对。"]),
        (
            draft("清澈河", "清澈河道"),
            ["规范表述“清澈河道”里包含“清澈河”，会把对的也报错。请把它写进不算错的说法。"],
        ),
        (draft(exceptions=("清澈",)), ["“清澈”里没有“清澈河”，不用写进不算错的说法。"]),
        (TermDraft(wrong="清澈河"), ["请写明依据：文件名、字号，或上级通知。"]),
        (draft(severity="fatal"), ["类别或级别不认识，请重新选择。"]),
    ],
)
def test_a_term_that_would_do_harm_is_refused_with_the_reason(
    county: County, editor: User, one: TermDraft, reasons: list[str]
) -> None:
    with pytest.raises(Refused) as caught:
        actions.propose_term(actor=editor, organisation=county.water, draft=one)
    assert caught.value.reasons == reasons
    assert not Term.objects.exists()


def test_the_same_words_are_not_kept_twice_by_one_body(county: County, editor: User) -> None:
    actions.propose_term(actor=editor, organisation=county.water, draft=draft())
    with pytest.raises(Refused, match="“清澈河”已在用语表里（待审）"):
        actions.propose_term(actor=editor, organisation=county.water, draft=draft())
    actions.propose_term(
        actor=county.person("s", county.school, Role.EDITOR), organisation=county.school, draft=draft()
    )
    assert Term.objects.count() == 2


def test_a_list_is_proposed_whole_or_not_at_all(county: County, editor: User) -> None:
    with pytest.raises(Refused) as caught:
        actions.propose_terms(actor=editor, organisation=county.water, drafts=[draft(), draft("河"), draft()])
    assert caught.value.reasons == [
        "第 2 条：不规范表述至少写两个字，一个字会误伤太多。",
        "第 3 条：“清澈河”已在用语表里（待审）。要改请先停用原来的一条。",
    ]
    assert not Term.objects.exists()


def test_a_ruleset_costs_two_queries_however_many_terms_and_is_kept(county: County) -> None:
    in_force(county, county.water, draft())
    first = queries.ruleset_for(county.water)
    with CaptureQueriesContext(connection) as captured:
        assert queries.ruleset_for(county.water) is first
    assert len(captured) == 2
    in_force(county, county.water, draft("管理所", "管理站"), number=1)
    assert queries.ruleset_for(county.water).version != first.version


def test_a_trial_tells_what_would_have_been_hit_before_anything_is_switched_on(county: County, editor: User) -> None:
    term = actions.propose_term(actor=editor, organisation=county.water, draft=draft(exceptions=("清澈河路",)))
    texts = [
        queries.TrialText("一", "/1/", "清澈河水位上涨，清澈河两岸注意安全。"),
        queries.TrialText("二", "/2/", "清澈河路施工。"),
        queries.TrialText("三", "/3/", "请远离\n清澈河。"),
    ]
    trial = queries.try_term(term, texts)
    assert trial.sentence == "在最近 3 篇内容里命中 3 处，涉及 2 篇。"
    assert [(hit.url, hit.count, hit.before, hit.found, hit.after) for hit in trial.places] == [
        ("/1/", 2, "", "清澈河", "水位上涨，清澈河两岸注意"),
        ("/3/", 1, "请远离 ", "清澈河", "。"),
    ]
    assert hits(county.water) == []
    noon = clock.now()
    dated = [queries.TrialText(f"{day}", f"/{day}/", "清澈河", noon - timedelta(days=day)) for day in range(25)]
    told = replace(queries.try_term(term, dated), more=True)
    assert told.sentence == (
        f"在最近 25 篇内容（{(noon - timedelta(days=24)):%Y-%m-%d} 以来）里命中 25 处，涉及 25 篇，下面列出前 20 篇。"
        "更早的没有试，启用后可以回查全部。"
    )
    assert queries.try_term(term, []).sentence == "还没有可以试的内容。"

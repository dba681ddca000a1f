from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from zhijian.knowledge import actions, queries
from zhijian.knowledge.models import Conflict, Question, QuestionVersion
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.review.actions import void, withdraw
from zhijian.review.queries import current_review
from zhijian.search.models import Wording

if TYPE_CHECKING:
    from tests.knowledge.library import Library

TODAY = date(2026, 11, 20)


def found(text: str, **more: object) -> list[int]:
    return [one.question_id for one in queries.find_answers(text=text, **more)]  # type: ignore[arg-type]  # test's words


def test_only_what_both_stages_signed_is_found(library: Library) -> None:
    entry = library.entry()
    assert found("水卡丢了") == []
    review = library.submit(entry)
    assert found("水卡丢了") == []
    library.sign(review, library.first)
    assert found("水卡丢了") == []
    library.sign(review, library.head)
    assert found("水卡丢了") == [entry.pk]
    entry.refresh_from_db()
    assert (entry.state, entry.approved_version_id) == ("approved", entry.current_version_id)


def test_who_wrote_any_version_signs_none(library: Library) -> None:
    entry = library.entry()
    both = library.county.person("both", library.county.water, "answerer", "first_reviewer")
    draft = library.draft(answer="到大厅补办。")
    actions.save_question(actor=both, question_id=entry.pk, base_number=1, draft=draft)
    review = library.submit(entry)
    with pytest.raises(Refused, match="您写过或改过这一版"):
        library.sign(review, both)


def test_an_edit_leaves_the_approved_answer_in_force_until_the_new_one_is_signed(library: Library) -> None:
    entry = library.in_force()
    changed = library.draft(answer="现在可以在网上补办。")
    actions.save_question(actor=library.writer, question_id=entry.pk, base_number=1, draft=changed)
    assert [one.answer for one in queries.find_answers(text="水卡丢了")] == ["带身份证到水务局服务大厅补办，当场领取。"]
    entry.refresh_from_db()
    library.approve(entry)
    assert [one.answer for one in queries.find_answers(text="水卡丢了")] == ["现在可以在网上补办。"]


def test_an_edit_upon_an_old_version_is_refused_and_nothing_is_lost(library: Library) -> None:
    entry = library.entry()
    actions.save_question(
        actor=library.writer, question_id=entry.pk, base_number=1, draft=library.draft(answer="甲说法")
    )
    with pytest.raises(Refused, match="保存了第 2 版"):
        actions.save_question(
            actor=library.writer, question_id=entry.pk, base_number=1, draft=library.draft(answer="乙说法")
        )
    assert [row.answer for row in queries.versions_of(entry)] == ["甲说法", "带身份证到水务局服务大厅补办，当场领取。"]


def test_under_review_nothing_is_edited_and_a_returned_answer_says_why(library: Library) -> None:
    entry = library.entry()
    review = library.submit(entry)
    with pytest.raises(Refused, match="请先撤回送审再修改"):
        actions.save_question(
            actor=library.writer, question_id=entry.pk, base_number=1, draft=library.draft(answer="改")
        )
    library.sign(review, library.first, "return", "请写清楚要带什么。")
    entry.refresh_from_db()
    assert (entry.state, entry.returned_comment) == ("returned", "请写清楚要带什么。")
    again = library.submit(entry)
    withdraw(review_id=again.pk, actor=library.writer)
    entry.refresh_from_db()
    assert entry.state == "draft"


def approve_term(library: Library, wrong: str, severity: str) -> None:
    draft = actions.TermDraft(wrong=wrong, right="服务大厅", source="通知", severity=severity)
    term = actions.propose_term(actor=library.first, organisation=library.county.water, draft=draft)
    actions.approve_term(actor=library.head, term_id=term.pk)


def test_serious_words_stop_the_way_and_doubtful_ones_ask_for_a_reason(library: Library) -> None:
    approve_term(library, "服务大亭", "error")
    approve_term(library, "服务大丁", "veto")
    doubtful = library.entry(answer="请到服务大亭办理。")
    with pytest.raises(Refused, match="“服务大亭”。请改正，确属误报的写明理由。"):
        library.submit(doubtful)
    reason = "这是大厅的旧称，照原牌子写"
    review = actions.submit_question(actor=library.writer, question_id=doubtful.pk, override_reason=reason)
    doubtful.refresh_from_db()
    assert (review.state, doubtful.state, doubtful.override_reason) == ("open", "in_review", reason)
    serious = library.entry(question="在哪补办？", similar=("服务大丁在哪",))
    with pytest.raises(Refused, match="“服务大丁”属严重错误"):
        actions.submit_question(actor=library.writer, question_id=serious.pk, override_reason="没有错")


def test_an_answer_outside_its_term_is_not_found(library: Library) -> None:
    with clock.at(_noon(TODAY)):
        later = library.in_force(valid_from=TODAY + timedelta(days=1), valid_to=TODAY + timedelta(days=3))
        assert found("水卡丢了") == []
    with clock.at(_noon(TODAY + timedelta(days=3))):
        assert found("水卡丢了") == [later.pk]
        assert queries.public_answer(later.pk).question == "水卡丢了怎么补办？"
    with clock.at(_noon(TODAY + timedelta(days=4))):
        assert found("水卡丢了") == []
        with pytest.raises(Missing):
            queries.public_answer(later.pk)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.BEIJING)


def test_internal_answers_are_found_by_their_own_line_only(library: Library) -> None:
    county, water, school = library.county.county, library.county.water, library.county.school
    secret = library.in_force(water, confidentiality="internal")
    above = library.in_force(county, question="水卡丢了内部怎么登记？", similar=(), confidentiality="internal")
    assert found("水卡丢了") == []
    assert set(found("水卡丢了", organisation=water, public_only=False)) == {secret.pk, above.pk}
    assert found("水卡丢了", organisation=school, public_only=False) == [above.pk]
    suggested = {
        who: {one.question_id for one in queries.suggested_answers(actor=who, text="水卡丢了")}
        for who in (library.writer, library.outsider)
    }
    assert suggested == {library.writer: {secret.pk, above.pk}, library.outsider: {above.pk}}
    with pytest.raises(Missing):
        queries.public_answer(secret.pk)


def test_postgresql_itself_lets_no_unapproved_answer_into_force(library: Library) -> None:
    entry = library.entry()
    with pytest.raises((IntegrityError, InternalError), match="not approved"), transaction.atomic():
        Question.objects.filter(pk=entry.pk).update(approved_version=entry.current_version_id)
    approved = library.in_force(question="水费怎么交？", similar=())
    draft = library.draft(question="水费怎么交？", similar=(), answer="偷换的答案")
    newer = actions.save_question(actor=library.writer, question_id=approved.pk, base_number=1, draft=draft)
    with pytest.raises((IntegrityError, InternalError), match="not approved"), transaction.atomic():
        Question.objects.filter(pk=approved.pk).update(approved_version=newer.pk)
    with pytest.raises((IntegrityError, InternalError), match="not approved"), transaction.atomic():
        Question.objects.filter(pk=entry.pk).update(approved_version=approved.approved_version_id)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        QuestionVersion.objects.filter(pk=newer.pk).update(answer="改写历史")
    with pytest.raises((IntegrityError, InternalError), match="not deleted"), transaction.atomic():
        Question.objects.filter(pk=approved.pk)._raw_delete("default")  # type: ignore[attr-defined]  # no stub  # noqa: SLF001 -- past Django


def test_an_approval_that_ends_takes_the_answer_out_of_force(library: Library) -> None:
    entry = library.in_force()
    void(thing_kind="knowledge.answer", thing_id=entry.pk, actor=library.head, reason="规定改了")
    entry.refresh_from_db()
    assert (entry.approved_version_id, entry.state) == (None, "draft")
    assert (found("水卡丢了"), Wording.objects.count()) == ([], 0)


def test_a_withdrawn_answer_is_gone_at_once_and_can_be_written_anew(library: Library) -> None:
    entry = library.in_force()
    with pytest.raises(Refused, match="请写明为什么停用"):
        actions.withdraw_question(actor=library.head, question_id=entry.pk, reason=" ")
    actions.withdraw_question(actor=library.head, question_id=entry.pk, reason="已不用水卡")
    entry.refresh_from_db()
    assert (entry.state, entry.withdrawn_reason, found("水卡丢了")) == ("withdrawn", "已不用水卡", [])
    review = current_review(thing_kind="knowledge.answer", thing_id=entry.pk)
    assert review is not None
    assert review.state == "voided"
    again = library.draft(answer="改用手机缴费码。")
    actions.save_question(actor=library.writer, question_id=entry.pk, base_number=1, draft=again)
    entry.refresh_from_db()
    library.approve(entry)
    assert [one.answer for one in queries.find_answers(text="水卡丢了")] == ["改用手机缴费码。"]


def test_what_lapses_is_put_before_those_who_keep_it_and_confirming_ends_that(library: Library) -> None:
    with clock.at(_noon(TODAY)):
        entry = library.in_force()
        assert entry.confirm_by == TODAY + timedelta(days=365)
        assert [item.kind for item in queries.work_items(actor=library.writer)] == []
    with clock.at(_noon(TODAY + timedelta(days=340))):
        told = [
            (item.kind, item.title, item.due and item.due.date()) for item in queries.work_items(actor=library.writer)
        ]
        assert told == [("复核答问", "水卡丢了怎么补办？", entry.confirm_by)]
        assert queries.work_items(actor=library.outsider) == []
        actions.confirm_question(actor=library.writer, question_id=entry.pk)
        assert queries.work_items(actor=library.writer) == []
    entry.refresh_from_db()
    assert (entry.confirm_by, entry.confirmed_by) == (TODAY + timedelta(days=340 + 365), library.writer)


def test_another_bodys_entry_is_missing_and_one_in_force_above_is_seen(library: Library) -> None:
    own, above = library.entry(), library.in_force(library.county.county, question="县里谁管水？")
    with pytest.raises(Missing):
        queries.find_question(actor=library.outsider, question_id=own.pk)
    with pytest.raises(Missing):
        actions.withdraw_question(actor=library.outsider, question_id=own.pk, reason="偷停")
    assert queries.find_question(actor=library.outsider, question_id=above.pk).title == "县里谁管水？"
    with pytest.raises(Refused, match="不能写它的答问"):
        actions.save_question(
            actor=library.outsider, question_id=above.pk, base_number=1, draft=library.draft(answer="偷改")
        )


def test_two_bodies_that_answer_the_same_question_differently_are_both_told(library: Library) -> None:
    ours = library.in_force()
    library.in_force(
        library.county.school, question="水卡丢了如何补办", answer="带身份证到水务局服务大厅补办，当场领取。"
    )
    assert Conflict.objects.count() == 0
    theirs = library.in_force(library.county.school, question="水卡丢失怎样补办？", answer="不用补办。", similar=())
    pair = Conflict.objects.get()
    assert (pair.first_id, pair.second_id, pair.state) == (ours.pk, theirs.pk, "open")
    told = {
        who.username: [item.kind for item in queries.work_items(actor=who)]
        for who in (library.writer, library.outsider)
    }
    assert told == {"water.writer": ["核对答案"], "school.writer": ["核对答案"]}
    stranger = library.county.person("stranger", library.county.city, "answerer")
    with pytest.raises(Missing):
        actions.settle_conflict(actor=stranger, conflict_id=pair.pk, reason="偷偷说明")
    actions.settle_conflict(actor=library.outsider, conflict_id=pair.pk, reason="学校的水卡由学校管")
    assert [queries.work_items(actor=who) for who in (library.writer, library.outsider)] == [[], []]


def test_a_conflict_is_over_when_one_side_is_withdrawn(library: Library) -> None:
    library.in_force()
    theirs = library.in_force(library.county.school, question="水卡丢失怎样补办？", answer="不用补办。", similar=())
    actions.withdraw_question(actor=library.outsider, question_id=theirs.pk, reason="答错了")
    assert [row.state for row in Conflict.objects.all()] == ["gone"]
    assert queries.work_items(actor=library.writer) == []


def test_a_list_is_kept_whole_or_not_at_all(library: Library) -> None:
    drafts = [library.draft(), library.draft(question="", answer="空")]
    with pytest.raises(Refused, match="第 2 条：请写问题。"):
        actions.create_questions(actor=library.writer, organisation=library.county.water, drafts=drafts)
    assert Question.objects.count() == 0


def test_votes_count_once_a_day_for_the_answer_and_bring_it_before_its_owner(library: Library) -> None:
    entry = library.in_force()
    assert actions.note_vote(question_id=entry.pk, helped=True, voter="10.0.0.1")
    assert not actions.note_vote(question_id=entry.pk, helped=False, voter="10.0.0.1")
    for number in range(5):
        actions.note_vote(question_id=entry.pk, helped=False, voter=f"10.0.1.{number}")
    entry.refresh_from_db()
    assert (entry.helped, entry.unhelped) == (1, 5)
    assert [(item.kind, item.state) for item in queries.work_items(actor=library.writer)] == [
        ("改进答问", "5 位访客说没有解决")
    ]
    draft = library.entry(question="还没审的")
    with pytest.raises(Missing):
        actions.note_vote(question_id=draft.pk, helped=True, voter="10.0.0.1")

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from tests.inbox.office import REPLY, fresh, on, open_review, sign_stage

from zhijian.audit.models import Event
from zhijian.inbox import actions, queries
from zhijian.inbox.enums import AnswerKind, CaseState, PublicationState
from zhijian.inbox.models import Case, Entry, Publication, PublicationVersion
from zhijian.inbox.queries.masking import mask_text
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused

if TYPE_CHECKING:
    from tests.inbox.office import Office

NOT_HANDED_OVER = "这件留言不是转来的，不用退回；不归本单位管的，请转办或告知应找的单位。"


def test_a_message_gets_a_number_a_key_and_a_deadline(office: Office) -> None:
    with on("2026-11-23 10:00"):
        made = office.receive()
    assert queries.read_number(made.case.number) == made.case.number
    assert queries.find_by_key(number=made.case.number, key=made.key).pk == made.case.pk
    assert made.case.due_at is not None
    assert made.case.due_at.isoformat() == "2026-11-30T17:30:00+08:00"
    assert [entry.text for entry in queries.entries_of(made.case)] == [
        "云岭县人民政府已收到。最迟2026年11月30日（周一）17:30办完。"
    ]


def test_a_wrong_key_and_a_wrong_number_look_alike(office: Office) -> None:
    made = office.receive()
    said = []
    for number, key in ((made.case.number, "WRONGKEYWRONG"), ("2026-9999999-1", made.key), ("x", "")):
        with pytest.raises(Missing) as missing:
            queries.find_by_key(number=number, key=key)
        said.append(str(missing.value))
    assert len(set(said)) == 1


def test_the_same_form_sent_twice_is_one_case(office: Office) -> None:
    first = office.receive(token="a" * 32)
    second = office.receive(token="a" * 32)
    assert (second.case.pk, second.key, second.is_new) == (first.case.pk, first.key, False)
    assert Case.objects.count() == 1


def test_answer_goes_out_after_two_signatures_and_never_by_its_author(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    actions.submit_answer(actor=office["answerer"], case_id=made.case.pk, draft=actions.AnswerDraft(text=REPLY))
    opened = open_review("inbox.answer", made.case.pk)
    with pytest.raises(Refused) as refused:
        sign_stage(opened, office["answerer"])
    assert "您写过或改过这一版，不能审核自己的稿件，请由其他人签。" in refused.value.reasons
    office.sign("inbox.answer", made.case.pk)
    case = fresh(made.case)
    assert case.state == CaseState.ANSWERED
    assert [entry.text for entry in queries.entries_of(case, public_only=True)][-1] == REPLY


def test_a_returned_answer_comes_back_to_the_writer(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    actions.submit_answer(actor=office["answerer"], case_id=made.case.pk, draft=actions.AnswerDraft(text=REPLY))
    sign_stage(open_review("inbox.answer", made.case.pk), office["first"], "return", "写明修好的时间。")
    case = fresh(made.case)
    assert case.state == CaseState.WORKING
    said = queries.entries_of(case)[-1]
    assert (said.text, said.is_public) == ("审核退回：写明修好的时间。", False)


def test_database_refuses_a_close_without_approval_and_a_jump(office: Office) -> None:
    made = office.receive()
    for fields in ({"state": "answered"}, {"state": "in_review"}, {"state": "received"}):
        version = made.case.version if fields["state"] == "received" else 99
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Case.objects.filter(pk=made.case.pk).update(version=version, **fields)
    entry = Entry.objects.filter(case=made.case).first()
    assert entry is not None
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(text="改了")


def test_not_ours_names_the_right_body_and_is_reviewed_too(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    address = queries.right_address_of(office.water)
    assert address.startswith("云岭县水务局；")
    draft = actions.AnswerDraft(
        text="您反映的是邻县的道路，不归我县管理。", kind=AnswerKind.NOT_OURS, right_body=office.water,
        right_address=address,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.submit_answer(
            actor=office["answerer"], case_id=made.case.pk,
            draft=actions.AnswerDraft(text=draft.text, kind=AnswerKind.NOT_OURS),
        )  # fmt: skip
    assert refused.value.reasons == ["不属于受理范围的，要写明应找哪个单位、怎么联系。"]
    actions.submit_answer(actor=office["answerer"], case_id=made.case.pk, draft=draft)
    office.sign("inbox.answer", made.case.pk)
    case = fresh(made.case)
    assert case.state == CaseState.REDIRECTED
    assert queries.entries_of(case, public_only=True)[-1].text == f"{draft.text}\n应找：{address}"


def test_an_answer_keeps_no_trace_of_having_been_a_referral_and_nobody_refers_to_themselves(office: Office) -> None:
    made = office.receive()
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    own = actions.AnswerDraft(
        text="您反映的是邻县的道路，不归我县管理。", kind=AnswerKind.NOT_OURS, right_body=made.case.organisation,
        right_address="云岭县人民政府",
    )  # fmt: skip
    with pytest.raises(Refused, match="应找的单位不能是云岭县人民政府自己"):
        actions.submit_answer(actor=office["answerer"], case_id=made.case.pk, draft=own)
    answer = actions.submit_answer(
        actor=office["answerer"], case_id=made.case.pk, draft=replace(own, kind=AnswerKind.REPLY)
    )
    assert (answer.right_body, answer.right_address) == (None, "")


def test_assign_return_and_chase_each_with_its_clock(office: Office) -> None:
    with on("2026-11-23 10:00"):
        made = office.receive()
    pk = made.case.pk
    with on("2026-11-24 09:00"):
        actions.assign_case(actor=office["answerer"], case_id=pk, to=office.water, reason="供水管道由水务局管。")
    case = fresh(made.case)
    assert (case.organisation, case.state) == (office.water, CaseState.RECEIVED)
    rows = queries.clocks_of(case)
    assert [(str(row.organisation), row.ended_at is None) for row in rows] == [
        ("云岭县人民政府", False), ("云岭县水务局", True),
    ]  # fmt: skip
    assert rows[0].due_at == rows[1].due_at
    actions.chase_case(actor=office["officer"], case_id=pk, text="请今天联系群众。")
    assert "被催办" in queries.work_items(actor=office["water_answerer"])[0].state
    assert queries.entries_of(fresh(case), public_only=True)[-1].text.startswith("转云岭县水务局办理")
    actions.return_case(actor=office["water_answerer"], case_id=pk, reason="这段管道是县城管局的。")
    case = fresh(made.case)
    assert case.organisation == office.body
    with pytest.raises(Missing):
        queries.find_case(actor=office["water_answerer"], case_id=pk)


def test_each_body_returns_to_the_one_that_handed_over_and_the_first_to_nobody(office: Office) -> None:
    made = office.receive()
    pk, bodies = made.case.pk, []
    actions.assign_case(actor=office["answerer"], case_id=pk, to=office.water, reason="归水务局管。")
    actions.assign_case(actor=office["water_answerer"], case_id=pk, to=office.county.school, reason="校内的管道。")
    for name in ("school_answerer", "water_answerer"):
        actions.return_case(actor=office[name], case_id=pk, reason="不归我们管。")
        bodies.append(fresh(made.case).organisation)
    assert bodies == [office.water, office.body]
    with pytest.raises(Refused) as refused:
        actions.return_case(actor=office["answerer"], case_id=pk, reason="不归我们管。")
    assert refused.value.reasons == [NOT_HANDED_OVER]


def test_a_case_done_again_is_not_returned_to_the_body_that_has_it(office: Office) -> None:
    made = office.receive()
    office.answered(made)
    actions.reopen_case(number=made.case.number, key=made.key, reason="昨晚又灭了。")
    with pytest.raises(Refused) as refused:
        actions.return_case(actor=office["answerer"], case_id=made.case.pk, reason="不归我们管。")
    assert (refused.value.reasons, fresh(made.case).organisation) == ([NOT_HANDED_OVER], office.body)


def test_a_page_that_is_behind_is_refused(office: Office) -> None:
    made = office.receive()
    seen = fresh(made.case).version
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk, seen=seen)
    with pytest.raises(Refused) as refused:
        actions.assign_case(
            actor=office["head"], case_id=made.case.pk, to=office.water, reason="归水务局。", seen=seen
        )  # fmt: skip
    assert refused.value.reasons == ["您打开这页以后，有人办过这件留言。请看过现在的情况再办。"]


def test_rating_is_once_and_redoing_is_once(office: Office) -> None:
    made = office.receive()
    with pytest.raises(Refused):
        actions.rate_case(number=made.case.number, key=made.key, satisfaction=5)
    office.answered(made)
    actions.rate_case(number=made.case.number, key=made.key, satisfaction=2, comment="还是不亮")
    with pytest.raises(Refused) as refused:
        actions.rate_case(number=made.case.number, key=made.key, satisfaction=5)
    assert refused.value.reasons == ["您已经评价过了，谢谢。"]
    actions.reopen_case(number=made.case.number, key=made.key, reason="昨晚又灭了。")
    case = fresh(made.case)
    assert case.state == CaseState.WORKING
    assert actions.why_not_reopen(case) == ["还没有答复，不用要求重办；有话可以直接补充。"]
    actions.submit_answer(actor=office["answerer"], case_id=case.pk, draft=actions.AnswerDraft(text=REPLY))
    office.sign("inbox.answer", case.pk)
    assert actions.why_not_reopen(fresh(case)) == [
        "已经重办过一次。仍有问题的，请重新写一条留言，或拨打 12345。"
    ]  # fmt: skip


def test_redoing_ends_with_its_days(office: Office) -> None:
    with on("2026-06-01 10:00"):
        made = office.receive()
        office.answered(made)
    with on("2026-06-17 10:00"):
        assert actions.why_not_reopen(fresh(made.case)) == ["要求重办的期限已过。仍有问题的，请重新写一条留言。"]


def test_confidential_case_is_seen_by_its_answerer_and_the_heads_only(office: Office) -> None:
    made = office.receive(is_confidential=True, title="举报", text="某站点夜间偷排，我怕被报复。", kind="report")
    other = office.county.person("second", office.body, "answerer")
    assert actions.look_at_case(actor=other, case_id=made.case.pk).pk == made.case.pk
    actions.accept_case(actor=office["answerer"], case_id=made.case.pk)
    for person in (other, office["officer"], office["first"], office["water_head"]):
        with pytest.raises(Missing):
            queries.find_case(actor=person, case_id=made.case.pk)
    for person in (office["answerer"], office["head"]):
        actions.look_at_case(actor=person, case_id=made.case.pk)
    looks = Event.objects.filter(name="inbox.case.opened", thing_id=str(made.case.pk))
    assert [event.actor_label for event in looks.order_by("id")] == ["second", "answerer", "head"]


def test_confidential_case_is_signed_by_the_head_alone_and_never_public(office: Office) -> None:
    made = office.receive(is_confidential=True)
    case = office.answered(made)
    stages = open_review("inbox.answer", case.pk).stages.all()
    assert [stage.roles for stage in stages] == [["head"]]
    assert case.title not in open_review("inbox.answer", case.pk).title
    assert actions.why_not_publish(actor=office["answerer"], case=case) == ["群众要求保密，不能公开。"]
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Publication.objects.create(case=case, organisation=case.organisation)


def test_contact_is_sealed_revealed_with_a_trace_and_destroyed_for_good(office: Office) -> None:
    with on("2026-06-01 10:00"):
        made = office.receive(name="何小满", phone="13900001234", address="柳湾镇和平路12号")
        office.answered(made)
    sealed = bytes(made.case.secret.sealed_fields)
    assert b"13900001234" not in sealed
    shown = actions.reveal_contact(actor=office["answerer"], case_id=made.case.pk)
    assert shown == {"姓名": "何小满", "电话": "13900001234", "住址": "柳湾镇和平路12号"}
    assert Event.objects.filter(name="inbox.contact.revealed").count() == 1
    assert actions.why_not_destroy(actor=office["head"], case=fresh(made.case)) == [
        "规定保存 365 天，2027-06-01 以后才能销毁。"
    ]
    with on("2027-06-02 10:00"):
        actions.destroy_personal_data(actor=office["head"], case_id=made.case.pk)
    case = fresh(made.case)
    assert (bytes(case.secret.sealed_key), bytes(case.secret.sealed_fields), case.contact_digest) == (b"", b"", "")
    with pytest.raises(Refused) as refused:
        actions.reveal_contact(actor=office["head"], case_id=made.case.pk)
    assert refused.value.reasons == ["联系方式已经销毁。"]


def test_only_the_approved_masked_wording_is_public(office: Office) -> None:
    made = office.receive(
        name="何小满", phone="13900001234", text="我是何小满，电话13900001234，身份证11010519491231002X，路灯坏了。"
    )
    case = office.answered(made)
    text = actions.masked_text(actor=office["answerer"], case=case)
    assert text.question == "我是何某某，电话139****1234，身份证11*************02X，路灯坏了。"
    raw = actions.PublicText(title=case.title, question=case.text, answer=text.answer)
    assert actions.why_not_publish(actor=office["answerer"], case=case, text=raw) == [
        "还有没遮盖的个人信息：“13900001234”、“110105194912”。请遮盖后再送审。"
    ]
    odd = replace(text, question="电话13812345678.com，结果在 http://zwfw.example.gov.cn/cx?phone=13912345678 查。")
    assert actions.why_not_publish(actor=office["answerer"], case=case, text=odd) == [
        "还有没遮盖的个人信息：“13812345678”、“http://zwfw.”。请遮盖后再送审。"
    ]
    masked = mask_text(odd.question, organisation=office.body, personal={})
    assert masked == "电话138****5678.com，结果在 http://zwfw.example.gov.cn/cx?*** 查。"
    odd = replace(odd, question=masked)
    assert actions.why_not_publish(actor=office["answerer"], case=case, text=odd) == []
    publication = actions.submit_publication(actor=office["answerer"], case_id=case.pk, text=text)
    assert list(queries.public_rows()) == []
    version = PublicationVersion.objects.get(publication=publication)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(shown=version, state="shown")
    office.sign("inbox.publication", publication.pk)
    assert [row.shown.question for row in queries.public_rows() if row.shown] == [text.question]
    with pytest.raises(Refused) as refused:
        actions.hide_publication(actor=office["officer"], case_id=case.pk, reason="群众要求撤下。")
    assert refused.value.reasons == ["由云岭县人民政府的留言答复人员或负责人撤下。"]
    actions.hide_publication(actor=office["head"], case_id=case.pk, reason="群众要求撤下。")
    publication.refresh_from_db()
    assert (publication.state, list(queries.public_rows())) == (PublicationState.HIDDEN, [])


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_case_done_again_is_not_public_and_its_new_answer_is_of_the_body_that_gave_it(
    office: Office, *, is_signed: bool
) -> None:
    made = office.receive()
    text = actions.masked_text(actor=office["answerer"], case=office.answered(made))
    publication = actions.submit_publication(actor=office["answerer"], case_id=made.case.pk, text=text)
    if is_signed:
        office.sign("inbox.publication", publication.pk)
    assert queries.public_rows().count() == int(is_signed)
    actions.reopen_case(number=made.case.number, key=made.key, reason="昨晚又灭了。")
    publication.refresh_from_db()
    assert (publication.state, publication.hidden_reason) == (PublicationState.HIDDEN, "群众要求重办")
    assert open_review("inbox.publication", publication.pk).state == "voided"
    pk = made.case.pk
    actions.assign_case(actor=office["answerer"], case_id=pk, to=office.water, reason="线路是水务局的。")
    actions.accept_case(actor=office["water_answerer"], case_id=pk)
    actions.submit_answer(actor=office["water_answerer"], case_id=pk, draft=actions.AnswerDraft(text=REPLY))
    office.sign("inbox.answer", pk, where="water")
    again = actions.submit_publication(actor=office["water_answerer"], case_id=pk, text=text)
    assert (again.pk, again.organisation) == (publication.pk, office.water)
    assert open_review("inbox.publication", again.pk).organisation == office.water


def test_a_visitor_who_writes_too_often_waits_and_nobody_else(office: Office, settings: object) -> None:
    settings.ZHIJIAN_INBOX_PER_ADDRESS_HOUR = 2  # type: ignore[attr-defined]  # pytest-django's settings
    office.receive()
    office.receive()
    with pytest.raises(Refused) as refused:
        office.receive()
    assert refused.value.reasons == [
        "这个网络一小时内提交的留言已经很多。您写的内容都还在，请一小时后再点提交，或拨打 12345。"
    ]
    office.receive(network="192.0.2.8")
    with clock.at(clock.now() + timedelta(hours=2)):
        office.receive()
    assert Case.objects.count() == 4


def test_what_is_alike_is_asked_of_the_index_and_half_a_likeness_is_enough(office: Office) -> None:
    made = office.receive(title="柳湾路口的路灯不亮", text="请来修。")
    office.receive(title="公交车改道", text="三路车不停了。")
    text = actions.masked_text(actor=office["answerer"], case=office.answered(made))
    publication = actions.submit_publication(actor=office["answerer"], case_id=made.case.pk, text=text)
    office.sign("inbox.publication", publication.pk)
    other = office.receive(title="学府街的路灯不亮", text="请来看看。").case
    with CaptureQueriesContext(connection) as asked:
        assert queries.similar_cases(actor=office["answerer"], case=other) == [made.case]
        assert queries.similar_public(other.title) == [publication]
    assert [one["sql"].count("%>") for one in asked if "word_similarity(" in one["sql"].lower()] == [2, 2]
    near = TrigramWordSimilarity(other.title, "title")
    [likeness] = Case.objects.filter(pk=made.case.pk).values_list(near, flat=True)
    assert 0.35 <= likeness < 0.6  # the database's own threshold, unless it is told another


def test_late_and_due_cases_stand_on_the_first_screen(office: Office) -> None:
    with on("2026-11-02 10:00"):
        made = office.receive()
    with on("2026-11-20 10:00"):
        mine = queries.work_items(actor=office["answerer"])
        assert [(item.kind, item.state) for item in mine] == [("受理留言", "待受理、已超期")]
        assert [item.kind for item in queries.work_items(actor=office["officer"])] == ["催办"]
        assert queries.work_items(actor=office["water_answerer"]) == []
        assert mine[0].url == f"/desk/inbox/{made.case.pk}/"

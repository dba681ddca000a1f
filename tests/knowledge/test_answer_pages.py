from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from zhijian.knowledge import actions
from zhijian.knowledge.models import Question

if TYPE_CHECKING:
    from tests.knowledge.library import Library

    from zhijian.organisations.models import User


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def fields(library: Library, **more: str) -> dict[str, object]:
    told = {
        "organisation": library.county.water.pk, "question": "水表坏了找谁？", "similar": "水表不转\n水表漏水",
        "answer": "打供水热线报修。", "basis": "供水办法", "topic": "utilities", "confidentiality": "public",
    }  # fmt: skip
    return {**told, **more}


def workbook(*rows: tuple[object, ...]) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("答问.xlsx", stream.getvalue())


def test_an_answer_goes_from_the_form_to_the_citizens_page(library: Library, client: Client) -> None:
    desk = client_of(library.writer)
    desk.post(reverse("answers:new"), fields(library))
    entry = Question.objects.get()
    public = reverse("portal:answer", args=[entry.pk])
    assert client.get(public).status_code == 404
    desk.post(reverse("answers:submit", args=[entry.pk]))
    review = desk.get(reverse("answers:answer", args=[entry.pk])).context["under_review"].review
    shown = client_of(library.first).get(reverse("review:page", args=[review.pk])).content.decode()
    assert "打供水热线报修。" in shown
    assert "没有发现问题。" in shown
    library.sign(review, library.first)
    library.sign(review, library.head)
    page = client.get(public).content.decode()
    assert [words in page for words in ("打供水热线报修。", "云岭县水务局", "供水办法", "长期有效")] == [True] * 4
    found = client.get(reverse("portal:answers"), {"q": "水表漏水怎么办", "part": "1"}).content.decode()
    assert ("水表坏了找谁？" in found, "<html" in found) == (True, False)


def test_an_edit_upon_an_old_page_is_told_and_the_typed_words_stay(library: Library) -> None:
    entry = library.entry()
    actions.save_question(actor=library.head, question_id=entry.pk, base_number=1, draft=library.draft(answer="新的"))
    sent = fields(library, answer="我打了很久的字", base_number="1")
    answer = client_of(library.writer).post(reverse("answers:edit", args=[entry.pk]), sent)
    assert answer.status_code == 409
    assert "保存了第 2 版" in answer.content.decode()
    assert "我打了很久的字" in answer.content.decode()


def test_a_visitor_says_once_whether_it_helped(library: Library, client: Client) -> None:
    entry = library.in_force()
    for choice in ("no", "no", "yes"):
        answer = client.post(reverse("portal:vote", args=[entry.pk]), {"helped": choice})
        assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.helped, entry.unhelped) == (0, 1)
    thanked = client.get(reverse("portal:answer", args=[entry.pk]), {"thanked": "n"}).content.decode()
    assert "我们会请云岭县水务局再看一看。" in thanked
    assert client.get(reverse("portal:vote", args=[entry.pk])).status_code == 405


def test_internal_drafted_and_withdrawn_answers_are_nowhere_on_citizens_pages(library: Library, client: Client) -> None:
    secret = library.in_force(question="内部怎么办水卡？", answer="绝密口径", similar=(), confidentiality="internal")
    draft = library.entry(question="草稿水卡？", answer="绝密口径", similar=())
    gone = library.in_force(question="旧水卡怎么办？", answer="绝密口径", similar=())
    actions.withdraw_question(actor=library.head, question_id=gone.pk, reason="旧了")
    pages = [client.get(reverse("portal:answers"), {"q": text, "part": "1"}) for text in ("水卡", "内部怎么办水卡", "")]
    assert ["绝密口径" in page.content.decode() for page in pages] == [False] * 3
    told = [client.get(reverse("portal:answer", args=[one.pk])).status_code for one in (secret, draft, gone)]
    assert told == [404, 404, 404]


def test_suggestions_hold_internal_answers_for_their_own_line_only(library: Library) -> None:
    library.in_force(question="水卡内部登记怎么做？", answer="只给自己人看", similar=(), confidentiality="internal")
    shown = {
        who.username: "只给自己人看"
        in client_of(who).get(reverse("answers:suggest"), {"q": "水卡登记"}).content.decode()
        for who in (library.writer, library.outsider)
    }
    assert shown == {"water.writer": True, "school.writer": False}


def test_a_table_is_shown_row_by_row_and_its_good_rows_become_drafts(library: Library) -> None:
    desk = client_of(library.writer)
    file = workbook(
        ("问题", "答案", "其他问法", "政策依据", "有效期至", "是否公开"),
        ("水费怎么交？", "手机上交。\n也可以到大厅。", "交水费；缴水费", "供水办法", "2027-12-31", "公开"),
        ("", "没有问题", "", "", "", ""),
        ("水费怎么交？", "重复", "", "", "明年", "看情况"),
    )
    page = desk.post(reverse("answers:import"), {"organisation": library.county.water.pk, "file": file})
    html = page.content.decode()
    assert "共 3 条，可以导入 1 条，有问题 2 条" in html
    assert (
        "停止日期“明年”看不懂，请写成 2026-01-31 这样。公开范围“看情况”不认识，可以写公开、仅工作人员。"
        "和第 2 行的问题重复。" in html
    )
    assert Question.objects.count() == 0
    sent = {"organisation": library.county.water.pk, "lines": page.context["lines"], "confirm": "1"}
    assert desk.post(reverse("answers:import"), sent).status_code == 302
    entry = Question.objects.get()
    version = entry.newest
    told = (entry.state, version.question, version.answer, version.similar, str(version.valid_to))
    assert told == ("draft", "水费怎么交？", "手机上交。\n也可以到大厅。", ["交水费", "缴水费"], "2027-12-31")


def test_the_lists_cost_the_same_for_one_answer_and_for_ten(library: Library, client: Client) -> None:
    library.in_force()
    desk = client_of(library.writer)
    desk.get(reverse("answers:list"))
    addresses = [(desk, reverse("answers:list")), (client, "/answers/"), (client, "/answers/?q=水卡丢了")]
    counted = []
    for _ in range(2):
        for who, address in addresses:
            with CaptureQueriesContext(connection) as queries:
                who.get(address)
            counted.append(len(queries))
        for number in range(9):
            library.in_force(question=f"水卡丢了第{number}次怎么办？", similar=())
    assert counted[:3] == counted[3:]


def test_another_bodys_answer_is_not_there_on_any_address(library: Library) -> None:
    entry = library.entry(answer="外人不能看")
    outside = client_of(library.outsider)
    for name in ("answer", "edit"):
        assert outside.get(reverse(f"answers:{name}", args=[entry.pk])).status_code == 404
    for name in ("submit", "confirm", "withdraw"):
        assert outside.post(reverse(f"answers:{name}", args=[entry.pk]), {"reason": "x"}).status_code == 404
    assert "外人不能看" not in outside.get(reverse("answers:list")).content.decode()
    entry.refresh_from_db()
    assert entry.state == "draft"

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import make_county

from zhijian.content.actions import create_article
from zhijian.content.document import from_blocks, paragraph
from zhijian.content.queries import Draft
from zhijian.knowledge import actions
from zhijian.knowledge.actions import TermDraft
from zhijian.knowledge.models import Term
from zhijian.lib import clock
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.organisations.models import User


@pytest.fixture
def county(db: None) -> County:
    return make_county()


@pytest.fixture
def editor(county: County) -> User:
    return county.person("editor", county.water, Role.EDITOR)


@pytest.fixture
def term(county: County, editor: User) -> Term:
    draft = TermDraft(wrong="清澈河", right="清澈溪", source="通知")
    return actions.propose_term(actor=editor, organisation=county.water, draft=draft)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def fields(county: County, **more: str) -> dict[str, object]:
    base = {
        "organisation": county.water.pk,
        "wrong": "管理所",
        "right": "管理站",
        "kind": "wording",
        "severity": "error",
    }
    return {**base, "source": "通知", "exceptions": "", "trial_text": "", **more}


def test_another_bodys_term_is_not_there_on_any_address(county: County, term: Term) -> None:
    stranger = county.person("stranger", county.school, Role.EDITOR, Role.FINAL_REVIEWER)
    outside = client_of(stranger)
    answers = [
        outside.get(reverse("knowledge:term", args=[term.pk])).status_code,
        outside.post(reverse("knowledge:decide", args=[term.pk]), {"decision": "approve"}).status_code,
        outside.post(reverse("knowledge:retire", args=[term.pk]), {"comment": "偷改"}).status_code,
    ]
    assert answers == [404, 404, 404]
    assert "清澈河" not in outside.get(reverse("knowledge:list")).content.decode()
    refused = outside.post(reverse("knowledge:new"), fields(county))
    assert refused.status_code == 409
    assert list(Term.objects.values_list("wrong", "state")) == [("清澈河", "proposed")]


def test_the_list_costs_the_same_for_one_term_and_for_thirty(county: County, editor: User, term: Term) -> None:
    desk = client_of(editor)
    desk.get(reverse("knowledge:list"))
    with CaptureQueriesContext(connection) as one:
        desk.get(reverse("knowledge:list"))
    drafts = [TermDraft(wrong=f"错词{number:02}", right="对", source="通知") for number in range(29)]
    actions.propose_terms(actor=editor, organisation=county.water, drafts=drafts)
    with CaptureQueriesContext(connection) as thirty:
        page = desk.get(reverse("knowledge:list")).content.decode()
    assert "错词28" in page
    assert len(thirty) == len(one)


def test_a_term_is_proposed_and_decided_by_two_people(county: County, editor: User) -> None:
    answer = client_of(editor).post(reverse("knowledge:new"), fields(county))
    term = Term.objects.get(wrong="管理所")
    assert answer["Location"] == reverse("knowledge:term", args=[term.pk])
    own_page = client_of(editor).get(answer["Location"]).content.decode()
    assert "这条用语是您提的，请由另一位审核人员来审。" in own_page
    reviewer = client_of(county.person("r", county.water, Role.SECOND_REVIEWER))
    told = reviewer.post(
        reverse("knowledge:decide", args=[term.pk]), {"decision": "reject", "comment": ""}, follow=True
    )
    assert "请写明为什么不通过" in told.content.decode()
    reviewer.post(reverse("knowledge:decide", args=[term.pk]), {"decision": "approve", "comment": "同意"})
    term.refresh_from_db()
    assert (term.state, term.decision_comment) == ("approved", "同意")


def test_a_trial_shows_pieces_of_the_body_and_saves_nothing(county: County, editor: User) -> None:
    piece = Draft(title="公告", document=from_blocks([paragraph("到清澈管理所办理。")]))
    create_article(actor=editor, organisation=county.water, draft=piece)
    other = county.person("other", county.school, Role.EDITOR)
    secret = Draft(title="校内公告", document=from_blocks([paragraph("到学校管理所办理。")]))
    create_article(actor=other, organisation=county.school, draft=secret)
    sent = fields(county, trial_text="请到管理所。", source="")
    part = client_of(editor).post(reverse("knowledge:new"), sent, headers={"HX-Request": "true"}).content.decode()
    assert f"在最近 1 篇内容（{clock.today():%Y-%m-%d} 以来）里命中 1 处，涉及 1 篇。" in part
    assert "您写的这段话里有 1 处" in part
    assert "校内公告" not in part
    whole = client_of(editor).post(reverse("knowledge:new"), {**sent, "try": "1"}).content.decode()
    assert "命中 1 处" in whole
    assert "<html" in whole
    assert not Term.objects.exists()


def test_a_list_is_shown_row_by_row_before_anything_is_kept(county: County, editor: User) -> None:
    desk = client_of(editor)
    address = reverse("knowledge:import")
    table = "不规范表述,规范表述,级别\n清澈河,清澈溪,严重错误\n河,溪,\n".encode("gb18030")
    sent = {"organisation": county.water.pk, "source": "县里通知", "file": SimpleUploadedFile("用语.csv", table)}
    page = desk.post(address, sent)
    html = page.content.decode()
    assert "可以导入 1 条，有问题 1 条" in html
    assert "不规范表述至少写两个字" in html
    assert not Term.objects.exists()
    lines = page.context["lines"]
    answer = desk.post(address, {"organisation": county.water.pk, "source": "县里通知", "lines": lines, "confirm": "1"})
    assert answer.status_code == 302
    assert list(Term.objects.values_list("wrong", "right", "severity", "source", "state")) == [
        ("清澈河", "清澈溪", "veto", "县里通知", "proposed")
    ]


def test_an_empty_form_says_what_to_give(county: County, editor: User) -> None:
    answer = client_of(editor).post(reverse("knowledge:import"), {"organisation": county.water.pk})
    assert answer.status_code == 409
    assert "请粘贴用语，或选择一个表格文件。" in answer.content.decode()

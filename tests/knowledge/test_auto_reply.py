from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.knowledge.actions import auto_reply, withdraw_question
from zhijian.lib.wording import meant_grams, plain

if TYPE_CHECKING:
    from tests.knowledge.library import Library


def test_a_sure_question_gets_the_approved_words_their_page_and_the_way_to_a_person(library: Library) -> None:
    entry = library.in_force()
    reply = auto_reply(organisation=library.county.water, text="请问水卡丢了怎么补办")
    assert reply is not None
    head, page, hint = reply.split("\n\n")[0], reply.splitlines()[-2], reply.splitlines()[-1]
    assert head == "【水卡丢了怎么补办？】\n带身份证到水务局服务大厅补办，当场领取。"
    assert page.endswith(f"/answers/{entry.pk}/")
    assert hint == "没有解决？发送“留言”加上要说的事，由工作人员答复。"
    entry.refresh_from_db()
    assert entry.uses == 1


@pytest.mark.parametrize(
    "text",
    ["", "水", "水卡", "你好", "怎么办", "留言 水卡丢了怎么补办", "我要投诉水卡丢了", "公交卡丢了怎么补办",
     "水卡丢了怎么补办，还有我家水表上个月坏了一直没人修，邻居家也一样，请尽快派人来处理"],
)  # fmt: skip
def test_what_is_not_surely_asked_is_left_to_people(library: Library, text: str) -> None:
    library.in_force()
    assert auto_reply(organisation=library.county.water, text=text) is None


def test_only_public_answers_in_force_are_sent(library: Library) -> None:
    library.entry()
    library.in_force(question="水卡丢了怎么补办呢", similar=(), answer="内部口径", confidentiality="internal")
    assert auto_reply(organisation=library.county.water, text="水卡丢了怎么补办") is None
    entry = library.in_force()
    assert auto_reply(organisation=library.county.water, text="水卡丢了怎么补办") is not None
    withdraw_question(actor=library.head, question_id=entry.pk, reason="改了")
    assert auto_reply(organisation=library.county.water, text="水卡丢了怎么补办") is None


def test_where_two_bodies_differ_each_account_gives_its_own_and_a_third_gives_none(library: Library) -> None:
    library.in_force()
    library.in_force(library.county.school, question="水卡丢了怎么补办？", similar=(), answer="找班主任。")
    told = {
        body.short_name: auto_reply(organisation=body, text="水卡丢了怎么补办")
        for body in (library.county.water, library.county.school, library.county.city)
    }
    assert told["云岭县水务局"] is not None
    assert "服务大厅" in told["云岭县水务局"]
    assert told["云岭县教育局"] is not None
    assert "找班主任。" in told["云岭县教育局"]
    assert told["澄江市人民政府"] is None


def test_a_long_answer_is_cut_at_a_sentence_and_fits_the_platform(library: Library) -> None:
    library.in_force(answer="第一步到窗口取号。" * 300)
    reply = auto_reply(organisation=library.county.water, text="水卡丢了怎么补办")
    assert reply is not None
    assert len(reply.encode()) <= 2_000
    assert "取号。……（内容较长，请看全文）" in reply


@given(st.text(max_size=400))
def test_any_words_are_taken_apart_without_failing(text: str) -> None:
    whole = plain(text)
    assert plain(whole) == whole
    assert len(whole) <= 300
    grams = meant_grams(text)
    assert len(grams) == len(set(grams)) <= 64
    assert [gram for gram in grams if not gram] == []


@pytest.mark.parametrize(
    ("asked", "wording"),
    [("怎么办理身份证", "身份证怎么办"), ("请问社保卡丢了怎么办？", "社保卡丢了"), ("ＡＢＣ１２ 卡", "abc12卡")],
)
def test_empty_words_and_widths_make_no_difference(asked: str, wording: str) -> None:
    assert meant_grams(asked) == meant_grams(wording)

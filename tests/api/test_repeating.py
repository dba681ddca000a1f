"""A program that lost the answer asks again: nothing is done twice, and an old key says how to go on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from tests.api.callers import Office, Program, make_office, program_of

from zhijian.api.models import RepeatableCall
from zhijian.content.models import Article
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.actions import create_api_token
from zhijian.organisations.models import ApiToken
from zhijian.organisations.queries import tokens_of


def a_text(office: Office, text: str = "恢复供水通知\n\n今天下午恢复供水。") -> dict[str, Any]:
    return {"organisation_id": office.county.water.pk, "text": text}


def test_a_repeated_call_answers_the_same_without_a_second_piece(office: Office) -> None:
    first = office.program.post("/articles", a_text(office), key="k-1")
    again = office.program.post("/articles", a_text(office), key="k-1")
    assert first == again
    assert first[0] == 201
    assert Article.objects.count() == 2
    assert office.program.post("/articles", a_text(office), key="k-2")[1]["id"] != first[1]["id"]
    assert Article.objects.count() == 3


def test_a_key_with_another_body_is_refused_in_chinese(office: Office) -> None:
    office.program.post("/articles", a_text(office), key="k-1")
    status, told = office.program.post("/articles", a_text(office, "另一篇\n\n内容不同。"), key="k-1")
    assert (status, told["reasons"]) == (
        422, ["这个 Idempotency-Key 已经用于另一个内容。内容改了，请换一个新的键。"],
    )  # fmt: skip
    assert Article.objects.count() == 2


def test_each_token_has_keys_of_its_own(office: Office) -> None:
    other = program_of(office.editor)
    made = {program.post("/articles", a_text(office), key="k-1")[1]["id"] for program in (office.program, other)}
    assert len(made) == 2


def test_a_refused_call_leaves_the_key_free(office: Office) -> None:
    assert office.program.post("/articles", a_text(office, "\x00"), key="k-1")[0] == 409
    assert not RepeatableCall.objects.exists()
    assert office.program.post("/articles", a_text(office), key="k-1")[0] == 201


def test_a_key_is_forgotten_after_a_day(office: Office) -> None:
    first = office.program.post("/articles", a_text(office), key="k-1")[1]["id"]
    office.program.post("/articles", a_text(office), key="k-2")
    with clock.at(clock.now() + timedelta(hours=25)):
        assert office.program.post("/articles", a_text(office), key="k-1")[1]["id"] != first
    assert list(RepeatableCall.objects.values_list("key", flat=True)) == ["k-1"]


@pytest.mark.parametrize("key", ["", "x" * 129, "带中文", "a b"])
def test_a_strange_key_is_refused(office: Office, key: str) -> None:
    assert office.program.post("/articles", a_text(office), key=key)[0] == 422
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_calls_at_once_exactly_one_makes_the_piece() -> None:
    office = make_office()
    asked = a_text(office)

    def call(_: int) -> tuple[int, Any]:
        try:
            return office.program.post("/articles", asked, key="k-1")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(call, range(4)))
    assert {answer[0] for answer in answers} == {201}
    assert len({answer[1]["id"] for answer in answers}) == 1
    assert Article.objects.count() == 2


def test_an_expired_token_opens_nothing_and_says_what_to_do(office: Office) -> None:
    program = Program(create_api_token(actor=office.editor, name="县网站", days=30))
    with clock.at(clock.now() + timedelta(days=29)):
        assert program.get("/me")[0] == 200
    with clock.at(clock.now() + timedelta(days=31)):
        status, told = program.get("/me")
    assert status == 401
    assert "县网站" in told["reasons"][0]
    assert "到期" in told["reasons"][0]
    assert "新建一个" in told["reasons"][0]


def test_a_key_lasts_ninety_days_unless_told_and_a_year_at_most(office: Office) -> None:
    assert [row.days_left for row in tokens_of(office.editor)] == [90]
    for days in (0, 366, -1):
        with pytest.raises(Refused):
            create_api_token(actor=office.editor, name="县网站", days=days)
    create_api_token(actor=office.editor, name="县网站", days=365)
    assert [row.days_left for row in tokens_of(office.editor)] == [365, 90]


def test_the_page_asks_how_long_and_shows_the_days_left(office: Office) -> None:
    browser = Client()
    browser.force_login(office.editor)
    address = "/desk/organisations/tokens/"
    for days, good in (("", False), ("0", False), ("366", False), ("10", True)):
        answer = browser.post(address, {"name": "县网站", "days": days})
        assert (bool(answer.context["made"]), answer.status_code) == (good, 200 if good else 422), days
    assert "还剩 10 天" in browser.get(address).content.decode()
    ApiToken.objects.filter(name="县网站").update(expires_at=clock.now())
    assert "已到期" in browser.get(address).content.decode()

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from tests.api.callers import ROOT, Office, Program, make_account, program_of, read
from tests.people import PASSWORD

from zhijian.api.views import api
from zhijian.content.models import Article
from zhijian.knowledge import actions as knowledge
from zhijian.knowledge.actions import TermDraft
from zhijian.organisations.actions import deactivate_person, revoke_api_token
from zhijian.organisations.enums import Role
from zhijian.organisations.models import ApiToken

if TYPE_CHECKING:
    from tests.people import County

READS = (
    "/me", "/accounts", "/accounts/1", "/censuses", "/censuses/1", "/articles", "/articles/1", "/deliveries",
    "/deliveries/1", "/terms", "/terms/1", "/lookbacks", "/lookbacks/1", "/lookbacks/1/findings",
)  # fmt: skip
WRITES = {
    "/articles": {"organisation_id": 1, "text": "一句话。"}, "/screen": {"text": "一句话。"},
    "/terms": {"organisation_id": 1, "wrong": "清澈河", "source": "通知"}, "/lookbacks": {"organisation_id": 1},
}  # fmt: skip


def test_a_token_is_shown_once_and_kept_as_a_digest(office: Office) -> None:
    browser = Client()
    browser.force_login(office.editor)
    made = browser.post("/desk/organisations/tokens/", {"name": "县网站", "days": 90}).context["made"]
    assert made.startswith("zj_")
    assert made not in browser.get("/desk/organisations/tokens/").content.decode()
    row = ApiToken.objects.get(name="县网站")
    assert made not in {str(value) for value in vars(row).values()}
    assert Program(made).get("/me")[0] == 200
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_a_revoked_token_and_one_of_a_closed_sign_in_open_nothing(office: Office, county_admin: Any) -> None:
    first, second = office.program, program_of(office.editor)
    assert (first.get("/me")[0], second.get("/me")[0]) == (200, 200)
    revoke_api_token(actor=office.editor, token_id=ApiToken.objects.filter(user=office.editor).earliest("pk").pk)
    assert (first.get("/me")[0], second.get("/me")[0]) == (401, 200)
    deactivate_person(actor=county_admin, user_id=office.editor.pk)
    assert second.get("/me")[0] == 401


@pytest.fixture
def county_admin(office: Office) -> Any:
    return office.county.person("system", office.county.county, Role.SYSTEM_ADMIN)


def test_nobody_revokes_the_token_of_another(office: Office) -> None:
    browser = Client()
    browser.force_login(office.stranger)
    token = ApiToken.objects.get(user=office.editor)
    assert browser.post(f"/desk/organisations/tokens/{token.pk}/revoke/").status_code == 404
    assert office.program.get("/me")[0] == 200


@pytest.mark.parametrize("token", ["", "zj_", "zj_" + "x" * 43, "x" * 10_000])
def test_without_a_good_token_every_operation_answers_401(office: Office, token: str) -> None:
    program = Program(token)
    answers = {path: program.get(path) for path in READS} | {path: program.post(path, WRITES[path]) for path in WRITES}
    assert {path: answer[0] for path, answer in answers.items() if answer[0] != 401} == {}
    told = json.dumps(list(answers.values()), ensure_ascii=False)
    assert "停水通知" not in told
    assert "云岭水务" not in told
    assert all(set(body) == {"reasons"} for _, body in answers.values()), told


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer bad"}, {"Authorization": "Basic YTpi"}])
def test_a_call_without_a_good_token_is_not_told_of_a_browser(office: Office, headers: dict[str, str]) -> None:
    """Even from a signed-in browser: whoever sends a token means the token."""
    stranger, browser = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    browser.force_login(office.editor)
    for client in (stranger, browser) if headers else (stranger,):
        for path in WRITES:
            status, body = read(client.post(f"{ROOT}{path}", "{}", content_type="application/json", headers=headers))
            assert (status, "令牌不对" in body["reasons"][0]) == (401, True), path


def test_a_token_in_the_address_is_no_token(office: Office) -> None:
    assert Client().get(f"{ROOT}/me", {"token": office.program.token}).status_code == 401


def test_me_tells_for_whom_the_token_acts(office: Office) -> None:
    assert office.program.get("/me") == (
        200, {"username": "editor", "name": "editor", "organisation": "云岭县水务局", "roles": ["采编"]},
    )  # fmt: skip


def test_accounts_are_listed_searched_and_shown_within_the_scope(office: Office) -> None:
    other = make_account(office.county.school, "云岭教育")
    status, found = office.program.get("/accounts")
    assert (status, found["total"], [row["name"] for row in found["items"]]) == (200, 1, ["云岭水务"])
    assert office.program.get("/accounts", q="教育")[1] == {"items": [], "total": 0}
    assert office.program.get("/accounts", q="ylsw")[1]["total"] == 1
    status, one = office.program.get(f"/accounts/{office.account.pk}")
    assert (status, one["organisation"], one["platform"]) == (200, "云岭县水务局", "wechat")
    assert not {"phone", "contact", "leader"} & set(one)
    assert office.program.get(f"/accounts/{other.pk}")[0] == 404
    assert office.program.get("/accounts/987654321")[0] == 404


def test_pieces_are_listed_and_read_within_the_scope(office: Office) -> None:
    status, found = office.program.get("/articles")
    assert (status, found["total"], found["items"][0]["title"]) == (200, 1, office.article.title)
    status, one = office.program.get(f"/articles/{office.article.pk}")
    assert (status, one["revision"], one["state"]) == (200, 1, "draft")
    assert "本周六上午八时停水" in one["text"]
    assert one["content_hash"] == office.article.newest.content_hash
    assert office.outsider.get("/articles")[1] == {"items": [], "total": 0}
    mine, nowhere = (office.outsider.get(f"/articles/{number}") for number in (office.article.pk, 987_654_321))
    assert mine == nowhere
    assert mine[0] == 404


def test_a_text_becomes_a_draft_of_the_callers_own_body_only(office: Office) -> None:
    text = "恢复供水通知\n\n城东片区今天下午恢复供水。"
    status, made = office.program.post("/articles", {"organisation_id": office.county.water.pk, "text": text})
    assert (status, made["state"], made["organisation"]) == (201, "draft", "云岭县水务局")
    assert Article.objects.get(pk=made["id"]).created_by == office.editor
    before = Article.objects.count()
    for body in (office.county.school.pk, 987_654_321):
        assert office.program.post("/articles", {"organisation_id": body, "text": text})[0] == 404
    assert Article.objects.count() == before


def test_who_may_not_write_is_told_why(office: Office) -> None:
    reviewer = program_of(office.county.person("reviewer", office.county.water, Role.FIRST_REVIEWER))
    status, told = reviewer.post("/articles", {"organisation_id": office.county.water.pk, "text": "一句话。"})
    assert status == 409
    assert "不能为它写稿" in told["reasons"][0]
    assert Article.objects.count() == 1


def test_screening_gives_code_points_of_the_text_that_was_sent(office: Office) -> None:
    _term(office.county, "供水管网络", "供水管网")
    text = "🚰🚰 𠮷先生说，供水管网络周六检修。"
    status, told = office.program.post("/screen", {"text": text, "organisation_id": office.county.water.pk})
    assert status == 200
    places = [text[found["start"] : found["end"]] for found in told["findings"]]
    assert "供水管网络" in places
    assert [found["excerpt"] for found in told["findings"]] == places
    assert told["blocking"] is True
    status, plain = office.program.post("/screen", {"text": text})
    assert (status, "供水管网络" in [found["excerpt"] for found in plain["findings"]]) == (200, False)


def test_a_file_is_judged_by_place_and_what_was_not_read_is_told(office: Office) -> None:
    _term(office.county, "供水管网络", "供水管网")
    headers = {"Authorization": f"Bearer {office.program.token}"}

    def post(name: str, data: bytes, **more: object) -> tuple[int, dict[str, Any]]:
        sent = {"file": SimpleUploadedFile(name, data), **more}
        answer = Client(enforce_csrf_checks=True).post(f"{ROOT}/screen/file", sent, headers=headers)
        return answer.status_code, json.loads(answer.content)

    words = "通知\n供水管网络检修，人民攻府。".encode()
    status, told = post("通知.txt", words, organisation_id=office.county.water.pk)
    assert status == 200
    assert [(one["line"], one["column"], one["excerpt"]) for one in told["findings"]] == [
        (2, 1, "供水管网络"), (2, 9, "人民攻府"),
    ]  # fmt: skip
    assert (told["blocking"], told["not_looked"]) == (True, [])
    status, told = post("x.doc", b"\xd0\xcf\x11\xe0" + bytes(600))
    assert (status, told["findings"]) == (200, [])
    assert told["not_looked"] != [], "what could not be read is never clean"
    status, told = post("长.txt", ("会议作出布署。\n" * 400 + "人民攻府。").encode())
    assert (len(told["findings"]), told["left_out"], told["findings"][-1]["excerpt"]) == (300, 101, "人民攻府")
    assert post("通知.txt", words, organisation_id=office.county.school.pk)[0] == 404


def test_another_bodys_terms_judge_nothing_for_a_stranger(office: Office) -> None:
    _term(office.county, "供水管网络", "供水管网")
    asked = {"text": "供水管网络检修。", "organisation_id": office.county.water.pk}
    assert office.outsider.post("/screen", asked)[0] == 404
    asked["organisation_id"] = office.county.school.pk
    status, told = office.outsider.post("/screen", asked)
    assert (status, [found["excerpt"] for found in told["findings"] if found["excerpt"] == "供水管网络"]) == (200, [])


def _term(county: County, wrong: str, right: str) -> None:
    writer, decider = (county.person(f"term{role}", county.water, role) for role in (Role.EDITOR, Role.FINAL_REVIEWER))
    draft = TermDraft(wrong=wrong, right=right, source="县水务局通知")
    term = knowledge.propose_term(actor=writer, organisation=county.water, draft=draft)
    knowledge.approve_term(actor=decider, term_id=term.pk)


HUGE = [0, -1, 2**31, 2**63 - 1, 2**63, 10**30, "x", "", "1.5", "1e3", "²", "\x00"]


@pytest.mark.parametrize("number", HUGE)
def test_a_strange_id_is_refused_and_breaks_nothing(office: Office, number: Any) -> None:
    for path in ("/accounts", "/articles", "/deliveries", "/terms", "/lookbacks"):
        status = Client(raise_request_exception=False).get(
            f"{ROOT}{path}/{number}".replace("\x00", "%00"),
            headers={"Authorization": f"Bearer {office.program.token}"},
        ).status_code  # fmt: skip
        assert status in {404, 422}, (path, number, status)


@pytest.mark.parametrize("number", HUGE)
def test_a_strange_page_is_refused_and_breaks_nothing(office: Office, number: Any) -> None:
    for path in ("/accounts", "/articles", "/deliveries", "/terms", "/lookbacks"):
        for name in ("page", "size"):
            assert office.program.get(path, **{name: number})[0] == 422, (path, name, number)
    assert office.program.get("/articles", page=100_000, size=100)[1] == {"items": [], "total": 1}


@effort(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=300), page=st.integers(-(2**70), 2**70), size=st.integers(-(2**70), 2**70))
def test_no_query_breaks_the_list(office: Office, q: str, page: int, size: int) -> None:
    query = {"q": q.encode("utf-8", "replace").decode(), "page": page, "size": size}
    status, told = office.program.get("/accounts", **query)
    good = 1 <= page <= 100_000 and 1 <= size <= 100
    assert (status == 200) is good, told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries({}, optional={"organisation_id": JSON, "text": JSON, "more": JSON})


@effort(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=JSON | FIELDS)
def test_no_body_breaks_an_operation(office: Office, data: Any) -> None:
    for path in WRITES:
        assert office.program.post(path, json.dumps(data))[0] in {200, 201, 400, 404, 409, 422}, path


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "\x00", "\ud800".encode("utf-8", "surrogatepass"), '{"text": "\\u0000"}']
)
def test_a_broken_body_is_refused(office: Office, body: str | bytes) -> None:
    for path in WRITES:
        assert office.program.post(path, body)[0] in {200, 400, 409, 422}, path


def test_words_no_database_keeps_break_nothing(office: Office) -> None:
    for words in ("\x00", "停水\x00通知\n\n周六停水。", "\ufeff", "\u202e"):
        assert office.program.get("/accounts", q=words)[0] == 200, words
        assert office.program.post("/screen", {"text": words})[0] == 200, words
        made = {"organisation_id": office.county.water.pk, "text": words}
        assert office.program.post("/articles", made)[0] in {201, 409}, words


def test_refusals_say_in_chinese_what_is_wrong(office: Office) -> None:
    told = {
        "page": office.program.get("/articles", page=0), "json": office.program.post("/screen", "{"),
        "token": Program("zj_x").get("/me"), "field": office.program.post("/screen", {}),
    }  # fmt: skip
    assert {name: (status, len(body["reasons"])) for name, (status, body) in told.items()} == {
        "page": (422, 1), "json": (400, 1), "token": (401, 1), "field": (422, 1),
    }  # fmt: skip
    assert "page" in told["page"][1]["reasons"][0]
    assert "text" in told["field"][1]["reasons"][0]
    assert "令牌" in told["token"][1]["reasons"][0]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({}, "“text”没有填，请填上。"),
        ({"text": 5}, "“text”要是文字。"),
        ({"text": "水" * 200_001}, "“text”最长 200,000 个字，请分段。"),
        ({"text": "水", "typo": True}, "“typo”不是这个调用的字段，请对照接口描述改正或删去。"),
        ({"text": "水", "typos": "maybe"}, "“typos”要是 true 或 false。"),
        ({"text": "水", "organisation_id": 0}, "“organisation_id”最小是 1。"),
    ],
)
def test_what_does_not_fit_is_told_by_the_name_the_caller_wrote(
    office: Office, sent: dict[str, Any], reason: str
) -> None:
    assert office.program.post("/screen", sent) == (422, {"reasons": [reason]})


def test_text_without_end_is_refused(office: Office) -> None:
    long = {"organisation_id": office.county.water.pk, "text": "水" * 200_001}
    assert [office.program.post(path, long)[0] for path in ("/articles", "/screen")] == [422, 422]
    assert Article.objects.count() == 1


def test_a_signed_in_browser_reads_freely_and_writes_with_the_csrf_token_only(office: Office) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.get("/sign-in/").status_code == 200
    token = browser.cookies["csrftoken"].value
    browser.post("/sign-in/", {"login": "editor", "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert read(browser.get(f"{ROOT}/me"))[1]["username"] == "editor"
    asked = json.dumps({"organisation_id": office.county.water.pk, "text": "停水通知\n\n周六停水。"})
    refused = browser.post(f"{ROOT}/articles", asked, content_type="application/json")
    assert refused.status_code == 403
    assert Article.objects.count() == 1
    headers = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    made = browser.post(f"{ROOT}/articles", asked, content_type="application/json", headers=headers)
    assert made.status_code == 201
    by_program = Client(enforce_csrf_checks=True).post(
        f"{ROOT}/articles", asked, content_type="application/json",
        headers={"Authorization": f"Bearer {office.program.token}"},
    )  # fmt: skip
    assert by_program.status_code == 201


def test_the_description_is_whole(office: Office) -> None:
    told = api.get_openapi_schema()
    assert told["openapi"].startswith("3.1")
    operations = {(path, verb): one for path, verbs in told["paths"].items() for verb, one in verbs.items()}
    assert {path.removeprefix(ROOT) for path, _ in operations} == {
        "/me", "/accounts", "/accounts/{account_id}", "/articles", "/articles/{article_id}", "/deliveries",
        "/deliveries/{delivery_id}", "/screen", "/screen/file", "/censuses", "/censuses/{campaign_id}",
        "/terms", "/terms/{term_id}", "/lookbacks", "/lookbacks/{look_back_id}", "/lookbacks/{look_back_id}/findings",
    }  # fmt: skip
    for place, one in operations.items():
        assert one["security"], place
        assert one["summary"], place
        assert {401} < set(one["responses"]), place
    open_ended = [
        (place, given["name"])
        for place, one in operations.items()
        for given in one.get("parameters", [])
        if given["schema"].get("type") == "integer" and not {"minimum", "maximum"} <= set(given["schema"])
    ]
    assert open_ended == []


def test_the_description_is_open_to_developers_as_the_portal_says(office: Office) -> None:
    assert "/api/v1/openapi.json" in Client().get("/data/").content.decode()
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["info"]["title"] == "指尖 Zhijian"

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

if TYPE_CHECKING:
    from django.test import Client
    from tests.portal.newsstand import Newsstand

SHOWN = {"number", "name", "platform", "platform_name", "body", "state", "state_name", "url", "handle",
         "verified_subject", "opened_on", "is_main", "note", "until"}  # fmt: skip
PRIVATE = {
    "leader": "王分管", "contact": "李联系", "phone": "0599-7654321", "vendor": "某代运营公司", "remark": "内部备注",
}  # fmt: skip


def asked(client: Client, text: str) -> dict[str, Any]:
    answer = client.get("/lookup.json", {"q": text})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found: dict[str, Any] = json.loads(answer.content)
    return found


@pytest.fixture
def register(stand: Newsstand) -> Newsstand:
    water = stand.county.water
    wechat = stand.account(
        water, "wechat", "云岭水务", kind="subscription", platform_uid="gh_yunlingsw01", handle="yunlingshuiwu",
        opened_on=date(2020, 5, 1), verified_subject="云岭县水务局", **PRIVATE,
    )  # fmt: skip
    stand.rename(wechat, "云岭水务发布")
    stand.account(
        water, "weibo", "云岭水务微博", platform_uid="1234567890", url="https://weibo.com/u/1234567890", state="frozen"
    )
    stand.account(stand.county.school, "wechat", "云岭教育旧号", state="deregistered", closed_on=date(2025, 3, 1))
    stand.account(stand.county.school, "douyin", "云岭教育待办", state="approved")
    stand.account(stand.county.school, "kuaishou", "云岭教育没备案", state="unfiled")
    return stand


@pytest.mark.parametrize(
    ("text", "verdict", "names"),
    [
        ("云岭水务发布", "official", ["云岭水务发布"]),
        (" 《云岭水务发布》 ", "official", ["云岭水务发布"]),
        ("gh_yunlingsw01", "official", ["云岭水务发布"]),
        ("yunlingshuiwu", "official", ["云岭水务发布"]),
        ("https://weibo.com/u/1234567890?from=page", "official", ["云岭水务微博"]),
        ("请看 https://weibo.com/u/1234567890 这个号", "official", ["云岭水务微博"]),
        ("https://shuiwu.yunling.example.cn/", "official", ["云岭水务网"]),
        ("云岭水务", "former", ["云岭水务发布"]),
        ("云岭教育旧号", "former", ["云岭教育旧号"]),
        ("云岭教育待办", "not_registered", []),
        ("云岭教育没备案", "not_registered", []),
        ("云岭水务退费中心", "not_registered", []),
        ("", "not_registered", []),
    ],
)
def test_the_look_up_gives_the_verdict_and_the_accounts_it_rests_on(
    register: Newsstand, client: Client, text: str, verdict: str, names: list[str]
) -> None:
    answer = asked(client, text)
    assert (answer["verdict"], [match["name"] for match in answer["matches"]]) == (verdict, names)
    page = client.get("/lookup/", {"q": text}).content.decode()
    assert answer["sentence"] in page or not text
    assert all(name in page for name in names)


@pytest.mark.parametrize(
    "link",
    [
        "https://mp.weixin.qq.com/s/AbCdEf123456", "看看 https://v.douyin.com/iRx8AbC/ 这条", "https://t.cn/A6abcd",
        "https://www.bilibili.com/video/BV1xx411c7mD", "https://baijiahao.baidu.com/s?id=1790000000000000000",
        "https://m.weibo.cn/status/4900000000000000", "http://weixin.qq.com/r/AbCdEfGhIjKl", "wxp://f2f0AbCdEf",
    ],
)  # fmt: skip
def test_a_link_to_one_piece_is_not_judged_but_told_what_to_paste(
    register: Newsstand, client: Client, link: str
) -> None:
    answer = asked(client, link)
    assert (answer["verdict"], answer["matches"], answer["near"]) == ("cannot_tell", [], [])
    page = client.get("/lookup/", {"q": link}).content.decode()
    assert "看不出是哪个账号" in page
    assert "账号名称再查" in page
    assert asked(client, "https://weibo.com/u/9999999999")["verdict"] == "not_registered"


def test_a_register_number_names_its_account_in_any_case(register: Newsstand, client: Client) -> None:
    number = register.site.account.number
    for text in (number, number.lower(), f" {number} "):
        assert [match["number"] for match in asked(client, text)["matches"]] == [number]


def test_an_unknown_name_gets_near_ones_and_a_warning_not_a_charge(register: Newsstand, client: Client) -> None:
    answer = asked(client, "云岭水务发怖")
    assert answer["verdict"] == "not_registered"
    assert "云岭水务发布" in [near["name"] for near in answer["near"]]
    assert "不一定是假的" in answer["sentence"]
    assert "不要凭它办事、转账" in answer["sentence"]


def test_the_public_gets_no_name_or_telephone_of_staff(register: Newsstand, client: Client) -> None:
    answer = asked(client, "云岭水务发布")
    assert set(answer["matches"][0]) == SHOWN
    number = answer["matches"][0]["number"]
    pages = ["/lookup/?q=云岭水务发布", "/directory/", f"/directory/{number}/", "/lookup.json?q=云岭水务发布"]
    told = "".join(client.get(page).content.decode() for page in pages)
    assert "云岭水务发布" in told
    assert [word for word in PRIVATE.values() if word in told] == []
    for word in PRIVATE.values():
        assert "云岭水务发布" not in client.get("/directory/", {"q": word}).content.decode(), word


def names_on(page: str) -> list[str]:
    return re.findall(r'href="/directory/(ZX\d{9})/"', page)


def test_the_directory_narrows_turns_pages_and_says_when_nothing_fits(register: Newsstand, client: Client) -> None:
    whole = client.get("/directory/")
    assert [row.name for row in whole.context["accounts"]] == ["云岭水务发布", "云岭水务网", "云岭水务微博"]
    weibo = client.get("/directory/", {"platform": "weibo"})
    assert [row.name for row in weibo.context["accounts"]] == ["云岭水务微博"]
    found = client.get("/directory/", {"q": "水务 发布"})
    assert [row.name for row in found.context["accounts"]] == ["云岭水务发布"]
    none = client.get("/directory/", {"q": "没有这样的名字"})
    assert "没有符合条件的账号" in none.content.decode()
    assert "清除条件" in none.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"}, {"page": "-1"}, {"page": "999999999999999999999"}, {"page": "一"}, {"page": "1e3"},
        {"platform": "nope"}, {"level": "' OR 1=1 --"}, {"q": "\x00"}, {"q": "a" * 5_000}, {"q": "%_\\"},
        {"q": "\u202e\u200b"}, {"q": "🏞️"}, {"unknown": "1"},
    ],
)  # fmt: skip
def test_a_garbage_query_still_gets_a_page(register: Newsstand, client: Client, query: dict[str, str]) -> None:
    for address in ("/directory/", "/lookup/", "/lookup.json", "/pieces/", "/"):
        assert client.get(address, query).status_code == 200, address


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=600) | st.from_regex(r"https?://[^\s]{0,80}", fullmatch=True))
def test_whatever_is_pasted_gets_a_verdict(register: Newsstand, client: Client, text: str) -> None:
    answer = client.get(f"/lookup.json?q={quote(text, errors='replace')}")
    assert answer.status_code == 200
    assert json.loads(answer.content)["verdict"] in {"official", "former", "not_registered", "cannot_tell"}


def test_an_account_page_and_its_code_exist_for_public_accounts_only(register: Newsstand, client: Client) -> None:
    account = register.site.account
    page = client.get(f"/directory/{account.number}/")
    assert page.status_code == 200
    assert account.number in page.content.decode()
    code = client.get(f"/directory/{account.number}/code.svg")
    assert code.headers["Content-Type"] == "image/svg+xml"
    drawing = ET.fromstring(code.content)  # noqa: S314 - our own picture
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert int(drawing.attrib["width"]) > 100
    hidden = register.account(register.county.school, "toutiao", "云岭教育退回", state="approved")
    for number in (hidden.number, "ZX000000000", "..", "%00"):
        for address in (f"/directory/{number}/", f"/directory/{number}/code.svg", f"/register/{number}/badge.svg"):
            assert client.get(address).status_code == 404, address


def test_a_past_account_says_since_when_it_is_none(register: Newsstand, client: Client) -> None:
    answer = asked(client, "云岭教育旧号")
    assert "2025-03-01" in answer["matches"][0]["note"]
    number = answer["matches"][0]["number"]
    assert answer["matches"][0]["until"] == "2025-03-01"
    page = client.get(f"/directory/{number}/").content.decode()
    assert "已不是官方账号" in page
    assert "到 2025-03-01 为止是云岭县教育局的官方账号" in page
    assert client.get(f"/directory/{number}/code.svg").status_code == 404
    assert "已不是官方账号" in client.get(f"/register/{number}/badge.svg").content.decode()
    assert number not in client.get("/directory/").content.decode()


def test_the_directory_costs_the_same_for_one_account_and_for_thirty(stand: Newsstand, client: Client) -> None:
    client.get("/directory/")
    with CaptureQueriesContext(connection) as one:
        assert len(client.get("/directory/").context["accounts"]) == 1
    for number in range(29):
        stand.account(stand.county.school, "weibo", f"云岭微博{number}")
    with CaptureQueriesContext(connection) as thirty:
        assert len(client.get("/directory/").context["accounts"]) == 30
    assert len(one) == len(thirty)


def test_an_empty_register_says_so(stand: Newsstand, client: Client) -> None:
    stand.site.account.__class__.objects.update(state="unfiled")
    assert "没有符合条件的账号" in client.get("/directory/").content.decode()
    assert client.get("/").status_code == 200

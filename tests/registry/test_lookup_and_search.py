from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zhijian.lib.errors import Missing
from zhijian.registry.actions import import_ledger_file
from zhijian.registry.actions.accounts import number_text
from zhijian.registry.models import Account
from zhijian.registry.queries import find_account, public_accounts, public_lookup, search_accounts, visible_accounts

if TYPE_CHECKING:
    from tests.registry.world import World

LEDGER = """主办单位,平台,账号名称,账号ID,链接,状态
东溪县教育局,微信公众号,东溪教育,dongxijiaoyu,,在用
东溪县卫生健康局,微博,健康东溪,1234567890,https://weibo.com/u/1234567890,在用
石桥镇人民政府,抖音,石桥发布,shiqiao01,https://www.douyin.com/user/MS4wLjABAAAA,已注销
东溪县人民政府,政府网站,东溪县人民政府网,,www.dongxi.example.cn/,在用
"""


@pytest.fixture
def register(world: World) -> World:
    import_ledger_file(
        actor=world.supervisor, organisation=world.county, file_name="a.csv", content=LEDGER.encode()
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("asked", "verdict", "names"),
    [
        ("东溪教育", "official", ["东溪教育"]),
        ("“东溪教育”", "official", ["东溪教育"]),
        ("　东溪 教育", "official", ["东溪教育"]),
        ("dongxijiaoyu", "official", ["东溪教育"]),
        ("ｄｏｎｇｘｉｊｉａｏｙｕ", "official", ["东溪教育"]),
        ("1234567890", "official", ["健康东溪"]),
        ("https://weibo.com/u/1234567890?from=feed", "official", ["健康东溪"]),
        ("看看这个 http://m.weibo.com/u/1234567890 是真的吗", "official", ["健康东溪"]),
        ("https://www.dongxi.example.cn/2026/05/notice.html", "official", ["东溪县人民政府网"]),
        ("石桥发布", "former", ["石桥发布"]),
        ("https://weibo.com/u/9999999999", "not_registered", []),
        ("https://evil.example.com/dongxijiaoyu", "not_registered", []),
        ("", "not_registered", []),
        ("\x00'; DROP", "not_registered", []),
    ],
)
def test_the_look_up_answers_from_the_register_alone(
    register: World, asked: str, verdict: str, names: list[str]
) -> None:  # fmt: skip
    found = public_lookup(asked)
    assert (found.verdict, [match.name for match in found.matches]) == (verdict, names)


def test_a_register_number_finds_its_account(register: World) -> None:
    account = Account.objects.get(name="健康东溪")
    assert [match.number for match in public_lookup(account.number.lower()).matches] == [account.number]


@pytest.mark.parametrize("asked", ["东溪教育局", "冬溪教育", "东西教育", "东溪教肓"])
def test_near_names_are_shown_as_not_these(register: World, asked: str) -> None:
    found = public_lookup(asked)
    assert (found.verdict, found.matches) == ("not_registered", ())
    assert found.near[0].name == "东溪教育"


def test_a_bodys_name_is_answered_with_the_accounts_of_that_body(register: World) -> None:
    found = public_lookup("东溪县卫生健康局")
    assert (found.verdict, found.matches, [near.name for near in found.near]) == ("cannot_tell", (), ["健康东溪"])


@pytest.mark.parametrize(
    ("asked", "name"),
    [("康东", "健康东溪"), ("【东溪教育】县里发钱了，点 https://evil.example.com/a 登记", "东溪教育")],
)
def test_part_of_a_name_and_a_forwarded_text_lead_to_what_is_registered(
    register: World, asked: str, name: str
) -> None:  # fmt: skip
    found = public_lookup(asked)
    assert (found.verdict, found.matches, [near.name for near in found.near]) == ("not_registered", (), [name])


def test_the_public_shape_names_no_person(register: World) -> None:
    told = public_lookup("东溪教育").as_json()["matches"][0]
    assert set(told) == {
        "number", "name", "platform", "platform_name", "body", "state", "state_name", "url", "handle",
        "verified_subject", "opened_on", "is_main", "note", "until",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("教育", ["东溪教育"]),
        ("dxjy", ["东溪教育"]),
        ("DXJY", ["东溪教育"]),
        ("卫生健康局", ["健康东溪"]),
        ("东溪 健康", ["健康东溪"]),
        ("shiqiao01", ["石桥发布"]),
        ("石", ["石桥发布"]),
        ("没有这个", []),
    ],
)
def test_search_finds_names_bodies_ids_and_initials(register: World, text: str, names: list[str]) -> None:
    rows = search_accounts(visible_accounts(actor=register.supervisor), text)
    assert sorted(rows.values_list("name", flat=True)) == names


def test_scope_decides_who_sees_an_account(register: World) -> None:
    account = Account.objects.get(name="东溪教育")
    assert find_account(actor=register.officer, account_id=account.pk) == account
    assert list(visible_accounts(actor=register.officer)) == [account]
    assert list(visible_accounts(actor=register.stranger)) == []
    with pytest.raises(Missing):
        find_account(actor=register.stranger, account_id=account.pk)
    assert sorted(public_accounts().values_list("name", flat=True)) == ["东溪县人民政府网", "东溪教育", "健康东溪"]


def test_register_numbers_carry_a_check_digit_that_catches_one_wrong_digit() -> None:
    number = number_text(123_456)
    assert number == "ZX001234566"
    wrong = [
        number_text(int(number[2:10][:place] + str(digit) + number[2:10][place + 1 :]))[-1]
        for place in range(8)
        for digit in range(10)
        if str(digit) != number[2:10][place]
    ]
    assert number[-1] not in wrong

"""The wrong file was imported and confirmed: the whole import goes back, or nothing does and everybody learns why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.registry.world import World, make_person, workbook

from zhijian.audit.queries import events_of
from zhijian.channels.actions import connect_account
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.registry.actions import (
    edit_account,
    import_ledger_file,
    undo_ledger,
    why_not_undo,
)
from zhijian.registry.enums import LedgerState
from zhijian.registry.models import Account, Finding, Ledger, LedgerRow, PastName
from zhijian.registry.queries import public_lookup

if TYPE_CHECKING:
    from django.test import Client

HEAD = ["主办单位", "平台", "账号名称", "账号ID", "粉丝数", "开设时间", "主账号", "状态"]
EDUCATION: list[object] = ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", 100, "2019-03-13", "是", ""]
WEIBO: list[object] = ["东溪县教育局", "微博", "东溪教育", "1234567890", 20, "", "", ""]
TIMES = {"changed_at", "closed_at", "found_at"}


def load(world: World, *rows: list[object]) -> Ledger:
    content = workbook(("台账", [HEAD, *rows]))
    return import_ledger_file(actor=world.supervisor, organisation=world.county, file_name="台账.xlsx", content=content)


def register_now() -> dict[str, list[dict[str, Any]]]:
    """Return the whole register but for the times of changes, and the open findings."""

    def plain(rows: Any) -> list[dict[str, Any]]:
        return [{name: value for name, value in row.items() if name not in TIMES} for row in rows]

    return {
        "accounts": plain(Account.objects.order_by("pk").values()),
        "names": list(PastName.objects.order_by("pk").values("account_id", "name")),
        "findings": list(
            Finding.objects.filter(closed_at=None).order_by("account_id", "kind").values("account", "kind")
        ),
    }


def happened(account_id: int) -> list[tuple[str, Any]]:
    events = events_of(thing_kind="registry.account", thing_id=account_id)
    return [(event.name.removeprefix("registry.account."), event.data.get("changes")) for event in events]


def test_an_undone_import_leaves_the_register_as_it_was_and_the_log_tells_both(world: World) -> None:
    load(world, EDUCATION, WEIBO)
    wechat, weibo = Account.objects.order_by("pk")
    before = register_now()
    wrong = load(
        world,
        ["东溪县教育局", "微信公众号", "东溪教育旧名", "dongxijiaoyu", 999, "", "否", ""],
        ["东溪县教育局", "微博", "东溪教育", "1234567890", "", "2020-01-02", "是", ""],
        ["东溪县教育局", "微信服务号", "东溪办事", "gh_0123456789ab", 5, "", "", ""],
        ["东溪县卫生健康局", "微信公众号", "健康东溪", "jiankangdongxi", 7, "", "是", ""],
    )
    made = list(LedgerRow.objects.filter(ledger=wrong, outcome="new").values_list("account", flat=True))
    assert Account.objects.count() == 4
    undone = undo_ledger(actor=world.supervisor, ledger_id=wrong.pk)
    assert register_now() == before
    assert (undone.state, [undone.summary[name] for name in ("removed", "restored", "kept")]) == (
        LedgerState.UNDONE, [2, 2, 0],
    )  # fmt: skip
    assert public_lookup("健康东溪").verdict == "not_registered"
    assert [[name for name, _ in happened(pk or 0)] for pk in made] == [["imported", "import_undone"]] * 2
    assert happened(wechat.pk)[-1] == (
        "changed",
        {"name": ["东溪教育旧名", "东溪教育"], "followers": [999, 100], "is_main": [False, True]},
    )
    assert happened(weibo.pk)[-1] == ("changed", {"opened_on": ["2020-01-02", None], "is_main": [True, False]})
    last = events_of(thing_kind="registry.ledger", thing_id=wrong.pk).last()
    assert last is not None
    assert (last.name, last.actor_label, last.data["removed"]) == ("registry.ledger.undone", "supervisor", 2)


def test_the_main_account_goes_back_to_accounts_the_ledger_does_not_name(world: World) -> None:
    load(world, EDUCATION, ["东溪县教育局", "微信服务号", "东溪办事", "gh_0123456789ab", 5, "", "", ""])
    before = register_now()
    wrong = load(
        world,
        ["东溪县教育局", "微博", "东溪教育", "1234567890", "", "", "是", ""],
        ["东溪县教育局", "微信服务号", "东溪办事", "gh_0123456789ab", 6, "", "", ""],
    )
    assert list(Account.objects.order_by("pk").values_list("is_main", "holds_place")) == [
        (False, True), (False, False), (True, True),
    ]  # fmt: skip
    undo_ledger(actor=world.supervisor, ledger_id=wrong.pk)
    assert register_now() == before


def test_a_ledger_ends_no_account_and_brings_none_back(world: World) -> None:
    """Both are filed, the end with the platform's proof (大连金普2025: 平台注销成功后办结)."""
    load(world, EDUCATION, ["石桥镇人民政府", "微博", "石桥发布", "1234567890", "", "", "", "已注销"])
    before = register_now()
    with pytest.raises(Refused, match="有 2 行有问题"):
        load(
            world,
            ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", "", "", "", "已注销"],
            ["石桥镇人民政府", "微博", "石桥发布", "1234567890", "", "", "", "在用"],
        )
    assert register_now() == before
    told = LedgerRow.objects.order_by("-pk")[:2]
    assert [row.problems[0]["sentence"] for row in reversed(told)] == [
        "登记册里“东溪教育”是“在用”。注销要凭平台证明办注销备案，不能用台账改。",
        "“石桥发布”已注销。重新使用要办开设备案，不能用台账改。",
    ]


def test_what_somebody_changed_since_stays_and_the_rest_goes_back(world: World) -> None:
    load(world, EDUCATION, WEIBO)
    wrong = load(
        world,
        ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", 999, "", "", ""],
        ["东溪县教育局", "微博", "东溪教育", "1234567890", 888, "", "", ""],
    )
    weibo = Account.objects.get(platform="weibo")
    edit_account(actor=world.supervisor, account_id=weibo.pk, values={"positioning": "发布招生政策"})
    undone = undo_ledger(actor=world.supervisor, ledger_id=wrong.pk)
    assert list(Account.objects.order_by("pk").values_list("followers", "positioning")) == [
        (100, ""), (888, "发布招生政策"),
    ]  # fmt: skip
    assert [undone.summary[name] for name in ("removed", "restored", "kept")] == [0, 1, 1]


def test_nothing_goes_back_once_something_stands_on_an_account_it_made(world: World) -> None:
    wrong = load(world, EDUCATION, WEIBO, ["东溪县卫生健康局", "网站", "东溪卫健网", "", "", "", "", ""])
    wechat, weibo, website = Account.objects.order_by("pk")
    officer = make_person("health_officer", world.health, Role.HOST_OFFICER)
    connect_account(actor=officer, account_id=website.pk, sandbox=True)
    edit_account(actor=world.supervisor, account_id=wechat.pk, values={"positioning": "发布招生政策"})
    edit_account(actor=world.officer, account_id=weibo.pk, values={"remark": "核对过"})
    before = register_now()
    reasons = [
        "导入后又改过“东溪教育”“东溪教育”，不能整份撤回。请到账号页逐个更正。",
        "导入建立的“东溪卫健网”已有平台接入，不能整份撤回。请到账号页逐个更正。",
    ]
    assert why_not_undo(actor=world.supervisor, ledger=wrong) == reasons
    with pytest.raises(Refused) as refused:
        undo_ledger(actor=world.supervisor, ledger_id=wrong.pk)
    assert (refused.value.reasons, register_now()) == (reasons, before)
    wrong.refresh_from_db()
    assert wrong.state == LedgerState.IMPORTED


def test_a_later_ledger_that_changed_an_account_is_undone_first(world: World) -> None:
    first = load(world, EDUCATION)
    later = load(world, ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", 999, "", "", ""])
    with pytest.raises(Refused, match="导入后又改过“东溪教育”"):
        undo_ledger(actor=world.supervisor, ledger_id=first.pk)
    undo_ledger(actor=world.supervisor, ledger_id=later.pk)
    assert Account.objects.get().followers == 100


def test_an_id_that_is_somebody_elses_by_now_stops_the_whole_undoing(world: World) -> None:
    load(world, ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", 1, "", "", ""])
    wrong = load(
        world,
        ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", 2, "", "", ""],
        ["东溪县卫生健康局", "微信公众号", "健康东溪", "", 2, "", "", ""],
    )
    account = Account.objects.get(name="东溪教育")
    LedgerRow.objects.filter(ledger=wrong, account=account).update(
        changes={"platform_uid": ["taken001", "dongxijiaoyu"]}
    )
    load(world, ["石桥镇人民政府", "微信公众号", "石桥发布", "taken001", 2, "", "", ""])
    before = register_now()
    with pytest.raises(Refused, match="原来的账号标识现在登记在别的账号上，没有撤回"):
        undo_ledger(actor=world.supervisor, ledger_id=wrong.pk)
    assert register_now() == before


def test_only_who_keeps_every_body_it_wrote_takes_it_back_and_only_once(world: World) -> None:
    content = workbook(
        ("台账", [HEAD, EDUCATION, ["东溪县卫生健康局", "微博", "健康东溪", "1234500000", "", "", "", ""]])
    )
    wrong = import_ledger_file(
        actor=world.supervisor, organisation=world.education, file_name="台账.xlsx", content=content
    )
    before = register_now()
    assert why_not_undo(actor=world.officer, ledger=wrong) == [
        "这次导入写了您管理范围以外的单位。请由主管这些单位的人撤回。"
    ]
    with pytest.raises(Refused, match="您管理范围以外的单位"):
        undo_ledger(actor=world.officer, ledger_id=wrong.pk)
    for stranger in (world.stranger, world.head):
        with pytest.raises(Missing):
            undo_ledger(actor=stranger, ledger_id=wrong.pk)
    assert register_now() == before
    undo_ledger(actor=world.city_officer, ledger_id=wrong.pk)
    with pytest.raises(Refused) as refused:
        undo_ledger(actor=world.supervisor, ledger_id=wrong.pk)
    assert refused.value.reasons == ["这份台账已撤回，没有可以撤回的导入。"]


def test_two_thousand_rows_go_back_in_as_many_statements_as_twenty(world: World) -> None:
    load(world, EDUCATION)
    before = register_now()

    def statements(number: int) -> int:
        rows: list[list[object]] = [
            ["东溪县卫生健康局", "其他平台", f"东溪{row}", f"d{row:05d}", row, "", "", ""] for row in range(number)
        ]
        wrong = load(world, ["东溪县教育局", "微信公众号", f"东溪{number}", "dongxijiaoyu", number, "", "", ""], *rows)
        assert Account.objects.count() == number + 1
        with CaptureQueriesContext(connection) as captured:
            undone = undo_ledger(actor=world.supervisor, ledger_id=wrong.pk)
        assert (register_now(), undone.summary["removed"]) == (before, number)
        return len(captured)

    assert statements(1_999) <= statements(20)


def test_the_page_asks_first_and_tells_what_went(client: Client, world: World) -> None:
    wrong = load(world, EDUCATION, WEIBO)
    client.force_login(world.supervisor)
    address = f"/desk/accounts/ledgers/{wrong.pk}/"
    asked = client.get(f"{address}undo/").content.decode()
    assert ("新增的 2 个账号从登记册去掉。随台账新建的单位保留。" in asked, Account.objects.count()) == (True, 2)
    assert client.post(f"{address}undo/", follow=True).redirect_chain == [(address, 302)]
    page = client.get(address).content.decode()
    assert ("已撤回：去掉账号 2 个，恢复账号 0 个。" in page, "undo/" in page, Account.objects.count()) == (
        True,
        False,
        0,
    )
    assert client.post(f"{address}undo/").status_code == 409

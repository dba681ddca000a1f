from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.registry.world import World, workbook

from zhijian.audit.queries import events_of
from zhijian.lib.errors import Missing, Refused
from zhijian.registry.actions import (
    build_preview,
    choose_columns,
    confirm_ledger,
    create_missing_bodies,
    discard_ledger,
    faulty_workbook,
    import_ledger_file,
    layouts_of,
    upload_ledger,
    why_not_confirm,
)
from zhijian.registry.enums import AccountState, LedgerState
from zhijian.registry.models import Account, Filing, Finding, Ledger, LedgerFile, LedgerRow, PastName
from zhijian.registry.queries import find_ledger

HEAD = ["主办单位", "平台", "账号名称", "微信号/账号ID", "粉丝数", "开设时间", "联系电话"]


def load(world: World, *rows: list[object], head: list[object] | None = None, skip: bool = False) -> Ledger:
    content = workbook(("台账", [head or HEAD, *rows]))
    return import_ledger_file(
        actor=world.supervisor, organisation=world.county, file_name="台账.xlsx", content=content, skip_faulty=skip
    )


def preview(world: World, content: bytes, name: str = "台账.xlsx") -> Ledger:
    ledger = upload_ledger(actor=world.supervisor, organisation=world.county, file_name=name, content=content)
    return choose_columns(actor=world.supervisor, ledger_id=ledger.pk, layouts=layouts_of(ledger))


def sentences(ledger: Ledger) -> list[tuple[str, int, str, str]]:
    return [
        (problem["sheet"], problem["row"], problem["letter"], problem["sentence"])
        for row in LedgerRow.objects.filter(ledger=ledger)
        for problem in row.problems
    ]


def told(account: Account, *names: str) -> dict[str, Any]:
    return {name: getattr(account, name) for name in names}


def test_a_plain_ledger_becomes_accounts_with_numbers_search_fields_and_audit_rows(world: World) -> None:
    ledger = load(
        world,
        ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", "1.2万", "2019年3月13日", "0596-1234567"],
        ["县卫健局", "新浪微博", "健康东溪", 1234567890, 3000, 43537, 13812345678.0],
    )
    assert ledger.state == LedgerState.IMPORTED
    rows = list(Account.objects.order_by("pk"))
    assert [(row.organisation, row.platform, row.name, row.platform_uid, row.followers) for row in rows] == [
        (world.education, "wechat", "东溪教育", "dongxijiaoyu", 12_000),
        (world.health, "weibo", "健康东溪", "1234567890", 3_000),
    ]
    assert [row.opened_on.isoformat() for row in rows if row.opened_on] == ["2019-03-13", "2019-03-13"]
    assert [row.phone for row in rows] == ["0596-1234567", "13812345678"]
    assert [row.initials for row in rows] == ["dxjy", "jkdx"]
    assert all(row.number.startswith("ZX") and len(row.number) == 11 and row.holds_place for row in rows)
    assert [[event.name for event in events_of(thing_kind="registry.account", thing_id=row.pk)] for row in rows] == [
        ["registry.account.imported"],
        ["registry.account.imported"],
    ]
    events = events_of(thing_kind="registry.ledger", thing_id=ledger.pk)
    assert [(event.name.removeprefix("registry.ledger."), event.actor_label) for event in events] == [
        (name, "supervisor") for name in ("uploaded", "previewed", "confirmed", "imported")
    ]
    assert not LedgerFile.objects.exists()


def test_nothing_reaches_the_accounts_before_the_person_confirms(world: World) -> None:
    content = workbook(("台账", [HEAD, ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", 1, "2019-03-13", ""]]))
    ledger = preview(world, content)
    assert (ledger.state, ledger.summary["new"], Account.objects.count()) == (LedgerState.PREVIEW, 1, 0)
    confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    assert Account.objects.get().name == "东溪教育"


def test_every_problem_names_sheet_row_column_and_what_to_do_and_nothing_is_half_saved(world: World) -> None:
    content = workbook(
        (
            "表一",
            [
                ["东溪县政务新媒体台账"],
                HEAD,
                ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", 1, "2019-03-13", ""],
                ["东溪县水利局", "微信", "东溪水利", "", "很多", "2019-13-41", "abc"],
                ["东溪县教育局", "飞书", "东溪教育", "", "", "", ""],
            ],
        )
    )
    ledger = preview(world, content)
    assert ledger.summary == {"new": 1, "update": 0, "same": 0, "faulty": 2, "unknown_bodies": 1}
    assert sentences(ledger) == [
        ("表一", 4, "E", "“很多”不是人数。请写成 12345 或 1.2万。"),
        ("表一", 4, "F", "没有 2019 年 13 月 41 日这一天。请核对日期。"),
        ("表一", 4, "G", "“abc”不是电话号码。请填区号加号码，或 11 位手机号。"),
        ("表一", 4, "A", "在您管理的单位里没有“东溪县水利局”。先在“单位与人员”里建立该单位，或改正名称。"),
        ("表一", 5, "B", "“飞书”不是认识的平台。请写成微信公众号、微博、抖音这样；平台表里没有的填“其他平台”。"),
    ]
    with pytest.raises(Refused, match="有 2 行有问题"):
        confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    assert Account.objects.count() == 0
    confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=True)
    assert list(Account.objects.values_list("name", flat=True)) == ["东溪教育"]


def test_faulty_rows_come_back_with_the_cell_marked_and_the_reason_beside_it(world: World) -> None:
    content = workbook(
        (
            "表一",
            [
                HEAD,
                ["东溪县教育局", "微信", "+cmd()", "", "很多", "", ""],
                ["东溪县教育局", "微博", "东溪教育", "", 5, "", ""],
            ],
        )
    )
    ledger = preview(world, content)
    sheet = load_workbook(io.BytesIO(faulty_workbook(ledger)))["表一"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    reason = "E 列：“很多”不是人数。请写成 12345 或 1.2万。"
    assert values == [
        [*HEAD, "问题与改法", "原位置"],
        ["东溪县教育局", "微信", "'+cmd()", None, "很多", None, None, reason, "第 2 行"],
    ]  # fmt: skip
    comment = sheet["E2"].comment
    assert comment is not None
    assert comment.text == "“很多”不是人数。请写成 12345 或 1.2万。"
    assert sheet["E2"].fill.fgColor.rgb == "00FFF2CC"
    assert sheet["D2"].fill.fgColor.rgb != "00FFF2CC"


def test_a_second_import_updates_by_the_platforms_own_id_and_shows_each_changed_field(world: World) -> None:
    load(world, ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", 100, "2019-03-13", ""])
    content = workbook(("台账", [HEAD, ["县教育局", "微信", "东溪教育发布", "dongxijiaoyu", 250, "", ""]]))
    ledger = preview(world, content)
    row = LedgerRow.objects.get(ledger=ledger)
    assert row.outcome == "update"
    assert row.changes == {"name": ["东溪教育", "东溪教育发布"], "followers": [100, 250]}
    confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    account = Account.objects.get()
    assert told(account, "name", "followers") == {"name": "东溪教育发布", "followers": 250}
    assert account.opened_on is not None
    assert list(PastName.objects.values_list("name", flat=True)) == ["东溪教育"]


def test_the_same_ledger_twice_changes_nothing(world: World) -> None:
    row: list[object] = ["东溪县教育局", "微信", "东溪教育", "", 100, "2019-03-13", ""]
    load(world, row)
    before = Account.objects.values().get()
    with pytest.raises(Refused, match="没有可以导入的行"):
        load(world, row)
    assert Account.objects.values().get() == before


def test_without_an_id_host_platform_and_handle_or_name_find_the_account(world: World) -> None:
    head = ["单位", "平台", "名称", "账号", "更新频率"]
    load(world, ["东溪县教育局", "企鹅号", "东溪教育", "dxjy2019", "周更"], head=head)
    load(world, ["东溪县教育局", "企鹅号", "东溪县教育", "dxjy2019", "日更"], head=head)
    account = Account.objects.get()
    assert told(account, "name", "handle", "update_frequency") == {
        "name": "东溪县教育", "handle": "dxjy2019", "update_frequency": "日更",
    }  # fmt: skip


def test_surplus_accounts_load_without_the_place_and_with_a_finding_that_names_the_rule(world: World) -> None:
    load(
        world,
        ["东溪县教育局", "微信公众号", "东溪教育", "dongxijiaoyu", 1, "", ""],
        ["东溪县教育局", "微信服务号", "东溪教育", "gh_0123456789ab", 1, "", ""],
        ["东溪县教育局", "微博", "东溪教育", "1234567890", 1, "", ""],
    )
    assert [(row.platform, row.kind, row.holds_place) for row in Account.objects.order_by("pk")] == [
        ("wechat", "subscription", True), ("wechat", "service", False), ("weibo", "weibo", True),
    ]  # fmt: skip
    finding = Finding.objects.get()
    assert (finding.kind, finding.account.kind, "国办发〔2018〕123号" in finding.rule_source) == (
        "surplus",
        "service",
        True,
    )
    assert finding.detail.startswith("同一平台已登记“东溪教育”（ZX")


def test_findings_name_missing_ids_other_subjects_and_other_names(world: World) -> None:
    head = ["主办单位", "平台", "账号名称", "账号ID", "认证主体", "是否主账号"]
    load(
        world,
        ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", "东溪县教育局", "是"],
        ["东溪县教育局", "微博", "东溪校园", "", "某某文化公司", "否"],
        head=head,
    )
    found = {(finding.account.platform, finding.kind): finding.detail for finding in Finding.objects.all()}
    subject = "平台认证主体是“某某文化公司”，主办单位是“东溪县教育局”。请在平台变更认证，或核对主办单位。"
    assert found == {
        ("weibo", "name_differs"): "与微信公众号上的“东溪教育”不一致。请统一名称，并办理变更备案。",
        ("weibo", "no_platform_id"): "没有登记UID。改名后将找不到这个账号，请补上。",
        ("weibo", "subject_differs"): subject,
    }  # fmt: skip
    load(world, ["东溪县教育局", "微博", "东溪校园", "1234567890", "东溪县教育局", ""], head=head)
    assert list(Finding.objects.filter(closed_at=None).values_list("kind", flat=True)) == ["name_differs"]


def test_an_unknown_body_may_be_added_in_bulk_and_the_preview_is_made_again(world: World) -> None:
    head = ["主办单位", "主管单位", "平台", "账号名称"]
    content = workbook(
        ("台账", [head, ["东溪县水利局", "", "微信", "东溪水利"], ["杨林镇", "东溪县人民政府", "微信", "杨林发布"]])
    )
    ledger = preview(world, content)
    assert (ledger.summary["faulty"], ledger.summary["unknown_bodies"]) == (2, 2)
    ledger = create_missing_bodies(actor=world.supervisor, ledger_id=ledger.pk)
    assert (ledger.state, ledger.summary["new"], ledger.summary["faulty"]) == (LedgerState.PREVIEW, 2, 0)
    confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    hosts = [account.organisation for account in Account.objects.order_by("pk")]
    assert [(host.name, host.parent, host.level, host.kind) for host in hosts] == [
        ("东溪县水利局", world.county, "county", "department"),
        ("杨林镇", world.county, "township", "government"),
    ]


def test_an_ambiguous_body_lists_the_candidates(world: World) -> None:
    content = workbook(("台账", [["单位名称", "平台", "账号名称"], ["教育局", "微信", "教育发布"]]))
    ledger = upload_ledger(
        actor=world.city_officer, organisation=world.city, file_name="a.xlsx", content=content
    )  # fmt: skip
    ledger = choose_columns(actor=world.city_officer, ledger_id=ledger.pk, layouts=layouts_of(ledger))
    assert sentences(ledger) == [
        (
            "台账", 2, "A",
            "“教育局”有 2 个单位叫这个名字：东溪县教育局（东溪县政府）、西溪县教育局（西溪县政府）。请写全称。",
        )
    ]  # fmt: skip


def test_bodies_outside_the_scope_stay_unknown_and_their_ids_tell_nothing(world: World) -> None:
    theirs = import_ledger_file(
        actor=world.stranger, organisation=world.neighbour, file_name="a.csv",
        content="主办单位,平台,账号名称,账号ID\n西溪县教育局,微信,西溪教育,xixijiaoyu1".encode(),
    )  # fmt: skip
    content = workbook(
        (
            "台账",
            [
                HEAD,
                ["西溪县教育局", "微信", "某号", "", "", "", ""],
                ["东溪县教育局", "微信", "某号", "xixijiaoyu1", "", "", ""],
            ],
        )
    )
    ledger = preview(world, content)
    assert [sentence for *_, sentence in sentences(ledger)] == [
        "在您管理的单位里没有“西溪县教育局”。是不是东溪县教育局？先在“单位与人员”里建立该单位，或改正名称。",
        "这个账号标识已被您管理范围以外的单位登记。请核对标识，或联系上级主管单位。",
    ]
    with pytest.raises(Missing):
        find_ledger(actor=world.supervisor, ledger_id=theirs.pk)
    with pytest.raises(Missing):
        confirm_ledger(actor=world.supervisor, ledger_id=theirs.pk, skip_faulty=True)
    with pytest.raises(Refused, match="只有该单位的主办人员或上级主管人员可以导入台账"):
        upload_ledger(actor=world.supervisor, organisation=world.neighbour, file_name="a.xlsx", content=content)


def test_two_rows_of_one_account_are_told_apart_from_two_accounts(world: World) -> None:
    content = workbook(
        (
            "台账",
            [
                HEAD,
                ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", "", "", ""],
                ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", "", "", ""],
                ["东溪县教育局", "微博", "东溪教育", "", "", "", ""],
                ["县教育局", "微博", "东溪教育", "", "", "", ""],
            ],
        )
    )
    ledger = preview(world, content)
    assert [row.outcome for row in LedgerRow.objects.filter(ledger=ledger)] == ["new", "faulty", "new", "faulty"]
    assert [sentence for *_, sentence in sentences(ledger)] == [
        "与“台账”表第 2 行是同一个账号。请只留一行。",
        "与“台账”表第 4 行是同一个账号。请只留一行。",
    ]


def test_a_register_that_changed_after_the_preview_is_previewed_again_instead_of_imported(world: World) -> None:
    content = workbook(("台账", [HEAD, ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", 7, "", ""]]))
    ledger = preview(world, content)
    load(world, ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", 5, "", ""])
    with pytest.raises(Refused, match="已重新预览"):
        confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    ledger.refresh_from_db()
    assert (ledger.state, ledger.summary["new"], ledger.summary["update"]) == (LedgerState.PREVIEW, 0, 1)
    assert Account.objects.get().followers == 5
    confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    assert Account.objects.get().followers == 7


def test_a_bodys_own_ledger_files_nothing(world: World) -> None:
    """What is filed is changed by filings; only who supervises enters accounts as filed ones."""
    head = ["主办单位", "平台", "账号名称", "账号ID", "状态", "粉丝数"]
    load(world, ["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", "停更", 5], head=head)
    rows = [
        ["东溪县教育局", "微信", "东溪教育新名", "dongxijiaoyu", "停更", 6],
        ["东溪县教育局", "微博", "东溪教育", "1234567890", "在用", 7],
        ["东溪县教育局", "抖音", "东溪教育旧号", "12345678901", "已注销", 8],
    ]

    def own(*chosen: list[object], confirm: bool = True) -> Ledger:
        content = workbook(("台账", [head, *chosen]))
        ledger = upload_ledger(
            actor=world.officer, organisation=world.education, file_name="本单位.xlsx", content=content
        )
        read = choose_columns(actor=world.officer, ledger_id=ledger.pk, layouts=layouts_of(ledger))
        if confirm:
            confirm_ledger(actor=world.officer, ledger_id=ledger.pk, skip_faulty=True)
        return read

    assert [(row, letter, words.partition("。")[0]) for _, row, letter, words in sentences(own(*rows))] == [
        (2, "C", "登记册里是“东溪教育”"), (4, "E", "已注销的旧账号由主管单位登记"),
    ]  # fmt: skip
    assert list(Account.objects.order_by("pk").values_list("platform", "name", "state")) == [
        ("wechat", "东溪教育", "frozen"), ("weibo", "东溪教育", "unfiled"),
    ]  # fmt: skip
    assert "先登记为“未备案”" in LedgerRow.objects.get(row=3, ledger__file_name="本单位.xlsx").notices[0]["sentence"]
    back = own(["东溪县教育局", "微信", "东溪教育", "dongxijiaoyu", "在用", 9], confirm=False)
    assert [words.partition("。")[0] for *_, words in sentences(back)] == ["登记册里是“已公告停更”"]
    # The officer above sees it judged anew before it is written in their name.
    seen = own(["东溪县教育局", "快手", "东溪教育", "9876543210", "在用", 9], confirm=False)
    with pytest.raises(Refused, match="已重新预览"):
        confirm_ledger(actor=world.supervisor, ledger_id=seen.pk, skip_faulty=False)
    confirm_ledger(actor=world.supervisor, ledger_id=seen.pk, skip_faulty=False)
    assert Account.objects.get(platform="kuaishou").state == AccountState.ACTIVE


def test_a_discarded_ledger_leaves_nothing_and_cannot_be_confirmed(world: World) -> None:
    content = workbook(("台账", [HEAD, ["东溪县教育局", "微信", "东溪教育", "", "", "", ""]]))
    ledger = preview(world, content)
    discard_ledger(actor=world.supervisor, ledger_id=ledger.pk)
    assert (LedgerRow.objects.count(), LedgerFile.objects.count(), Account.objects.count()) == (0, 0, 0)
    ledger.refresh_from_db()
    assert why_not_confirm(ledger=ledger, skip_faulty=True) == ["这份台账已放弃，不能确认导入。"]
    assert build_preview(ledger_id=ledger.pk).state == LedgerState.DISCARDED


def test_a_main_account_named_by_the_ledger_takes_the_flag(world: World) -> None:
    head = ["主办单位", "平台", "账号名称", "主账号"]
    load(world, ["东溪县教育局", "微信", "东溪教育", "是"], ["东溪县教育局", "微博", "东溪教育", "否"], head=head)
    load(world, ["东溪县教育局", "微博", "东溪教育", "√"], head=head)
    assert list(Account.objects.order_by("pk").values_list("platform", "is_main")) == [
        ("wechat", False),
        ("weibo", True),
    ]


def test_a_deregistered_row_holds_no_place(world: World) -> None:
    head = ["主办单位", "平台", "账号名称", "账号ID", "状态"]
    load(
        world,
        ["东溪县教育局", "微信", "东溪教育旧号", "oldone12", "已注销"],
        ["东溪县教育局", "微信", "东溪教育", "newone12", "正常运行"],
        head=head,
    )
    assert list(Account.objects.order_by("pk").values_list("state", "holds_place")) == [
        (AccountState.DEREGISTERED, True), (AccountState.ACTIVE, True),
    ]  # fmt: skip
    assert not Finding.objects.filter(kind="surplus").exists()
    assert not Filing.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "文件是空的。请核对后重新选择。"),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "这是旧格式文件（.xls 或 .et）。请用 Excel 或 WPS 打开，另存为 .xlsx，再上传。",
        ),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "文件设了打开密码。请用 Excel 或 WPS 打开，去掉密码后另存为 .xlsx，再上传。",
        ),
        ("a.xlsx", b"PK\x03\x04broken", "表格文件已损坏，打不开。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。"),
        ("a.png", b"\x89PNG\r\n\x00\x00\x00", "这不是台账文件。请上传 .xlsx 或 .csv 文件。"),
        ("a.csv", b"\x89PNG\r\n\x00\x00\x00", "这不是台账文件。请上传 .xlsx 或 .csv 文件。"),
        ("a.xlsx", b"x" * (20 * 1024 * 1024 + 1), "文件超过 20 MB。请按地区或平台拆成几个文件，分别导入。"),
    ],
)
def test_an_unfit_file_is_refused_with_what_to_do(world: World, name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        upload_ledger(actor=world.supervisor, organisation=world.county, file_name=name, content=content)
    assert refused.value.reasons == [sentence]
    assert not Ledger.objects.exists()

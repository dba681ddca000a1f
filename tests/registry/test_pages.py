from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests.registry.test_opening import FORM
from tests.registry.world import workbook

from zhijian.audit.queries import all_events
from zhijian.registry.actions import create_filing, import_ledger_file, submit_filing
from zhijian.registry.models import Account, Filing, Finding, Ledger, LedgerRow

if TYPE_CHECKING:
    from django.test import Client
    from tests.registry.world import World

DESK = "/desk/accounts/"
LEDGER_ACTS = ("columns", "guess", "bodies", "confirm", "discard")


def load(world: World, *lines: str) -> None:
    text = "\n".join(["主办单位,平台,账号名称,账号ID,是否主账号,联系电话", *lines])
    import_ledger_file(
        actor=world.supervisor, organisation=world.county, file_name="a.csv", content=text.encode()
    )  # fmt: skip


@pytest.fixture
def desk(client: Client, world: World) -> Client:
    client.force_login(world.supervisor)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_list_shows_searches_filters_and_keeps_its_state_in_the_address(desk: Client, world: World) -> None:
    load(world, "东溪县教育局,微信,东溪教育,dongxijiaoyu,是,", "石桥镇人民政府,抖音,石桥发布,shiqiao01,,")
    both = desk.get(DESK)
    assert ("东溪教育" in text(both), "石桥发布" in text(both)) == (True, True)
    for query in ("q=sqfb", "platform=douyin", "level=township", f"body={world.town.path}", "main=0"):
        page = text(desk.get(f"{DESK}?{query}"))
        assert ("东溪教育" in page, "石桥发布" in page) == (False, True), query


def test_a_neighbour_sees_no_row_page_file_or_act(client: Client, world: World) -> None:
    load(world, "东溪县教育局,微信,东溪教育,dongxijiaoyu,,", "东溪县教育局,微信,东溪教育二,dongxierhao,,")
    filing = create_filing(
        kind="opening",
        actor=world.officer,
        organisation_id=world.education.pk,
        form={**FORM, "platform": "weibo", "kind": "weibo"},
    )
    account, ledger = Account.objects.order_by("pk")[0], Ledger.objects.get()
    client.force_login(world.stranger)
    for address in ("", "filings/", "findings/", "ledgers/", "?export=csv", "?q=东溪教育"):
        response = client.get(DESK + address)
        page = text(response) if not response.streaming else b"".join(response.streaming_content).decode()
        assert response.status_code == 200
        assert page.replace("搜索：东溪教育", "").replace('value="东溪教育"', "").count("东溪教育") == 0, address
    pages = [
        f"{account.pk}/", f"{account.pk}/edit/", f"{account.pk}/register/", f"filings/{filing.pk}/",
        f"filings/{filing.pk}/edit/", f"filings/{filing.pk}/withdraw/", f"ledgers/{ledger.pk}/",
        f"ledgers/{ledger.pk}/progress/", f"ledgers/{ledger.pk}/faulty.xlsx",
    ]  # fmt: skip
    acts = [
        f"{account.pk}/edit/", f"{account.pk}/register/", f"filings/{filing.pk}/submit/",
        f"filings/{filing.pk}/withdraw/", *(f"ledgers/{ledger.pk}/{act}/" for act in LEDGER_ACTS),
    ]  # fmt: skip
    assert [client.get(DESK + page).status_code for page in pages] == [404] * len(pages)
    assert [client.post(DESK + act, {"sheet": "0", "row": "1"}).status_code for act in acts] == [404] * len(acts)
    assert (Account.objects.get(pk=account.pk), Filing.objects.get().state) == (account, "draft")


def test_a_visitor_is_sent_to_the_sign_in(client: Client, world: World) -> None:
    for address in ("", "1/", "filings/", "filings/new/", "ledgers/", "ledgers/new/", "findings/"):
        response = client.get(DESK + address)
        assert (response.status_code, response.headers["Location"].startswith("/sign-in/")) == (302, True)


def test_a_ledger_goes_from_upload_over_columns_and_preview_to_the_result(desk: Client, world: World) -> None:
    rows: list[list[object]] = [
        ["统计表"],
        ["甲列", "主办单位", "平台", "账号名称", "粉丝数"],
        ["东溪教育", "东溪县教育局", "微信", "", 5],
        ["石桥发布", "石桥镇", "抖音", "", "许多"],
    ]
    upload = SimpleUploadedFile("台账.xlsx", workbook(("表一", rows)))
    response = desk.post(f"{DESK}ledgers/new/", {"organisation": world.county.pk, "file": upload})
    ledger = Ledger.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"{DESK}ledgers/{ledger.pk}/")
    page = text(desk.get(f"{DESK}ledgers/{ledger.pk}/"))
    assert ("核对各列的含义" in page, "东溪教育、石桥发布" in page) == (True, True)
    meanings = {
        "use-0": "on",
        "col-0-0": "name",
        "col-0-1": "body",
        "col-0-2": "platform",
        "col-0-3": "",
        "col-0-4": "followers",
    }
    refused = desk.post(f"{DESK}ledgers/{ledger.pk}/columns/", {**meanings, "col-0-1": ""})
    assert (refused.status_code, "还没有指定这些列：主办单位" in text(refused)) == (409, True)
    assert desk.post(f"{DESK}ledgers/{ledger.pk}/columns/", meanings).status_code == 302
    preview = text(desk.get(f"{DESK}ledgers/{ledger.pk}/"))
    assert "E 列：“许多”不是人数。请写成 12345 或 1.2万。" in preview
    assert "跳过有问题的 1 行，其余导入" in preview
    assert desk.post(f"{DESK}ledgers/{ledger.pk}/confirm/").status_code == 409
    assert not Account.objects.exists()
    faulty = desk.get(f"{DESK}ledgers/{ledger.pk}/faulty.xlsx")
    sheet = load_workbook(io.BytesIO(faulty.content))["表一"]
    assert [cell.value for cell in sheet[2]][:5] == ["石桥发布", "石桥镇", "抖音", None, "许多"]
    assert desk.post(f"{DESK}ledgers/{ledger.pk}/confirm/", {"skip_faulty": "1"}).status_code == 302
    assert list(Account.objects.values_list("name", flat=True)) == ["东溪教育"]
    result = text(desk.get(f"{DESK}ledgers/{ledger.pk}/"))
    assert ("导入结果" in result, f"/desk/accounts/{Account.objects.get().pk}/" in result) == (True, True)


def upload_rows(desk: Client, world: World, rows: list[list[object]]) -> tuple[Ledger, str]:
    file = SimpleUploadedFile("台账.xlsx", workbook(("表一", rows)))
    desk.post(f"{DESK}ledgers/new/", {"organisation": world.county.pk, "file": file})
    ledger = Ledger.objects.get()
    return ledger, f"{DESK}ledgers/{ledger.pk}/"


def test_a_sheet_without_a_header_says_what_was_looked_for_and_may_be_given_its_columns(
    desk: Client, world: World
) -> None:
    ledger, address = upload_rows(
        desk, world, [["东溪县教育局", "微信", "东溪教育", 5], ["石桥镇", "抖音", "石桥发布", 6]]
    )
    page = text(desk.get(address))
    assert "“表一”的前 15 行里没有找到表头" in page
    assert "填表头的行号" in page
    nothing = {f"col-0-{column}": "" for column in range(4)}
    refused = text(desk.post(f"{address}columns/", nothing))
    assert "“表一”的前 15 行里没有找到表头（写着主办单位、平台、账号名称的一行）。请至少选一张表。" in refused
    chosen = {"col-0-0": "body", "col-0-1": "platform", "col-0-2": "name", "col-0-3": ""}
    assert desk.post(f"{address}columns/", chosen).status_code == 302
    ledger.refresh_from_db()
    assert (ledger.state, ledger.summary["new"], ledger.columns["sheets"][0]["use"]) == ("preview", 2, True)


def test_the_menus_of_columns_offer_what_the_sheet_can_hold(desk: Client, world: World) -> None:
    rows = [
        ["主办单位", "微信公众号", "微信公众号粉丝数", "微博", "甲"],
        ["东溪县教育局", "东溪教育", 5, "东溪教育", ""],
    ]
    _, address = upload_rows(desk, world, rows)
    menu = text(desk.get(address)).split('name="col-0-4"')[1].split("</select>")[0]
    groups = [part.split('"')[0] for part in menu.split('<optgroup label="')[1:]]
    assert groups == ["不用", "还没有用到", "已经用到", "微信公众号", "微博", "一列是一个平台的账号名称"]
    assert menu.count("<option") < 90
    assert "微博：关注数" in menu
    assert "抖音：关注数" not in menu
    plain = [["主办单位", "平台", "账号名称"], ["东溪县教育局", "微信", "东溪教育"]]
    Ledger.objects.all().delete()
    _, address = upload_rows(desk, world, plain)
    menu = text(desk.get(address)).split('name="col-0-0"')[1].split("</select>")[0]
    assert [part.split('"')[0] for part in menu.split('<optgroup label="')[1:]] == ["不用", "还没有用到", "已经用到"]


def test_the_time_line_of_a_filing_tells_each_step_once(client: Client, world: World) -> None:
    filing = create_filing(kind="opening", actor=world.officer, organisation_id=world.education.pk, form=FORM)
    submit_filing(actor=world.officer, filing_id=filing.pk)
    client.force_login(world.officer)
    context = client.get(f"{DESK}filings/{filing.pk}/").context
    assert [row.what for row in context["timeline"]] == ["提交备案", "填写备案"]


def test_the_findings_name_the_platform(desk: Client, world: World) -> None:
    load(world, "东溪县教育局,微信,东溪教育,,,", "东溪县教育局,微博,东溪教育,,,")
    page = text(desk.get(f"{DESK}findings/"))
    assert [f'data-label="平台" class="short"><div>{name}' in page for name in ("微信公众号", "微博", "抖音")] == [
        True, True, False,
    ]  # fmt: skip


def test_another_header_row_may_be_named(desk: Client, world: World) -> None:
    rows = [["主办单位", "平台", "账号名称"], ["东溪县教育局", "微信", "东溪教育"], ["主办单位", "平台", "昵称"]]
    upload = SimpleUploadedFile("台账.xlsx", workbook(("表一", rows)))
    desk.post(f"{DESK}ledgers/new/", {"organisation": world.county.pk, "file": upload})
    ledger = Ledger.objects.get()
    desk.post(f"{DESK}ledgers/{ledger.pk}/guess/", {"sheet": "0", "row": "3"})
    ledger.refresh_from_db()
    assert ledger.columns["sheets"][0]["first_header"] == 3
    bad = desk.post(f"{DESK}ledgers/{ledger.pk}/guess/", {"sheet": "0", "row": "三"})
    assert (bad.status_code, "请填表头所在的行号" in text(bad)) == (409, True)


def test_the_account_page_tells_state_findings_names_and_what_happened(desk: Client, world: World) -> None:
    load(world, "东溪县教育局,微信,东溪教育,dongxijiaoyu,是,", "东溪县教育局,微信服务号,东溪教育服务,gh_0123456789ab,,")
    surplus = Account.objects.get(kind="service")
    page = text(desk.get(f"{DESK}{surplus.pk}/"))
    for told in ("多出的账号", "同一平台多于一个账号", "国办发〔2018〕123号", surplus.number, "gh_0123456789ab"):
        assert told in page
    response = desk.post(
        f"{DESK}{surplus.pk}/edit/", {"name": "东溪教育", "platform_uid": "gh_0123456789ab", "followers": "7"}
    )  # fmt: skip
    assert response.status_code == 302
    assert "东溪教育服务（用到" in text(desk.get(f"{DESK}{surplus.pk}/"))
    assert list(Finding.objects.filter(closed_at=None).values_list("kind", flat=True)) == ["surplus"]


def test_an_opening_is_written_corrected_and_sent_from_its_pages(client: Client, world: World) -> None:
    client.force_login(world.officer)
    data = {**FORM, "organisation": world.education.pk, "platform_kind": "wechat:subscription", "undertaking": "on"}
    assert text(client.get(f"{DESK}filings/new/?kind=opening")).count("东溪县教育局") == 1
    assert client.post(f"{DESK}filings/new/?kind=opening", {**data, "phone": "abc"}).status_code == 409
    client.post(f"{DESK}filings/new/?kind=opening", {**data, "name": "校园那些事", "submit": "1"})
    filing = Filing.objects.get()
    page = text(client.get(f"{DESK}filings/{filing.pk}/"))
    assert (filing.state, "看不出主办单位或地区" in page) == ("draft", True)
    client.post(f"{DESK}filings/{filing.pk}/edit/", {**data, "submit": "1"})
    filing.refresh_from_db()
    assert (filing.state, filing.name) == ("in_review", "东溪教育")
    client.force_login(world.supervisor)
    assert "东溪教育" in text(client.get(f"{DESK}filings/{filing.pk}/"))
    client.force_login(world.head)
    review = text(client.get("/desk/review/"))
    assert "开设：东溪教育" in review


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_export_runs_no_formula_and_is_written_down(desk: Client, world: World, file_format: str) -> None:
    load(world, "东溪县教育局,其他平台,=HYPERLINK(1),,,", "石桥镇,其他平台,+1-1,,,")
    response = desk.get(f"{DESK}?export={file_format}&cols=name&cols=number")
    data = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # one or the other
    if file_format == "csv":
        names = [line.split(",")[0].strip('"') for line in data.decode("utf-8-sig").splitlines()[1:]]
    else:
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
        names = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
        assert all(row[0].data_type == "s" for row in sheet.iter_rows(min_row=2))
    assert len(names) == 2
    assert all(not name.startswith(("=", "+")) or file_format == "xlsx" for name in names)
    event = all_events()[0]
    assert (event.name, event.thing_id, event.actor_label, event.data) == (
        "audit.list.exported", "accounts", "supervisor", {"format": file_format, "rows": 2, "narrowed": {}},
    )  # fmt: skip


def test_an_editor_sees_accounts_but_takes_no_list_away(client: Client, world: World) -> None:
    from tests.registry.world import make_person  # noqa: PLC0415 - only here

    load(world, "东溪县教育局,微信,东溪教育,dongxijiaoyu,,")
    client.force_login(make_person("editor", world.education, "editor"))
    assert "东溪教育" in text(client.get(DESK))
    refused = client.get(f"{DESK}?export=csv")
    assert (refused.status_code, "可以导出账号表" in text(refused)) == (409, True)
    assert not all_events().filter(name="audit.list.exported").exists()


@pytest.mark.parametrize("address", ["", "findings/", "filings/", "ledgers/"])
def test_lists_cost_the_same_queries_however_many_rows_there_are(desk: Client, world: World, address: str) -> None:
    """Rows that fit on one page are counted by showing them: one query less."""

    def grow(start: int, end: int) -> None:
        lines = [f"东溪县教育局,微信,东溪教育{number},dongxi{number:04d},," for number in range(start, end)]
        load(world, *lines)
        for number in range(start, end):
            Filing.objects.create(
                kind="opening", organisation=world.education, platform="wechat", platform_group=f"g{number}",
                name=f"n{number}", form=FORM, version_hash="0" * 64, created_by=world.officer,
                created_at=Account.objects.all()[0].created_at,
            )  # fmt: skip
            if number > 1:
                Ledger.objects.create(
                    organisation=world.county, file_name=f"{number}.csv", sha256="0", uploaded_by=world.supervisor,
                    uploaded_at=Account.objects.all()[0].created_at,
                )  # fmt: skip

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"{DESK}{address}?size=20").status_code == 200
        return len(queries)

    grow(0, 2)
    cost()
    one_page = cost()
    grow(2, 25)
    two_pages = cost()
    grow(25, 55)
    assert (two_pages, cost()) == (one_page + 1, one_page + 1)
    assert two_pages <= 12


def test_ledger_rows_cost_the_same_queries_for_one_and_thirty_rows(desk: Client, world: World) -> None:
    costs = []
    for number in (1, 30):
        load(world, *[f"东溪县教育局,微信,东溪{number}x{row},dongxi{number}x{row:03d},," for row in range(number)])
        ledger = Ledger.objects.order_by("-pk")[0]
        assert LedgerRow.objects.filter(ledger=ledger).count() == number
        desk.get(f"{DESK}ledgers/{ledger.pk}/")
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"{DESK}ledgers/{ledger.pk}/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_list_offers_its_search_box(desk: Client) -> None:
    assert 'name="q"' in text(desk.get(DESK))

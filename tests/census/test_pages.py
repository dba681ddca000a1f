"""The pages of a census as each of its people uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.api.callers import program_of
from tests.census.world import fill_and_sign, row_named
from tests.registry.world import workbook

from zhijian.census import actions
from zhijian.census.models import Campaign, Comparison, Difference, Dump, Report, Row, TableLayout

if TYPE_CHECKING:
    from django.test import Client
    from tests.census.world import Asked

DESK = "/desk/census/"
ASK = {
    "title": "年底排查", "basis": "东政办字〔2026〕9号", "layout": "general", "due_on": "2026-12-04",
    "remind_days": "3", "problem_kinds": ["surplus", "other"],
}  # fmt: skip
ROW = {"base_version": "0", "name": "东溪教育", "state": "active", "measure": "keep", "is_main": "False"}


def text(response: Any) -> str:
    return str(response.content.decode())


def test_an_office_asks_by_its_pages(client: Client, asked: Asked) -> None:
    client.force_login(asked.world.supervisor)
    body = asked.world.county.pk
    assert "发起排查" in text(client.get(DESK))
    wrong = client.post(f"{DESK}new/", {**ASK, "organisation": body, "scope": body, "due_on": "2026-01-01"})
    assert (wrong.status_code, "截止日期要在今天以后" in text(wrong), 'value="年底排查"' in text(wrong)) == (
        409,
        True,
        True,
    )
    made = client.post(f"{DESK}new/", {**ASK, "organisation": body, "scope": body})
    campaign = Campaign.objects.get()
    assert made.headers["Location"] == f"{DESK}{campaign.pk}/"
    draft = text(client.get(f"{DESK}{campaign.pk}/"))
    assert ("要填的单位（4）" in draft, "会问到 1 个乡级单位" in draft, "10 个工作日" in draft) == (True, True, True)
    assert "石桥镇人民政府" in text(client.get(f"{DESK}{campaign.pk}/bodies/"))
    changed = client.post(f"{DESK}{campaign.pk}/edit/", {
        **ASK, "organisation": body, "scope": body, "title": "年底大排查", "levels": ["county"]})  # fmt: skip
    assert changed.status_code == 302
    assert "乡级单位" not in text(client.get(f"{DESK}{campaign.pk}/"))
    client.post(f"{DESK}{campaign.pk}/open/")
    page = text(client.get(f"{DESK}{campaign.pk}/"))
    assert ("3 个单位，已签字 0 个" in page, "催报" in page, "东溪县教育局" in page) == (True, True, True)
    assert client.post(f"{DESK}{campaign.pk}/edit/", {**ASK, "organisation": body, "scope": body}).status_code == 409
    told = client.post(f"{DESK}{campaign.pk}/chase/", follow=True)
    assert "已提醒 3 个单位。" in text(told)
    assert client.post(f"{DESK}{campaign.pk}/chase/").status_code == 409
    assert client.post(f"{DESK}{campaign.pk}/extend/", {"due_on": "2026-12-01"}).status_code == 409
    client.post(f"{DESK}{campaign.pk}/extend/", {"due_on": "2026-12-11"})
    client.post(f"{DESK}{campaign.pk}/close/")
    assert "已结束" in text(client.get(f"{DESK}{campaign.pk}/"))


def test_a_body_fills_in_and_a_late_comer_keeps_what_they_typed(client: Client, asked: Asked) -> None:
    campaign = asked.open()
    sheet = asked.sheet(campaign, asked.world.education)
    page, row = f"{DESK}sheets/{sheet.pk}/", row_named(sheet, "东溪教育")
    client.force_login(asked.world.officer)
    assert "2026年第四季度政务新媒体排查" in text(client.get("/desk/"))
    assert "已按登记册填好" in text(client.get(page))
    form = text(client.get(f"{page}rows/{row.pk}/"))
    assert ('value="周明"' in form, 'value="1200"' in form) == (True, True)
    saved = client.post(f"{page}rows/{row.pk}/", {**ROW, "leader": "李红", "followers": "1200"})
    assert saved.status_code == 302
    assert ("周明" in text(client.get(page)), "李红" in text(client.get(page))) == (True, True)
    late = client.post(f"{page}rows/{row.pk}/", {**ROW, "leader": "王强", "followers": "1200"})
    assert (late.status_code, "分管负责人：周明 → 李红" in text(late), 'value="王强"' in text(late)) == (
        409,
        True,
        True,
    )
    again = client.post(f"{page}rows/{row.pk}/", {**ROW, "leader": "王强", "followers": "1200", "base_version": "1"})
    assert again.status_code == 302
    wrong = client.post(f"{page}rows/{row.pk}/", {**ROW, "base_version": "2", "measure": "close", "followers": "-1"})
    assert (wrong.status_code, Row.objects.get(pk=row.pk).measure) == (409, "keep")
    added = client.post(f"{page}add/", {
        **ROW, "name": "东溪招生", "platform_kind": "douyin:douyin", "problems": ["abandoned"], "measure": "close",
        "measure_on": "2026-12-30"})  # fmt: skip
    assert added.status_code == 302
    new = row_named(sheet, "东溪招生")
    assert "本次补报" in text(client.get(page))
    client.post(f"{page}rows/{new.pk}/remove/")
    assert not Row.objects.filter(pk=new.pk).exists()
    stale = client.post(f"{page}submit/", {"version": "0"}, follow=True)
    assert "已送负责人签字" in text(stale)
    client.force_login(asked.world.head)
    assert "2026年第四季度政务新媒体排查（县教育局）" in text(client.get("/desk/review/"))


def test_lists_cost_the_same_for_one_row_and_for_many(client: Client, asked: Asked) -> None:
    campaign = asked.open()
    client.force_login(asked.world.supervisor)

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    few = [cost(f"{DESK}{campaign.pk}/{part}") for part in ("", "sheets/", "figures/?all=1")]
    from tests.registry.world import make_body  # noqa: PLC0415 - bodies of another census

    for number in range(8):
        make_body(f"第{number}镇", asked.world.county, "township", "government")
    many = asked.open(title="再问一次")
    assert [cost(f"{DESK}{many.pk}/{part}") for part in ("", "sheets/", "figures/?all=1")] == few


def test_a_neighbour_finds_nothing_of_a_census(client: Client, asked: Asked) -> None:
    campaign = asked.open()
    sheet = asked.sheet(campaign, asked.world.education)
    row = row_named(sheet, "东溪教育")
    client.force_login(asked.world.supervisor)
    client.post(f"{DESK}{campaign.pk}/figures/", {"file_format": "xlsx"})
    client.post(f"{DESK}{campaign.pk}/comparisons/", {"against": "register"})
    report, comparison = Report.objects.get(), Comparison.objects.get()
    client.force_login(asked.world.stranger)
    paths = [
        f"{campaign.pk}/", f"{campaign.pk}/sheets/", f"{campaign.pk}/figures/", f"sheets/{sheet.pk}/",
        f"sheets/{sheet.pk}/rows/{row.pk}/", f"reports/{report.pk}/", f"reports/{report.pk}/file/",
        f"comparisons/{comparison.pk}/", f"{campaign.pk}/bodies/",
    ]  # fmt: skip
    assert {path: client.get(f"{DESK}{path}").status_code for path in paths} == dict.fromkeys(paths, 404)
    acts = [f"{campaign.pk}/open/", f"{campaign.pk}/chase/", f"sheets/{sheet.pk}/submit/", f"sheets/{sheet.pk}/return/"]
    assert {path: client.post(f"{DESK}{path}").status_code for path in acts} == dict.fromkeys(acts, 404)


def test_layouts_and_dumps_are_brought_along_by_their_pages(client: Client, asked: Asked) -> None:
    client.force_login(asked.world.supervisor)
    body = {"organisation": asked.world.county.pk}
    form = workbook(
        ("表", [["东溪县政务新媒体统计表"], ["编号", "单位名称", "新媒体名称", "平台类型", "整改措施", "本县编号"]])
    )
    client.post(f"{DESK}layouts/new/", {**body, "name": "县里的表", "file": SimpleUploadedFile("表.xlsx", form)})
    layout = TableLayout.objects.get()
    assert [column["key"] for column in layout.columns] == ["serial", "body", "name", "platform", "measure", ""]
    page = text(client.get(f"{DESK}layouts/{layout.pk}/"))
    assert "本县编号" in page
    keys = {f"col-{place}": column["key"] for place, column in enumerate(layout.columns)}
    refused = client.post(f"{DESK}layouts/{layout.pk}/", {**keys, "col-5": "name"})
    assert (refused.status_code, "“账号名称”选了两次" in text(refused)) == (409, True)
    assert client.post(f"{DESK}layouts/{layout.pk}/", {**keys, "col-5": "body_code"}).status_code == 302
    assert "县里的表" in text(client.get(f"{DESK}new/"))
    rows = [["主办单位", "媒体类型", "账号名称", "账号ID"],
            ["东溪县教育局", "微信", "东溪教育", asked.wechat.platform_uid],
            ["东溪县教育局", "抖音", "东溪教育抖音", ""], ["", "", "没有平台的", ""]]  # fmt: skip
    file = SimpleUploadedFile("dump.xlsx", workbook(("导出", rows)))
    bad = client.post(f"{DESK}dumps/new/", {**body, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")})
    assert (bad.status_code, "不是表格" in text(bad)) == (409, True)
    client.post(f"{DESK}dumps/new/", {**body, "file": file})
    dump = Dump.objects.get()
    fields = {f"col-{place}": column["field"] for place, column in enumerate(dump.columns["columns"])}
    client.post(f"{DESK}dumps/{dump.pk}/", fields)
    dump.refresh_from_db()
    assert (dump.state, dump.total, dump.faulty) == ("ready", 2, 1)
    campaign = asked.open()
    fill_and_sign(asked.sheet(campaign, asked.world.education), asked.world.officer, asked.world.head)
    client.post(f"{DESK}{campaign.pk}/comparisons/", {"against": "national", "dump": dump.pk})
    comparison = Comparison.objects.get()
    page = text(client.get(f"{DESK}comparisons/{comparison.pk}/"))
    assert ("东溪教育抖音" in page, "补办开设备案" in page) == (True, True)
    difference = Difference.objects.get(name="东溪教育抖音")
    assert client.post(f"{DESK}differences/{difference.pk}/settle/", {"reason": ""}).status_code == 409
    client.post(f"{DESK}differences/{difference.pk}/settle/", {"reason": "已在全国系统删去。"})
    client.post(f"{DESK}comparisons/{comparison.pk}/again/")
    difference.refresh_from_db()
    assert difference.settled_reason == "已在全国系统删去。"


def test_a_program_reads_how_far_a_census_is_within_its_owners_scope(asked: Asked) -> None:
    campaign = asked.open()
    actions.sign_empty(actor=asked.health_head, sheet_id=asked.sheet(campaign, asked.world.health).pk)
    states = {"not_started": 3, "filling": 0, "signing": 0, "signed": 1, "returned": 0}
    told = program_of(asked.world.supervisor).get(f"/censuses/{campaign.pk}")
    assert told == (200, {"id": campaign.pk, "total": 4, "states": states, "overdue": False})
    assert program_of(asked.world.officer).get(f"/censuses/{campaign.pk}")[1]["total"] == 1
    assert program_of(asked.world.stranger).get(f"/censuses/{campaign.pk}")[0] == 404
    status, page = program_of(asked.world.officer).get("/censuses")
    assert (status, [one["title"] for one in page["items"]], page["total"]) == (200, [campaign.title], 1)
    assert program_of(asked.world.stranger).get("/censuses")[1] == {"items": [], "total": 0}

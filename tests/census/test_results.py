"""What comes out of a census: figures that agree with the rows, files that open, differences that can be put right."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from openpyxl import Workbook, load_workbook
from tests.census.world import fill_and_sign, row_named, told

from zhijian.audit.queries import all_events
from zhijian.census import actions, queries
from zhijian.census.actions import RowDraft
from zhijian.census.models import Comparison, Difference, Row
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.registry.actions import create_filing, edit_account
from zhijian.registry.models import Account

if TYPE_CHECKING:
    from pathlib import Path

    from tests.census.world import Asked

    from zhijian.census.models import Campaign


def answered(asked: Asked, **more: Any) -> Campaign:
    """The county's census: 县教育局 corrects one account, disowns one, adds one, and signs; 石桥镇 has not signed."""
    campaign = asked.open(**more)
    officer, sheet = asked.world.officer, asked.sheet(campaign, asked.world.education)
    wechat, weibo = row_named(sheet, "东溪教育"), row_named(sheet, "东溪教育发布")
    actions.change_row(actor=officer, sheet_id=sheet.pk, row_id=wechat.pk, base_version=0, draft=told(
        wechat, values={"leader": "李红", "name": "东溪教育局"}, problems=["stale"], problem_note="=cmd|' /C calc'!A0",
        measure="close", measure_on=date(2026, 12, 31)))  # fmt: skip
    actions.change_row(actor=officer, sheet_id=sheet.pk, row_id=weibo.pk, base_version=0, draft=told(
        weibo, not_ours=True, problem_note="是市教育局的。"))  # fmt: skip
    actions.add_row(actor=officer, sheet_id=sheet.pk, draft=RowDraft(
        values={"name": "东溪招生", "state": "unfiled"}, platform_kind="douyin:douyin"))  # fmt: skip
    sheet.refresh_from_db()
    fill_and_sign(sheet, officer, asked.world.head)
    return campaign


def test_the_workbook_holds_the_rows_in_the_layout_and_the_same_totals(asked: Asked) -> None:
    campaign, boss = answered(asked), asked.world.supervisor
    found = queries.statistics(actor=boss, campaign=campaign, branch=asked.world.county, signed_only=False)
    rows = Row.objects.filter(campaign=campaign).exclude(standing="not_ours")
    assert (found.whole.total, found.whole.troubled, found.added, found.corrected, found.not_ours) == (3, 1, 1, 1, 1)
    assert found.whole.total == rows.count()
    assert {code: line.total for code, line in found.by_platform.items()} == {"wechat": 2, "douyin": 1}
    assert {code: line.total for code, line in found.by_level.items()} == {"county": 2, "township": 1}
    assert dict(found.whole.states) == {"active": 2, "unfiled": 1}
    assert dict(found.whole.measures) == {"close": 1, "keep": 2}
    assert found.problems == [("长期不更新", 1)]
    assert [(line.label, line.total) for line in found.by_branch] == [("东溪县教育局", 2), ("石桥镇人民政府", 1)]

    report = actions.request_report(
        actor=boss, campaign=campaign, branch=asked.world.county, file_format="xlsx", signed_only=False
    )
    _, content = actions.take_report(actor=boss, report_id=report.pk)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["明细", "统计", "分单位", "没有签字的单位", "不是本单位的账号"]
    lines = [list(line) for line in book["明细"].iter_rows(values_only=True)]
    assert lines[0] == [column["label"] for column in campaign.layout["columns"]]
    told_lines = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    assert [(line["序号"], line["账号名称"], line["分管负责人"]) for line in told_lines] == [
        (1, "东溪招生", None), (2, "东溪教育局", "李红"), (3, "石桥发布", None)
    ]  # fmt: skip
    assert told_lines[1]["问题说明"] == "'=cmd|' /C calc'!A0"
    assert (told_lines[1]["处理措施"], told_lines[1]["完成时限"]) == ("关停", "2026-12-31")
    figures = {line[0]: line for line in book["统计"].iter_rows(values_only=True) if line[0]}
    heads = list(figures["平台"])
    assert figures["合计"][heads.index("合计")] == rows.count()
    assert figures["合计"][heads.index("关停")] == 1
    assert [line[0] for line in book["没有签字的单位"].iter_rows(values_only=True)][1:] == [
        "东溪县人民政府", "东溪县卫生健康局", "石桥镇人民政府"
    ]  # fmt: skip
    assert [line[2:] for line in book["不是本单位的账号"].iter_rows(values_only=True)][1:] == [
        ("东溪教育发布", "是市教育局的。")
    ]
    exported = [event for event in all_events() if event.name == "audit.list.exported"]
    assert [(event.thing_id, event.data["rows"]) for event in exported] == [("census_report", 3)]

    signed = actions.request_report(
        actor=boss, campaign=campaign, branch=asked.world.county, file_format="csv", signed_only=True
    )
    _, content = actions.take_report(actor=boss, report_id=signed.pk)
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [line[4] for line in table] == ["账号名称", "东溪招生", "东溪教育局"]


def test_a_sheet_for_each_body_and_nobody_takes_what_they_do_not_oversee(asked: Asked) -> None:
    campaign = answered(asked, layout="per_body")
    report = actions.request_report(
        actor=asked.world.supervisor,
        campaign=campaign,
        branch=asked.world.county,
        file_format="xlsx",
        signed_only=False,
    )
    book = load_workbook(io.BytesIO(actions.take_report(actor=asked.world.supervisor, report_id=report.pk)[1]))
    assert book.sheetnames[:2] == ["东溪县教育局", "石桥镇人民政府"]
    with pytest.raises(Refused, match="只有主管、巡检人员和单位负责人可以导出汇总表"):
        actions.request_report(
            actor=asked.world.officer, campaign=campaign, branch=asked.world.education, file_format="csv",
            signed_only=False,
        )  # fmt: skip


def _skip() -> NoReturn:
    sentence = "LibreOffice Calc is missing: install it (Debian: apt-get install libreoffice-calc-nogui)."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.mark.slow
def test_libreoffice_reads_the_same_totals_from_the_workbook(asked: Asked, tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        _skip()
    campaign = answered(asked)
    report = actions.request_report(
        actor=asked.world.supervisor,
        campaign=campaign,
        branch=asked.world.county,
        file_format="xlsx",
        signed_only=False,
    )
    _, content = actions.take_report(actor=asked.world.supervisor, report_id=report.pk)
    (tmp_path / "census.xlsx").write_bytes(content)
    # A workbook of one cell tells whether Calc is there at all: then ours must open, and is no reason to skip.
    Workbook().save(tmp_path / "probe.xlsx")
    convert = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(  # noqa: S603 -- the office suite of this machine, on a file of our own
        [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", convert,
         "--outdir", str(tmp_path), str(tmp_path / "census.xlsx"), str(tmp_path / "probe.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    if not list(tmp_path.glob("probe*.csv")):
        _skip()
    rows = list(csv.reader(io.StringIO((tmp_path / "census-明细.csv").read_text(encoding="utf-8"))))
    assert len(rows) - 1 == Row.objects.filter(campaign=campaign).exclude(standing="not_ours").count()
    figures = list(csv.reader(io.StringIO((tmp_path / "census-统计.csv").read_text(encoding="utf-8"))))
    total = next(line for line in figures if line[0] == "合计")
    assert total[figures[0].index("合计")] == "3"


def differences(row: Comparison) -> list[tuple[str, str, bool]]:
    rows = Difference.objects.filter(comparison=row).order_by("kind", "name")
    return [(one.kind, one.name, one.not_ours) for one in rows]


def test_what_was_signed_goes_into_the_register_with_one_click_and_filings_for_the_rest(asked: Asked) -> None:
    campaign, boss = answered(asked), asked.world.supervisor
    row = actions.compare(actor=boss, campaign=campaign, branch=asked.world.county, against="register")
    assert differences(row) == [
        ("differs", "东溪教育局", False), ("only_here", "东溪招生", False), ("only_there", "东溪教育发布", True)
    ]  # fmt: skip
    assert row.same == 1
    found = {one.name: one for one in queries.visible_differences(actor=boss)}
    assert found["东溪教育局"].fields == {
        "name": ["东溪教育局", "东溪教育"], "leader": ["李红", "周明"], "measure": ["close", "active"]
    }  # fmt: skip
    account, body = asked.wechat.pk, asked.world.education.pk
    assert [(one.label, one.url) for one in queries.remedies(found["东溪教育局"])] == [
        ("按填报改登记册", f"/desk/census/differences/{found['东溪教育局'].pk}/apply/"),
        ("办理变更", f"/desk/accounts/filings/new/?kind=change&account={account}&organisation={body}"),
        ("办理关停", f"/desk/accounts/filings/new/?kind=closing&account={account}&organisation={body}"),
    ]
    opening = parse_qs(urlsplit(queries.remedies(found["东溪招生"])[0].url).query)
    assert opening == {
        "kind": ["opening"], "organisation": [str(body)], "name": ["东溪招生"], "platform_kind": ["douyin:douyin"]
    }  # fmt: skip
    assert [one.label for one in queries.remedies(found["东溪教育发布"])] == ["办理关停", "改主办单位"]

    actions.apply_difference(actor=boss, difference_id=found["东溪教育局"].pk)
    assert Account.objects.get(pk=account).leader == "李红"
    left = Difference.objects.get(pk=found["东溪教育局"].pk)
    assert (sorted(left.fields), left.settled_at) == (["measure", "name"], None)
    with pytest.raises(Refused, match="没有可以直接写入登记册的内容"):
        actions.apply_difference(actor=boss, difference_id=left.pk)
    actions.settle_difference(actor=boss, difference_id=found["东溪教育发布"].pk, reason="已请市里接手。")
    again = actions.compare_again(actor=boss, comparison_id=row.pk)
    assert (again.pk, Difference.objects.get(name="东溪教育发布").settled_reason) == (row.pk, "已请市里接手。")
    actions.reopen_difference(actor=boss, difference_id=found["东溪教育发布"].pk)


# By the state of the account: what puts it right when the body tells another state, disowns it, or does not name it.
OFFERED: dict[str, tuple[dict[str, list[str]], list[str], list[str]]] = {
    "active": (
        {"frozen": ["办理停更"], "closing": ["办理关停"], "deregistered": ["办理关停"], "unfiled": ["看账号"]},
        ["办理关停", "改主办单位"], ["看账号", "办理关停"],
    ),
    "frozen": (
        {"active": ["恢复更新"], "closing": ["办理关停"]}, ["办理关停", "改主办单位"], ["看账号", "办理关停"],
    ),
    "closing": (
        {"active": ["恢复更新"], "deregistered": ["办理注销"], "frozen": ["看账号"]},
        ["办理注销"], ["看账号", "办理注销"],
    ),
    "unfiled": ({"active": ["补办备案"]}, ["办理关停", "改主办单位"], ["看账号", "办理关停"]),
    "deregistered": ({"active": ["看账号"]}, ["看账号"], ["看账号"]),
}  # fmt: skip


def test_only_filings_that_the_state_of_the_account_allows_are_offered(asked: Asked) -> None:
    account = asked.wechat

    def offered(kind: str, against: str, **more: Any) -> list[queries.Remedy]:
        row = Difference(
            pk=1, comparison=Comparison(against=against), organisation=asked.world.education, account=account,
            kind=kind, name="东溪教育", **more,
        )  # fmt: skip
        return queries.remedies(row)

    for state, (by_told, disowned, unnamed) in OFFERED.items():
        account.state = state
        found = [offered("differs", "register", fields={"state": [told_state, state]}) for told_state in by_told]
        found += [offered("only_there", "register", not_ours=True), offered("only_there", "last")]
        assert [[one.label for one in some] for some in found] == [*by_told.values(), disowned, unnamed]
        # Each form that is offered may be begun.
        for kind in {parse_qs(urlsplit(one.url).query).get("kind", [""])[0] for some in found for one in some} - {""}:
            with transaction.atomic():
                Account.objects.filter(pk=account.pk).update(state=state)
                create_filing(actor=asked.world.supervisor, kind=kind, form={}, account_id=account.pk)
                transaction.set_rollback(True)
    assert [one.label for one in offered("differs", "national", fields={"leader": ["李红", ""]})] == ["改登记信息"]


def test_nothing_unsigned_and_nothing_overtaken_is_written_into_the_register(asked: Asked) -> None:
    campaign, boss = answered(asked), asked.world.supervisor
    row = actions.compare(actor=boss, campaign=campaign, branch=asked.world.county, against="register")
    difference = Difference.objects.get(comparison=row, name="东溪教育局")
    edit_account(actor=boss, account_id=asked.wechat.pk, values={"leader": "赵新"})
    with pytest.raises(Refused, match="比对以后登记册又改过"):
        actions.apply_difference(actor=boss, difference_id=difference.pk)
    actions.return_sheet(actor=boss, sheet_id=asked.sheet(campaign, asked.world.education).pk, comment="再核一次。")
    with pytest.raises(Refused, match="还没有签字"):
        actions.apply_difference(actor=boss, difference_id=difference.pk)
    assert Account.objects.get(pk=asked.wechat.pk).leader == "赵新"


def test_the_last_census_of_the_same_branch_is_the_measure_of_this_one(asked: Asked) -> None:
    boss = asked.world.supervisor
    first = answered(asked)
    assert actions.why_not_compare(actor=boss, campaign=first, branch=asked.world.county, against="last") == [
        "这个范围以前没有排查过，没有上一次可比。"
    ]
    actions.close_campaign(actor=boss, campaign_id=first.pk)
    with clock.at(clock.now().replace(month=12)):
        second = asked.open(title="下一次", due_on=date(2026, 12, 31))
        row = actions.compare(actor=boss, campaign=second, branch=asked.world.county, against="last")
    assert row.other == first
    assert differences(row) == [
        ("differs", "东溪教育", False), ("only_here", "东溪教育发布", False), ("only_there", "东溪招生", False)
    ]  # fmt: skip

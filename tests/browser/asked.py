"""A census in every state: a draft, one that runs with tables in every state, one that is over; a layout and dumps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.registry.world import workbook

from zhijian.census import actions
from zhijian.census.actions import CampaignDraft, RowDraft
from zhijian.census.models import Difference, Row, Sheet
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.census.models import Campaign
    from zhijian.organisations.models import Organisation, User
    from zhijian.review.models import Review

DUMP = [
    ["主办单位", "平台", "账号名称"],
    ["青禾县水务局", "微信公众号", "青禾水务"],
    ["青禾县水务局", "抖音", "青禾水务短视频"],
]


def ask_bodies(
    people: dict[str, User], bodies: dict[str, Organisation], sign: Callable[[Any], Review]
) -> dict[str, Any]:
    """Make everything the pages of censuses can show; `sign` signs a table as its body's head. Return it by name."""
    boss, host, county = people["chenlian"], people["zhouwenjing"], bodies["county"]

    def ask(title: str) -> Campaign:
        draft = CampaignDraft(
            title=title, basis="青政办字〔2026〕18号", scope=county, layout="general", guidance="没有备案的也要报。",
            due_on=clock.today() + timedelta(days=10), problem_kinds=("surplus", "stale", "other"),
        )  # fmt: skip
        return actions.draft_campaign(actor=boss, organisation=county, draft=draft)

    over = actions.open_campaign(actor=boss, campaign_id=ask("上一次排查").pk)
    actions.close_campaign(actor=boss, campaign_id=over.pk)
    found: dict[str, Any] = {"draft": ask("还没下发的排查"), "over": over}
    running = found["running"] = actions.open_campaign(actor=boss, campaign_id=ask("第四季度排查").pk)
    for name, place in (("water", "water"), ("school", "school"), ("town", "town")):
        found[name] = Sheet.objects.get(campaign=running, organisation=bodies[place])
    water = found["water"]
    added = RowDraft(values={"name": "青禾水务抖音", "state": "unfiled"}, platform_kind="douyin:douyin")
    found["added"] = actions.add_row(actor=host, sheet_id=water.pk, draft=added)
    found["row"] = Row.objects.filter(sheet=water, standing="listed").earliest("pk")
    actions.submit_sheet(actor=host, sheet_id=water.pk, base_version=1)
    sign(water)
    actions.return_sheet(actor=boss, sheet_id=water.pk, comment="少了今日头条。")
    actions.submit_sheet(actor=host, sheet_id=water.pk, base_version=water.version + 2)
    sign(water)
    found["review"] = water
    _compare(found, boss, county)
    return found


def _compare(found: dict[str, Any], boss: User, county: Organisation) -> None:
    running = found["running"]
    for name in ("mapping", "dump"):
        found[name] = actions.upload_dump(
            actor=boss, organisation=county, file_name=f"{name}.xlsx", content=workbook(("导出", DUMP))
        )
    fields = [column["field"] for column in found["dump"].columns["columns"]]
    found["dump"] = actions.choose_dump_columns(actor=boss, dump_id=found["dump"].pk, fields=fields)
    found["comparison"] = actions.compare(
        actor=boss, campaign=running, branch=county, against="national", dump=found["dump"]
    )
    differences = Difference.objects.filter(comparison=found["comparison"]).order_by("pk")
    found["difference"] = differences[0]
    actions.settle_difference(actor=boss, difference_id=differences[1].pk, reason="已补报。")
    found["report"] = actions.request_report(
        actor=boss, campaign=running, branch=county, file_format="xlsx", signed_only=False
    )
    form = workbook(("表", [["编号", "单位名称", "账号名称", "平台类型", "整改措施"]]))
    found["layout"] = actions.bring_layout(
        actor=boss, organisation=county, name="县里的表样", sheet_per_body=False, content=form
    )

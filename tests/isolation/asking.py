"""What a body's censuses ask and answer, every word of it with the body's mark."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.registry.world import workbook

from zhijian.census import actions
from zhijian.census.actions import CampaignDraft, RowDraft
from zhijian.census.models import Campaign, Comparison, Difference, Dump, Report, Row, Sheet, TableLayout
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.review import actions as review
from zhijian.review.models import Review

if TYPE_CHECKING:
    from tests.isolation.world import Party


def ask_bodies(party: Party) -> None:
    """Ask, fill in, sign, sum up, compare; leave a draft, a layout and a dump behind."""
    boss, officer = party.all_rounder, party.officer()
    form = workbook(("表", [["账号名称", party.word("head"), "平台"]]))
    layout = actions.bring_layout(
        actor=boss, organisation=party.body, name=party.word("layout"), sheet_per_body=False, content=form
    )
    actions.map_layout(actor=boss, layout_id=layout.pk, keys=["name", "remark", "platform"])
    _ask(party, "asked2", f"own:{layout.pk}")
    running = actions.open_campaign(actor=boss, campaign_id=_ask(party, "census", "general").pk)
    sheet = Sheet.objects.get(campaign=running)
    values = {"name": party.word("hidden"), "remark": party.word("told"), "state": "unfiled"}
    draft = RowDraft(values=values, platform_kind="douyin:douyin", problem_note=party.word("problem"))
    actions.add_row(actor=officer, sheet_id=sheet.pk, draft=draft)
    actions.submit_sheet(actor=officer, sheet_id=sheet.pk, base_version=1)
    opened = Review.objects.get(thing_kind="census.sheet", thing_id=sheet.pk)
    gates = {gate["code"]: True for stage in opened.stages.all() for gate in stage.gates}
    review.sign(
        review_id=opened.pk, decision="approve", version_hash=opened.version_hash, gates=gates, comment="",
        actor=party.people[Role.HEAD],
    )  # fmt: skip
    actions.request_report(actor=boss, campaign=running, branch=party.body, file_format="xlsx", signed_only=True)
    _compare(party, running)


def _ask(party: Party, what: str, layout: str) -> Campaign:
    draft = CampaignDraft(
        title=party.word(what), basis=party.word("basis"), scope=party.body, layout=layout,
        due_on=clock.today() + timedelta(days=20), guidance=party.word("guidance"), problem_kinds=("other",),
    )  # fmt: skip
    return actions.draft_campaign(actor=party.all_rounder, organisation=party.body, draft=draft)


def _compare(party: Party, running: Campaign) -> None:
    rows = [
        ["主办单位", "平台", "账号名称", "备注"],
        [party.body.name, "抖音", party.word("national"), party.word("dumped")],
    ]
    for number in range(2):
        dump = actions.upload_dump(
            actor=party.all_rounder, organisation=party.body, file_name=f"{party.word('dump')}{number}.xlsx",
            content=workbook(("导出", rows)),
        )  # fmt: skip
    fields = [column["field"] for column in dump.columns["columns"]]
    dump = actions.choose_dump_columns(actor=party.all_rounder, dump_id=dump.pk, fields=fields)
    made = actions.compare(actor=party.all_rounder, campaign=running, branch=party.body, against="national", dump=dump)
    settled = Difference.objects.filter(comparison=made, name=party.word("national")).get()
    actions.settle_difference(actor=party.all_rounder, difference_id=settled.pk, reason=party.word("settled"))
    actions.compare(actor=party.all_rounder, campaign=running, branch=party.body, against="register")


def census_values(party: Party) -> dict[str, list[Any]]:
    """Return the values of the parameters of this room's addresses."""

    def ids(model: Any, **where: Any) -> list[int]:
        return list(model.objects.filter(**where).order_by("-pk").values_list("pk", flat=True))

    body = party.body
    return {
        "campaign_id": ids(Campaign, organisation=body), "sheet_id": ids(Sheet, organisation=body),
        "row_id": ids(Row, organisation=body)[:2], "report_id": ids(Report, organisation=body),
        "comparison_id": ids(Comparison, organisation=body), "layout_id": ids(TableLayout, organisation=body),
        "difference_id": ids(Difference, comparison__organisation=body)[:3], "dump_id": ids(Dump, organisation=body),
    }  # fmt: skip

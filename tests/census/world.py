"""A census over the county of the register's tests: what it asks, who fills it in, who signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tests.observation.world import make_account
from tests.registry.world import make_person, make_world

from zhijian.census import actions
from zhijian.census.actions import CampaignDraft, RowDraft
from zhijian.census.models import Campaign, Row, Sheet
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.review import actions as review
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from tests.registry.world import World

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=clock.BEIJING)
DUE = date(2026, 12, 4)


@dataclass
class Asked:
    """The county with accounts: 县教育局 has two, 石桥镇 one, 县卫健局 none; 西溪县教育局 has one of its own."""

    world: World
    wechat: Account
    weibo: Account
    town_wechat: Account
    other: Account
    town_officer: User
    town_head: User
    health_head: User
    people: dict[int, tuple[User, User]] = field(default_factory=dict)

    def draft(self, **more: Any) -> Campaign:
        """Draft a census of the county."""
        facts: dict[str, Any] = {
            "title": "2026年第四季度政务新媒体排查", "basis": "东政办字〔2026〕8号", "scope": self.world.county,
            "layout": "general", "due_on": DUE,
            "problem_kinds": ("surplus", "no_platform_id", "stale", "abandoned", "other"), **more,
        }  # fmt: skip
        return actions.draft_campaign(
            actor=self.world.supervisor, organisation=self.world.county, draft=CampaignDraft(**facts)
        )

    def open(self, **more: Any) -> Campaign:
        """Draft a census of the county and send it out."""
        return actions.open_campaign(actor=self.world.supervisor, campaign_id=self.draft(**more).pk)

    def sheet(self, campaign: Campaign, body: Organisation) -> Sheet:
        return Sheet.objects.select_related("campaign", "organisation").get(campaign=campaign, organisation=body)


def make_asked() -> Asked:
    """Make the bodies, their accounts and their people."""
    world = make_world()
    return Asked(
        world=world,
        wechat=make_account(world.education, "wechat", "东溪教育", leader="周明", followers=1200),
        weibo=make_account(world.education, "weibo", "东溪教育发布"),
        town_wechat=make_account(world.town, "wechat", "石桥发布"),
        other=make_account(world.other_education, "wechat", "西溪教育"),
        town_officer=make_person("town_officer", world.town, Role.HOST_OFFICER),
        town_head=make_person("town_head", world.town, Role.HEAD),
        health_head=make_person("health_head", world.health, Role.HEAD),
    )


def row_named(sheet: Sheet, name: str) -> Row:
    return Row.objects.select_related("sheet__campaign").get(sheet=sheet, name=name)


def told(row: Row, **more: Any) -> RowDraft:
    """What a person sends who changes only what `more` names (`values` are joined to those of the row)."""
    facts: dict[str, Any] = {
        "problems": row.problems, "problem_note": row.problem_note, "measure": row.measure,
        "measure_on": row.measure_on, **more,
    }  # fmt: skip
    return RowDraft(**{**facts, "values": {**row.values, "name": row.name, **more.get("values", {})}})


def sign(sheet: Sheet, person: User, *, comment: str = "") -> None:
    """Sign a table that was sent; with a comment it goes back."""
    opened = current_review(thing_kind="census.sheet", thing_id=sheet.pk)
    assert opened is not None
    stage = current_stage(opened)
    assert stage is not None
    review.sign(
        review_id=opened.pk, decision="return" if comment else "approve", version_hash=opened.version_hash,
        gates={} if comment else {gate["code"]: True for gate in stage.gates}, comment=comment, actor=person,
    )  # fmt: skip


def fill_and_sign(sheet: Sheet, officer: User, head: User) -> Sheet:
    """Send a table as it stands and have it signed."""
    actions.submit_sheet(actor=officer, sheet_id=sheet.pk, base_version=sheet.version)
    sign(sheet, head)
    sheet.refresh_from_db()
    return sheet

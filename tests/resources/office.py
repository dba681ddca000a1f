"""A county whose water bureau runs three accounts and whose media centre runs one; the school board runs none yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.people import County, make_body, make_county

from zhijian.lib import clock
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.registry.actions import import_ledger_file
from zhijian.resources import actions, queries

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import Organisation, User
    from zhijian.resources.enums import Lack
    from zhijian.resources.models import LiaisonEntry, Licence, RuleDocument, Statement

LEDGER = (
    "主办单位,平台,账号名称,账号ID,认证主体\n"
    "云岭县水务局,微信,云岭水务,gh_0a1b2c3d4e01,云岭县水务局\n"
    "云岭县水务局,微博,云岭水务,1234567890,\n"
    "云岭县水务局,抖音,云岭水务,800000000001,\n"
    "云岭县融媒体中心,微信,云岭发布,gh_0a1b2c3d4e03,云岭县融媒体中心\n"
)
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
RULES = ("publishing_review", "account_management", "emergency", "secrecy", "duty", "comments")


def day(number: int) -> date:
    """Return the day so many days from today."""
    return clock.today() + timedelta(days=number)


def means(**more: Any) -> actions.StatementDraft:
    """Return a statement in which nothing is missing."""
    told = actions.StatementDraft(
        leader_name="秦越", leader_post="副局长", leader_phone="0999-8810001", unit="办公室",
        budget=Decimal("86000.50"), budget_source="部门预算", staff_count=3, staff_names="周文静：审核\n何敏：采编",
    )  # fmt: skip
    return replace(told, **more)


def licence_draft(**more: Any) -> actions.LicenceDraft:
    """Return a licence that has run a year and runs two more."""
    told = actions.LicenceDraft(
        number="99920260001", issuer="云山省网信办", holder="云岭县融媒体中心", begins_on=day(-365), ends_on=day(730)
    )
    return replace(told, **more)


def rule_draft(**more: Any) -> actions.RuleDraft:
    """Return a rule document in force, to be looked at in a hundred days."""
    told = actions.RuleDraft("云岭县水务局信息发布审核制度", "云水发〔2025〕3号", day(-200), day(-190), day(100))
    return replace(told, **more)


def talk(**more: Any) -> actions.TalkDraft:
    """Return a talk of today that goes on in five days."""
    told = actions.TalkDraft(
        platform="wechat", day=day(0), contact_name="卢小溪", contact_phone="0755-0001", contact_mail="lu@example.cn",
        way="phone", asked="账号名称与一家公司重名，请平台核实。", came_of="已受理，五个工作日内答复。",
        follow_up_on=day(5), state="open",
    )  # fmt: skip
    return replace(told, **more)


@dataclass
class Office:
    """`host` keeps the bureau's, `media_host` the media centre's; `officer` supervises; `editor` and others may not."""

    county: County
    media: Organisation
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    @property
    def year(self) -> int:
        return clock.today().year

    def state(self, *, year: int | None = None, seen: int = 0, reason: str = "", **more: Any) -> Statement:
        return actions.state_means(
            actor=self["host"], organisation=self.county.water, year=year or self.year, draft=means(**more), seen=seen,
            reason=reason,
        )  # fmt: skip

    def licence(self, kind: str = "internet_news", paper: bytes | None = None, **more: Any) -> Licence:
        """Write a licence of the media centre down."""
        return actions.record_licence(
            actor=self["media_host"], organisation=self.media, kind=kind, draft=licence_draft(**more),
            paper=("许可证.pdf", paper) if paper else None,
        )  # fmt: skip

    def rule(self, kind: str = "publishing_review", paper: bytes | None = None, **more: Any) -> RuleDocument:
        """Write a rule document of the bureau down."""
        return actions.record_rule(
            actor=self["host"], organisation=self.county.water, kind=kind, draft=rule_draft(**more),
            paper=("制度.pdf", paper) if paper else None,
        )  # fmt: skip

    def talk(self, **more: Any) -> LiaisonEntry:
        return actions.record_talk(actor=self["host"], organisation=self.county.water, draft=talk(**more))

    def lacks(self, body: Organisation) -> dict[Lack, tuple[str, ...]]:
        return queries.Survey(queries.kept_bodies(actor=self["officer"])).of(body).lacks


def make_office() -> Office:
    county = make_county()
    media = make_body("云岭县融媒体中心", "999901-03", Level.COUNTY, county.county, BodyKind.MEDIA_CENTRE)
    office = Office(county, media)
    office.people["officer"] = county.person("overseer", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    office.people["host"] = county.person("water_host", county.water, Role.HOST_OFFICER)
    office.people["editor"] = county.person("water_editor", county.water, Role.EDITOR)
    office.people["head"] = county.person("water_head", county.water, Role.HEAD)
    office.people["media_host"] = county.person("media_host", media, Role.HOST_OFFICER)
    office.people["school_host"] = county.person("school_host", county.school, Role.HOST_OFFICER)
    import_ledger_file(
        actor=office["officer"], organisation=county.county, file_name="台账.csv", content=LEDGER.encode()
    )
    return office

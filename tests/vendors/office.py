"""A water bureau that has its accounts run by a company, and the people of both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.people import County, make_county

from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.registry.actions import import_ledger_file
from zhijian.registry.models import Account
from zhijian.vendors import actions

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import User
    from zhijian.vendors.models import Contract

CODE, OTHER_CODE = "91999901MA0000001P", "91999901MA0000002T"
LEDGER = (
    "主办单位,平台,账号名称,账号ID,认证主体,代运营单位\n"
    "云岭县水务局,微信,云岭水务,gh_0a1b2c3d4e01,云岭县水务局,云岭清溪文化传媒有限公司\n"
    "云岭县水务局,微博,云岭水务,1234567890,,云岭清溪文化传媒有限公司\n"
    "云岭县水务局,抖音,云岭水务,800000000001,,\n"
    "云岭县教育局,微信,云岭教育,gh_0a1b2c3d4e02,云岭县教育局,云岭清溪文化传媒有限公司\n"
)
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def day(number: int) -> date:
    """Return the day so many days from today."""
    return clock.today() + timedelta(days=number)


def draft(**more: Any) -> actions.ContractDraft:
    """Return a contract that has run a hundred days and runs three hundred more."""
    told = actions.ContractDraft(
        name="云岭清溪文化传媒有限公司", credit_code=CODE, contact="卢溪", phone="0999-8812345",
        title="政务新媒体运维服务合同", scope="写稿、排版、做图。不负责审核和发布。", responsible="周文静",
        begins_on=day(-100), ends_on=day(300), forbids_subcontracting=True,
    )  # fmt: skip
    return replace(told, **more)


@dataclass
class Office:
    """`host` and `editor` are the bureau's; `writer` signs in for the vendor; `officer` supervises from the county."""

    county: County
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def account(self, name: str, platform: str) -> Account:
        return Account.objects.get(name=name, platform=platform)

    def contract(self, **more: Any) -> Contract:
        """Write a contract of the bureau down."""
        return actions.create_contract(actor=self["host"], organisation=self.county.water, draft=draft(**more))

    def whole(self, **more: Any) -> Contract:
        """Write a contract down with which nothing is wrong."""
        row = self.contract(**more)
        wechat, weibo = self.account("云岭水务", "wechat"), self.account("云岭水务", "weibo")
        papers = {slot: (f"{slot}.pdf", PDF + slot.encode()) for slot in ("contract", "undertaking")}
        actions.choose_accounts(
            actor=self["host"], contract_id=row.pk, account_ids=[wechat.pk, weibo.pk], seen=row.version
        )
        return actions.attach_papers(actor=self["host"], contract_id=row.pk, papers=papers)


def make_office() -> Office:
    county = make_county()
    office = Office(county)
    office.people["officer"] = county.person("overseer", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    office.people["host"] = county.person("water_host", county.water, Role.HOST_OFFICER)
    office.people["head"] = county.person("water_head", county.water, Role.HEAD)
    office.people["writer"] = county.person("qingxi_writer", county.water, Role.EDITOR, is_of_vendor=True)
    office.people["artist"] = county.person("qingxi_artist", county.water, Role.EDITOR, is_of_vendor=True)
    office.people["editor"] = county.person("water_editor", county.water, Role.EDITOR)
    office.people["school_host"] = county.person("school_host", county.school, Role.HOST_OFFICER)
    import_ledger_file(
        actor=office["officer"], organisation=county.county, file_name="台账.csv", content=LEDGER.encode()
    )
    return office

"""A county office that tidies up: two accounts where one is enough, a namesake, a small one, and bodies to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.registry.world import make_body, make_person, make_world

from zhijian.drives import actions
from zhijian.drives.actions import DriveDraft
from zhijian.drives.models import Drive, Target
from zhijian.lib import clock
from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.registry.actions import import_ledger_file
from zhijian.registry.models import Account

if TYPE_CHECKING:
    from datetime import date

    from tests.registry.world import World

    from zhijian.organisations.models import Organisation, User

LEDGER = (
    "主办单位,平台,账号名称,账号ID,关注数",
    "东溪县人民政府,微信,东溪发布,gh_0a1b2c3d4e00,52000",
    "东溪县教育局,微信,东溪教育,gh_0a1b2c3d4e01,12000",
    "东溪县教育局,微信,东溪教育在线,gh_0a1b2c3d4e02,310",
    "东溪县教育局,抖音,东溪教育,800000000001,",
    "东溪县教育局招生办,微信,东溪 教育,gh_0a1b2c3d4e03,900",
    "东溪县卫生健康局,微博,=东溪卫健,1234567890,120",
    "石桥镇人民政府,微信,石桥发布,gh_0a1b2c3d4e04,800",
)
OUTSIDE = ("主办单位,平台,账号名称,账号ID,关注数", "西溪县教育局,微博,西溪教育,2234567890,3")


def day(number: int) -> date:
    """Return the day so many days from today."""
    return clock.today() + timedelta(days=number)


def draft(**more: Any) -> DriveDraft:
    """Return a drive until thirty days from now."""
    told = {"title": "2026年清理整合", "basis": "《清理整合通知》（东政办函〔2026〕8号）", "due_on": day(30)}
    return DriveDraft(**{**told, **more})


@dataclass
class Office:
    """`world` with a recruiting section inside the education bureau, a health officer, and a second county officer."""

    world: World
    section: Organisation
    health_officer: User
    colleague: User
    second: User

    def account(self, name: str, platform: str = "wechat") -> Account:
        return Account.objects.get(name=name, platform=platform)

    def drive(self, *accounts: Account, **more: Any) -> Drive:
        row = actions.create_drive(actor=self.world.supervisor, organisation=self.world.county, draft=draft(**more))
        ids = [account.pk for account in accounts]
        actions.add_targets(actor=self.world.supervisor, drive_id=row.pk, account_ids=ids)
        return row

    def sent(self, *accounts: Account, **more: Any) -> Drive:
        row = self.drive(*accounts, **more)
        actions.send_drive(actor=self.world.supervisor, drive_id=row.pk)
        row.refresh_from_db()
        return row

    def target(self, row: Drive, account: Account) -> Target:
        return Target.objects.get(drive=row, account=account)


def make_office() -> Office:
    world = make_world()
    section = make_body("东溪县教育局招生办", world.education, Level.COUNTY, BodyKind.INTERNAL, short="招生办")
    load(world.supervisor, world.county, LEDGER)
    load(world.stranger, world.neighbour, OUTSIDE)
    return Office(
        world=world, section=section,
        health_officer=make_person("health_officer", world.health, Role.HOST_OFFICER),
        colleague=make_person("colleague", world.education, Role.HOST_OFFICER),
        second=make_person("second", world.county, Role.SUPERVISING_OFFICER, subtree=True),
    )  # fmt: skip


def load(actor: User, body: Organisation, rows: tuple[str, ...]) -> None:
    content = "\n".join(rows).encode()
    import_ledger_file(actor=actor, organisation=body, file_name="台账.csv", content=content)

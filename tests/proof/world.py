"""A register with accounts in every state, and its documents as anybody downloads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.registry.world import World, make_world

from zhijian.lib import clock
from zhijian.organisations.actions import found_installation
from zhijian.proof.actions import publish_register, register_folder
from zhijian.proof.queries import changes_page, newest_edition
from zhijian.registry.actions.accounts import take_numbers
from zhijian.registry.models import Account
from zhijian.registry.queries import fill_search_fields

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation

NAMES = ("register.json", "register.json.sig", "register.csv", "manifest.json", "manifest.json.sig", "keys.json")


@dataclass
class Register:
    world: World
    accounts: dict[str, Account]

    def account(self, body: Organisation, platform: str, name: str, **more: Any) -> Account:
        """Put an account into the register."""
        row = Account(
            organisation=body, number=take_numbers(1)[0], platform=platform, platform_group=f"{platform}-{name}",
            name=name, created_at=clock.now(), changed_at=clock.now(), **more,
        )  # fmt: skip
        fill_search_fields(row)
        row.save()
        return row


def make_register() -> Register:
    """Make a county with an official account, one that stops, one deregistered, one never filed."""
    found_installation(government_name="东溪县人民政府", is_demonstration=False)
    register = Register(make_world(), {})
    education, health = register.world.education, register.world.health
    register.accounts = {
        "wechat": register.account(
            education, "wechat", "东溪教育", kind="subscription", handle="dongxijiaoyu", opened_on=date(2020, 5, 1),
            verified_subject="东溪县教育局", leader="王分管", phone="0599-7654321", is_main=True,
        ),
        "weibo": register.account(
            health, "weibo", '=东溪"健康"\\', url="https://weibo.com/u/1234567890", state="frozen"
        ),
        "site": register.account(health, "website", "东溪卫健网", url="http://wjw.dongxi.example/"),
        "gone": register.account(health, "douyin", "东溪健康旧号", state="deregistered", closed_on=date(2025, 3, 1)),
        "unfiled": register.account(education, "kuaishou", "没备案", state="unfiled"),
    }  # fmt: skip
    return register


def documents() -> list[tuple[str, bytes]]:
    """Publish, and return every document there is by name, the pages of changes among them."""
    publish_register()
    edition = newest_edition()
    assert edition is not None
    folder = register_folder() / edition.folder
    return [*((name, (folder / name).read_bytes()) for name in NAMES), ("changes-0.json", changes_page(after=0))]

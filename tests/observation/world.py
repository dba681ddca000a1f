"""A county whose accounts are watched, and a neighbour's office that must see nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.people import make_county

from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.observation.models import Source
from zhijian.organisations.enums import Role
from zhijian.registry.models import Account

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.organisations.models import Organisation, User

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture of what was seen"


@dataclass
class Watch:
    """The water bureau's website and WeChat account; `school` belongs to the neighbour."""

    county: County
    officer: User
    inspector: User
    host: User
    editor: User
    stranger: User
    site: Account
    wechat: Account
    school: Account


def make_account(body: Organisation, platform: str, name: str, **more: object) -> Account:
    """Register an account in use."""
    number = sha256_hex(f"{body.pk} {platform} {name}".encode())[:9].upper()
    facts: dict[str, object] = {
        "number": f"T{number}", "platform_group": platform, "sort_key": name, "initials": "", "holds_place": False,
        "platform_uid": f"uid-{number}", "created_at": NOW - timedelta(days=400), "changed_at": NOW,
    }  # fmt: skip
    return Account.objects.create(organisation=body, platform=platform, name=name, **{**facts, **more})


def make_watch() -> Watch:
    county = make_county()
    return Watch(
        county=county,
        officer=county.person("officer", county.county, Role.SUPERVISING_OFFICER, subtree=True),
        inspector=county.person("inspector", county.water, Role.INSPECTOR),
        host=county.person("host", county.water, Role.HOST_OFFICER),
        editor=county.person("editor", county.water, Role.EDITOR),
        stranger=county.person("stranger", county.school, Role.SUPERVISING_OFFICER, Role.INSPECTOR, Role.HOST_OFFICER),
        site=make_account(county.water, "website", "云岭水务网"),
        wechat=make_account(county.water, "wechat", "云岭水务"),
        school=make_account(county.school, "website", "云岭教育网"),
    )


def make_source(account: Account, method: str = "feed", **more: object) -> Source:
    """Make a source as an officer would have added it."""
    legality = {"feed": "open_feed", "platform_read_back": "authorised", "hand": "by_eye", "import": "handed_over"}
    facts: dict[str, object] = {
        "legality": legality.get(method, "own"), "health_since": clock.now(), "created_at": clock.now(),
        "url": "https://water.example/feed.xml" if method == "feed" else "",
        "sees_all": method in {"feed", "platform_read_back"}, "sees_all_basis": "网站说明这是全站订阅源",
    }  # fmt: skip
    return Source.objects.create(account=account, method=method, **{**facts, **more})

"""The local rules that bind a body's accounts, read once for many bodies."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from zhijian.lib import clock
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import pack_codes
from zhijian.policy.queries import PlatformGroup, UnknownPlatform, load_platforms, platform_group, resolve

if TYPE_CHECKING:
    from zhijian.policy.queries import Platform, Policy
    from zhijian.registry.models import Account


def policy_of(organisation: Organisation) -> Policy:
    """Return the rules in force today for a body."""
    return resolve(pack_codes(organisation), on=clock.today())


class Ruling:
    """The rules of many bodies: the packs of the whole tree are read in one query."""

    def __init__(self) -> None:
        rows = Organisation.objects.exclude(policy_pack="").order_by().values_list("pk", "policy_pack")
        self._packs: dict[int, str] = dict(rows)
        self._groups: dict[tuple[object, ...], PlatformGroup] = {}

    def policy(self, organisation: Organisation) -> Policy:
        """Return the rules of one body, its own pack first."""
        line = [organisation.pk, *reversed(organisation.ancestor_ids)]
        return resolve([self._packs[body] for body in line if body in self._packs], on=clock.today())

    def group(self, organisation: Organisation, platform: str, kind: str) -> PlatformGroup:
        """Tell which platform an account counts as under the rule of one account per platform."""
        policy = self.policy(organisation)
        key = (policy.codes, organisation.level, platform, kind)
        if key not in self._groups:
            self._groups[key] = platform_group(policy, platform=platform, kind=kind, level=organisation.level)
        return self._groups[key]


@lru_cache(maxsize=256)
def platform_label(platform: str, kind: str = "") -> str:
    """Name a platform and kind in the users' words; the usual kind goes without saying, unknown codes stay as is."""
    try:
        known = load_platforms().platform_kind(platform, kind)
    except UnknownPlatform:
        return platform
    return known.platform.name if known.kind == known.platform.kinds[0] else known.name


def spoken(account: Account) -> str:
    """Name an account in a sentence: 微博账号“云岭水务”, 微信公众号“云岭水务”."""
    label = platform_label(account.platform, account.kind)
    return f"{label}{'' if label.endswith('号') else '账号'}“{account.name}”"


def platforms() -> tuple[Platform, ...]:
    """Return every platform of the table, in the order they are offered."""
    return load_platforms().platforms


def platform_choices() -> list[tuple[str, str]]:
    """Return (code, name) of every platform, for filters."""
    return [(platform.code, platform.name) for platform in platforms()]


def kind_choices() -> list[tuple[str, str]]:
    """Return ("platform:kind", name) of everything an account can be, for forms."""
    return [
        (f"{platform.code}:{kind.code}", platform_label(platform.code, kind.code))
        for platform in platforms()
        for kind in platform.kinds
    ]

"""What the rules ask of a body: which licences, which documents of its own, how many people, how early to warn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.registry.queries import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.organisations.models import Organisation, User
    from zhijian.policy.queries import Policy

Platform = tuple[str, str]
NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Needs:
    """The rules of one kind of body in one place. Names by code, in the order of the packs."""

    licence_names: dict[str, str]
    rule_names: dict[str, str]
    licences: tuple[str, ...]
    rules: tuple[str, ...]
    warning_days: int
    staff_per_platform: int

    def licence_name(self, code: str) -> str:
        return self.licence_names.get(code, code)

    def rule_name(self, code: str) -> str:
        return self.rule_names.get(code, code)


class NeedsBook:
    """The needs of many bodies: the packs of the whole tree are read in one query, each kind of body once."""

    def __init__(self) -> None:
        self._ruling = Ruling()
        self._known: dict[tuple[object, ...], Needs] = {}
        self._by_account: dict[tuple[object, ...], tuple[str, ...]] = {}

    def of(self, organisation: Organisation) -> Needs:
        """Return what is asked of a body by its level and kind."""
        key = (*_line(organisation), organisation.level, organisation.kind)
        if key not in self._known:
            self._known[key] = _read(self._ruling.policy(organisation), organisation)
        return self._known[key]

    def licences(self, organisation: Organisation, platforms: Iterable[Platform]) -> tuple[str, ...]:
        """Return the codes of the licences a body needs for itself and for accounts of these (platform, kind)."""
        needed = [*self.of(organisation).licences]
        for platform, kind in platforms:
            needed.extend(self._of_account(organisation, platform, kind))
        return tuple(dict.fromkeys(needed))

    def _of_account(self, organisation: Organisation, platform: str, kind: str) -> tuple[str, ...]:
        key = (*_line(organisation), platform, kind)
        if key not in self._by_account:
            policy = self._ruling.policy(organisation)
            self._by_account[key] = _asked(policy, "resources.licences_for_accounts", platform=platform, kind=kind)
        return self._by_account[key]


def _line(organisation: Organisation) -> tuple[object, ...]:
    """Return what tells which packs a body follows: those of its parent, and its own."""
    return organisation.parent_id, organisation.policy_pack


def _read(policy: Policy, organisation: Organisation) -> Needs:
    where = {"level": organisation.level, "body_kind": organisation.kind}
    return Needs(
        licence_names={row["code"]: row["name"] for row in policy.value("resources.licence_kinds").value},
        rule_names={row["code"]: row["name"] for row in policy.value("resources.rule_kinds").value},
        licences=_asked(policy, "resources.licences_needed", **where),
        rules=_asked(policy, "resources.rules_needed", **where),
        warning_days=policy.integer("resources.licence_warning_days"),
        staff_per_platform=policy.integer("staff.per_platform_min"),
    )


def _asked(policy: Policy, key: str, **where: str) -> tuple[str, ...]:
    """Return the codes a rule asks for; a list that is empty is written "none" in the packs."""
    return tuple(code for code in policy.texts(key, **where) if code != NOTHING)


def needs_of(organisation: Organisation) -> Needs:
    """Return what is asked of one body."""
    return NeedsBook().of(organisation)


def kind_names(*, actor: User) -> Needs | None:
    """Return the names of kinds as the person's own body knows them, for filters; None without a body."""
    return needs_of(actor.organisation) if actor.organisation else None

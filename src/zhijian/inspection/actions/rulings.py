"""The rules of many accounts, resolved once per run for each kind of account and each line of packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.inspection.actions.verdicts import RuleCited, rule_of_indicator
from zhijian.inspection.judging import Weekly, Window
from zhijian.policy.queries import update_window
from zhijian.registry.queries import Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.policy.queries import Policy
    from zhijian.registry.models import Account

SUBJECT = "account"
APP = "app"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


class RunRules:
    """What binds each account tonight; the packs of the whole tree are read in one query."""

    def __init__(self) -> None:
        self._ruling = Ruling()
        self._windows: dict[tuple[object, ...], tuple[Window, RuleCited]] = {}
        self._versions: dict[tuple[str, ...], str] = {}
        self._repeats: dict[tuple[object, ...], int] = {}
        self._weeks: dict[tuple[object, ...], tuple[Weekly, RuleCited] | None] = {}

    @property
    def used(self) -> dict[str, str]:
        """Return what a run writes down: the version of the rules by the codes of the packs, joined by a plus."""
        return {"+".join(codes): version for codes, version in self._versions.items()}

    def window(self, account: Account) -> tuple[Window, RuleCited]:
        """Return the update window of an account with the rule behind it."""
        policy = self._ruling.policy(account.organisation)
        key = (policy.codes, *_facts(account).values())
        if key not in self._windows:
            self._windows[key] = self._window(policy, _facts(account))
        return self._windows[key]

    def weekly(self, account: Account) -> tuple[Weekly, RuleCited] | None:
        """Return how often an account must update in a week with the rule behind it, None where no pack says."""
        policy = self._ruling.policy(account.organisation)
        key = (policy.codes, *_facts(account).values())
        if key not in self._weeks:
            self._weeks[key] = self._weekly(policy, _facts(account))
        return self._weeks[key]

    def _weekly(self, policy: Policy, facts: Mapping[str, str | None]) -> tuple[Weekly, RuleCited] | None:
        rule = policy.find("update.per_week_min", **facts)
        if rule is None:
            return None
        day = policy.find("update.warning_weekday")
        weekly = Weekly(rule.value, WEEKDAYS.index(day.value) if day else None)
        value = f"每周 {rule.value} 次"
        return weekly, RuleCited(rule.key, value, rule.document.citation, rule.pack_name, self._version(policy))

    def _window(self, policy: Policy, facts: Mapping[str, str | None]) -> tuple[Window, RuleCited]:
        found = update_window(policy, **facts)
        stale = policy.find("update.undated_is_stale", subject=facts["subject"])
        window = Window(found.days, found.warnings, undated_counts=stale is not None and not stale.value)
        rule = found.rule
        cited = RuleCited(rule.key, f"{found.days} 天", rule.document.citation, rule.pack_name, self._version(policy))
        return window, cited

    def cited(self, account: Account, code: str, *, terms: str = "") -> RuleCited:
        """Cite an indicator that has no value in the packs."""
        policy = self._ruling.policy(account.organisation)
        self._version(policy)
        return rule_of_indicator(code, version=self._versions[policy.codes], terms=terms)

    def repeat_days(self, account: Account) -> int:
        """Return for how many days after its end a finding found again counts as 反复."""
        policy = self._ruling.policy(account.organisation)
        key = (policy.codes, account.organisation.level)
        if key not in self._repeats:
            self._repeats[key] = policy.integer("rectification.repeat_days", level=account.organisation.level)
        return self._repeats[key]

    def _version(self, policy: Policy) -> str:
        if policy.codes not in self._versions:
            self._versions[policy.codes] = policy.version
        return self._versions[policy.codes]


def _facts(account: Account) -> dict[str, str | None]:
    """Return what the rules about updates distinguish."""
    return {
        "platform": account.platform, "kind": account.kind or None,
        "subject": APP if account.platform == APP else SUBJECT,
        "level": account.organisation.level, "body_kind": account.organisation.kind,
    }  # fmt: skip

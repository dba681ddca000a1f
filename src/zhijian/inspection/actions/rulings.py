"""The rules of many accounts, resolved once per run for each kind of account and each line of packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.inspection.actions.verdicts import RuleCited, rule_of_indicator
from zhijian.inspection.judging import Window
from zhijian.policy.queries import update_window
from zhijian.registry.queries import Ruling

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation
    from zhijian.policy.queries import Policy
    from zhijian.registry.models import Account

SUBJECT = "account"
APP = "app"


class RunRules:
    """What binds each account tonight; the packs of the whole tree are read in one query."""

    def __init__(self) -> None:
        self._ruling = Ruling()
        self._windows: dict[tuple[object, ...], tuple[Window, RuleCited]] = {}
        self._versions: dict[tuple[str, ...], str] = {}
        self._repeats: dict[tuple[object, ...], int] = {}

    @property
    def used(self) -> dict[str, str]:
        """Return what a run writes down: the version of the rules by the codes of the packs, joined by a plus."""
        return {"+".join(codes): version for codes, version in self._versions.items()}

    def window(self, account: Account) -> tuple[Window, RuleCited]:
        """Return the update window of an account with the rule behind it."""
        body = account.organisation
        policy = self._ruling.policy(body)
        key = (policy.codes, account.platform, account.kind, body.level, body.kind)
        if key not in self._windows:
            self._windows[key] = self._window(policy, account, body)
        return self._windows[key]

    def _window(self, policy: Policy, account: Account, body: Organisation) -> tuple[Window, RuleCited]:
        subject = APP if account.platform == APP else SUBJECT
        found = update_window(
            policy, platform=account.platform, kind=account.kind or None, subject=subject, level=body.level,
            body_kind=body.kind,
        )  # fmt: skip
        stale = policy.find("update.undated_is_stale", subject=subject)
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

"""The figures of a period over a body and everything below it, branch by branch, with what they were counted from."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from zhijian.inspection.enums import UNFINISHED, FindingState, Result
from zhijian.inspection.models import Finding, Run, Standing
from zhijian.lib import clock
from zhijian.observation.queries import watched_accounts
from zhijian.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@dataclass(slots=True)
class Branch:
    """One branch: accounts, how many were looked at, and what came of it. Every account counts exactly once.

    `failed` had a veto finding in the period that was not written off; `could_not_look` could not be judged when the
    figures were made, or was never inspected; the rest `passed`. `overdue` orders ended after their day or not at all.
    """

    name: str
    accounts: int = 0
    looked_at: int = 0
    passed: int = 0
    failed: int = 0
    could_not_look: int = 0
    orders: int = 0
    closed: int = 0
    overdue: int = 0
    written_off: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole and its branches; `indicators` counts failed accounts by indicator, `inputs` tells what was counted."""

    total: Branch
    branches: list[Branch]
    indicators: dict[str, int]
    inputs: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return asdict(self)


def figures_of(*, organisation: Organisation, start: datetime, end: datetime) -> Figures:
    """Count a period (`start` included, `end` not) over a body and below. Five queries for any number of accounts.

    For the system's own work: whether this person may see the body is the caller's to ask.
    """
    below = watched_accounts().filter(organisation__path__startswith=organisation.path)
    accounts = dict(below.values_list("pk", "organisation__path"))
    looked = Standing.objects.filter(account__in=list(accounts), checked_at__gte=start)
    standings = dict(looked.values_list("account_id", "result"))
    findings = list(
        Finding.objects.filter(account__in=list(accounts), is_veto=True, found_at__gte=start, found_at__lt=end)
        .select_related("order").order_by("pk")
    )  # fmt: skip
    names = {row.path: row.short_name for row in _branches(organisation)}
    failed = {row.account_id for row in findings if row.state != FindingState.WRITTEN_OFF}
    lines: dict[str, Branch] = {}
    total = Branch("合计")
    for pk, path in accounts.items():
        line = lines.setdefault(_branch(path, organisation), Branch(names.get(_branch(path, organisation), "—")))
        for one in (line, total):
            _count_account(one, standings.get(pk), failed=pk in failed)
    for row in findings:
        for one in (lines[_branch(accounts[row.account_id], organisation)], total):
            _count_finding(one, row)
    counted = {(row.account_id, row.indicator) for row in findings if row.state != FindingState.WRITTEN_OFF}
    by_indicator = Counter(indicator for _, indicator in counted)
    inputs = _inputs(organisation, start, end, findings)
    return Figures(total, [lines[key] for key in sorted(lines)], dict(sorted(by_indicator.items())), inputs)


def _branches(organisation: Organisation) -> Iterable[Organisation]:
    return [organisation, *Organisation.objects.filter(parent=organisation)]


def _branch(path: str, root: Organisation) -> str:
    """Return the path of the child of the root to which a body belongs; the root is its own branch."""
    rest = path.removeprefix(root.path)
    return f"{root.path}{rest.split('.')[0]}." if rest else root.path


def _count_account(line: Branch, result: str | None, *, failed: bool) -> None:
    line.accounts += 1
    unseen = result is None or result == Result.COULD_NOT_LOOK
    # What failed was seen when it failed, however little is seen of it by now: 看全 is 合格 and 不合格 together.
    line.looked_at += failed or not unseen
    if failed or result == Result.FAIL:
        line.failed += 1
    elif unseen:
        line.could_not_look += 1
    else:
        line.passed += 1


def _count_finding(line: Branch, row: Finding) -> None:
    order = getattr(row, "order", None)
    line.written_off += row.state == FindingState.WRITTEN_OFF
    line.repeated += row.repeat_of_id is not None
    if order is None:
        return
    line.orders += 1
    line.closed += row.state == FindingState.CLOSED
    line.overdue += (row.ended_at or clock.now()) > order.due_at and (
        row.state in UNFINISHED or row.state == FindingState.CLOSED
    )


def _inputs(
    organisation: Organisation, start: datetime, end: datetime, findings: Sequence[Finding]
) -> dict[str, Any]:  # fmt: skip
    """Tell what was counted, so that the same figures can be counted again and compared."""
    runs = Run.objects.filter(started_at__gte=start, started_at__lt=end).order_by("pk")
    held = list(runs.values_list("pk", "rules"))
    versions = sorted({version for _, rules in held for version in rules.values()})
    return {
        "organisation": organisation.pk, "path": organisation.path, "from": start.isoformat(), "to": end.isoformat(),
        "counted_at": clock.now().isoformat(), "runs": [pk for pk, _ in held], "rule_versions": versions,
        "findings": [row.pk for row in findings],
    }  # fmt: skip

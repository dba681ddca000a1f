"""The figures of a period over a body and everything below it, branch by branch, with what they were counted from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from zhijian.inspection.enums import FindingState, Result
from zhijian.inspection.judging import worst
from zhijian.inspection.models import Finding, Run, Standing, Verdict
from zhijian.inspection.queries.indicators import veto_codes
from zhijian.lib import clock
from zhijian.observation.queries import watched_accounts
from zhijian.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@dataclass(slots=True)
class Branch:
    """One branch: accounts, how many were looked at, and what came of it. Every account counts exactly once.

    `failed` had a veto finding in the period that was not written off, or failed at its end; `could_not_look` could not
    be judged at its end, or was never inspected; the rest `passed`. Of the orders, those were `closed` that were so by
    the end, and `overdue` those that ended after their day or not by the end.
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
    """Count a period (`start` included, `end` not) over a body and below. Eight queries for any number of accounts.

    A period that has ended is counted as it stood at its end, whatever was judged since; only a false alarm written off
    since is taken out. For the system's own work: whether this person may see the body is the caller's to ask.
    """
    below = watched_accounts().filter(organisation__path__startswith=organisation.path)
    accounts = dict(below.values_list("pk", "organisation__path"))
    standings, fails = _standings(list(accounts), start, end)
    findings = list(
        Finding.objects.filter(account__in=list(accounts), is_veto=True, found_at__gte=start, found_at__lt=end)
        .select_related("order").order_by("pk")
    )  # fmt: skip
    names = {row.path: row.short_name for row in _branches(organisation)}
    failed = {row.account_id for row in findings if row.state != FindingState.WRITTEN_OFF} | fails
    lines: dict[str, Branch] = {}
    total = Branch("合计")
    for pk, path in accounts.items():
        line = lines.setdefault(_branch(path, organisation), Branch(names.get(_branch(path, organisation), "—")))
        for one in (line, total):
            _count_account(one, standings.get(pk), failed=pk in failed)
    for row in findings:
        for one in (lines[_branch(accounts[row.account_id], organisation)], total):
            _count_finding(one, row, min(clock.now(), end))
    counted = {(row.account_id, row.indicator) for row in findings if row.state != FindingState.WRITTEN_OFF}
    by_indicator = Counter(indicator for _, indicator in counted)
    inputs = _inputs(organisation, start, end, findings)
    return Figures(total, [lines[key] for key in sorted(lines)], dict(sorted(by_indicator.items())), inputs)


def _standings(ids: Sequence[int], start: datetime, end: datetime) -> tuple[dict[int, str], set[int]]:
    """Return how each account stood at the end of a period, if it was inspected by then, and who failed during it.

    A verdict is kept where something changed, so the last one before the end is what stood then.
    """
    looked = Standing.objects.filter(account__in=ids, checked_at__gte=start).values_list("account_id", flat=True)
    rows = Verdict.objects.filter(account__in=list(looked), indicator__in=veto_codes(), computed_at__lt=end)
    excused = _false_alarms(ids, start, end)
    results: dict[int, list[str]] = defaultdict(list)
    last = rows.order_by("account_id", "indicator", "-pk").distinct("account_id", "indicator")
    for pk, code, result in last.values_list("account_id", "indicator", "result"):
        results[pk].append(Result.PASS if result == Result.FAIL and (pk, code) in excused else result)
    failing = rows.filter(result=Result.FAIL, computed_at__gte=start).order_by()
    fails = set(failing.values_list("account_id", "indicator").distinct()) - excused
    return {pk: str(worst(found)) for pk, found in results.items()}, {pk for pk, _ in fails}


def _false_alarms(ids: Sequence[int], start: datetime, end: datetime) -> set[tuple[int, str]]:
    """Return the accounts and indicators of which all that was found in the period, or stood in it, was written off."""
    rows = Finding.objects.filter(account__in=ids, is_veto=True, found_at__lt=end)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gte=start))
    wrong: set[tuple[int, str]] = set()
    right: set[tuple[int, str]] = set()
    for pk, code, state in rows.values_list("account_id", "indicator", "state"):
        (wrong if state == FindingState.WRITTEN_OFF else right).add((pk, code))
    return wrong - right


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


def _count_finding(line: Branch, row: Finding, until: datetime) -> None:
    """Count a finding as it stood at a moment; a write-off counts whenever it came."""
    order = getattr(row, "order", None)
    line.written_off += row.state == FindingState.WRITTEN_OFF
    line.repeated += row.repeat_of_id is not None
    if order is None or order.issued_at > until:
        return
    ended = row.ended_at if row.ended_at is not None and row.ended_at <= until else None
    line.orders += 1
    line.closed += row.state == FindingState.CLOSED and ended is not None
    line.overdue += (ended or until) > order.due_at and row.state != FindingState.WRITTEN_OFF


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

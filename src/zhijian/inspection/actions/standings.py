"""How each account stands after a run: the worst of its veto indicators, and its clock; who is told of a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.inspection.actions.verdicts import Case, RuleCited, keep_verdicts
from zhijian.inspection.enums import UNFINISHED, Result
from zhijian.inspection.judging import Judged, worst
from zhijian.inspection.models import Current, Finding, Standing
from zhijian.inspection.queries.indicators import UPDATE, WEEKLY, veto_codes
from zhijian.inspection.rules import HOSTS
from zhijian.lib import clock
from zhijian.notify.actions import Telling, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.queries import own_holders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhijian.inspection.judging import Window
    from zhijian.inspection.models import Run
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

FIELDS = (
    "result", "last_post_at", "silent_days", "window_days", "left_days", "warned_day", "warned_at", "checked_at", "run",
)  # fmt: skip


def keep_standings(run: Run | None, cases: Sequence[Case], windows: Mapping[int, tuple[Window, RuleCited]]) -> None:
    """Write how the accounts stand. Each new day of warning tells the host once. A dozen queries for any number."""
    ids = [case.account.pk for case in cases]
    before = {row.account_id: row for row in Standing.objects.filter(account__in=ids)}
    results = results_of(ids)
    rows = [
        _standing(run, case, windows[case.account.pk][0], results.get(case.account.pk, []), before.get(case.account.pk))
        for case in cases
    ]
    Standing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["account"], update_fields=FIELDS)
    _warn([
        (case, row)
        for case, row in zip(cases, rows, strict=True)
        if row.warned_day and _reached_before(before.get(case.account.pk)) != row.warned_day
    ])  # fmt: skip


def _reached_before(row: Standing | None) -> int | None:
    return row.warned_day if row else None


def results_of(account_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the standing results of the veto indicators by account."""
    found: dict[int, list[str]] = {}
    rows = Current.objects.filter(account__in=account_ids, indicator__in=veto_codes())
    for account_id, result in rows.values_list("account_id", "result"):
        found.setdefault(account_id, []).append(result)
    return found


def refresh_results(accounts: Iterable[Account]) -> None:
    """Bring the worst results of accounts up to date after verdicts of one indicator. Three queries at most."""
    found = results_of([account.pk for account in accounts])
    rows = list(Standing.objects.filter(account__in=list(found)).only("pk", "account_id", "result"))
    for row in rows:
        row.result = str(worst(found[row.account_id]))
    Standing.objects.bulk_update(rows, ["result"])


def pass_again(finding: Finding, *, reason: str, evidence: Mapping[str, object]) -> None:
    """Say that an account passes an indicator again, once nothing else speaks against it.

    By the rule of the verdict that had failed it. Whether the account updates, and how often, is judged anew tonight.
    """
    others = Finding.objects.filter(account=finding.account, indicator=finding.indicator, state__in=UNFINISHED)
    if finding.indicator in {UPDATE, WEEKLY} or others.exists():
        return
    was = finding.verdict
    rule = RuleCited(was.rule_key, was.rule_value, was.rule_document, was.rule_pack, was.rule_version, was.term_version)
    judged = Judged(Result.PASS, reason, {**evidence, "finding": finding.pk})
    keep_verdicts(None, [Case(finding.account, finding.indicator, judged, rule)])
    refresh_results([finding.account])


def _standing(
    run: Run | None, case: Case, window: Window, results: Sequence[str], before: Standing | None
) -> Standing:  # fmt: skip
    judged, at = case.judged, clock.now()
    warned_at = before.warned_at if before and before.warned_day == judged.warned_day else at
    told = judged.evidence.get("published_at")
    return Standing(
        account=case.account, result=str(worst(results)), run=run, checked_at=at, window_days=window.days,
        last_post_at=told, silent_days=judged.silent_days, left_days=judged.left_days, warned_day=judged.warned_day,
        warned_at=warned_at if judged.warned_day else None,
    )  # fmt: skip


def _warn(reached: Sequence[tuple[Case, Standing]]) -> None:
    if not reached:
        return
    hosts = own_holders(organisations={case.account.organisation for case, _ in reached}, roles=HOSTS)
    notify_many(
        kind=NoticeKind.INSPECTION,
        tellings=[_telling(case, row, hosts.get(case.account.organisation_id, [])) for case, row in reached],
    )


def _telling(case: Case, row: Standing, hosts: Sequence[User]) -> Telling:
    due = "已经超期" if (row.left_days or 0) <= 0 else f"还剩 {row.left_days} 天"
    return Telling(
        people=hosts, title=f"{case.account.name}{row.silent_days or row.warned_day} 天没有更新，{due}",
        url=f"/desk/inspection/accounts/{case.account.pk}/",
        dedup_key=f"{UPDATE} {case.account.pk} {case.judged.evidence.get('published_at', '')} {row.warned_day}",
    )  # fmt: skip

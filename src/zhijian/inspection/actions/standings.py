"""How each account stands after a run: the worst of its veto indicators, and its clock; who is told of a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.inspection.judging import worst
from zhijian.inspection.models import Current, Standing
from zhijian.inspection.queries.indicators import UPDATE, veto_codes
from zhijian.inspection.rules import HOSTS
from zhijian.lib import clock
from zhijian.notify.actions import notify
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.queries import holders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.inspection.actions.verdicts import Case, RuleCited
    from zhijian.inspection.judging import Window
    from zhijian.inspection.models import Run
    from zhijian.registry.models import Account

FIELDS = (
    "result", "last_post_at", "silent_days", "window_days", "left_days", "warned_day", "warned_at", "checked_at", "run",
)  # fmt: skip


def keep_standings(run: Run | None, cases: Sequence[Case], windows: Mapping[int, tuple[Window, RuleCited]]) -> None:
    """Write how the accounts stand. Three queries; each new day of warning tells the host once."""
    ids = [case.account.pk for case in cases]
    before = {row.account_id: row for row in Standing.objects.filter(account__in=ids)}
    results = results_of(ids)
    rows = [
        _standing(run, case, windows[case.account.pk][0], results.get(case.account.pk, []), before.get(case.account.pk))
        for case in cases
    ]
    Standing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["account"], update_fields=FIELDS)
    for case, row in zip(cases, rows, strict=True):
        old = before.get(case.account.pk)
        if row.warned_day and (old is None or old.warned_day != row.warned_day):
            _warn(case, row)


def results_of(account_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the standing results of the veto indicators by account."""
    found: dict[int, list[str]] = {}
    rows = Current.objects.filter(account__in=account_ids, indicator__in=veto_codes())
    for account_id, result in rows.values_list("account_id", "result"):
        found.setdefault(account_id, []).append(result)
    return found


def refresh_result(account: Account) -> None:
    """Bring the worst result of one account up to date after a verdict outside of a run."""
    found = results_of([account.pk]).get(account.pk, [])
    Standing.objects.filter(account=account).update(result=str(worst(found)))


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


def _warn(case: Case, row: Standing) -> None:
    body = case.account.organisation
    due = "已经超期" if (row.left_days or 0) <= 0 else f"还剩 {row.left_days} 天"
    notify(
        people=holders(organisation=body, roles=HOSTS).filter(organisation=body), kind=NoticeKind.INSPECTION,
        title=f"{case.account.name}{row.silent_days or row.warned_day} 天没有更新，{due}",
        url=f"/desk/inspection/accounts/{case.account.pk}/",
        dedup_key=f"{UPDATE} {case.account.pk} {case.judged.evidence.get('published_at', '')} {row.warned_day}",
    )  # fmt: skip

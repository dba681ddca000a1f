"""Judging how often accounts updated in a week, where a local pack says how often (每周至少几次)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.inspection.actions.rechecking import Sight, recheck_all
from zhijian.inspection.actions.verdicts import Case, Fault, find_faults, keep_verdicts
from zhijian.inspection.enums import Result
from zhijian.inspection.judging import DAY, Week, judge_week, short_this_week
from zhijian.inspection.models import Current, Finding
from zhijian.inspection.queries.findings import unfinished_of
from zhijian.inspection.queries.indicators import UPDATE, WEEKLY, indicator
from zhijian.inspection.rules import HOSTS
from zhijian.lib import clock
from zhijian.lib.clock import BEIJING
from zhijian.notify.actions import Telling, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.observation.queries import activity, posts_between, undated_between
from zhijian.organisations.queries import own_holders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.inspection.actions.rulings import RunRules
    from zhijian.inspection.actions.verdicts import RuleCited
    from zhijian.inspection.judging import Weekly
    from zhijian.inspection.models import Run, Verdict
    from zhijian.observation.queries import Activity
    from zhijian.registry.models import Account

WEEK = timedelta(days=7)
KEY = "week"


def inspect_weeks(run: Run, accounts: Sequence[Account], rules: RunRules) -> None:
    """Judge the last whole week of the accounts that have such a rule. No query without one, else about two dozen."""
    found = ((account, rules.weekly(account)) for account in accounts)
    ruled = {account.pk: (account, *rule) for account, rule in found if rule is not None}
    if not ruled:
        return
    now = clock.now()
    weeks = _weeks(list(ruled), now)
    cases = [
        Case(account, WEEKLY, judge_week(*weeks[pk], weekly, now), cited)
        for pk, (account, weekly, cited) in ruled.items()
    ]
    kept = keep_verdicts(run, cases)
    failed = _without_found(_without_silent([case for case in cases if case.judged.result == Result.FAIL]))
    find_faults(
        [Fault(case, kept[case.account.pk, WEEKLY], KEY, indicator(WEEKLY).title, case.judged.reason)
         for case in failed],
        repeat_days={case.account.pk: rules.repeat_days(case.account) for case in failed},
    )  # fmt: skip
    _look_again(cases, kept)
    _warn(ruled, weeks, now)


def _without_silent(failed: Sequence[Case]) -> list[Case]:
    """Leave out the accounts that fell silent altogether: that is found already, and one fault is found once."""
    rows = Current.objects.filter(
        account__in=[case.account.pk for case in failed], indicator=UPDATE, result=Result.FAIL
    )  # fmt: skip
    silent = set(rows.values_list("account_id", flat=True)) if failed else set()
    return [case for case in failed if case.account.pk not in silent]


def _without_found(failed: Sequence[Case]) -> list[Case]:
    """Leave out whose failing week was found already, and whose finding was ended after it: a week is found once."""
    if not failed:
        return []
    judged = failed[0].judged
    rows = Finding.objects.filter(account__in=[case.account.pk for case in failed], indicator=WEEKLY)
    found = rows.filter(Q(verdict__evidence__week=judged.evidence["week"]) | Q(ended_at__gte=judged.window_to))
    known = set(found.values_list("account_id", flat=True))
    return [case for case in failed if case.account.pk not in known]


def _weeks(ids: Sequence[int], now: datetime) -> dict[int, tuple[Week, Week]]:
    """Return the last whole calendar week (周一至周日, Beijing) of each account, and the one that runs."""
    today = now.astimezone(BEIJING).date()
    monday = datetime.combine(today - today.weekday() * DAY, time(), tzinfo=BEIJING)
    start = monday - WEEK
    updates: dict[int, set[datetime]] = defaultdict(set)
    posts = posts_between(account_ids=ids, start=start, end=now)
    for account_id, at, gone in posts.values_list("account_id", "published_at", "vanished_at"):
        if at is not None and (gone is None or gone > (monday if at < monday else now)):
            updates[account_id].add(at)
    undated: dict[int, int] = defaultdict(int)
    for post in undated_between(account_ids=ids, start=start, end=monday):
        undated[post.account_id] += 1
    return {
        pk: (
            _week(one, updates[pk], start, monday, undated[pk]),
            _week(one, updates[pk], monday, _seen_until(one, monday, now), 0),
        )
        for pk, one in activity(account_ids=ids, start=start, end=now).items()
    }  # fmt: skip


def _seen_until(found: Activity, monday: datetime, now: datetime) -> datetime:
    """Return the moment up to which the running week is judged: the end of the last look when it is of this week."""
    return found.seen_until if found.seen_until is not None and found.seen_until > monday else now


def _week(
    found: Activity, updates: set[datetime], start: datetime, end: datetime, undated: int
) -> Week:  # fmt: skip
    gaps = [gap for gap in found.gaps if gap[0] < end and gap[1] > start]
    return Week(
        start, end, frozenset(moment for moment in updates if start <= moment < end), seen=not gaps,
        why="".join(dict.fromkeys(gap[2] for gap in gaps)), looks=found.looks, undated=undated,
    )  # fmt: skip


def _look_again(cases: Sequence[Case], kept: Mapping[tuple[int, str], Verdict]) -> None:
    """Re-check what was found in earlier weeks by the last one."""
    by_account = {case.account.pk: case for case in cases}
    sights = []
    for finding in unfinished_of(account_ids=list(by_account), indicator=WEEKLY):
        case, verdict = by_account[finding.account_id], kept[finding.account_id, WEEKLY]
        same_week = verdict.evidence["week"] == finding.verdict.evidence.get("week")
        # The week that failed stays short: an answer is judged by the weeks after it.
        if not (same_week and case.judged.result == Result.FAIL):
            result = Result.PASS if case.judged.result == Result.WARNING else case.judged.result
            sights.append(Sight(finding, result, case.judged.reason, verdict))
    recheck_all(sights)


def _warn(
    ruled: Mapping[int, tuple[Account, Weekly, RuleCited]], weeks: Mapping[int, tuple[Week, Week]], now: datetime
) -> None:  # fmt: skip
    """Tell the hosts once a week whose account is still short on the day of warning."""
    short = {pk: short_this_week(weeks[pk][1], weekly, now) for pk, (_, weekly, _) in ruled.items()}
    accounts = [account for pk, (account, _, _) in ruled.items() if short[pk]]
    if not accounts:
        return
    hosts = own_holders(organisations={account.organisation for account in accounts}, roles=HOSTS)
    notify_many(
        kind=NoticeKind.INSPECTION,
        tellings=[
            Telling(
                people=hosts.get(account.organisation_id, []),
                title=f"{account.name}本周还差 {short[account.pk]} 次更新",
                url=f"/desk/inspection/accounts/{account.pk}/",
                dedup_key=f"{WEEKLY} {account.pk} {weeks[account.pk][1].start.date()}",
            )
            for account in accounts
        ],
    )

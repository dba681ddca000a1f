"""Judging silence for a batch of accounts: those that posted lately at once, the others by what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.inspection.actions.rechecking import Sight, recheck_all
from zhijian.inspection.actions.standings import keep_standings
from zhijian.inspection.actions.verdicts import Case, Fault, find_faults, keep_verdicts
from zhijian.inspection.enums import Result
from zhijian.inspection.judging import DAY, FRESH, Judged, Silence, judge_update
from zhijian.inspection.queries.findings import unfinished_of
from zhijian.inspection.queries.indicators import UPDATE, indicator
from zhijian.lib import clock
from zhijian.observation.queries import activity, last_posts, look_proofs, undated_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from zhijian.inspection.actions.rulings import RunRules
    from zhijian.inspection.actions.verdicts import RuleCited
    from zhijian.inspection.judging import Window
    from zhijian.inspection.models import Run, Verdict
    from zhijian.registry.models import Account

SILENCE = "silence"
MOST_LOOKS = 60


def inspect_accounts(run: Run, accounts: Sequence[Account], rules: RunRules) -> None:
    """Judge the updates of some accounts and keep what follows. About fifteen queries for any number of accounts."""
    windows = {account.pk: rules.window(account) for account in accounts}
    cases = judge_accounts(accounts, windows)
    kept = keep_verdicts(run, cases)
    failed = [case for case in cases if case.judged.result == Result.FAIL]
    find_faults(
        [Fault(case, kept[case.account.pk, UPDATE], SILENCE, indicator(UPDATE).title, case.judged.reason)
         for case in failed],
        repeat_days={case.account.pk: rules.repeat_days(case.account) for case in failed},
    )  # fmt: skip
    _look_again(cases, kept)
    keep_standings(run, cases, windows)


def judge_accounts(
    accounts: Sequence[Account], windows: Mapping[int, tuple[Window, RuleCited]]
) -> list[Case]:  # fmt: skip
    """Judge the updates of some accounts as of now. Seven queries at most."""
    now = clock.now()
    longest = max((window.days for window, _ in windows.values()), default=1) * DAY + FRESH
    ids = [account.pk for account in accounts]
    last = last_posts(account_ids=ids, start=now - longest, end=now)
    quiet = [pk for pk in ids if pk not in last or now - last[pk][0] >= windows[pk][0].warnings[0] * DAY]
    facts = _facts(quiet, now - longest, now, {pk: windows[pk][0] for pk in quiet})
    proofs = look_proofs({look for one in facts.values() for look in one.looks[-MOST_LOOKS:]})
    return [_case(account, windows[account.pk], facts.get(account.pk) or Silence(now, last[account.pk]), proofs)
            for account in accounts]  # fmt: skip


def _case(
    account: Account, ruled: tuple[Window, RuleCited], facts: Silence, proofs: Mapping[int, str]
) -> Case:  # fmt: skip
    judged = judge_update(facts, ruled[0])
    looks = facts.looks[-MOST_LOOKS:]
    more = {"looks": list(looks), "snapshots": sorted({proofs[look] for look in looks if look in proofs})}
    return Case(account, UPDATE, _with_evidence(judged, more if looks else {}), ruled[1])


def _with_evidence(judged: Judged, more: dict[str, object]) -> Judged:
    judged.evidence.update(more)
    return judged


def _facts(ids: Sequence[int], start: datetime, now: datetime, windows: Mapping[int, Window]) -> dict[int, Silence]:
    """Gather what is known of the accounts that have been quiet for a while."""
    if not ids:
        return {}
    found = activity(account_ids=ids, start=start, end=now)
    undated = _undated(ids, start, now, windows)
    return {
        pk: Silence(
            now, (one.last_post_at, one.last_post_id) if one.last_post_at and one.last_post_id else None,
            one.seen, one.gaps, one.looks, undated.get(pk, 0),
        )
        for pk, one in found.items()
    }  # fmt: skip


def _undated(ids: Sequence[int], start: datetime, now: datetime, windows: Mapping[int, Window]) -> dict[int, int]:
    """Count the undated posts first seen in each account's own window."""
    counted: dict[int, int] = {}
    for post in undated_between(account_ids=ids, start=start, end=now):
        if post.vanished_at is None and post.first_seen_at >= now - windows[post.account_id].length:
            counted[post.account_id] = counted.get(post.account_id, 0) + 1
    return counted


def _look_again(cases: Sequence[Case], kept: Mapping[tuple[int, str], Verdict]) -> None:
    """Re-check the silences that were found earlier by what is known tonight."""
    by_account = {case.account.pk: case for case in cases}
    sights = []
    for finding in unfinished_of(account_ids=list(by_account), indicator=UPDATE):
        case, verdict = by_account[finding.account_id], kept[finding.account_id, UPDATE]
        if verdict.pk == finding.verdict_id and finding.state != "answered":
            continue
        result = Result.PASS if case.judged.result == Result.WARNING else case.judged.result
        sights.append(Sight(finding, result, case.judged.reason, verdict))
    recheck_all(sights)

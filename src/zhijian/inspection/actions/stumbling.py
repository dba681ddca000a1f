"""Going on where one account, text or check breaks a batch: it is left out with a sentence, the rest is judged.

What broke is a fault of ours of any kind, so any exception counts, and each is logged with its trace. A database that
is away or busy is no such fault: it ends the step, nothing of which was kept, and the next sweep begins it again.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from django.db import OperationalError, transaction

from zhijian.inspection.actions.links import findings_of_links, look_again_at_links, take_in_link_checks
from zhijian.inspection.actions.standings import refresh_results
from zhijian.inspection.actions.texts import findings_in_texts, look_again_at_texts, take_in_texts
from zhijian.inspection.actions.updates import inspect_accounts
from zhijian.inspection.actions.verdicts import Case, RuleCited, keep_verdicts
from zhijian.inspection.actions.weeks import inspect_weeks
from zhijian.inspection.enums import Result
from zhijian.inspection.judging import Judged
from zhijian.inspection.models import OutLink, Standing
from zhijian.inspection.queries.indicators import LINK, UPDATE, WORDING, indicator
from zhijian.lib import clock
from zhijian.observation.queries import link_checks_after, versions_after, watched_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

    from zhijian.inspection.actions.rulings import RunRules
    from zhijian.inspection.models import Finding, Run
    from zhijian.registry.models import Account

log = logging.getLogger(__name__)
BROKEN: Final = "检查这个账号时系统出错，这次没有结论。请系统管理员查看系统日志。"
FIRST: Final = 512
NO_RULE: Final = "没有取得"


def _unbroken(run: Run, doing: str, work: Callable[[], int]) -> int | None:
    """Do a piece of work as one and return its number; None when a fault of ours of any kind broke it off."""
    try:
        with transaction.atomic():
            return work()
    except OperationalError:
        raise
    except Exception:
        log.exception("Inspection run %s: %s failed.", run.pk, doing)
        return None


def judge_batch(run: Run, accounts: Sequence[Account], rules: RunRules) -> None:
    """Judge some accounts. Those that break it are found by halving the batch and noted as 没能看全."""

    def judge() -> int:
        inspect_accounts(run, accounts, rules)
        inspect_weeks(run, accounts, rules)
        return len(accounts)

    if _unbroken(run, f"judging {len(accounts)} accounts", judge) is not None:
        return
    if len(accounts) == 1:
        _note(run, accounts[0], UPDATE)
        return
    middle = len(accounts) // 2
    judge_batch(run, accounts[:middle], rules)
    judge_batch(run, accounts[middle:], rules)


def take_texts(run: Run, rules: RunRules) -> int:
    """Take in the next versions; one that breaks its batch is passed over, its account noted."""
    return _take(run, rules, take_in_texts, _pass_text)


def take_checks(run: Run, rules: RunRules) -> int:
    """Take in the next link checks; one that breaks its batch is passed over, the accounts that lead there noted."""
    return _take(run, rules, take_in_link_checks, _pass_check)


def look_again(run: Run, rules: RunRules) -> int:
    """Re-check what was found before, some findings at a time; return how many broke their re-check.

    Those stay as they were found, so nothing is called mended that nobody saw.
    """
    left = 0
    for rows, again in (
        (findings_in_texts(), partial(look_again_at_texts, run, rules)),
        (findings_of_links(), look_again_at_links),
    ):
        ids = list(rows.order_by("account_id", "pk").values_list("pk", flat=True))
        for start in range(0, len(ids), FIRST):
            left += _again(run, rows, again, ids[start : start + FIRST])
    return left


def _again(run: Run, rows: QuerySet[Finding], again: Callable[[list[Finding]], None], ids: Sequence[int]) -> int:
    def look() -> int:
        again(list(rows.filter(pk__in=ids).order_by("account_id", "pk")))
        return 0

    left = _unbroken(run, f"looking again at {len(ids)} findings", look)
    if left is not None:
        return left
    if len(ids) == 1:
        return 1
    middle = len(ids) // 2
    return _again(run, rows, again, ids[:middle]) + _again(run, rows, again, ids[middle:])


def _take(run: Run, rules: RunRules, take: Callable[..., int], pass_one: Callable[[Run], int]) -> int:
    """Take in as many as go well, by halving; when not even one does, pass it over."""
    marks, terms, limit = (run.after_version, run.after_check), list(run.term_rules), FIRST
    while limit:
        taken = _unbroken(run, f"taking in {limit} texts or checks", partial(take, run, rules, limit=limit))
        if taken is not None:
            return taken
        (run.after_version, run.after_check), run.term_rules = marks, list(terms)
        limit //= 2
    return pass_one(run)


def _pass_text(run: Run) -> int:
    (version,) = versions_after(version_id=run.after_version, limit=1)
    run.after_version = version.pk
    for account in watched_accounts().filter(pk=version.post.account_id):
        _note(run, account, WORDING)
    return 1


def _pass_check(run: Run) -> int:
    (check,) = link_checks_after(check_id=run.after_check, limit=1)
    run.after_check = check.pk
    leading = OutLink.objects.filter(url_sha256=check.url_sha256).values("account_id")
    for account in watched_accounts().filter(pk__in=leading):
        _note(run, account, LINK)
    return 1


def _note(run: Run, account: Account, code: str) -> None:
    """Say that nothing can be said of an account by this run, and by which rule it was not asked."""
    rule = RuleCited(code, NO_RULE, indicator(code).document, NO_RULE, NO_RULE)
    keep_verdicts(run, [Case(account, code, Judged(Result.COULD_NOT_LOOK, BROKEN, {"run": run.pk}), rule)])
    Standing.objects.filter(account=account).update(
        run=run, checked_at=clock.now(), silent_days=None, left_days=None, warned_day=None, warned_at=None
    )
    refresh_results([account])

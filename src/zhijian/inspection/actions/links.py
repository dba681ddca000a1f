"""What the night's link checks say of the posts that lead there. A dead link is a finding to mend, never a veto."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zhijian.inspection.actions.rechecking import Sight, recheck_all
from zhijian.inspection.actions.verdicts import Case, Fault, find_faults, keep_verdicts
from zhijian.inspection.enums import UNFINISHED, Result
from zhijian.inspection.judging import Link, judge_link
from zhijian.inspection.models import Finding, OutLink
from zhijian.inspection.queries.indicators import LINK
from zhijian.observation.queries import link_checks_after, standing_posts, watched_accounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.inspection.actions.rulings import RunRules
    from zhijian.inspection.judging import Judged
    from zhijian.inspection.models import Run
    from zhijian.observation.models import LinkCheck
    from zhijian.registry.models import Account

AT_ONCE = 1_000
SHOWN_URL = 120


def take_in_link_checks(run: Run, rules: RunRules) -> int:
    """Judge the links of the next checks after the run's mark; return how many checks there were."""
    checks = link_checks_after(check_id=run.after_check, limit=AT_ONCE)
    if not checks:
        return 0
    run.after_check = checks[-1].pk
    newest = {check.url_sha256: check for check in checks}
    found = list(OutLink.objects.filter(url_sha256__in=list(newest)))
    accounts = watched_accounts().in_bulk({link.account_id for link in found})
    links = [link for link in found if link.account_id in accounts]
    posts = standing_posts(post_ids=[link.post_id for link in links])
    judged = [(link, judge_link(_link(link, newest[link.url_sha256]))) for link in links]
    _find(run, rules, [pair for pair in judged if posts[pair[0].post_id].vanished_at is None], accounts)
    _look_again(judged)
    return len(checks)


def _link(link: OutLink, check: LinkCheck) -> Link:
    host, final = urlsplit(link.url).hostname or "", urlsplit(check.final_url).hostname or ""
    return Link(link.url, check.pk, check.result, host, final, check.reason)


def _find(
    run: Run, rules: RunRules, judged: Sequence[tuple[OutLink, Judged]], accounts: Mapping[int, Account]
) -> None:  # fmt: skip
    """Make a finding of every link that failed; one verdict for an account, with its first dead link as evidence."""
    dead = [pair for pair in judged if pair[1].result == Result.WARNING]
    cases = {
        link.account_id: Case(accounts[link.account_id], LINK, found, rules.cited(accounts[link.account_id], LINK))
        for link, found in reversed(dead)
    }
    kept = keep_verdicts(run, list(cases.values()))
    faults = [
        Fault(
            cases[link.account_id], kept[link.account_id, LINK], f"link:{link.post_id}:{link.url_sha256[:40]}",
            f"链接打不开：{link.url[:SHOWN_URL]}", f"{found.reason}{link.url}",
        )
        for link, found in dead
    ]  # fmt: skip
    find_faults(faults, repeat_days={pk: rules.repeat_days(accounts[pk]) for pk in cases})


def _look_again(judged: Sequence[tuple[OutLink, Judged]]) -> None:
    by_key = {(link.account_id, f"link:{link.post_id}:{link.url_sha256[:40]}"): found for link, found in judged}
    rows = Finding.objects.filter(
        account__in={pk for pk, _ in by_key}, indicator=LINK, state__in=UNFINISHED, key__startswith="link:"
    ).select_related("account__organisation")
    sights = []
    for finding in rows.order_by("pk"):
        found = by_key.get((finding.account_id, finding.key))
        if found is None:
            continue
        result = Result.FAIL if found.result == Result.WARNING else found.result
        if result != Result.FAIL or finding.state == "answered":
            sights.append(Sight(finding, result, found.reason, evidence=found.evidence))
    recheck_all(sights)

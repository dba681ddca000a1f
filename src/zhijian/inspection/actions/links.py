"""What the night's link checks say of the posts that lead there. A dead link is a finding to mend, never a veto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zhijian.inspection.actions.rechecking import Sight, recheck_all
from zhijian.inspection.actions.verdicts import Case, Fault, find_faults, keep_verdicts
from zhijian.inspection.enums import UNFINISHED, Result
from zhijian.inspection.judging import Link, judge_link
from zhijian.inspection.models import Finding, OutLink
from zhijian.inspection.queries.indicators import LINK
from zhijian.knowledge.queries import rulesets_for
from zhijian.observation.enums import Method
from zhijian.observation.queries import (
    link_checks_after,
    newest_versions,
    standing_posts,
    url_digest,
    watched_accounts,
)
from zhijian.screening.detectors.links import policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from zhijian.inspection.actions.rulings import RunRules
    from zhijian.inspection.judging import Judged
    from zhijian.inspection.models import Run
    from zhijian.observation.models import LinkCheck, PostVersion
    from zhijian.registry.models import Account
    from zhijian.screening.links import LinkPolicy

AT_ONCE = 1_000
SHOWN_URL = 120
DIGEST: Final = 40
BLIND: Final = (Method.HAND, Method.IMPORT)
"""What a person wrote down, or a file holds, tells the words of a post and seldom where they lead."""


def take_in_link_checks(run: Run, rules: RunRules, *, limit: int = AT_ONCE) -> int:
    """Judge the links of the next checks after the run's mark; return how many checks there were."""
    checks = link_checks_after(check_id=run.after_check, limit=limit)
    if not checks:
        return 0
    run.after_check = checks[-1].pk
    newest = {check.url_sha256: check for check in checks}
    found = list(OutLink.objects.filter(url_sha256__in=list(newest)))
    accounts = watched_accounts().in_bulk({link.account_id for link in found})
    links = _still_there([link for link in found if link.account_id in accounts])
    policies = _policies([accounts[link.account_id] for link in links])
    judged = [
        (link, judge_link(_link(link, newest[link.url_sha256], policies[accounts[link.account_id].organisation_id])))
        for link in links
    ]
    _find(run, rules, judged, accounts)
    _look_again(judged)
    return len(checks)


def _policies(accounts: Sequence[Account]) -> dict[int, LinkPolicy]:
    """Return what the bodies of some accounts say about links, by the body's id; two queries for all of them."""
    bodies = {account.organisation_id: account.organisation for account in accounts}
    return {pk: policy_of(ruleset) for pk, ruleset in rulesets_for(bodies.values()).items()}


def _still_there(links: Sequence[OutLink]) -> list[OutLink]:
    """Leave out what its post no longer leads to: the check is of an address another post may still name."""
    ids = sorted({link.post_id for link in links})
    posts, versions = standing_posts(post_ids=ids), newest_versions(post_ids=ids)
    return [
        link for link in links
        if posts[link.post_id].vanished_at is None
        and not (link.post_id in versions and _has_dropped(versions[link.post_id], _mark(link.url_sha256)))
    ]  # fmt: skip


def _mark(digest: str) -> str:
    return digest[:DIGEST]


def _has_dropped(version: PostVersion, mark: str) -> bool:
    """Tell whether the version to judge of a post, seen with its links, no longer holds an address."""
    if not version.whole and version.look.source.method in BLIND:
        return False
    return mark not in {_mark(url_digest(link["url"])) for link in version.links}


def findings_of_links() -> QuerySet[Finding]:
    """Return the dead links that have not ended, of accounts that are watched."""
    rows = Finding.objects.filter(indicator=LINK, state__in=UNFINISHED, key__startswith="link:")
    return rows.filter(account__in=watched_accounts().values("pk")).select_related("account__organisation")


def look_again_at_links(findings: Sequence[Finding]) -> None:
    """Re-check dead links: one taken out of its post, or gone with it, is mended.

    A few queries for any number of findings and a few for each one that changes.
    """
    recheck_all(_mended(findings))


def _mended(findings: Sequence[Finding]) -> list[Sight]:
    places = [(finding, int(place), mark) for finding in findings for _, place, mark in [finding.key.split(":")]]
    ids = sorted({place for _, place, _ in places})
    posts, versions = standing_posts(post_ids=ids), newest_versions(post_ids=ids)
    sights = []
    for finding, place, mark in places:
        if place not in posts or place not in versions:
            continue
        gone, version = posts[place].vanished_at is not None, versions[place]
        if gone or _has_dropped(version, mark):
            reason = "这条内容已经删除。" if gone else "最新一版里已经没有这个链接。"
            sights.append(Sight(finding, Result.PASS, reason, evidence={"post": place, "version": version.pk}))
    return sights


def _link(link: OutLink, check: LinkCheck, policy: LinkPolicy) -> Link:
    host, final = urlsplit(link.url).hostname or "", urlsplit(check.final_url).hostname or ""
    return Link(
        link.url, check.pk, check.result, host, final, check.reason, check.landing, tuple(check.signs),
        vouched=policy.approves(final.rstrip(".")),
    )  # fmt: skip


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
            cases[link.account_id], kept[link.account_id, LINK], f"link:{link.post_id}:{_mark(link.url_sha256)}",
            f"{_headline(found)}：{link.url[:SHOWN_URL]}", f"{found.reason}{link.url}",
        )
        for link, found in dead
    ]  # fmt: skip
    find_faults(faults, repeat_days={pk: rules.repeat_days(accounts[pk]) for pk in cases})


def _headline(found: Judged) -> str:
    return "链接通向有问题的页面" if "landing" in found.evidence else "链接打不开"


def _look_again(judged: Sequence[tuple[OutLink, Judged]]) -> None:
    by_key = {(link.account_id, f"link:{link.post_id}:{_mark(link.url_sha256)}"): found for link, found in judged}
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

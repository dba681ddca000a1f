"""Judging the wording of new versions, and remembering the addresses they lead to. Each version is taken in once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from zhijian.inspection.actions.rechecking import Sight, recheck_all
from zhijian.inspection.actions.standings import refresh_results
from zhijian.inspection.actions.verdicts import Case, Fault, find_faults, keep_verdicts
from zhijian.inspection.enums import UNFINISHED, Result
from zhijian.inspection.judging import Hit, Text, judge_wording
from zhijian.inspection.models import Finding, OutLink
from zhijian.inspection.queries.indicators import WORDING
from zhijian.knowledge.queries import rulesets_for
from zhijian.observation.queries import newest_versions, standing_posts, url_digest, versions_after, watched_accounts
from zhijian.screening import Severity, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.inspection.actions.rulings import RunRules
    from zhijian.inspection.actions.verdicts import Case as Judgement
    from zhijian.inspection.models import Run
    from zhijian.observation.models import PostVersion
    from zhijian.organisations.models import Organisation
    from zhijian.registry.models import Account
    from zhijian.screening import RuleSet

AT_ONCE = 500
LONGEST_URL = 4_000


def take_in_texts(run: Run, rules: RunRules, *, limit: int = AT_ONCE) -> int:
    """Judge the next versions after the run's mark; return how many there were. About a dozen queries a batch.

    Versions of accounts that are not watched are passed over.
    """
    versions = versions_after(version_id=run.after_version, limit=limit)
    if not versions:
        return 0
    run.after_version = versions[-1].pk
    accounts = watched_accounts().in_bulk({row.post.account_id for row in versions})
    watched = [row for row in versions if row.post.account_id in accounts and row.post.vanished_at is None]
    sets = rulesets_for(_bodies(accounts[row.post.account_id] for row in watched))
    run.term_rules = sorted({*run.term_rules, *(one.version for one in sets.values())})
    texts: dict[int, list[Text]] = defaultdict(list)
    for row in watched:
        texts[row.post.account_id].append(judged_text(row, sets[accounts[row.post.account_id].organisation_id]))
    _keep(run, rules, texts, accounts, sets)
    _remember_links(watched)
    return len(versions)


def _bodies(accounts: Iterable[Account]) -> list[Organisation]:
    return list({account.organisation_id: account.organisation for account in accounts}.values())


def judged_text(version: PostVersion, ruleset: RuleSet) -> Text:
    """Scan one version: only what fails an account counts here (严重表述错误)."""
    words = f"{version.title}\n{version.text}"
    hits = tuple(
        Hit(one.rule_id, one.excerpt, one.message, one.source, one.start, one.end)
        for one in scan(words, ruleset)
        if one.severity is Severity.VETO
    )
    return Text(version.pk, version.post_id, version.whole, version.snapshot, version.text_sha256, hits)


def _keep(
    run: Run, rules: RunRules, texts: Mapping[int, Sequence[Text]], accounts: Mapping[int, Account],
    sets: Mapping[int, RuleSet],
) -> None:  # fmt: skip
    standing = set(
        Finding.objects.filter(account__in=list(texts), indicator=WORDING, state__in=UNFINISHED)
        .values_list("account_id", flat=True)
    )  # fmt: skip
    cases = {pk: _case(accounts[pk], found, rules, sets) for pk, found in texts.items()}
    # What failed stays failed until its findings end: a clean new piece does not mend an old one.
    told = [case for pk, case in cases.items() if case.judged.result == Result.FAIL or pk not in standing]
    kept = keep_verdicts(run, told)
    faults = [
        Fault(
            cases[pk], kept[pk, WORDING], f"post:{text.post_id}:{hit.rule_id}", f"严重表述错误：“{hit.excerpt}”",
            hit.message, hit.rule_id,
        )
        for pk, found in texts.items()
        for text in found
        for hit in text.hits
    ]  # fmt: skip
    find_faults(faults, repeat_days={pk: rules.repeat_days(accounts[pk]) for pk in texts})


def _case(
    account: Account, texts: Sequence[Text], rules: RunRules, sets: Mapping[int, RuleSet]
) -> Judgement:  # fmt: skip
    terms = sets[account.organisation_id].version
    return Case(account, WORDING, judge_wording(texts), rules.cited(account, WORDING, terms=terms))


def _remember_links(versions: Iterable[PostVersion]) -> None:
    rows = [
        OutLink(
            account_id=row.post.account_id, post_id=row.post_id, version_id=row.pk, url=link["url"],
            url_sha256=url_digest(link["url"]), seen_at=row.seen_at,
        )
        for row in versions
        for link in row.links
        if len(link["url"]) <= LONGEST_URL
    ]  # fmt: skip
    OutLink.objects.bulk_create(rows, ignore_conflicts=True)


def findings_in_texts() -> QuerySet[Finding]:
    """Return the wordings that have not ended, of accounts that are watched."""
    rows = Finding.objects.filter(indicator=WORDING, state__in=UNFINISHED, key__startswith="post:")
    return rows.filter(account__in=watched_accounts().values("pk")).select_related("account__organisation")


def look_again_at_texts(run: Run, rules: RunRules, findings: Sequence[Finding]) -> None:
    """Re-check wordings by the newest version of their posts; at last the accounts that pass again.

    A dozen queries for any number of findings and a few for each one that changes.
    """
    mended: dict[int, set[int]] = defaultdict(set)
    for sight in _look_again(findings):
        if sight.result == Result.PASS:
            mended[sight.finding.account_id].add(_post_of(sight.finding))
    _clear(run, rules, mended)


def _look_again(findings: Sequence[Finding]) -> list[Sight]:
    """Re-check some findings; return what was seen."""
    post_ids = sorted({_post_of(finding) for finding in findings})
    posts, versions = standing_posts(post_ids=post_ids), newest_versions(post_ids=post_ids)
    sets = rulesets_for(_bodies(finding.account for finding in findings))
    sights = [
        _sight(finding, judged_text(versions[post], sets[finding.account.organisation_id]), posts[post].vanished_at)
        for finding in findings
        if (post := _post_of(finding)) in posts and post in versions
    ]
    recheck_all(sights)
    return sights


def _sight(finding: Finding, text: Text, gone: datetime | None) -> Sight:
    result, reason = _seen(finding, text, gone)
    return Sight(finding, result, reason, evidence={"texts": [text.evidence]})


def _seen(finding: Finding, text: Text, gone: datetime | None) -> tuple[Result, str]:
    if gone is not None:
        return Result.PASS, "这条内容已经删除。"
    if any(hit.rule_id == finding.rule_id for hit in text.hits):
        return Result.FAIL, "错误还在。"
    if not text.whole:
        return Result.COULD_NOT_LOOK, "只看到摘要，正文改没改没有看到。请打开原文复查。"
    return Result.PASS, "最新一版里已经没有这处错误。"


def _clear(run: Run, rules: RunRules, mended: Mapping[int, set[int]]) -> None:
    """Say that accounts pass again whose last wording has ended; `mended`: account id to the posts it stood in."""
    if not mended:
        return
    rows = Finding.objects.filter(account__in=list(mended), indicator=WORDING, state__in=UNFINISHED)
    still = set(rows.values_list("account_id", flat=True))
    accounts = watched_accounts().in_bulk(mended.keys() - still)
    versions = newest_versions(post_ids=sorted(post for pk in accounts for post in mended[pk]))
    sets = rulesets_for(_bodies(accounts.values()))
    cases = []
    for pk, account in accounts.items():
        posts = [versions[post] for post in sorted(mended[pk]) if post in versions]
        texts = [judged_text(version, sets[account.organisation_id]) for version in posts]
        clean = [text for text in texts if not text.hits]
        cases += [_case(account, clean, rules, sets)] if clean else []
    keep_verdicts(run, cases)
    refresh_results([case.account for case in cases])


def _post_of(finding: Finding) -> int:
    return int(finding.key.split(":")[1])

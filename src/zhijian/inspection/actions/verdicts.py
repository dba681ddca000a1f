"""Keeping verdicts: what is new is written, what stands is confirmed, standings and findings follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from zhijian.audit.actions import record_many
from zhijian.audit.events import EventName
from zhijian.inspection.enums import UNFINISHED, FindingState
from zhijian.inspection.models import Current, Finding, Run, Verdict
from zhijian.inspection.queries.indicators import LINK, UPDATE, indicator
from zhijian.lib import clock
from zhijian.lib.copying import copy_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhijian.inspection.judging import Judged
    from zhijian.registry.models import Account

FINDING_KIND = "inspection.finding"


@dataclass(frozen=True, slots=True)
class RuleCited:
    """The rule a verdict names: key, value in words, document, pack and the digest of all rules in force."""

    key: str
    value: str
    document: str
    pack: str
    version: str
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One judgement ready to be kept."""

    account: Account
    indicator: str
    judged: Judged
    rule: RuleCited


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding to be made unless it is open already. `key` tells it apart within account and indicator."""

    case: Case
    verdict: Verdict
    key: str
    title: str
    detail: str
    rule_id: str = ""


def rule_of_indicator(code: str, *, version: str, terms: str = "") -> RuleCited:
    """Cite an indicator that has no value in the packs: one occurrence is enough."""
    one = indicator(code)
    value = "出现一处即不合格" if one.is_veto else "提示，不影响合格"
    return RuleCited(code, value, one.document, "全国", version, terms)


def keep_verdicts(run: Run | None, cases: Sequence[Case]) -> dict[tuple[int, str], Verdict]:
    """Keep judgements; one that says the same by the same rules as before is only confirmed. Returns what stands.

    Six queries at most for any number; of each account and indicator there may be one case.
    """
    held = {(row.account_id, row.indicator): row for row in _current(cases)}
    fresh = [case for case in cases if _is_new(held.get((case.account.pk, case.indicator)), case)]
    made = [_verdict(run, case) for case in fresh]
    copy_rows(made)
    kept = {(row.account_id, row.indicator): row for row in made}
    _confirm(cases, kept, held)
    return {key: row.verdict for key, row in held.items()} | kept


def _current(cases: Sequence[Case]) -> Iterable[Current]:
    wanted = {case.account.pk for case in cases}
    codes = {case.indicator for case in cases}
    return Current.objects.filter(account__in=wanted, indicator__in=codes).select_related("verdict")


def _is_new(held: Current | None, case: Case) -> bool:
    if held is None:
        return True
    was, rule = held.verdict, case.rule
    before = (was.result, was.rule_value, was.rule_pack, was.rule_version, was.term_version, _day(was.evidence))
    return before != (
        str(case.judged.result), rule.value, rule.pack, rule.version, rule.terms, case.judged.warned_day
    ) or _is_told_apart(was, case.judged)  # fmt: skip


def _reached(judged: Judged) -> dict[str, object]:
    return {} if judged.warned_day is None else {"warned_day": judged.warned_day}


def _day(evidence: dict[str, object]) -> object:
    return evidence.get("warned_day")


def _is_told_apart(was: Verdict, judged: Judged) -> bool:
    """Texts, links and weeks are judged one by one: each judgement stands on evidence of its own."""
    return any(was.evidence.get(name) != judged.evidence.get(name) for name in ("texts", "check", "week"))


def _verdict(run: Run | None, case: Case) -> Verdict:
    judged, rule = case.judged, case.rule
    return Verdict(
        run=run, account=case.account, indicator=case.indicator, result=str(judged.result), reason=judged.reason[:500],
        rule_key=rule.key, rule_value=rule.value, rule_document=rule.document, rule_pack=rule.pack,
        rule_version=rule.version, term_version=rule.terms, window_from=judged.window_from, window_to=judged.window_to,
        computed_at=clock.now(), evidence=judged.evidence | _reached(judged),
    )  # fmt: skip


def _confirm(
    cases: Sequence[Case], kept: dict[tuple[int, str], Verdict], held: dict[tuple[int, str], Current]
) -> None:  # fmt: skip
    at = clock.now()
    rows = []
    for case in cases:
        key = (case.account.pk, case.indicator)
        before, verdict = held.get(key), kept.get(key)
        since = before.since if before and before.result == str(case.judged.result) else at
        standing = verdict or (before.verdict if before else None)
        if standing is not None:
            rows.append(
                Current(
                    account=case.account, indicator=case.indicator, verdict=standing, result=standing.result,
                    since=since, checked_at=at,
                )
            )  # fmt: skip
    Current.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "indicator"],
        update_fields=["verdict", "result", "since", "checked_at"],
    )  # fmt: skip


def find_faults(faults: Sequence[Fault], *, repeat_days: dict[int, int]) -> list[Finding]:
    """Make the findings that are not open yet. `repeat_days` by account: so soon after an end it is 反复.

    What was written off for the same place stays written off: a wording and a link for good, a silence until the
    account updates.
    """
    if not faults:
        return []
    known = _known(faults)
    wanted = [fault for fault in faults if not _stands(known, fault)]
    made = [_finding(fault, known, repeat_days) for fault in _once(wanted)]
    copy_rows(made)
    record_many(
        EventName.FINDING_FOUND, actor=None, thing_kind=FINDING_KIND,
        rows=[
            (fault.case.account.organisation_id, row.pk, {"account": row.account_id, "indicator": row.indicator})
            for fault, row in zip(_once(wanted), made, strict=True)
        ],
    )  # fmt: skip
    return made


def _once(faults: Iterable[Fault]) -> list[Fault]:
    return list({(fault.case.account.pk, fault.case.indicator, fault.key): fault for fault in faults}.values())


def _known(faults: Sequence[Fault]) -> list[Finding]:
    accounts = {fault.case.account.pk for fault in faults}
    codes = {fault.case.indicator for fault in faults}
    rows = Finding.objects.filter(account__in=accounts, indicator__in=codes)
    rows = rows.select_related("verdict")
    return list(rows.only("account_id", "indicator", "key", "state", "ended_at", "verdict__evidence"))


def _stands(known: Sequence[Finding], fault: Fault) -> bool:
    same = [row for row in known if _same(row, fault) and row.key == fault.key]
    return any(row.state in UNFINISHED or _is_written_off(row, fault) for row in same)


def _is_written_off(row: Finding, fault: Fault) -> bool:
    """Tell whether a finding of the same place was called a false alarm, and this fault is still the same one."""
    if row.state != FindingState.WRITTEN_OFF:
        return False
    if fault.case.indicator == UPDATE:
        last: object = row.verdict.evidence.get("published_at")
        return last == fault.case.judged.evidence.get("published_at")
    return bool(fault.rule_id) or fault.case.indicator == LINK


def _same(row: Finding, fault: Fault) -> bool:
    return (row.account_id, row.indicator) == (fault.case.account.pk, fault.case.indicator)


def _finding(fault: Fault, known: Sequence[Finding], repeat_days: dict[int, int]) -> Finding:
    at = clock.now()
    since = at - timedelta(days=repeat_days.get(fault.case.account.pk, 0))
    before = [row for row in known if _same(row, fault) and row.state == FindingState.CLOSED and row.ended_at]
    soon = [row for row in before if row.ended_at is not None and row.ended_at >= since]
    return Finding(
        account=fault.case.account, indicator=fault.case.indicator, is_veto=indicator(fault.case.indicator).is_veto,
        key=fault.key[:200], title=fault.title[:200], detail=fault.detail[:1000], verdict=fault.verdict,
        rule_id=fault.rule_id[:80], repeat_of=max(soon, key=lambda row: row.pk, default=None), found_at=at,
    )  # fmt: skip

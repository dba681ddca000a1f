"""What only a person can judge: entered with a proof, kept like every other verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.inspection.actions.proofs import Proof, keep_proof, proof_problems
from zhijian.inspection.actions.rechecking import Sight, note_sight
from zhijian.inspection.actions.rulings import RunRules
from zhijian.inspection.actions.standings import refresh_results
from zhijian.inspection.actions.verdicts import Case, Fault, find_faults
from zhijian.inspection.enums import Result
from zhijian.inspection.judging import Judged
from zhijian.inspection.models import Current, Standing, Verdict
from zhijian.inspection.queries.findings import unfinished_of
from zhijian.inspection.queries.indicators import hand_indicators, indicator
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.registry.queries import find_account

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

HAND: Final = "hand"
LONGEST_REASON: Final = 500


def why_not_enter(*, actor: User, account: Account, code: str, result: str, reason: str, proof: Proof) -> list[str]:
    """Give every reason why a person's judgement cannot be kept."""
    reasons = [*why_not(Permission.VERDICT_ENTER, actor=actor, thing=account), *proof_problems(proof, needed=True)]
    if code not in {one.code for one in hand_indicators()}:
        reasons.append("请选择人工检查的指标；其他指标由系统根据看到的内容判断。")
    if result not in {Result.PASS, Result.FAIL, Result.COULD_NOT_LOOK}:
        reasons.append("请选择结果：合格、不合格，或者没能看全。")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        reasons.append(f"请写明看到了什么，最多 {LONGEST_REASON} 个字。")
    return reasons


@transaction.atomic
def enter_verdict(*, actor: User, account_id: int, code: str, result: str, reason: str, proof: Proof) -> Verdict:
    """Keep what a person checked (互动功能、移动客户端 and the like), with its proof. Raises Refused, Missing."""
    account = find_account(actor=actor, account_id=account_id)
    reasons = why_not_enter(actor=actor, account=account, code=code, result=result, reason=reason, proof=proof)
    if reasons:
        raise Refused(reasons)
    verdict = _write(actor, account, code, Result(result), reason.strip(), keep_proof(proof))
    _follow(actor, account, code, verdict)
    refresh_results([account])
    record(
        EventName.VERDICT_ENTERED, actor=actor, organisation_id=account.organisation_id,
        thing_kind="inspection.account", thing_id=account.pk,
        data={"verdict": verdict.pk, "indicator": code, "result": result, "proof": verdict.proof},
    )  # fmt: skip
    return verdict


def _write(actor: User, account: Account, code: str, result: Result, reason: str, proof: str) -> Verdict:
    rules, at = RunRules(), clock.now()
    rule = rules.cited(account, code)
    verdict = Verdict.objects.create(
        account=account, indicator=code, result=result, reason=reason, rule_key=rule.key, rule_value=rule.value,
        rule_document=rule.document, rule_pack=rule.pack, rule_version=rule.version, computed_at=at,
        evidence={"proof": proof}, proof=proof, by=actor,
    )  # fmt: skip
    held = Current.objects.filter(account=account, indicator=code).first()
    since = held.since if held and held.result == result else at
    Current.objects.update_or_create(
        account=account, indicator=code,
        defaults={"verdict": verdict, "result": result, "since": since, "checked_at": at},
    )  # fmt: skip
    window, _ = rules.window(account)
    Standing.objects.get_or_create(
        account=account, defaults={"result": result, "window_days": window.days, "checked_at": at}
    )
    return verdict


def _follow(actor: User, account: Account, code: str, verdict: Verdict) -> None:
    """Make a finding of a fault; a pass is a re-check, by this person, of what was found before."""
    result = Result(verdict.result)
    if result == Result.FAIL:
        rules = RunRules()
        judged = Judged(result, verdict.reason, verdict.evidence)
        case = Case(account, code, judged, rules.cited(account, code))
        find_faults(
            [Fault(case, verdict, HAND, indicator(code).title, verdict.reason)],
            repeat_days={account.pk: rules.repeat_days(account)},
        )
    for finding in unfinished_of(account_ids=[account.pk], indicator=code):
        if finding.verdict_id != verdict.pk:
            note_sight(Sight(finding, result, verdict.reason, verdict), actor=actor)

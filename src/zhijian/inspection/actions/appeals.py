"""Appeal and write-off (误报核销): one person claims that a finding is wrong, a second decides and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.events import EventName
from zhijian.inspection.actions.moving import lock, locked_finding, make_move, record_finding
from zhijian.inspection.actions.proofs import NO_PROOF, Proof, keep_proof, proof_problems
from zhijian.inspection.actions.standings import pass_again
from zhijian.inspection.actions.telling import tell_of_claim, tell_of_decision
from zhijian.inspection.enums import AppealKind, AppealState, Move
from zhijian.inspection.models import Appeal, Finding
from zhijian.inspection.queries.findings import find_appeal
from zhijian.inspection.rules import HOSTS
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import holds_role

if TYPE_CHECKING:
    from zhijian.organisations.models import User

LONGEST_REASON: Final = 1_000


def why_not_appeal(*, actor: User, finding: Finding, reason: str, proof: Proof) -> list[str]:
    """Give every reason why a claim cannot be made."""
    reasons = [*why_not(Permission.FINDING_APPEAL, actor=actor, thing=finding), *proof_problems(proof, needed=False)]
    if not reason.strip() or len(reason) > LONGEST_REASON:
        reasons.append(f"请写明为什么是误报，最多 {LONGEST_REASON:,} 个字。")
    return reasons


@transaction.atomic
def appeal(*, actor: User, finding_id: int, reason: str, proof: Proof = NO_PROOF, seen: int | None = None) -> Appeal:
    """Claim that a finding is wrong: the host appeals, the office proposes. Raises Refused, Missing."""
    finding = locked_finding(actor, finding_id, seen=seen)
    reasons = why_not_appeal(actor=actor, finding=finding, reason=reason, proof=proof)
    if reasons:
        raise Refused(reasons)
    is_host = holds_role(actor=actor, roles=HOSTS, organisation=finding.account.organisation)
    row = Appeal.objects.create(
        finding=finding, kind=AppealKind.HOST if is_host else AppealKind.OFFICE, reason=reason.strip(),
        proof=keep_proof(proof), by=actor, at=clock.now(),
    )  # fmt: skip
    record_finding(EventName.FINDING_APPEALED, finding, actor, {"appeal": row.pk, "proof": row.proof})
    tell_of_claim(finding, row)
    return row


def why_not_decide(*, actor: User, row: Appeal, decision: str) -> list[str]:
    """Give every reason why this person cannot decide a claim."""
    reasons = why_not(Permission.APPEAL_DECIDE, actor=actor, thing=row)
    if not decision.strip() or len(decision) > LONGEST_REASON:
        reasons.append(f"请写明裁定的理由，最多 {LONGEST_REASON:,} 个字。")
    return reasons


@transaction.atomic
def decide_appeal(*, actor: User, appeal_id: int, accept: bool, decision: str) -> Appeal:
    """Decide a claim: a false alarm is written off and stays readable, else the finding stands.

    Raises Refused, Missing.
    """
    found = find_appeal(actor=actor, appeal_id=appeal_id)
    finding = lock(found.finding_id)
    row = find_appeal(actor=actor, appeal_id=appeal_id)
    reasons = why_not_decide(actor=actor, row=row, decision=decision)
    if reasons:
        raise Refused(reasons)
    row.state = AppealState.ACCEPTED if accept else AppealState.REJECTED
    row.decided_by, row.decided_at, row.decision = actor, clock.now(), decision.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    if accept:
        _write_off(finding, row, actor)
    else:
        record_finding(EventName.APPEAL_REJECTED, finding, actor, {"appeal": row.pk})
    tell_of_decision(finding, row)
    return row


def _write_off(finding: Finding, row: Appeal, actor: User) -> None:
    make_move(finding, Move.WRITE_OFF, ended_at=clock.now(), ending=f"误报核销：{row.decision}"[:500])
    record_finding(EventName.FINDING_WRITTEN_OFF, finding, actor, {"appeal": row.pk})
    pass_again(finding, reason="原来发现的问题认定为误报。", evidence={"appeal": row.pk})

"""Looking again whether a finding is put right: by the machine after each run, by a person with a proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.events import EventName
from zhijian.inspection.actions.moving import lock, locked_finding, make_move, note_change, record_finding
from zhijian.inspection.actions.proofs import Proof, keep_proof, proof_problems
from zhijian.inspection.actions.standings import pass_again
from zhijian.inspection.enums import UNFINISHED, AppealState, FindingState, Move, Result
from zhijian.inspection.models import Recheck, Reply
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from zhijian.inspection.models import Finding, Verdict
    from zhijian.organisations.models import User

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Sight:
    """What the machine sees of one finding now, and on which verdict or evidence that rests."""

    finding: Finding
    result: Result
    reason: str
    verdict: Verdict | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def recheck_all(sights: Sequence[Sight]) -> None:
    """Note what the machine sees of findings now. Two queries for any number, and a few for each one that changes."""
    ids = [sight.finding.pk for sight in sights]
    if not ids:
        return
    rows = Recheck.objects.filter(finding__in=ids).order_by("finding_id", "-pk").distinct("finding_id")
    last = {row.finding_id: row for row in rows.only("finding_id", "result", "at")}
    replied = dict(
        Reply.objects.filter(order__finding__in=ids).values_list("order__finding").annotate(at=Max("at")).order_by()
    )
    for sight in sights:
        pk = sight.finding.pk
        if not _is_told(sight.finding, sight.result, last.get(pk), replied.get(pk)):
            note_sight(sight)


@transaction.atomic
def note_sight(sight: Sight, *, actor: User | None = None) -> None:
    """Note what the machine, or who entered the verdict behind it, sees of a finding; move it on where that is enough.

    A pass closes what was ordered; before an order it closes what is no veto, of a veto it is only noted that the
    account recovered. An answered order
    that still fails goes back. 没能看全 changes nothing. The same answer twice is written once.
    """
    found, result = lock(sight.finding.pk), sight.result
    order = getattr(found, "order", None)
    reply = order.replies.last() if order else None
    if _is_told(found, result, found.rechecks.last(), reply.at if reply else None):
        return
    row = Recheck.objects.create(
        finding=found, at=clock.now(), result=result, reason=sight.reason[:LONGEST_REASON], verdict=sight.verdict,
        evidence=sight.evidence, by=actor, proof=sight.verdict.proof if actor and sight.verdict else "",
    )  # fmt: skip
    record_finding(EventName.FINDING_RECHECKED, found, actor, {"result": str(result), "recheck": row.pk})
    _follow(found, result, sight.reason, actor)


def _is_told(finding: Finding, result: Result, last: Recheck | None, replied_at: datetime | None) -> bool:
    """Tell whether it has ended, or the last look said the same, with no answer since and nothing to move."""
    if finding.state not in UNFINISHED:
        return True
    if last is None or last.result != result or (replied_at is not None and replied_at > last.at):
        return False
    return not (result == Result.PASS and finding.state in {FindingState.ORDERED, FindingState.ANSWERED})


def _follow(finding: Finding, result: Result, reason: str, actor: User | None) -> None:
    if result == Result.PASS and finding.state in {FindingState.ORDERED, FindingState.ANSWERED}:
        ending = f"复查通过：{reason}"[:LONGEST_REASON]
        make_move(
            finding, Move.CLOSE, ended_at=clock.now(), ending=ending, recovered_at=finding.recovered_at or clock.now()
        )
        record_finding(EventName.FINDING_CLOSED, finding, actor, {})
    elif result == Result.PASS and _ends_by_itself(finding):
        at, ending = clock.now(), f"没有下达整改，已自行恢复：{reason}"[:LONGEST_REASON]
        make_move(finding, Move.RECOVER, ended_at=at, ending=ending, recovered_at=finding.recovered_at or at)
        record_finding(EventName.FINDING_CLOSED, finding, actor, {})
    elif result == Result.PASS:
        note_change(finding, recovered_at=finding.recovered_at or clock.now())
    elif result == Result.FAIL and finding.state == FindingState.ANSWERED:
        make_move(finding, Move.SEND_BACK, recovered_at=None)
        record_finding(EventName.ORDER_SENT_BACK, finding, actor, {})
    elif result == Result.FAIL and finding.recovered_at is not None:
        note_change(finding, recovered_at=None)


def _ends_by_itself(finding: Finding) -> bool:
    """Tell whether nobody has to look at a finding that recovered: no veto, no order, no claim that waits."""
    return (
        finding.state == FindingState.OPEN
        and not finding.is_veto
        and not finding.appeals.filter(state=AppealState.OPEN).exists()
    )


def why_not_recheck(*, actor: User, finding: Finding, result: str, reason: str, proof: Proof) -> list[str]:
    """Give every reason why a person's look cannot be kept."""
    reasons = [*why_not(Permission.FINDING_RECHECK, actor=actor, thing=finding), *proof_problems(proof, needed=True)]
    if result not in {Result.PASS, Result.FAIL}:
        reasons.append("请选择复查结果：通过，或者没有改好。")
    if not reason.strip() or len(reason) > LONGEST_REASON - 10:
        reasons.append(f"请写明看到了什么，最多 {LONGEST_REASON - 10} 个字。")
    return reasons


@transaction.atomic
def recheck_by_person(
    *, actor: User, finding_id: int, result: str, reason: str, proof: Proof, seen: int | None = None
) -> Finding:  # fmt: skip
    """Keep what a person of the office saw, with a proof: a pass closes, a fault goes back. Raises Refused, Missing."""
    finding = locked_finding(actor, finding_id, seen=seen)
    reasons = why_not_recheck(actor=actor, finding=finding, result=result, reason=reason, proof=proof)
    if reasons:
        raise Refused(reasons)
    kept = keep_proof(proof)
    row = Recheck.objects.create(
        finding=finding, at=clock.now(), by=actor, result=result, reason=reason.strip(), proof=kept,
    )  # fmt: skip
    record_finding(EventName.FINDING_RECHECKED, finding, actor, {"result": result, "recheck": row.pk, "proof": kept})
    _follow(finding, Result(result), reason.strip(), actor)
    if finding.state == FindingState.CLOSED:
        pass_again(finding, reason=f"复查通过：{reason.strip()}", evidence={"recheck": row.pk, "proof": kept})
    return finding

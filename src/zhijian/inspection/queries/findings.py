"""Findings, orders, appeals and verdicts as people may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from zhijian.inspection.enums import UNFINISHED, AppealState, FindingState
from zhijian.inspection.models import Appeal, Finding, Order, Verdict
from zhijian.inspection.rules import VIEWERS
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

BODY = "account__organisation"


def visible_findings(*, actor: User) -> QuerySet[Finding]:
    """Return the findings at the accounts in the actor's scope, with account, body and order."""
    rows = Finding.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=BODY))
    return rows.select_related("account", BODY, "order")


def find_finding(*, actor: User, finding_id: int) -> Finding:
    """Return one finding of the actor's scope with everything its page shows. Raises Missing."""
    rows = visible_findings(actor=actor).select_related(
        "verdict__run", "verdict__by", "order__issued_by", "order__issuer", "repeat_of"
    )
    row = rows.filter(pk=finding_id).first()
    if row is None:
        raise Missing
    return row


def findings_of(account: Account) -> QuerySet[Finding]:
    """Return every finding of an account, the newest first."""
    return Finding.objects.filter(account=account).select_related("order").order_by("-pk")


def unfinished_of(*, account_ids: Iterable[int], indicator: str) -> list[Finding]:
    """Return the findings of an indicator that have not ended, for re-checks. Scope: the caller's to ask for."""
    rows = Finding.objects.filter(account__in=list(account_ids), indicator=indicator, state__in=UNFINISHED)
    return list(rows.select_related("account__organisation", "verdict").order_by("pk"))


def visible_appeals(*, actor: User) -> QuerySet[Appeal]:
    """Return the appeals at the accounts in the actor's scope."""
    rows = Appeal.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=f"finding__{BODY}"))
    return rows.select_related("finding__account", f"finding__{BODY}", "finding__order", "by", "decided_by")


def find_appeal(*, actor: User, appeal_id: int) -> Appeal:
    """Return one appeal of the actor's scope. Raises Missing."""
    row = visible_appeals(actor=actor).filter(pk=appeal_id).first()
    if row is None:
        raise Missing
    return row


def visible_orders(*, actor: User) -> QuerySet[Order]:
    """Return the rectification orders about the accounts in the actor's scope."""
    return Order.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=f"finding__{BODY}"))


def visible_verdicts(*, actor: User) -> QuerySet[Verdict]:
    """Return the verdicts about the accounts in the actor's scope."""
    rows = Verdict.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=BODY))
    return rows.select_related("account", BODY, "by")


def proofs_of(finding: Finding) -> set[str]:
    """Return the SHA-256 of every piece of evidence a finding's page shows."""
    found = {finding.verdict.proof, *_snapshots(finding.verdict.evidence)}
    order = getattr(finding, "order", None)
    if order is not None:
        found |= {reply.proof for reply in order.replies.all()}
    for recheck in finding.rechecks.all():
        found |= {recheck.proof, *_snapshots(recheck.evidence)}
    found |= {appeal.proof for appeal in finding.appeals.all()}
    return found - {""}


def _snapshots(evidence: dict[str, object]) -> set[str]:
    texts = evidence.get("texts")
    rows = texts if isinstance(texts, list) else []
    found = {str(row.get("snapshot") or "") for row in rows}
    proofs = evidence.get("snapshots")
    return found | {str(one) for one in (proofs if isinstance(proofs, list) else [])}


def false_alarms(*, actor: User) -> list[dict[str, Any]]:
    """Return for each rule how many findings it made, and how many of them were written off as false alarms."""
    rows = Finding.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=BODY)).order_by()
    counted = rows.values("indicator", "rule_id").annotate(
        found=Count("pk"),
        wrong=Count("pk", filter=Q(state=FindingState.WRITTEN_OFF)),
        claimed=Count("pk", filter=Q(appeals__state=AppealState.OPEN)),
    )
    return [dict(row) for row in counted.order_by("-wrong", "-found", "indicator", "rule_id")]

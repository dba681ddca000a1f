"""Rule documents of a body: written down, replaced, looked at again, abolished."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import in_scope
from zhijian.resources.actions.licences import keep_paper
from zhijian.resources.models import RuleDocument
from zhijian.resources.queries import RULE_KIND, needs_of, successor_of
from zhijian.resources.rules import KEEPERS

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import Organisation, User
    from zhijian.resources.actions.licences import Upload


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule document as somebody filled it in."""

    title: str
    number: str
    issued_on: date
    in_force_from: date
    review_by: date | None = None


@transaction.atomic
def record_rule(
    *, actor: User, organisation: Organisation, kind: str, draft: RuleDraft, paper: Upload | None = None
) -> RuleDocument:
    """Write a rule document of a body down, with its paper where there is one. Raises Refused with every reason."""
    require(Permission.RESOURCES_KEEP, actor=actor, thing=organisation)
    if kind not in needs_of(organisation).rule_names:
        raise Refused("请选择制度的类别。")
    row = _make(actor, organisation, kind, draft, paper)
    _write_down(EventName.RESOURCES_RULE_RECORDED, row, actor, kind=kind)
    return row


def _make(
    actor: User, organisation: Organisation, kind: str, draft: RuleDraft, paper: Upload | None, **more: Any
) -> RuleDocument:
    _check(draft)
    return RuleDocument.objects.create(
        organisation=organisation, kind=kind, paper=keep_paper(actor, organisation, paper), created_by=actor,
        created_at=clock.now(), **asdict(draft), **more,
    )  # fmt: skip


def _check(draft: RuleDraft) -> None:
    reasons = []
    if draft.in_force_from < draft.issued_on:
        reasons.append("施行日期早于印发日期，请核对。")
    if draft.review_by is not None and draft.review_by < draft.in_force_from:
        reasons.append("复核期限早于施行日期，请核对。")
    if reasons:
        raise Refused(reasons)


def _write_down(event: EventName, row: RuleDocument, actor: User, **data: Any) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind=RULE_KIND, thing_id=row.pk,
        data={"title": row.title, "paper": row.paper_id is not None, **data},
    )  # fmt: skip


def why_not_change_rule(*, actor: User, rule: RuleDocument) -> list[str]:
    """Give every reason why a rule document cannot be changed, replaced, reviewed or abolished."""
    reasons = why_not(Permission.RESOURCES_KEEP, actor=actor, thing=rule.organisation)
    if rule.abolished_on is not None:
        reasons.append("这份制度已经废止，只能查看。")
    if successor_of(rule) is not None:
        reasons.append("已经有新的制度代替它，这一份留作历史。请打开新的一份。")
    return reasons


def _lock(actor: User, rule_id: int) -> RuleDocument:
    """Return a rule document that may be changed, locked. Raises Missing, Refused with every reason."""
    rows = RuleDocument.objects.select_for_update(of=("self",)).select_related("organisation", "successor")
    row = rows.filter(in_scope(actor=actor, roles=KEEPERS), pk=rule_id).first()
    if row is None:
        raise Missing
    reasons = why_not_change_rule(actor=actor, rule=row)
    if reasons:
        raise Refused(reasons)
    return row


@transaction.atomic
def correct_rule(
    *, actor: User, rule_id: int, draft: RuleDraft, seen: int, paper: Upload | None = None
) -> RuleDocument:
    """Put right what was written down of a rule document; `seen` as for licences. Raises Missing, Refused."""
    row = _lock(actor, rule_id)
    if row.version != seen:
        raise Refused("这份制度刚刚被别人改过。请重新打开，看过再改。")
    _check(draft)
    told = asdict(draft)
    changed = sorted(name for name, value in told.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, told[name])
    row.paper = keep_paper(actor, row.organisation, paper) or row.paper
    row.version += 1
    row.save()
    _write_down(EventName.RESOURCES_RULE_CORRECTED, row, actor, fields=changed, new_paper=paper is not None)
    return row


@transaction.atomic
def replace_rule(*, actor: User, rule_id: int, draft: RuleDraft, paper: Upload | None = None) -> RuleDocument:
    """Write the rule document down that takes the place of one from its first day on. Raises Missing, Refused."""
    old = _lock(actor, rule_id)
    row = _make(actor, old.organisation, old.kind, draft, paper, replaces=old)
    _write_down(EventName.RESOURCES_RULE_REPLACED, row, actor, replaces=old.pk)
    return row


@transaction.atomic
def review_rule(*, actor: User, rule_id: int, review_by: date) -> RuleDocument:
    """Write down that a rule document was looked at and stays, until the next look. Raises Missing, Refused."""
    row = _lock(actor, rule_id)
    if review_by <= clock.today():
        raise Refused("下次复核期限要晚于今天。")
    row.reviewed_on, row.review_by = clock.today(), review_by
    row.version += 1
    row.save()
    _write_down(EventName.RESOURCES_RULE_REVIEWED, row, actor, review_by=review_by.isoformat())
    return row


@transaction.atomic
def abolish_rule(*, actor: User, rule_id: int, reason: str) -> RuleDocument:
    """Write down that a rule document holds no more and nothing takes its place. Raises Missing, Refused."""
    row = _lock(actor, rule_id)
    if not reason.strip():
        raise Refused("请写明废止的原因。")
    row.abolished_on, row.abolished_reason = clock.today(), reason.strip()
    row.version += 1
    row.save()
    _write_down(EventName.RESOURCES_RULE_ABOLISHED, row, actor, reason=row.abolished_reason)
    return row

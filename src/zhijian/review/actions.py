"""Submitting, signing, withdrawing and voiding: each one transaction with its audit row and its signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import holds_role, pack_codes
from zhijian.policy.queries import add_working_days, load_calendars, resolve, work_hours
from zhijian.review import signals
from zhijian.review.delegations import DELEGATES, principal_for
from zhijian.review.enums import Decision, ReviewState, StageState
from zhijian.review.models import Delegation, Review, Signature, Stage
from zhijian.review.queries import current_stage
from zhijian.review.routes import timed
from zhijian.review.subjects import provider_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from zhijian.organisations.models import Organisation, User
    from zhijian.review.routes import Route


@transaction.atomic
def submit(
    *,
    thing_kind: str,
    thing_id: int,
    version_hash: str,
    title: str,
    url: str,
    item_class: str,
    organisation: Organisation,
    author_ids: Sequence[int],
    route: Route,
    actor: User,
) -> Review:
    """Open a review of one exact version. The owning room has checked that `actor` may submit the thing.

    Raises Refused when the route has no stage, when a stage has nobody who could sign it, or when a review of the
    thing is open already.
    """
    authors = sorted({*author_ids, actor.pk})
    _refuse_bad_route(thing_kind, thing_id, route)
    route = timed(route, organisation=organisation, item_class=item_class)
    review = Review.objects.create(
        thing_kind=thing_kind, thing_id=thing_id, version_hash=version_hash, title=title[:200], url=url,
        item_class=item_class, organisation=organisation, route=route.as_data(), author_ids=authors,
        submitted_by=actor, submitted_at=clock.now(),
    )  # fmt: skip
    Stage.objects.bulk_create(
        Stage(
            review=review, position=position, code=spec.code, name=spec.name, organisation_id=spec.organisation_id,
            roles=list(spec.roles), gates=[{"code": gate.code, "label": gate.label, "question": gate.question}
                                           for gate in spec.gates],
        )
        for position, spec in enumerate(route.stages, start=1)
    )  # fmt: skip
    _record(EventName.REVIEW_SUBMITTED, review, actor, {"version": version_hash})
    _reach_next(review)
    return review


def _refuse_bad_route(thing_kind: str, thing_id: int, route: Route) -> None:
    if not route.stages:
        raise Refused("没有找到适用的审核流程，请联系系统管理员检查规则包。")
    if Review.objects.filter(thing_kind=thing_kind, thing_id=thing_id, state=ReviewState.OPEN).exists():
        raise Refused("这项内容正在审核，不用重复送审；要修改请先撤回。")


def _reach_next(review: Review) -> Stage | None:
    """Make the first waiting stage current and start its clock; None when all stages have signed."""
    stage = review.stages.filter(state=StageState.WAITING).order_by("position").first()
    if stage is None:
        return None
    stage.state, stage.reached_at = StageState.CURRENT, clock.now()
    _start_clock(review, stage, stage.reached_at)
    stage.save(update_fields=["state", "reached_at", "due_at", "due_text"])
    Review.objects.filter(pk=review.pk).update(due_at=stage.due_at, due_text=stage.due_text)
    signals.stage_reached.send(sender=Stage, review_id=review.pk, stage_id=stage.pk)
    return stage


def _start_clock(review: Review, stage: Stage, start: datetime) -> None:
    """Set until when a stage should sign, with the rule and the computation, a line each; nothing where no clock runs.

    In a year whose holidays are not known yet the days are estimated, and the lines say so.
    """
    specs = review.route.get("stages", [])
    spec = specs[stage.position - 1] if stage.position <= len(specs) else {}
    if spec.get("working_days") is None:
        return
    policy = resolve(pack_codes(stage.organisation), on=clock.today())
    deadline = add_working_days(
        start, int(spec["working_days"]), calendar=load_calendars(settings.ZHIJIAN_CALENDARS),
        hours=work_hours(policy), estimate=True,
    )  # fmt: skip
    lines = [spec.get("time_rule", ""), deadline.text, *(step.text for step in deadline.steps)]
    stage.due_at, stage.due_text = deadline.due, "\n".join(line for line in lines if line)


def why_not_approve(*, review: Review, actor: User) -> list[str]:
    """Give every reason why `actor` cannot approve the stage that waits, the owner's own reasons included."""
    reasons = why_not(Permission.REVIEW_SIGN, actor=actor, thing=review)
    provider = provider_of(review.thing_kind)
    if provider is not None:
        reasons = [*reasons, *provider.why_not_approve(review=review, actor=actor)]
    return reasons


@transaction.atomic
def sign(
    *,
    review_id: int,
    decision: str,
    version_hash: str,
    gates: Mapping[str, bool],
    comment: str,
    actor: User,
    marked_field: str = "",
) -> Review:
    """Sign the current stage of a review. `version_hash` is the version the person saw on the page.

    Raises Refused with every reason: not the signer, another version on the table by now, a gate left unanswered, a
    return without a word. The last approving signature closes the review and tells the owning room by signal.
    """
    review = _locked(review_id)
    decided = Decision(decision)
    reasons = (
        why_not_approve(review=review, actor=actor)
        if decided is Decision.APPROVE
        else why_not(Permission.REVIEW_SIGN, actor=actor, thing=review)
    )
    stage = current_stage(review)
    if reasons or stage is None:
        raise Refused(reasons or ["这项审核已经结束。"])
    _refuse_bad_signature(review, stage, decided, version_hash, gates, comment)
    own = holds_role(actor=actor, roles=stage.roles, organisation=stage.organisation)
    place = None if own else principal_for(actor=actor, stage=stage, review=review)
    Signature.objects.create(
        stage=stage, person=actor, on_behalf_of=place, decision=decided, version_hash=version_hash, gates=dict(gates),
        comment=comment.strip(), marked_field=marked_field, signed_at=clock.now(),
    )  # fmt: skip
    if decided is Decision.APPROVE:
        _record(EventName.REVIEW_STAGE_SIGNED, review, actor, {"stage": stage.code})
        _approve_stage(review, stage, actor)
    else:
        _return_review(review, stage, actor, comment.strip(), marked_field)
    review.refresh_from_db()
    return review


def _refuse_bad_signature(
    review: Review, stage: Stage, decision: Decision, version_hash: str, gates: Mapping[str, bool], comment: str
) -> None:
    reasons: list[str] = []
    if version_hash != review.version_hash:
        reasons.append("您看到的不是现在送审的这一版，请刷新页面，看过新的一版再签。")
    if decision is Decision.APPROVE:
        open_gates = [gate["label"] for gate in stage.gates if not gates.get(gate["code"])]
        if open_gates:
            reasons.append(f"还有关口没有确认：{'、'.join(open_gates)}。逐项看过后勾选；把不了关请退回。")
    elif not comment.strip():
        reasons.append("退回时请写明要改什么。")
    if reasons:
        raise Refused(reasons)


def _approve_stage(review: Review, stage: Stage, actor: User) -> None:
    stage.state = StageState.SIGNED
    stage.save(update_fields=["state"])
    if _reach_next(review) is not None:
        return
    _close(review, ReviewState.APPROVED)
    _record(EventName.REVIEW_APPROVED, review, actor, {"version": review.version_hash})
    signals.review_approved.send(
        sender=Review, thing_kind=review.thing_kind, thing_id=review.thing_id, version_hash=review.version_hash,
        review_id=review.pk, actor_id=actor.pk,
    )  # fmt: skip


def _return_review(review: Review, stage: Stage, actor: User, comment: str, marked_field: str) -> None:
    stage.state = StageState.RETURNED
    stage.save(update_fields=["state"])
    _close(review, ReviewState.RETURNED, comment)
    _record(EventName.REVIEW_RETURNED, review, actor, {"stage": stage.code})
    signals.review_returned.send(
        sender=Review, thing_kind=review.thing_kind, thing_id=review.thing_id, version_hash=review.version_hash,
        review_id=review.pk, actor_id=actor.pk, comment=comment, marked_field=marked_field,
    )  # fmt: skip


@transaction.atomic
def withdraw(*, review_id: int, actor: User) -> Review:
    """Take an open review back. Raises Refused when it is closed or was submitted by others."""
    review = _locked(review_id)
    require(Permission.REVIEW_WITHDRAW, actor=actor, thing=review)
    _close(review, ReviewState.WITHDRAWN)
    _record(EventName.REVIEW_WITHDRAWN, review, actor, {})
    signals.review_withdrawn.send(
        sender=Review, thing_kind=review.thing_kind, thing_id=review.thing_id, version_hash=review.version_hash,
        review_id=review.pk, actor_id=actor.pk,
    )  # fmt: skip
    return review


@transaction.atomic
def void(*, thing_kind: str, thing_id: int, actor: User | None, reason: str) -> int:
    """End every open or approved review of a thing because the thing was edited; return how many ended.

    From here on no version of it that was approved before can be sent. The caller has locked the thing.
    """
    alive = [ReviewState.OPEN, ReviewState.APPROVED]
    rows = Review.objects.select_for_update(no_key=True).filter(
        thing_kind=thing_kind, thing_id=thing_id, state__in=alive
    )
    voided = list(rows.order_by("id"))
    for review in voided:
        _close(review, ReviewState.VOIDED, reason)
        _record(EventName.REVIEW_VOIDED, review, actor, {"version": review.version_hash})
        signals.review_voided.send(
            sender=Review, thing_kind=thing_kind, thing_id=thing_id, version_hash=review.version_hash,
            review_id=review.pk,
        )  # fmt: skip
    return len(voided)


def _locked(review_id: int) -> Review:
    """Lock the thing, then its review: an edit takes the same two in the same order (docs/dev/adr/0050)."""
    found = Review.objects.filter(pk=review_id).values_list("thing_kind", "thing_id").first()
    if found is None:
        raise Missing
    thing_kind, thing_id = found
    provider = provider_of(thing_kind)
    if provider is not None:
        provider.lock(thing_id=thing_id)
    return Review.objects.select_for_update(no_key=True).get(pk=review_id)


def _close(review: Review, state: ReviewState, comment: str = "") -> None:
    review.state, review.closed_at, review.closing_comment = state, clock.now(), comment
    review.due_at, review.due_text = None, ""
    review.save(update_fields=["state", "closed_at", "closing_comment", "due_at", "due_text"])
    Stage.objects.filter(review=review, state=StageState.CURRENT).update(state=StageState.WAITING)


def _record(event: EventName, review: Review, actor: User | None, data: dict[str, object]) -> None:
    record(
        event,
        actor=actor,
        organisation_id=review.organisation_id,
        thing_kind=review.thing_kind,
        thing_id=review.thing_id,
        data={"review": review.pk, **data},
    )


def why_not_delegate(*, actor: User, delegate: User | None, first_day: date, last_day: date) -> list[str]:
    """Give every reason why a person cannot let another sign in their place for these days."""
    reasons = why_not(Permission.REVIEW_DELEGATE, actor=actor)
    if delegate is None or not delegate.is_active or delegate.organisation_id != actor.organisation_id:
        reasons.append("请选同一单位在用的人员。")
    elif delegate.pk == actor.pk:
        reasons.append("不能委托给自己。")
    elif not delegate.holds(*DELEGATES):
        reasons.append(f"{delegate}没有审核、主办或主管角色，不能代签。")
    if last_day < first_day or last_day < clock.today():
        reasons.append("结束日期不能早于开始日期和今天。")
    if actor.organisation is not None:
        rule = resolve(pack_codes(actor.organisation), on=clock.today()).value("review.delegation_longest_days")
        if (last_day - first_day).days >= rule.value:
            reasons.append(f"一次最多委托 {rule.value} 天。长期不在岗的，请安全管理员调整角色。")
    return reasons


@transaction.atomic
def delegate_signing(*, actor: User, delegate: User | None, first_day: date, last_day: date, reason: str) -> Delegation:
    """Let another person of the same body sign in one's place for some days. Raises Refused with every reason."""
    reasons = why_not_delegate(actor=actor, delegate=delegate, first_day=first_day, last_day=last_day)
    if not reason.strip():
        reasons.append("请写明事由。")
    if reasons or delegate is None:
        raise Refused(reasons)
    row = Delegation.objects.create(
        person=actor, delegate=delegate, first_day=first_day, last_day=last_day, reason=reason.strip()[:120],
        given_at=clock.now(),
    )  # fmt: skip
    _record_delegation(EventName.REVIEW_DELEGATED, row, actor)
    return row


@transaction.atomic
def end_delegation(*, actor: User, delegation_id: int) -> Delegation:
    """End a delegation before its last day; what was signed under it stands. Raises Missing, Refused."""
    row = Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation_id, person=actor).first()
    if row is None:
        raise Missing
    if row.ended_at is not None:
        raise Refused("这项委托已经结束。")
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    _record_delegation(EventName.REVIEW_DELEGATION_ENDED, row, actor)
    return row


def _record_delegation(event: EventName, row: Delegation, actor: User) -> None:
    told = {"delegate": row.delegate_id, "from": row.first_day.isoformat(), "to": row.last_day.isoformat()}
    record(
        event, actor=actor, organisation_id=actor.organisation_id, thing_kind="review.delegation", thing_id=row.pk,
        data=told,
    )  # fmt: skip

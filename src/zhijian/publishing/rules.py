from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.access.permissions import Permission
from zhijian.access.rules import rule
from zhijian.organisations.queries import holds_role
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.queries import SENDERS, VIEWERS

if TYPE_CHECKING:
    from zhijian.channels.models import Connection
    from zhijian.organisations.models import Organisation, User
    from zhijian.publishing.models import Delivery, StrayDraft

CANCELLABLE = (
    DeliveryState.PLANNED,
    DeliveryState.MANUAL_PENDING,
    DeliveryState.FAILED,
    DeliveryState.REJECTED,
)


@rule(Permission.DELIVERY_VIEW)
def delivery_view(*, actor: User, thing: Organisation | None) -> list[str]:
    """Who works with a body's content sees what became of it; without a body: whether there is any such body."""
    allowed = actor.holds(*VIEWERS) if thing is None else holds_role(actor=actor, roles=VIEWERS, organisation=thing)
    return [] if allowed else ["您的岗位不查看发布情况。"]


@rule(Permission.DELIVERY_PLAN)
def delivery_plan(*, actor: User, thing: Connection | None) -> list[str]:
    """Editors and host officers send to the accounts of their body; without a connection: whether they send at all."""
    if thing is None:
        return [] if actor.holds(*SENDERS) else ["发布由采编或主办人员安排。"]
    return _sender(actor, thing.organisation)


@rule(Permission.DELIVERY_CANCEL)
def delivery_cancel(*, actor: User, thing: Delivery) -> list[str]:
    """What is not on its way is called off; what may be out already is read back, never called off."""
    reasons = _sender(actor, thing.organisation)
    if thing.state not in CANCELLABLE:
        ways = {
            DeliveryState.PUBLISHED: "已经发布，不能取消。",
            DeliveryState.CANCELLED: "已经取消。",
            DeliveryState.REMOVED: "已经下线。",
        }
        reasons.append(
            ways.get(DeliveryState(thing.state), "正在与平台往来，可能已经发出，不能取消。请等系统核对结果。")
        )
    return reasons


@rule(Permission.DELIVERY_RESOLVE)
def delivery_resolve(*, actor: User, thing: Delivery) -> list[str]:
    """Look at the platform again, try again, or tell what a person saw there."""
    return _sender(actor, thing.organisation)


@rule(Permission.DELIVERY_HAND_OFF)
def delivery_hand_off(*, actor: User, thing: Delivery) -> list[str]:
    """Carry a piece over by hand and bring its address back."""
    reasons = _sender(actor, thing.organisation)
    if thing.state != DeliveryState.MANUAL_PENDING:
        reasons.append(f"这次发布{thing.get_state_display()}，不用人工发布。")
    return reasons


@rule(Permission.STRAY_CLEAN)
def stray_clean(*, actor: User, thing: StrayDraft | None) -> list[str]:
    """Who sends to an account cleans what was left there."""
    if thing is None:
        return [] if actor.holds(*SENDERS) else ["滞留草稿由采编或主办人员清理。"]
    reasons = _sender(actor, thing.organisation)
    if thing.cleaned_at is not None:
        reasons.append("这份草稿已经清理。")
    return reasons


def _sender(actor: User, body: Organisation) -> list[str]:
    allowed = holds_role(actor=actor, roles=SENDERS, organisation=body)
    return [] if allowed else [f"发布由{body}的采编或主办人员安排。"]

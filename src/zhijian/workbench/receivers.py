"""What rooms that do not see each other tell people: here the one above them hears and passes it on to `notify`."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from zhijian.duty.actions import alarm
from zhijian.duty.enums import AlarmKind
from zhijian.lib import clock
from zhijian.notify.actions import notify, settle
from zhijian.notify.enums import NoticeKind
from zhijian.policy.queries import moment_text
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.queries import delivery_by_id
from zhijian.publishing.signals import delivery_in_trouble
from zhijian.review.queries import authors_of, signers_of, signing_page
from zhijian.review.signals import review_approved, review_returned, review_voided, review_withdrawn, stage_reached


@receiver(stage_reached)
def tell_signers(sender: object, *, review_id: int, stage_id: int, **_: Any) -> None:
    """Who may sign is told that something waits for them; nothing waits any more for those of the stage before."""
    settle(kind=NoticeKind.REVIEW, url=signing_page(review_id))
    told = signers_of(stage_id)
    until = f"请在{moment_text(told.due_at.astimezone(clock.BEIJING))}前签。" if told.due_at else ""
    notify(
        people=told.people, kind=NoticeKind.REVIEW, title=f"等您审核：{told.title}", text=until, url=told.url,
        dedup_key=f"review.stage {stage_id}",
    )  # fmt: skip


@receiver([review_approved, review_returned, review_withdrawn, review_voided])
def settle_signers(sender: object, *, review_id: int, **_: Any) -> None:
    """A review that ended waits for nobody: what told of it is read."""
    settle(kind=NoticeKind.REVIEW, url=signing_page(review_id))


@receiver(review_returned)
def tell_authors(sender: object, *, review_id: int, comment: str, **_: Any) -> None:
    """Who wrote it is told that it came back, and why; the comment stays inside."""
    told = authors_of(review_id)
    notify(
        people=told.people, kind=NoticeKind.RETURNED, title=f"审核退回：{told.title}", text=comment, url=told.url,
        dedup_key=f"review.returned {review_id}",
    )  # fmt: skip


@receiver(delivery_in_trouble)
def tell_planner(sender: object, *, delivery_id: int, **_: Any) -> None:
    """Who planned a delivery is told when it did not go as planned, once for each way it went wrong."""
    delivery = delivery_by_id(delivery_id)
    notify(
        people=[delivery.planned_by], kind=NoticeKind.PUBLISHING,
        title=f"发布{delivery.get_state_display()}：{delivery.title}", text=delivery.problem,
        url=f"/desk/deliveries/{delivery_id}/", dedup_key=f"delivery {delivery_id} {delivery.state}",
    )  # fmt: skip


@receiver(delivery_in_trouble)
def call_who_is_on_duty(sender: object, *, delivery_id: int, **_: Any) -> None:
    """A result nobody knows may be out before all readers: who is on duty is called at once, planner or not."""
    delivery = delivery_by_id(delivery_id)
    if delivery.state == DeliveryState.UNKNOWN:
        alarm(
            organisation=delivery.organisation, kind=AlarmKind.PUBLISHING, title=f"发布结果待核实：{delivery.title}",
            url=f"/desk/deliveries/{delivery_id}/", key=f"delivery {delivery_id}",
        )  # fmt: skip

"""Working on one delivery: begin it, drive its connector step by step, note where it stands.

Before every change on the platform the intent is committed, with the approvals checked and locked by PostgreSQL in the
same statement; after it the result. Whoever comes after a worker that died finds the intent and reads back first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhijian.channels.actions import QuotaSpent, open_account, refund, reserve
from zhijian.channels.enums import HANDOFF, WEBSITE
from zhijian.channels.queries import connector_of, why_not_send
from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.connectors.progress import advance, is_waiting, open_intent
from zhijian.content.queries import public_piece
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.publishing.actions import outcomes
from zhijian.publishing.actions.moving import (
    ApprovalGone,
    Overtaken,
    give_back_lease,
    hurry,
    keep,
    move,
    shorten,
    take_lease,
)
from zhijian.publishing.actions.planning import addresses_for
from zhijian.publishing.actions.website import ping_followers, publish_on_website
from zhijian.publishing.enums import ON_THE_WAY, DeliveryState
from zhijian.publishing.models import Delivery
from zhijian.publishing.queries import build_bundle, delivery_by_id, due_deliveries, rendered_for

if TYPE_CHECKING:
    from zhijian.connectors.contract import Account, Connector, Receipt, Rendered, State

WAIT_FOR_CONNECTION: Final = timedelta(minutes=5)
WAIT_AFTER_FAULT: Final = timedelta(minutes=5)
SOON_ENOUGH: Final = timedelta(minutes=15)
"""Looks further away are left to the sweep."""


def run_due(*, limit: int = 50) -> int:
    """Work on everything that is due, here and now; return how many were looked at."""
    ids = list(due_deliveries().values_list("pk", flat=True)[:limit])
    return sum(run_delivery(delivery_id=delivery_id) is not None for delivery_id in ids)


def run_delivery(*, delivery_id: int) -> DeliveryState | None:
    """Work on one delivery until it is out, refused, or has to wait; return where it stands.

    None when it is not due, or somebody else works on it. Runs outside any transaction: what is committed on the way
    is what a follower goes on from.
    """
    lease = take_lease(delivery_id)
    if lease is None:
        return None
    delivery = delivery_by_id(delivery_id)
    try:
        _work(delivery)
    except Overtaken:
        return None
    except Exception:
        _put_off(delivery)
        raise
    finally:
        give_back_lease(delivery_id, lease)
    return DeliveryState(delivery.state)


def _work(delivery: Delivery) -> None:
    try:
        if delivery.state == DeliveryState.PLANNED and not _begin(delivery):
            return
        if delivery.connector == WEBSITE:
            ping_followers(delivery)
        elif delivery.state in {*ON_THE_WAY, DeliveryState.PUBLISHED}:
            _drive(delivery)
        else:
            keep(delivery, next_attempt_at=None)
    except ApprovalGone:
        outcomes.stop_unapproved(delivery)


def _put_off(delivery: Delivery) -> None:
    """A fault of ours must not be tried again in a tight circle."""
    rows = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    rows.update(next_attempt_at=clock.now() + WAIT_AFTER_FAULT, problem="系统内部差错，已记入日志，稍后自动再试。")


def _begin(delivery: Delivery) -> bool:
    """Take a planned delivery up; tell whether to go on now."""
    obstacles = why_not_send(delivery.connection)
    if obstacles:
        keep(
            delivery, next_attempt_at=clock.now() + WAIT_FOR_CONNECTION, problem_kind="connection",
            problem=shorten(" ".join(obstacles)),
        )  # fmt: skip
        return False
    revision_ids = list(delivery.items.order_by("position").values_list("revision_id", flat=True))
    addresses = addresses_for([public_piece(revision_id) for revision_id in revision_ids])
    bundle = build_bundle(revision_ids, key=delivery.key, addresses=addresses)
    connector = connector_of(delivery.connection)
    issues = [issue.message for issue in connector.validate(bundle) if issue.blocking]
    if issues:
        move(
            delivery, DeliveryState.FAILED, next_attempt_at=None, problem_kind="invalid", problem=shorten(issues[0])
        )  # fmt: skip
        return False
    started: dict[str, Any] = {
        "addresses": addresses, "payload_hash": connector.render(bundle).payload_hash, "started_at": clock.now(),
        "problem": "", "problem_kind": "",
    }  # fmt: skip
    return _start(delivery, started)


def _start(delivery: Delivery, started: dict[str, Any]) -> bool:
    if delivery.connector == WEBSITE:
        publish_on_website(delivery, started)
        return True
    if delivery.connector == HANDOFF:
        move(delivery, DeliveryState.MANUAL_PENDING, next_attempt_at=None, **started)
        return False
    move(delivery, DeliveryState.SENDING, **started)
    return True


def _drive(delivery: Delivery) -> None:
    try:
        drive = Drive.of(delivery)
    except (PlatformError, Missing, Refused) as error:
        # What was begun on the platform stays begun when our own side cannot be opened: a doubt is not a failure.
        receipt = connector_of(delivery.connection).receipt(dict(delivery.progress))
        outcomes.note_error(delivery, receipt, as_platform_error(error))
        return
    try:
        receipt = drive.go()
    except PlatformError as error:
        drive.give_back(error)
        outcomes.note_error(delivery, drive.connector.receipt(drive.state), error)
    except QuotaSpent as spent:
        outcomes.wait_for_quota(delivery, drive.connector.receipt(drive.state), spent.sentence)
    except (Missing, Refused) as error:
        outcomes.note_error(delivery, drive.connector.receipt(drive.state), as_platform_error(error))
    else:
        outcomes.note_receipt(delivery, receipt)


def as_platform_error(error: Exception) -> PlatformError:
    """Put an obstacle of ours (a picture that is gone from the disk) into the words of a platform's."""
    if isinstance(error, PlatformError):
        return error
    sentence = error.reasons[0] if isinstance(error, Refused) else str(error)
    return PlatformError(ErrKind.INVALID, "ours", sentence, hint_zh=sentence)


@dataclass
class Drive:
    """One worker driving one delivery. `state` is what was last committed."""

    delivery: Delivery
    connector: Connector
    account: Account
    rendered: Rendered
    state: State
    reserved: list[int | None] = field(default_factory=list)

    @classmethod
    def of(cls, delivery: Delivery) -> Drive:
        connector = connector_of(delivery.connection)
        account, rendered = open_account(delivery.connection), rendered_for(delivery)
        return cls(delivery, connector, account, rendered, dict(delivery.progress))

    def go(self) -> Receipt:
        """Do what can be done now. Raises PlatformError, QuotaSpent, Overtaken, ApprovalGone, Missing."""
        # The row says when to look again; what the connector asked for earlier is in it, unless somebody hurried.
        begun = self.connector.look_again(self.state) if self._looks_again else dict(self.state)
        begun.pop("not_before", None)
        if self.delivery.read_back_first:
            begun, _ = self.connector.reconcile(self.account, self.delivery.key, begun)
            self.save(begun)
            keep(self.delivery, read_back_first=False)
            if is_waiting(begun):
                return self.connector.receipt(begun)
        return advance(self.connector, self.account, self.rendered, begun, save=self.save)

    @property
    def _looks_again(self) -> bool:
        return self.delivery.state == DeliveryState.PUBLISHED

    def save(self, state: State) -> None:
        """Commit what is about to be done, or was done, with the quota it takes."""
        intent = open_intent(state)
        fresh = state.get("doing") if intent and state.get("doing") != self.state.get("doing") else None
        with transaction.atomic():
            if fresh:
                self.reserved = [reserve(self.delivery.connection, fresh["name"])]
            keep(self.delivery, progress=state)
        self.state = dict(state)

    def give_back(self, error: PlatformError) -> None:
        """Give the quota back when the platform surely did nothing."""
        if error.outcome_known:
            for reservation in self.reserved:
                refund(reservation)


def hurry_next(*, delivery_id: int) -> None:
    """Put the next look at a delivery into the queue, so that it does not wait for the sweep."""
    row = Delivery.objects.filter(pk=delivery_id).exclude(next_attempt_at=None).first()
    if row is not None and row.next_attempt_at is not None and row.next_attempt_at < clock.now() + SOON_ENOUGH:
        hurry(delivery_id, at=max(row.next_attempt_at, row.lease_until or row.next_attempt_at))

"""What follows from an answer of the platform, or from none: the table of platforms, in one place."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from zhijian.channels.actions import report_refusal
from zhijian.connectors.contract import ErrKind, Receipt, ReceiptState
from zhijian.lib import clock
from zhijian.publishing import signals
from zhijian.publishing.actions.moving import keep, move, shorten
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery, PlatformEvent

if TYPE_CHECKING:
    from zhijian.connectors.contract import PlatformError

STATES: Final = {
    ReceiptState.PREPARING: DeliveryState.SENDING,
    ReceiptState.SUBMITTED: DeliveryState.SUBMITTED,
    ReceiptState.PUBLISHING: DeliveryState.SUBMITTED,
    ReceiptState.PUBLISHED: DeliveryState.PUBLISHED,
    ReceiptState.REJECTED: DeliveryState.REJECTED,
    ReceiptState.REMOVED: DeliveryState.REMOVED,
    ReceiptState.WAITING_FOR_PERSON: DeliveryState.MANUAL_PENDING,
    ReceiptState.UNKNOWN: DeliveryState.UNKNOWN,
}
UNSETTLED: Final = frozenset({ReceiptState.SUBMITTED, ReceiptState.PUBLISHING, ReceiptState.UNKNOWN})
AGAIN: Final = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
"""How long until the next look, by the number of looks: event first, polling as the truth, 100 calls a day."""
MOST_TRIES: Final = 5
RECHECK: Final = timedelta(days=1)
SOON: Final = timedelta(seconds=10)
MISSING: Final = {ErrKind.AUTH: "sign_in", ErrKind.TOKEN: "sign_in", ErrKind.PERMISSION: "publish"}
WORTH_A_RETRY: Final = frozenset({ErrKind.TRANSIENT, ErrKind.RATE, ErrKind.QUOTA, ErrKind.UNKNOWN_OUTCOME})
UNAPPROVED: Final = "稿件的审核已失效，没有发出。请改好后重新送审，再安排发布。"


def note_receipt(delivery: Delivery, receipt: Receipt) -> None:
    """Bring the row to where the connector says the bundle stands."""
    target = STATES[receipt.state]
    if delivery.state == DeliveryState.PUBLISHED and target is not DeliveryState.REMOVED:
        keep(delivery, next_attempt_at=None, problem="", problem_kind="")
        return
    fields: dict[str, Any] = {"receipt": _as_data(receipt), **_FIELDS[target](delivery, receipt)}
    if target == delivery.state:
        keep(delivery, **fields)
        return
    move(delivery, target, data={"ids": dict(receipt.ids)}, **fields)
    if target is DeliveryState.PUBLISHED:
        announce(delivery, receipt.urls)


def note_error(delivery: Delivery, receipt: Receipt | None, error: PlatformError) -> None:
    """Decide after a refusal or a silence. What may be out is never given up: it waits to be read back.

    `receipt` is where the last committed state stands; None when nothing was tried.
    """
    if error.kind in MISSING and error.code != "seal_broken":
        capability = MISSING[error.kind]
        report_refusal(connection_id=delivery.connection_id, capability=capability, sentence=error.hint_zh)
    told: dict[str, Any] = {"problem_kind": str(error.kind), "problem": shorten(error.hint_zh or "平台没有说明原因。")}
    unsettled = receipt is not None and receipt.state in UNSETTLED
    if delivery.state == DeliveryState.PUBLISHED:
        keep(delivery, next_attempt_at=clock.now() + AGAIN[-1] if delivery.attempts < MOST_TRIES else None,
             attempts=delivery.attempts + 1)  # fmt: skip
    elif unsettled or _try_again(delivery, error):
        target = STATES[receipt.state] if receipt is not None else DeliveryState(delivery.state)
        _wait(delivery, target, _next_look(delivery, error), told, code=error.code)
    else:
        target = DeliveryState.REJECTED if error.kind is ErrKind.CONTENT else DeliveryState.FAILED
        move(delivery, target, next_attempt_at=None, data={"code": error.code}, **told)


def wait_for_quota(delivery: Delivery, receipt: Receipt, sentence: str) -> None:
    """Park until the platform's counters start again at midnight in Beijing."""
    tomorrow = datetime.combine(clock.today() + timedelta(days=1), time(0, 5), clock.BEIJING)
    told = {"problem_kind": str(ErrKind.QUOTA), "problem": shorten(sentence)}
    _wait(delivery, STATES[receipt.state], tomorrow, told, code="quota")


def stop_unapproved(delivery: Delivery) -> None:
    """Nothing of this delivery is on its way, and its approval is gone: it ends here. A draft it left is a stray."""
    delivery.refresh_from_db(fields=["state"])
    if delivery.state in {DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNKNOWN}:
        move(delivery, DeliveryState.CANCELLED, next_attempt_at=None, problem_kind="approval", problem=UNAPPROVED)


def announce(delivery: Delivery, urls: tuple[str, ...]) -> None:
    """Give the items their addresses and tell the rooms above, in the transaction of the caller."""
    for item, url in zip(delivery.items.order_by("position"), urls, strict=False):
        item.url = url
        item.save(update_fields=["url"])
    signals.delivery_published.send(sender=Delivery, delivery_id=delivery.pk)


def backoff(tries: int) -> timedelta:
    """Return how long to wait before the next try: longer each time, at most five minutes, out of step with others."""
    most = min(300.0, 5.0 * 2**tries)
    return timedelta(seconds=random.uniform(most / 2, most))  # noqa: S311 - spreads load, hides nothing


def _try_again(delivery: Delivery, error: PlatformError) -> bool:
    if error.kind in {ErrKind.RATE, ErrKind.QUOTA}:
        return True
    return error.kind in WORTH_A_RETRY and delivery.attempts + 1 < MOST_TRIES


def _next_look(delivery: Delivery, error: PlatformError) -> datetime:
    if error.retry_after is not None:
        return error.retry_after
    if error.kind in WORTH_A_RETRY and delivery.attempts < MOST_TRIES:
        return clock.now() + backoff(delivery.attempts)
    return clock.now() + AGAIN[-1]


def _wait(
    delivery: Delivery, target: DeliveryState, until: datetime, told: dict[str, Any], *, code: str
) -> None:  # fmt: skip
    fields: dict[str, Any] = {"next_attempt_at": until, "attempts": delivery.attempts + 1, **told}
    if target in {delivery.state, DeliveryState.SENDING}:
        # A doubt about a picture or a waiting retry is no news: the delivery stays where people saw it.
        keep(delivery, **fields)
    else:
        move(delivery, target, data={"code": code}, **fields)


def _still_open(delivery: Delivery, receipt: Receipt) -> dict[str, Any]:
    if _was_told(delivery):
        return {"next_attempt_at": clock.now(), "attempts": 0}
    wanted = receipt.check_after or clock.now() + AGAIN[0]
    return {"next_attempt_at": max(wanted, clock.now() + timedelta(seconds=1)), "attempts": 0}


def _was_told(delivery: Delivery) -> bool:
    """Tell whether the platform spoke of this job while a worker held it; each word of it hurries one look."""
    number = delivery.progress.get("publish_id")
    told = PlatformEvent.objects.filter(connection=delivery.connection, payload__publish_id=number, handled_at=None)
    return bool(number and told.update(handled_at=clock.now()))


def _submitted(delivery: Delivery, receipt: Receipt) -> dict[str, Any]:
    began = delivery.submitted_at or clock.now()
    return {**_still_open(delivery, receipt), "submitted_at": began, "problem": "", "problem_kind": ""}


def _unknown(delivery: Delivery, receipt: Receipt) -> dict[str, Any]:
    sentence = "平台没有回话，不知道有没有收到。系统正在向平台核对，不会重复发送。"
    return {**_still_open(delivery, receipt), "problem_kind": "unknown_outcome", "problem": sentence}


def _published(delivery: Delivery, receipt: Receipt) -> dict[str, Any]:
    moment = clock.now()
    return {
        "published_at": moment, "submitted_at": delivery.submitted_at or moment, "next_attempt_at": moment + RECHECK,
        "attempts": 0, "problem": "", "problem_kind": "", "proof_url": next((url for url in receipt.urls if url), ""),
    }  # fmt: skip


def _ended(delivery: Delivery, receipt: Receipt) -> dict[str, Any]:
    del delivery
    return {
        "next_attempt_at": None,
        "problem_kind": "content",
        "problem": shorten(receipt.reason_zh or "平台没有说明原因，请到平台后台查看。"),
    }


def _handed(delivery: Delivery, receipt: Receipt) -> dict[str, Any]:
    del delivery, receipt
    return {"next_attempt_at": None}


_FIELDS: Final = {
    DeliveryState.SENDING: _still_open,
    DeliveryState.SUBMITTED: _submitted,
    DeliveryState.UNKNOWN: _unknown,
    DeliveryState.PUBLISHED: _published,
    DeliveryState.REJECTED: _ended,
    DeliveryState.REMOVED: _ended,
    DeliveryState.MANUAL_PENDING: _handed,
}


def _as_data(receipt: Receipt) -> dict[str, Any]:
    return {
        "state": str(receipt.state), "ids": dict(receipt.ids), "urls": list(receipt.urls),
        "refused": list(receipt.refused_pieces), "reason": receipt.reason_zh, "raw": dict(receipt.raw),
    }  # fmt: skip

"""Words to citizens by WeChat (customer-service messages): each is sent at most once.

The intent is committed before the call. A call without an answer is *unknown*: the platform gives no way to read such
a message back, so it is never sent again; the page says so, and the citizen's private page has the words anyway.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from zhijian.audit.events import EventName
from zhijian.channels.actions import open_account
from zhijian.channels.enums import WECHAT, ConnectionState
from zhijian.connectors.contract import RETRYABLE, ErrKind, PlatformError
from zhijian.connectors.wechat.client import send_customer_text
from zhijian.inbox.actions.moving import record_case
from zhijian.inbox.actions.personal import link_key, open_fields
from zhijian.inbox.actions.wechat import private_url
from zhijian.inbox.enums import EntryKind, OutgoingState
from zhijian.inbox.models import Outgoing
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from zhijian.inbox.models import Case

WINDOW: Final = timedelta(hours=48)
"""The platform lets an account write only so long after the follower's last message."""
LEASE: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 6
LONGEST_MESSAGE: Final = 600
TOO_LATE: Final = "微信只许在群众最后一次来信后 48 小时内回复，已经发不过去。答复在查询页上可以看到；请另行电话告知。"
LOST: Final = "发送途中断了，不知道微信有没有收到。为免重复，不再发送；答复在查询页上可以看到。"


def send_word(*, outgoing_id: int) -> str:
    """Send one word if it is due; return its state. Safe to call as often as one likes, by several at once."""
    outgoing = _take(outgoing_id)
    if outgoing is None:
        return ""
    try:
        _call(outgoing)
    except Refused as refused:
        return _settle(outgoing, OutgoingState.UNDELIVERABLE, refused.reasons[0])
    except PlatformError as error:
        return _fail(outgoing, error)
    return _settle(outgoing, OutgoingState.SENT, "")


def sweep_outgoing(*, limit: int = 500) -> int:
    """Send what is due by its row, and call unknown what a dead worker left half done; return how many were due."""
    lost = Outgoing.objects.filter(state=OutgoingState.SENDING, next_at__lt=clock.now())
    for outgoing in lost.select_related("case__organisation")[:limit]:
        _settle(outgoing, OutgoingState.UNKNOWN, LOST)
    due = list(
        Outgoing.objects.filter(state=OutgoingState.PENDING, next_at__lte=clock.now())
        .order_by("next_at")
        .values_list("pk", flat=True)[:limit]
    )
    for pk in due:
        send_word(outgoing_id=pk)
    return len(due)


def _take(outgoing_id: int) -> Outgoing | None:
    """Take the right to send: one compare-and-set, committed before anything is said."""
    due = Q(state=OutgoingState.PENDING, next_at__lte=clock.now())
    if not Outgoing.objects.filter(due, pk=outgoing_id).update(
        state=OutgoingState.SENDING, next_at=clock.now() + LEASE
    ):
        return None
    rows = Outgoing.objects.select_related("entry", "case__organisation", "case__connection", "case__secret")
    return rows.get(pk=outgoing_id)


def _call(outgoing: Outgoing) -> None:
    """Raises Refused when it must not be tried, PlatformError when the platform does not take it."""
    case = outgoing.case
    row, openid = case.connection, open_fields(case).get("openid", "")
    if row is None or row.connector != WECHAT or not openid:
        raise Refused("群众的微信标识已经销毁，或账号不再接入微信。答复在查询页上可以看到。")
    if row.state == ConnectionState.PAUSED:
        raise Refused("这个公众号的接入已暂停，没有发送。答复在查询页上可以看到。")
    if _last_heard(case) + WINDOW < clock.now():
        raise Refused(TOO_LATE)
    send_customer_text(open_account(row), openid, _words(outgoing))


def _last_heard(case: Case) -> datetime:
    return case.last_word_at


def _words(outgoing: Outgoing) -> str:
    case = outgoing.case
    head = {EntryKind.ANSWER: "您的留言有答复了", EntryKind.REDIRECTED: "您的留言有回复了"}
    text = f"【{case.organisation.short_name}】{head.get(EntryKind(outgoing.entry.kind), '您的留言有进展')}"
    more = f"\n全文和评价：{private_url(case, link_key(case))}"
    body = outgoing.entry.text
    kept = body if len(body) <= LONGEST_MESSAGE else f"{body[:LONGEST_MESSAGE]}……"
    return f"{text}（{case.number}）：\n{kept}{more}"


def _fail(outgoing: Outgoing, error: PlatformError) -> str:
    if error.kind is ErrKind.UNKNOWN_OUTCOME:
        return _settle(outgoing, OutgoingState.UNKNOWN, LOST)
    if error.code == "45015":
        return _settle(outgoing, OutgoingState.UNDELIVERABLE, TOO_LATE)
    again = error.kind in RETRYABLE and error.kind is not ErrKind.QUOTA and outgoing.attempts + 1 < MOST_ATTEMPTS
    if not again:
        return _settle(outgoing, OutgoingState.FAILED, error.hint_zh or "微信没有收下。")
    wait = error.retry_after or clock.now() + timedelta(minutes=2**outgoing.attempts)
    Outgoing.objects.filter(pk=outgoing.pk, state=OutgoingState.SENDING).update(
        state=OutgoingState.PENDING, attempts=outgoing.attempts + 1, next_at=wait, reason=error.hint_zh[:300]
    )
    return OutgoingState.PENDING


@transaction.atomic
def _settle(outgoing: Outgoing, state: OutgoingState, reason: str) -> str:
    sent_at = clock.now() if state is OutgoingState.SENT else None
    changed = Outgoing.objects.filter(pk=outgoing.pk, state=OutgoingState.SENDING).update(
        state=state, reason=reason[:300], sent_at=sent_at, attempts=outgoing.attempts + 1, next_at=None
    )
    if changed:
        record_case(EventName.OUTGOING_SETTLED, outgoing.case, None, {"state": state, "entry": outgoing.entry_id})
    return state

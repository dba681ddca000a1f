"""Sending one message once: the attempt is written down and committed before anything leaves the house."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.connectors.bots import PER_MINUTE, Word
from zhijian.connectors.contract import ErrKind, PlatformError
from zhijian.connectors.smtp.client import Letter, send_letter
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.notify.actions.opening import bot_of, hook_of, mail_server_of
from zhijian.notify.enums import ChannelKind, ChannelState, DispatchState
from zhijian.notify.models import Channel, Dispatch

if TYPE_CHECKING:
    from collections.abc import Mapping

LEASE: Final = timedelta(minutes=2)
MINUTE: Final = timedelta(minutes=1)
MOST_ATTEMPTS: Final = 8
LONGEST_WAIT: Final = timedelta(minutes=30)
AGAIN: Final = frozenset({ErrKind.TRANSIENT, ErrKind.RATE, ErrKind.QUOTA})
OUR_SETTINGS: Final = frozenset({ErrKind.AUTH, ErrKind.PERMISSION})
SILENT: Final = "发送时中断，不知道发出去没有。系统不会重发。"
PAUSED: Final = "渠道已停用，没有发出。"


def run_dispatch(*, dispatch_id: int) -> None:
    """Send a message that is due, unless somebody else does or the channel must rest. Not inside a transaction."""
    row = _take(dispatch_id)
    if row is None:
        return
    try:
        _deliver(row)
    except PlatformError as error:
        _keep_error(row, error)
    else:
        _settle(row, DispatchState.SENT, sent_at=clock.now(), problem="")
        _note_channel(row.channel_id, ChannelState.READY, "")


@transaction.atomic
def _take(dispatch_id: int) -> Dispatch | None:
    """Write down that this message is being sent now; None when it is not its turn.

    The channel's row is held meanwhile, so that two workers cannot both use the last place of a minute.
    """
    found = Dispatch.objects.filter(pk=dispatch_id, state=DispatchState.PENDING).values_list("channel_id", flat=True)
    channel = Channel.objects.select_for_update(no_key=True).filter(pk__in=found).first()
    row = Dispatch.objects.select_for_update(no_key=True).filter(pk=dispatch_id, state=DispatchState.PENDING).first()
    now = clock.now()
    if channel is None or row is None or row.next_attempt_at is None or row.next_attempt_at > now:
        return None
    if channel.state == ChannelState.PAUSED:
        _change(row, {"state": DispatchState.FAILED, "next_attempt_at": None, "problem": PAUSED})
        return None
    free_at = _free_at(channel, now)
    if free_at is not None:
        _change(row, {"next_attempt_at": free_at})
        return None
    _change(row, {"state": DispatchState.SENDING, "attempts": row.attempts + 1, "last_attempt_at": now,
                  "lease_until": now + LEASE, "next_attempt_at": None})  # fmt: skip
    row.channel = channel
    return row


def _free_at(channel: Channel, now: datetime) -> datetime | None:
    """Return when a channel may send again, None when it may now."""
    if channel.resting_until is not None and channel.resting_until > now:
        return channel.resting_until
    if channel.kind == ChannelKind.EMAIL:
        return None
    recent = Dispatch.objects.filter(channel=channel, last_attempt_at__gt=now - MINUTE).order_by("-last_attempt_at")
    oldest = list(recent.values_list("last_attempt_at", flat=True)[PER_MINUTE - 1 : PER_MINUTE])
    return oldest[0] + MINUTE if oldest and oldest[0] else None


def _deliver(row: Dispatch) -> None:
    if row.channel.kind != ChannelKind.EMAIL:
        title, url = row.lines[0]
        bot_of(row.channel).say(hook_of(row.channel), Word(title, url))
        return
    if row.person is None or not row.person.email:
        raise PlatformError(ErrKind.INVALID, "no_address", "No address.", hint_zh="这个人没有填邮箱。")
    server = mail_server_of(row.channel)
    domain = server.sender.rpartition("@")[2]
    number = sha256_hex(f"{row.channel.code} {row.person_id} {row.dedup_key}".encode())[:32]
    body = "\n\n".join(f"{title}\n{url}" for title, url in row.lines)
    text = f"{body}\n\n详情请登录系统查看。要少收邮件，请在“通知”的设置里选择。\n"
    send_letter(server, Letter(row.person.email, f"[指尖] {row.title}", text, f"<{number}@{domain}>"))


def _keep_error(row: Dispatch, error: PlatformError) -> None:
    problem = error.hint_zh[:200]
    if error.kind is ErrKind.UNKNOWN_OUTCOME:
        _settle(row, DispatchState.UNKNOWN, problem=problem)
    elif error.kind in AGAIN and row.attempts < MOST_ATTEMPTS:
        again = error.retry_after or clock.now() + _wait(row.attempts)
        _settle(row, DispatchState.PENDING, problem=problem, next_attempt_at=again)
        if error.retry_after is not None:
            Channel.objects.filter(pk=row.channel_id).update(resting_until=error.retry_after)
    else:
        _settle(row, DispatchState.FAILED, problem=problem)
        if error.kind in OUR_SETTINGS or error.kind in AGAIN:
            _note_channel(row.channel_id, ChannelState.FAILING, problem)


def _wait(attempts: int) -> timedelta:
    """Return one, two, four … minutes: never less than one, which the count of a minute's messages rests on."""
    return min(MINUTE * int(2 ** (attempts - 1)), LONGEST_WAIT)


def _settle(row: Dispatch, state: DispatchState, **fields: object) -> None:
    """End the attempt this worker began; where the lease ran out meanwhile, what was said about it stands."""
    held = Dispatch.objects.filter(pk=row.pk, state=DispatchState.SENDING, attempts=row.attempts)
    held.update(state=state, lease_until=None, **fields)


def _change(row: Dispatch, fields: Mapping[str, object]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def _note_channel(channel_id: int, state: ChannelState, problem: str) -> None:
    rows = Channel.objects.filter(pk=channel_id).exclude(state=ChannelState.PAUSED)
    rows.exclude(state=state, problem=problem).update(state=state, problem=problem, changed_at=clock.now())


def give_up_silent() -> int:
    """Call the messages unknown whose worker died while sending; return how many. They are never sent again."""
    rows = Dispatch.objects.filter(state=DispatchState.SENDING, lease_until__lt=clock.now())
    return rows.update(state=DispatchState.UNKNOWN, lease_until=None, problem=SILENT)

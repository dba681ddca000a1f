"""What a person does with their own notices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.notify.enums import NoticeKind
from zhijian.notify.models import Notice, Preference
from zhijian.notify.queries import find_notice, notices_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time

    from zhijian.organisations.models import User

_MAIL: Final = re.compile(r"[^\s@<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def mark_read(*, actor: User, notice_id: int) -> Notice:
    """Mark one of the person's own notices as read. Raises Missing."""
    row = find_notice(actor=actor, notice_id=notice_id)
    notices_of(actor=actor).filter(pk=notice_id, read_at=None).update(read_at=clock.now(), waits_for_digest=False)
    return row


def mark_all_read(*, actor: User) -> int:
    """Mark all of the person's notices as read; return how many were not."""
    return notices_of(actor=actor).filter(read_at=None).update(read_at=clock.now(), waits_for_digest=False)


def settle(*, kind: str, url: str) -> int:
    """Mark as read, for everybody, what was told of this kind about a page: it is done. Return how many were unread.

    For the rooms that told it; runs inside the transaction of the act that did it. Raises ValueError for an unknown
    kind.
    """
    rows = Notice.objects.filter(kind=NoticeKind(kind), url=url, read_at=None)
    return rows.update(read_at=clock.now(), waits_for_digest=False)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person chooses. Both quiet hours None: none. A kind may stand in one of the two lists only."""

    at_once: Sequence[str]
    in_digest: Sequence[str]
    quiet_from: time | None
    quiet_to: time | None
    email: str


@transaction.atomic
def choose_preferences(*, actor: User, wishes: Wishes) -> Preference:
    """Keep what a person wants sent, and where their mail goes. Raises Refused."""
    reasons = _problems(wishes)
    if reasons:
        raise Refused(reasons)
    if actor.email != wishes.email:
        _change_address(actor, wishes.email)
    row, _ = Preference.objects.update_or_create(
        person=actor,
        defaults={"at_once": list(wishes.at_once), "in_digest": list(wishes.in_digest),
                  "quiet_from": wishes.quiet_from, "quiet_to": wishes.quiet_to},
    )  # fmt: skip
    return row


def _change_address(actor: User, email: str) -> None:
    """Where a person's mail goes decides who reads it: the change is written down, the addresses are not."""
    told = {"had_one": bool(actor.email), "has_one": bool(email)}
    actor.email = email
    actor.save(update_fields=["email"])
    record(
        EventName.NOTIFY_ADDRESS_CHANGED, actor=actor, organisation_id=actor.organisation_id,
        thing_kind="organisations.person", thing_id=actor.pk, data=told,
    )  # fmt: skip


def _problems(wishes: Wishes) -> list[str]:
    known = set(NoticeKind.values)
    checks = [
        (bool({*wishes.at_once, *wishes.in_digest} - known), "有一种通知不认识，请重新选择。"),
        (bool(set(wishes.at_once) & set(wishes.in_digest)), "同一种通知只能选一种发法。"),
        ((wishes.quiet_from is None) != (wishes.quiet_to is None), "免打扰的开始和结束要一起填，或者都不填。"),
        (bool(wishes.email) and not _MAIL.fullmatch(wishes.email), "邮箱不对，请核对。"),
    ]
    return [sentence for broken, sentence in checks if broken]

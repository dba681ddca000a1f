"""Telling people something: rows first, in the transaction of the act that is told of."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhijian.lib import clock
from zhijian.notify.enums import NoticeKind
from zhijian.notify.models import Channel, Dispatch, Notice, Preference
from zhijian.notify.queries import bot_channels_for, mail_channels_for, preset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhijian.organisations.models import User

SEND_TASK: Final = "notify.send"
_LONG_NUMBER: Final = re.compile(r"\d{10,}[\dXx]")
_PATH: Final = re.compile(r"/(?!/)[\x21-\x7e]*")


@transaction.atomic
def notify(*, people: Iterable[User], kind: str, title: str, url: str, dedup_key: str, text: str = "") -> list[Notice]:
    """Tell these people something once; return the notices that are new.

    `title` goes outside too (mail, groups): it names the thing and holds nothing of a citizen's. `text` and the page
    at `url` (a path of ours) are seen inside only. The same `dedup_key` never tells a person or a group twice; people
    without a sign-in that works are left out. Raises ValueError for an unknown kind or an address that is no path.
    """
    kind = NoticeKind(kind)
    if not _PATH.fullmatch(url):
        raise ValueError("A notice leads to a page of ours.")
    told = {person.pk: person for person in people if person.is_active}
    fresh = [
        notice
        for person in told.values()
        if (notice := _tell(person, kind, title[:120], text[:400], url, dedup_key)) is not None
    ]
    if fresh:
        _send_outside([told[notice.person_id] for notice in fresh], fresh)
    return fresh


def _tell(person: User, kind: NoticeKind, title: str, text: str, url: str, dedup_key: str) -> Notice | None:
    row, created = Notice.objects.get_or_create(
        person=person, dedup_key=dedup_key,
        defaults={"kind": kind, "title": title, "text": text, "url": url, "created_at": clock.now()},
    )  # fmt: skip
    return row if created else None


def _send_outside(people: list[User], notices: list[Notice]) -> None:
    chosen = {row.person_id: row for row in Preference.objects.filter(person__in=people)}
    mail = mail_channels_for(people)
    for person, notice in zip(people, notices, strict=True):
        wish = chosen.get(person.pk) or preset(person)
        if person.pk in mail and notice.kind in wish.at_once:
            _put(mail[person.pk], person, notice, wish)
        elif person.pk in mail and notice.kind in wish.in_digest:
            Notice.objects.filter(pk=notice.pk).update(waits_for_digest=True)
    for channel in bot_channels_for(people, notices[0].kind):
        _put(channel, None, notices[0], preset(None))


def _put(channel: Channel, person: User | None, notice: Notice, wish: Preference) -> None:
    now = clock.now()
    quiet = None if notice.kind == NoticeKind.ALARM else quiet_until(wish, now)
    title = outside_title(notice.title)
    row, created = Dispatch.objects.get_or_create(
        channel=channel, person=person, dedup_key=notice.dedup_key,
        defaults={"kind": notice.kind, "title": title, "lines": [[title, full_address(notice.url)]],
                  "created_at": now, "next_attempt_at": quiet or now},
    )  # fmt: skip
    if created and quiet is None:
        hurry(row.pk)


def quiet_until(wish: Preference, now: datetime) -> datetime | None:
    """Return when the quiet hours that hold now end, None outside them. They may reach over midnight."""
    begin, end = wish.quiet_from, wish.quiet_to
    if begin is None or end is None or begin == end:
        return None
    today, clock_time = now.date(), now.time()
    inside = begin <= clock_time < end if begin < end else clock_time >= begin or clock_time < end
    if not inside:
        return None
    day = today + timedelta(days=1) if begin > end and clock_time >= begin else today
    return datetime.combine(day, end, tzinfo=clock.BEIJING)


def outside_title(title: str) -> str:
    """Return a title with every number as long as a telephone's or an identity card's starred."""
    return _LONG_NUMBER.sub("***", " ".join(title.split()))


def full_address(url: str) -> str:
    """Return a path of ours with the address people reach us by."""
    return f"{settings.ZHIJIAN_BASE_URL}{url}"


def hurry(dispatch_id: int) -> None:
    """Ask a worker to send now. The row says the same: a lost job loses nothing."""
    job = app.configure_task(SEND_TASK, queueing_lock=f"notify {dispatch_id}")
    try:
        with transaction.atomic():
            job.defer(dispatch_id=dispatch_id)
    except AlreadyEnqueued:
        return

"""Telling people something: rows first, in the transaction of the act that is told of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhijian.lib import clock
from zhijian.lib.copying import insert_new
from zhijian.notify.enums import NoticeKind
from zhijian.notify.models import Dispatch, Notice, Preference
from zhijian.notify.queries import bot_channels_for, mail_channels_for, preset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhijian.notify.models import Channel
    from zhijian.organisations.models import User

SEND_TASK: Final = "notify.send"
_LONG_NUMBER: Final = re.compile(r"\d{10,}[\dXx]")
_PATH: Final = re.compile(r"/(?!/)[\x21-\x7e]*")


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell some people, as `notify` takes it."""

    people: Sequence[User]
    title: str
    url: str
    dedup_key: str
    text: str = ""


@transaction.atomic
def notify(*, people: Iterable[User], kind: str, title: str, url: str, dedup_key: str, text: str = "") -> list[Notice]:
    """Tell these people something once; return the notices that are new.

    `title` goes outside too (mail, groups): it names the thing and holds nothing of a citizen's. `text` and the page
    at `url` (a path of ours) are seen inside only. The same `dedup_key` never tells a person or a group twice; people
    without a sign-in that works are left out. Raises ValueError for an unknown kind or an address that is no path.
    """
    fresh, sent = _tell(NoticeKind(kind), [Telling(list(people), title, url, dedup_key, text)])
    now = clock.now()
    for row in sent:
        if row.next_attempt_at is not None and row.next_attempt_at <= now:
            hurry(row.pk)
    return fresh


@transaction.atomic
def notify_many(*, kind: str, tellings: Sequence[Telling]) -> list[Notice]:
    """Tell many things of one kind, as `notify` does each of them; nine queries at most for any number.

    What goes outside is found by the sweep of the next minute. Raises ValueError as `notify` does.
    """
    return _tell(NoticeKind(kind), tellings)[0]


def _tell(kind: NoticeKind, tellings: Sequence[Telling]) -> tuple[list[Notice], list[Dispatch]]:
    if not all(_PATH.fullmatch(telling.url) for telling in tellings):
        raise ValueError("A notice leads to a page of ours.")
    told = {person.pk: person for telling in tellings for person in telling.people if person.is_active}
    if not told:
        return [], []
    ways = _Ways(list(told.values()))
    rows = [
        Notice(
            person=person, kind=kind, title=telling.title[:120], text=telling.text[:400], url=telling.url,
            dedup_key=telling.dedup_key, created_at=clock.now(), waits_for_digest=ways.waits(person, kind),
        )
        for telling in tellings
        for person in {person.pk: person for person in telling.people if person.is_active}.values()
    ]  # fmt: skip
    fresh = insert_new(rows)
    return fresh, _send_outside(fresh, told, ways, kind) if fresh else []


class _Ways:
    """What each of some people wants outside, and the mail server that reaches them."""

    def __init__(self, people: Sequence[User]) -> None:
        self._chosen = {row.person_id: row for row in Preference.objects.filter(person__in=people)}
        self.mail = mail_channels_for(list(people))

    def wish(self, person: User) -> Preference:
        return self._chosen.get(person.pk) or preset(person)

    def at_once(self, person: User, kind: str) -> bool:
        return person.pk in self.mail and kind in self.wish(person).at_once

    def waits(self, person: User, kind: str) -> bool:
        return person.pk in self.mail and not self.at_once(person, kind) and kind in self.wish(person).in_digest


def _send_outside(
    fresh: Sequence[Notice], told: Mapping[int, User], ways: _Ways, kind: NoticeKind
) -> list[Dispatch]:  # fmt: skip
    mailed = [
        _dispatch(ways.mail[notice.person_id], told[notice.person_id], notice, ways.wish(told[notice.person_id]))
        for notice in fresh
        if ways.at_once(told[notice.person_id], kind)
    ]
    bots = bot_channels_for([told[notice.person_id] for notice in fresh], kind)
    groups = {
        (bot.pk, notice.dedup_key): _dispatch(bot, None, notice, preset(None))
        for bot in bots
        for notice in reversed(fresh)
        if told[notice.person_id].organisation_id == bot.organisation_id
    }
    return insert_new([*mailed, *groups.values()])


def _dispatch(channel: Channel, person: User | None, notice: Notice, wish: Preference) -> Dispatch:
    now = clock.now()
    quiet = None if notice.kind == NoticeKind.ALARM else quiet_until(wish, now)
    title = outside_title(notice.title)
    return Dispatch(
        channel=channel, person=person, dedup_key=notice.dedup_key, kind=notice.kind, title=title,
        lines=[[title, full_address(notice.url)]], created_at=now, next_attempt_at=quiet or now,
    )  # fmt: skip


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

"""The daily summary: what a person did not want at once and has not read yet, in one letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.lib import clock
from zhijian.notify.actions.telling import full_address, hurry, outside_title
from zhijian.notify.enums import NoticeKind
from zhijian.notify.models import Dispatch, Notice
from zhijian.notify.queries import mail_channels_for
from zhijian.organisations.models import User

if TYPE_CHECKING:
    from zhijian.notify.models import Channel

MOST_LINES: Final = 100


def collect_digests() -> int:
    """Make today's summary for everybody for whom something waits; return how many. A second call makes none."""
    waiting = Notice.objects.filter(waits_for_digest=True, read_at=None).order_by().values("person").distinct()
    people = list(User.objects.filter(pk__in=waiting, is_active=True).select_related("organisation"))
    channels = mail_channels_for(people)
    return sum(_collect(person, channels[person.pk]) for person in people if person.pk in channels)


@transaction.atomic
def _collect(person: User, channel: Channel) -> bool:
    key = f"digest {clock.today().isoformat()}"
    rows = list(
        Notice.objects.select_for_update(no_key=True)
        .filter(person=person, waits_for_digest=True, read_at=None)
        .order_by("created_at", "pk")[:MOST_LINES]
    )
    if not rows or Dispatch.objects.filter(channel=channel, person=person, dedup_key=key).exists():
        return False
    lines = [[outside_title(row.title), full_address(row.url)] for row in rows]
    dispatch = Dispatch.objects.create(
        channel=channel, person=person, kind=NoticeKind.SYSTEM, title=f"今天有 {len(rows)} 条通知没有看", lines=lines,
        dedup_key=key, created_at=clock.now(), next_attempt_at=clock.now(),
    )  # fmt: skip
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(waits_for_digest=False)
    hurry(dispatch.pk)
    return True

"""A person's own notices, the ways out of a body, and what waits to be sent."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.notify.enums import AT_ONCE, ChannelKind, ChannelState, DispatchState, NoticeKind
from zhijian.notify.models import Channel, Dispatch, Notice, Preference
from zhijian.notify.rules import MANAGERS
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User

MOST_COUNTED = 99
QUIET = (time(22, 0), time(7, 0))


def notices_of(*, actor: User) -> QuerySet[Notice]:
    """Return a person's own notices; nobody sees another's."""
    return Notice.objects.filter(person=actor)


def find_notice(*, actor: User, notice_id: int) -> Notice:
    """Return one of the person's own notices. Raises Missing."""
    row = notices_of(actor=actor).filter(pk=notice_id).first()
    if row is None:
        raise Missing
    return row


def unread_count(*, actor: User) -> int:
    """Return how many notices a person has not read, counted up to 100."""
    return notices_of(actor=actor).filter(read_at=None).order_by()[: MOST_COUNTED + 1].count()


def preference_of(person: User) -> Preference:
    """Return what a person wants sent; one who never chose has the preset, unsaved."""
    return Preference.objects.filter(person=person).first() or preset(person)


def preset(person: User | None) -> Preference:
    """Return what goes for everybody who has chosen nothing, and for groups: urgent things at once, quiet at night."""
    later = [str(kind) for kind in NoticeKind if kind not in AT_ONCE]
    quiet_from, quiet_to = QUIET
    return Preference(
        person=person, at_once=list(AT_ONCE), in_digest=later, quiet_from=quiet_from, quiet_to=quiet_to
    )  # fmt: skip


def visible_channels(*, actor: User) -> QuerySet[Channel]:
    """Return the ways out of the bodies this person keeps them for."""
    return Channel.objects.filter(in_scope(actor=actor, roles=MANAGERS)).select_related("organisation")


def find_channel(*, actor: User, channel_id: int) -> Channel:
    """Return one channel of the actor's scope. Raises Missing."""
    row = visible_channels(actor=actor).filter(pk=channel_id).first()
    if row is None:
        raise Missing
    return row


def sent_by(channel: Channel) -> QuerySet[Dispatch]:
    """Return what was handed to a channel, newest first. Rights are the caller's."""
    return Dispatch.objects.filter(channel=channel).select_related("person").order_by("-created_at", "-pk")


def mail_channels_for(people: list[User]) -> dict[int, Channel]:
    """Return the mail server for each person, by person id: that of the nearest body above or at their own."""
    lines = {
        person.pk: [*person.organisation.ancestor_ids, person.organisation_id]
        for person in people
        if person.organisation is not None and person.email
    }
    bodies = {body for line in lines.values() for body in line}
    rows = Channel.objects.filter(organisation__in=bodies, kind=ChannelKind.EMAIL).exclude(state=ChannelState.PAUSED)
    by_body = {row.organisation_id: row for row in rows}
    found = {pk: [by_body[body] for body in line if body in by_body] for pk, line in lines.items()}
    return {pk: channels[-1] for pk, channels in found.items() if channels}


def bot_channels_for(people: list[User], kind: str) -> list[Channel]:
    """Return the bots whose groups are told of this kind, at the bodies these people work in."""
    bodies = {person.organisation_id for person in people}
    rows = Channel.objects.filter(organisation__in=bodies, kinds__contains=[kind])
    return list(rows.exclude(kind=ChannelKind.EMAIL).exclude(state=ChannelState.PAUSED).order_by("pk"))


def due_dispatches() -> QuerySet[Dispatch]:
    """Return what waits to be sent and may be sent now, the longest waiting first."""
    now = clock.now()
    rested = Q(channel__resting_until=None) | Q(channel__resting_until__lte=now)
    rows = Dispatch.objects.filter(rested, state=DispatchState.PENDING, next_attempt_at__lte=now)
    return rows.order_by("next_attempt_at", "pk")

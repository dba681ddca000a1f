"""The catalogue: what staff may see of it, what every citizen may, and which entrances want looking at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.audit.events import EventName
from zhijian.audit.queries import events_of
from zhijian.lib.errors import Missing
from zhijian.lib.watched import WatchedLink
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import in_scope, names_of
from zhijian.search.queries import find_wordings
from zhijian.services.enums import Audience, Health, ServiceState
from zhijian.services.models import Service
from zhijian.services.rules import WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.organisations.models import User

THING_KIND = "services.service"
MOST_WORK = 100


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """A service as a person writes it. `words`: what citizens call it."""

    name: str
    how: str = ""
    words: tuple[str, ...] = ()
    audience: str = Audience.PERSON
    topic: str = "other"
    entrance_url: str = ""
    materials: str = ""
    phone: str = ""
    address: str = ""
    hours: str = ""
    fee: str = ""
    source: str = ""


TEXT_FIELDS = ("name", "how", "audience", "topic", "entrance_url", "materials", "phone", "address", "hours", "fee",
               "source")  # fmt: skip


def draft_of(service: Service) -> ServiceDraft:
    """Return what a service says."""
    return ServiceDraft(words=tuple(service.words), **{name: getattr(service, name) for name in TEXT_FIELDS})


def visible_services(*, actor: User) -> QuerySet[Service]:
    """Return the services of the bodies in the actor's scope."""
    rows = Service.objects.filter(in_scope(actor=actor, roles=BUSINESS_ROLES))
    return rows.select_related("organisation", "created_by")


def find_service(*, actor: User, service_id: int) -> Service:
    """Return one service of the actor's scope. Raises Missing."""
    row = visible_services(actor=actor).filter(pk=service_id).first()
    if row is None:
        raise Missing
    return row


@dataclass(frozen=True, slots=True)
class Override:
    """Who let findings of the level 错误 stand, when, in which fields, and why."""

    who: str
    at: datetime
    places: tuple[str, ...]
    reason: str


def override_of(service: Service) -> Override | None:
    """Return the signature under what citizens see of a service now, None when nothing had to be signed for.

    Only an edition that citizens see has one: each edition is judged anew and drops or renews it. The name stands in
    the log alone. The caller has checked that the service may be seen.
    """
    if not service.override_reason:
        return None
    rows = events_of(thing_kind=THING_KIND, thing_id=service.pk)
    event = rows.filter(name__in=[EventName.SERVICE_PUBLISHED, EventName.SERVICE_CHANGED]).last()
    if event is None or "findings" not in event.data:
        return None
    places = dict.fromkeys(told.partition(" ")[2] for told in event.data["findings"])
    who = names_of([event.actor_id]).get(event.actor_id or 0, "系统")
    return Override(who, event.at, tuple(places), event.data["override_reason"])


def public_services(*, topic: str = "", audience: str = "") -> QuerySet[Service]:
    """Return the services every citizen may see, by name."""
    rows = Service.objects.filter(state=ServiceState.PUBLISHED, organisation__is_active=True)
    if topic:
        rows = rows.filter(topic=topic)
    if audience:
        rows = rows.filter(audience__in=[audience, Audience.BOTH])
    return rows.select_related("organisation").order_by("sort_key", "pk")


def public_service(service_id: int) -> Service:
    """Return one service every citizen may see. Raises Missing."""
    row = public_services().filter(pk=service_id).first()
    if row is None:
        raise Missing("没有这项服务，或者它已经停用。请换个说法再找。")
    return row


def find_services(*, text: str, limit: int = 20, topic: str = "", audience: str = "") -> list[Service]:
    """Return the published services asked for in words like `text`, the likeliest first. Costs three queries."""
    hits = find_wordings(thing_kind=THING_KIND, text=text, limit=limit * 2)
    rows = public_services(topic=topic, audience=audience).filter(pk__in=[hit.thing_id for hit in hits])
    known = {row.pk: row for row in rows}
    return [known[hit.thing_id] for hit in hits if hit.thing_id in known][:limit]


class EntranceKeeper:
    """The entrances of published services, for whoever looks at links (`lib.watched`)."""

    def links(self) -> Iterator[WatchedLink]:
        """Yield the entrance of every published service."""
        rows = public_services().exclude(entrance_url="").values_list("pk", "entrance_url")
        yield from (WatchedLink(THING_KIND, pk, url) for pk, url in rows.iterator())

    def note(self, *, thing_id: int, url: str, result: str, at: datetime, reason: str) -> None:
        """Keep what a look at an entrance brought."""
        from zhijian.services.actions import note_health  # noqa: PLC0415 - the actions stand above the queries

        note_health(service_id=thing_id, url=url, result=result, at=at, reason=reason)


def work_items(*, actor: User) -> list[WorkItem]:
    """Return the published services of this person's bodies whose entrance does not open."""
    rows = Service.objects.filter(
        in_scope(actor=actor, roles=WRITERS), state=ServiceState.PUBLISHED, health=Health.BROKEN
    )
    return [
        WorkItem(
            title=row.name,
            url=f"/desk/services/{row.pk}/",
            kind="修入口",
            organisation=row.organisation.short_name,
            state=row.health_reason or "网上入口打不开",
            since=row.health_since or row.changed_at,
        )
        for row in rows.select_related("organisation").order_by("health_since")[:MOST_WORK]
    ]

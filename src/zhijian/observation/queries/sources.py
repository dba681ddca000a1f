from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.observation.enums import Health, HistoryState
from zhijian.observation.models import History, HistoryFault, Look, PostVersion, Snapshot, Source
from zhijian.observation.rules import VIEWERS, WATCHERS
from zhijian.organisations.queries import in_scope
from zhijian.registry.queries import all_accounts, visible_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

WATCHED_STATES = ("registered", "active", "frozen", "closing", "unfiled")
"""States of the register in which an account can show something and must be watched."""
BODY = "account__organisation"
SILENT_FOR = timedelta(minutes=10)


def watchable_accounts(*, actor: User) -> QuerySet[Account]:
    """Return the accounts in the actor's scope that have to be watched."""
    return visible_accounts(actor=actor, roles=VIEWERS).filter(state__in=WATCHED_STATES)


def watched_accounts() -> QuerySet[Account]:
    """Return every account that has to be watched, with its body; for the system's own work."""
    return all_accounts().filter(state__in=WATCHED_STATES)


def look_proofs(look_ids: Iterable[int]) -> dict[int, str]:
    """Return the SHA-256 of what each look kept as evidence, by the look's id; looks without any are left out."""
    rows = Look.objects.filter(pk__in=list(look_ids)).exclude(snapshot="")
    return dict(rows.values_list("pk", "snapshot"))


def visible_sources(*, actor: User) -> QuerySet[Source]:
    """Return the sources of the accounts in the actor's scope, with account and body."""
    rows = Source.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=BODY))
    return rows.select_related("account", "account__organisation", "created_by")


def find_source(*, actor: User, source_id: int) -> Source:
    """Return one source of the actor's scope. Raises Missing."""
    row = visible_sources(actor=actor).filter(pk=source_id).first()
    if row is None:
        raise Missing
    return row


def due_sources() -> QuerySet[Source]:
    """Return the sources whose turn it is and that nobody is looking at, the longest waiting first."""
    moment = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=moment)
    rows = Source.objects.filter(free, next_look_at__lte=moment).exclude(health=Health.STOPPED)
    return rows.order_by("next_look_at", "pk")


def looks_of(source: Source) -> QuerySet[Look]:
    """Return the looks of a source, newest first."""
    return Look.objects.filter(source=source).select_related("by").order_by("-at", "-pk")


def visible_looks(*, actor: User) -> QuerySet[Look]:
    """Return the looks at the accounts in the actor's scope."""
    return Look.objects.filter(in_scope(actor=actor, roles=VIEWERS, field=BODY)).select_related("source", "account")


def find_snapshot(*, actor: User, sha256: str) -> Snapshot:
    """Return a piece of evidence that a look or version in the actor's scope rests on. Raises Missing."""
    by_look = visible_looks(actor=actor).filter(snapshot=sha256).exists()
    scope = in_scope(actor=actor, roles=VIEWERS, field=f"post__{BODY}")
    by_version = by_look or PostVersion.objects.filter(scope, snapshot=sha256).exists()
    row = Snapshot.objects.filter(sha256=sha256).first() if by_version else None
    if row is None:
        raise Missing
    return row


def visible_histories(*, actor: User) -> QuerySet[History]:
    """Return the history files of the bodies the actor watches; a file may hold rows of all bodies below its own."""
    rows = History.objects.filter(in_scope(actor=actor, roles=WATCHERS))
    return rows.select_related("organisation", "account", "uploaded_by")


def find_history(*, actor: User, history_id: int) -> History:
    """Return one history file of the actor's scope. Raises Missing."""
    row = visible_histories(actor=actor).filter(pk=history_id).first()
    if row is None:
        raise Missing
    return row


def faults_of(history: History) -> QuerySet[HistoryFault]:
    """Return the rows of a history file that cannot be taken."""
    return HistoryFault.objects.filter(history=history)


def stalled_histories() -> list[int]:
    """Return the ids of the files whose running step has been silent for ten minutes, or was never begun."""
    running = History.objects.filter(state__in=[HistoryState.READING, HistoryState.IMPORTING])
    return list(running.filter(beat_at__lt=clock.now() - SILENT_FOR).values_list("pk", flat=True))

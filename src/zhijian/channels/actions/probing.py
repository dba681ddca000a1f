"""What the account may do today: asked of the platform, kept with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.channels.actions.opening import open_account
from zhijian.channels.actions.quotas import adopt_counts
from zhijian.channels.enums import ConnectionState
from zhijian.channels.models import Connection
from zhijian.channels.queries import connector_of, find_connection
from zhijian.connectors.contract import PlatformError
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from zhijian.connectors.contract import ProbeResult
    from zhijian.organisations.models import User

PROBE_TASK: Final = "channels.probe"


@transaction.atomic
def request_probe(*, actor: User, connection_id: int) -> Connection:
    """Have a worker ask the platform what this account may do; the page shows when it is done. Raises Refused, Missing.

    Nothing is asked here: a platform that answers slowly holds up neither a page nor a row.
    """
    row = find_connection(actor=actor, connection_id=connection_id)
    require(Permission.CONNECTION_MANAGE, actor=actor, thing=row.organisation)
    row.probe_wanted_at, row.probe_wanted_by, row.probe_problem = clock.now(), actor, ""
    row.save(update_fields=["probe_wanted_at", "probe_wanted_by", "probe_problem"])
    hurry_probe(row.pk)
    return row


def run_probe(*, connection_id: int) -> None:
    """Ask the platform if somebody wants it, outside any transaction, and keep the answer or why there is none."""
    row = Connection.objects.select_related("probe_wanted_by").filter(pk=connection_id).first()
    if row is None or row.probe_wanted_at is None:
        return
    try:
        result = connector_of(row).probe(open_account(row))
    except PlatformError as error:
        _keep_failure(row, error)
    else:
        _keep(row, result)


def probe_connection(*, actor: User, connection_id: int) -> Connection:
    """Ask the platform here and now, for commands. A paused connection stays paused.

    Raises Refused when it cannot be asked, Missing.
    """
    request_probe(actor=actor, connection_id=connection_id)
    run_probe(connection_id=connection_id)
    row = find_connection(actor=actor, connection_id=connection_id)
    if row.probe_problem:
        raise Refused(row.probe_problem)
    return row


def hurry_probe(connection_id: int) -> None:
    """Put the asking into the queue; the row says the same, so a lost job loses nothing."""
    try:
        with transaction.atomic():
            job = app.configure_task(PROBE_TASK, queueing_lock=f"channels probe {connection_id}")
            job.defer(connection_id=connection_id)
    except AlreadyEnqueued:
        return


def _still_wanted(asked: Connection) -> Connection | None:
    """Return the row as it is now, locked; None when somebody asked anew meanwhile, so that this answer is stale."""
    row = Connection.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.pk)
    return row if row.probe_wanted_at == asked.probe_wanted_at else None


@transaction.atomic
def _keep_failure(asked: Connection, error: PlatformError) -> None:
    row = _still_wanted(asked)
    if row is None:
        return
    row.probe_wanted_at, row.probe_problem = None, f"没有测成：{error.hint_zh or '平台没有回话，请稍后再试。'}"[:200]
    row.save(update_fields=["probe_wanted_at", "probe_problem"])
    _record_probe(row, asked.probe_wanted_by, {"failed": error.code})


@transaction.atomic
def _keep(asked: Connection, result: ProbeResult) -> None:
    row = _still_wanted(asked)
    if row is None:
        return
    row.probe_wanted_at, row.probe_problem = None, ""
    row.capabilities = {
        "missing": [{"capability": gap.capability, "code": gap.code, "sentence": gap.sentence_zh}
                    for gap in result.missing],
        "quotas": [{"name": one.name, "limit": one.limit, "used": one.used} for one in result.quotas],
    }  # fmt: skip
    row.probed_at = result.at
    if row.state != ConnectionState.PAUSED:
        row.state = ConnectionState.LIMITED if result.missing else ConnectionState.READY
        row.state_reason = result.missing[0].sentence_zh[:200] if result.missing else ""
    row.changed_at = clock.now()
    row.save(
        update_fields=[
            "capabilities", "probed_at", "state", "state_reason", "changed_at", "probe_wanted_at", "probe_problem",
        ]
    )  # fmt: skip
    adopt_counts(row, result.quotas)
    _record_probe(row, asked.probe_wanted_by, {"missing": [gap.capability for gap in result.missing]})


def _record_probe(row: Connection, actor: User | None, data: dict[str, object]) -> None:
    record(
        EventName.CONNECTION_PROBED,
        actor=actor,
        organisation_id=row.organisation_id,
        thing_kind="channels.connection",
        thing_id=row.pk,
        data=data,
    )


@transaction.atomic
def report_refusal(*, connection_id: int, capability: str, sentence: str) -> None:
    """Note that the platform refused the account itself, so that nothing more is tried in vain.

    `capability` "sign_in" pauses the connection until a person has put it right; any other one limits it.
    """
    row = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    paused = capability == "sign_in"
    if row.state == ConnectionState.PAUSED:
        return
    row.state = ConnectionState.PAUSED if paused else ConnectionState.LIMITED
    row.state_reason, row.changed_at = sentence[:200], clock.now()
    if not paused:
        known = [gap for gap in row.capabilities.get("missing", ()) if gap["capability"] != capability]
        gap = {"capability": capability, "code": "", "sentence": sentence}
        row.capabilities = {**row.capabilities, "missing": [*known, gap]}
    row.save(update_fields=["state", "state_reason", "changed_at", "capabilities"])
    record(
        EventName.CONNECTION_PAUSED if paused else EventName.CONNECTION_CHANGED,
        actor=None,
        organisation_id=row.organisation_id,
        thing_kind="channels.connection",
        thing_id=row.pk,
        data={"refused": capability},
    )

"""What the account may do today: asked of the platform, kept with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

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


def probe_connection(*, actor: User, connection_id: int) -> Connection:
    """Ask the platform what this account may do and keep the answer. A paused connection stays paused.

    The platform is asked outside any transaction of ours. Raises Refused when it cannot be asked, Missing.
    """
    row = find_connection(actor=actor, connection_id=connection_id)
    require(Permission.CONNECTION_MANAGE, actor=actor, thing=row.organisation)
    try:
        result = connector_of(row).probe(open_account(row))
    except PlatformError as error:
        raise Refused(f"没有测成：{error.hint_zh or '平台没有回话，请稍后再试。'}") from error
    return _keep(row, result, actor)


@transaction.atomic
def _keep(row: Connection, result: ProbeResult, actor: User) -> Connection:
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
    row.save(update_fields=["capabilities", "probed_at", "state", "state_reason", "changed_at"])
    adopt_counts(row, result.quotas)
    record(
        EventName.CONNECTION_PROBED,
        actor=actor,
        organisation_id=row.organisation_id,
        thing_kind="channels.connection",
        thing_id=row.pk,
        data={"missing": [gap.capability for gap in result.missing]},
    )
    return row


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

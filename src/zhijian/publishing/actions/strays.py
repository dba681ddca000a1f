"""Drafts of ours that nobody needs any more: found by looking, cleaned by a person's act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.channels.actions import open_account
from zhijian.channels.enums import WECHAT, ConnectionState
from zhijian.channels.queries import connection_by_id, connector_of
from zhijian.connectors.contract import PlatformError
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.publishing.models import Delivery, StrayDraft
from zhijian.publishing.queries import find_stray, open_keys, visible_deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from zhijian.channels.models import Connection
    from zhijian.connectors.contract import StrayDraft as FoundDraft
    from zhijian.organisations.models import User

DRAFT_BOXES: Final = (WECHAT,)
SCAN_TASK: Final = "publishing.scan_box"


def scan_strays(*, connection_id: int) -> int:
    """Look into the draft box of one account and list what no open delivery needs; return how many there are.

    Raises PlatformError, Missing.
    """
    connection = connection_by_id(connection_id)
    found = connector_of(connection).stray_drafts(open_account(connection), open_keys(connection_id))
    return _keep(connection, found)


def scan_all_strays() -> int:
    """Look into every draft box that had deliveries; an account that does not answer is left for the next time."""
    return _scan(Delivery.objects.all())


def request_scan(*, actor: User) -> int:
    """Have a worker look into the draft boxes of the accounts this person sends to; return how many boxes there are.

    Nothing is asked here: the page does not wait for the platforms. Raises Refused.
    """
    require(Permission.STRAY_CLEAN, actor=actor)
    boxes = _boxes(visible_deliveries(actor=actor))
    for connection_id in boxes:
        try:
            with transaction.atomic():
                job = app.configure_task(SCAN_TASK, queueing_lock=f"publishing scan {connection_id}")
                job.defer(connection_id=connection_id)
        except AlreadyEnqueued:
            continue
    return len(boxes)


def _boxes(deliveries: QuerySet[Delivery]) -> list[int]:
    rows = deliveries.filter(connector__in=DRAFT_BOXES).exclude(connection__state=ConnectionState.PAUSED)
    return list(rows.order_by().values_list("connection_id", flat=True).distinct())


def _scan(deliveries: QuerySet[Delivery]) -> int:
    total = 0
    for connection_id in _boxes(deliveries):
        try:
            total += scan_strays(connection_id=connection_id)
        except PlatformError:
            continue
    return total


@transaction.atomic
def _keep(connection: Connection, found: Sequence[FoundDraft]) -> int:
    # A delivery may have begun since the box was read; its draft is no stray.
    needed = open_keys(connection.pk)
    strays = [draft for draft in found if draft.key not in needed]
    for draft in strays:
        StrayDraft.objects.get_or_create(
            connection_id=connection.pk,
            draft_id=draft.draft_id,
            defaults={
                "organisation_id": connection.organisation_id, "title": draft.title[:120], "key": draft.key,
                "found_at": clock.now(),
            },
        )  # fmt: skip
    gone = StrayDraft.objects.filter(connection=connection.pk, cleaned_at=None)
    for stray in gone.exclude(draft_id__in=[draft.draft_id for draft in strays]):
        _note_cleaned(stray, None)
    return len(strays)


def why_not_clean(*, actor: User, stray: StrayDraft) -> list[str]:
    """Give every reason why a stray draft is not deleted."""
    reasons = why_not(Permission.STRAY_CLEAN, actor=actor, thing=stray)
    if stray.key in open_keys(stray.connection_id):
        reasons.append("有一次发布正用着这份草稿，不能清理。")
    return reasons


def clean_stray(*, actor: User, stray_id: int) -> StrayDraft:
    """Delete a stray draft on the platform. Deleting it twice does no harm, so the row follows the platform.

    Raises Refused, Missing.
    """
    stray = find_stray(actor=actor, stray_id=stray_id)
    reasons = why_not_clean(actor=actor, stray=stray)
    if reasons:
        raise Refused(reasons)
    connection = connection_by_id(stray.connection_id)
    try:
        connector_of(connection).delete_draft(open_account(connection), stray.draft_id)
    except PlatformError as error:
        raise Refused(f"没有删成：{error.hint_zh or '平台没有回话，请稍后再试。'}") from error
    return _note_cleaned(stray, actor)


@transaction.atomic
def _note_cleaned(stray: StrayDraft, actor: User | None) -> StrayDraft:
    """Close the row; without an actor the draft was found gone from the platform."""
    stray.cleaned_at = clock.now()
    if not StrayDraft.objects.filter(pk=stray.pk).update(cleaned_at=stray.cleaned_at):
        raise Missing
    record(
        EventName.STRAY_DRAFT_CLEANED,
        actor=actor,
        organisation_id=stray.organisation_id,
        thing_kind="publishing.stray_draft",
        thing_id=stray.pk,
        data={"key": stray.key, "found_gone": actor is None},
    )
    return stray

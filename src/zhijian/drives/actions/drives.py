"""A drive from its draft to its end: after it has been sent only the deadline moves, and only later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.drives.actions.telling import tell_of_targets
from zhijian.drives.enums import Act, DriveState
from zhijian.drives.models import Drive
from zhijian.drives.queries import THING_KIND, asked_elsewhere, find_drive, report_of, targets_of
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import Organisation, User

ASKING_LOCK: Final = 7204
MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class DriveDraft:
    """What a drive is called, by which document, what the bodies should know, and until when."""

    title: str
    basis: str
    due_on: date
    guidance: str = ""


@transaction.atomic
def create_drive(*, actor: User, organisation: Organisation, draft: DriveDraft) -> Drive:
    """Begin a drive; nobody is asked yet. Raises Refused with every reason."""
    require(Permission.DRIVE_RUN, actor=actor, thing=organisation)
    row = Drive(organisation=organisation, created_by=actor, created_at=clock.now())
    _fill(row, draft)
    record_drive(EventName.DRIVE_DRAFTED, row, actor)
    return row


@transaction.atomic
def change_drive(*, actor: User, drive_id: int, draft: DriveDraft) -> Drive:
    """Change a drive that was not sent yet. Raises Missing, Refused with every reason."""
    row = lock_drive(actor, drive_id)
    _refuse(why_not_change(actor=actor, row=row))
    _fill(row, draft)
    record_drive(EventName.DRIVE_CHANGED, row, actor)
    return row


def _fill(row: Drive, draft: DriveDraft) -> None:
    if draft.due_on <= clock.today():
        raise Refused("截止日期要在今天以后。")
    row.title, row.basis, row.due_on, row.guidance = draft.title, draft.basis, draft.due_on, draft.guidance
    row.save()


def why_not_change(*, actor: User, row: Drive) -> list[str]:
    """Give every reason why a drive cannot be changed or deleted."""
    reasons = why_not(Permission.DRIVE_RUN, actor=actor, thing=row.organisation)
    if row.state != DriveState.DRAFT:
        reasons.append("已经下发，不能再改、再删。期限可以延长，账号可以增加。")
    return reasons


@transaction.atomic
def delete_drive(*, actor: User, drive_id: int) -> None:
    """Delete a draft with its targets; nobody was asked. Raises Missing, Refused with every reason."""
    row = lock_drive(actor, drive_id)
    _refuse(why_not_change(actor=actor, row=row))
    record_drive(EventName.DRIVE_DELETED, row, actor, title=row.title, targets=row.targets.count())
    row.delete()


def why_not_send(*, actor: User, row: Drive) -> list[str]:
    """Give every reason why a drive cannot be sent now."""
    reasons = why_not(Permission.DRIVE_RUN, actor=actor, thing=row.organisation)
    if row.state != DriveState.DRAFT:
        return [*reasons, f"行动{row.get_state_display()}，不用再下发。"]
    if row.due_on <= clock.today():
        reasons.append("截止日期已经过了，请先改截止日期。")
    targets = targets_of(row)
    if not targets.exists():
        reasons.append("还没有列入账号。请从“建议”里勾选，或者查找账号列入。")
    nowhere = targets.filter(act=Act.MERGE, into=None).count()
    if nowhere:
        reasons.append(f"有 {nowhere} 个账号要并入，还没有选并入哪个账号。")
    return [*reasons, *_asked_already(row)]


def _asked_already(row: Drive) -> list[str]:
    """Name the accounts that another drive has begun to ask about since they were put in: nobody is asked twice."""
    asked = asked_elsewhere(row, targets_of(row).values("account"))
    accounts = targets_of(row).filter(account__in=list(asked)[:MOST_NAMED]).order_by("account_id")
    reasons = [
        f"“{target.account.name}”已在“{asked[target.account_id]}”里，请先从这个行动去掉。" for target in accounts
    ]
    more = len(asked) - len(reasons)
    return [*reasons, f"还有 {more:,} 个账号也已在别的行动里。"] if more else reasons


def take_turns() -> None:
    """Let one drive at a time decide whom it asks; the database guards with the same lock (migration 0003)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASKING_LOCK])


@transaction.atomic
def send_drive(*, actor: User, drive_id: int) -> int:
    """Ask the bodies; return how many have nobody to tell. Raises Missing, Refused with every reason."""
    row = lock_drive(actor, drive_id)
    take_turns()
    _refuse(why_not_send(actor=actor, row=row))
    row.state, row.sent_by, row.sent_at = DriveState.SENT, actor, clock.now()
    row.save(update_fields=["state", "sent_by", "sent_at"])
    targets = list(targets_of(row).order_by("pk"))
    record_drive(EventName.DRIVE_SENT, row, actor, targets=len(targets))
    return tell_of_targets(row, targets)


def why_not_extend(*, actor: User, row: Drive) -> list[str]:
    """Give every reason why the deadline of a drive cannot be moved."""
    reasons = why_not(Permission.DRIVE_RUN, actor=actor, thing=row.organisation)
    if row.state != DriveState.SENT:
        reasons.append(f"行动{row.get_state_display()}。")
    return reasons


@transaction.atomic
def extend_drive(*, actor: User, drive_id: int, due_on: date) -> Drive:
    """Move the deadline of a drive to a later day. Raises Missing, Refused with every reason."""
    row = lock_drive(actor, drive_id)
    reasons = why_not_extend(actor=actor, row=row)
    if due_on <= row.due_on or due_on <= clock.today():
        reasons.append(f"下发以后期限只能延长：请选 {row.due_on.isoformat()} 和今天以后的日期。")
    _refuse(reasons)
    before, row.due_on, row.warned_on = row.due_on, due_on, None
    row.save(update_fields=["due_on", "warned_on"])
    record_drive(EventName.DRIVE_EXTENDED, row, actor, before=before.isoformat(), after=due_on.isoformat())
    return row


def why_not_close(*, actor: User, row: Drive) -> list[str]:
    """Give every reason why a drive cannot be ended; accounts that are not done are none: the report tells of them."""
    return why_not_extend(actor=actor, row=row)


@transaction.atomic
def close_drive(*, actor: User, drive_id: int) -> Drive:
    """End a drive and freeze its report as it is now. Raises Missing, Refused with every reason."""
    row = lock_drive(actor, drive_id)
    _refuse(why_not_close(actor=actor, row=row))
    report = report_of(row)
    row.state, row.closed_by, row.closed_at, row.report = DriveState.CLOSED, actor, clock.now(), report
    row.save(update_fields=["state", "closed_by", "closed_at", "report"])
    record_drive(EventName.DRIVE_CLOSED, row, actor, totals=report["totals"])
    return row


@transaction.atomic
def take_report(*, actor: User, drive_id: int) -> tuple[Drive, dict[str, object]]:
    """Return a drive with its report, and write down that it left. Raises Missing, Refused without the right."""
    row = find_drive(actor=actor, drive_id=drive_id)
    require(Permission.DRIVE_RUN, actor=actor, thing=row.organisation)
    if row.state == DriveState.DRAFT:
        raise Refused("行动还没有下发，没有报表。")
    record_drive(EventName.DRIVE_REPORT_TAKEN, row, actor)
    return row, report_of(row)


def lock_drive(actor: User, drive_id: int) -> Drive:
    """Lock a drive for the transaction of an act. Raises Missing outside the scope, Refused without the right."""
    find_drive(actor=actor, drive_id=drive_id)
    rows = Drive.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    row = rows.filter(pk=drive_id).first()
    if row is None:
        raise Missing
    require(Permission.DRIVE_RUN, actor=actor, thing=row.organisation)
    return row


def record_drive(event: EventName, row: Drive, actor: User, **data: object) -> None:
    """Write down what happened to a drive."""
    record(event, actor=actor, organisation_id=row.organisation_id, thing_kind=THING_KIND, thing_id=row.pk, data=data)


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Refused(reasons)

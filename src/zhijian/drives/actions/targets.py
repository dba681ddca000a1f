"""The accounts of a drive: put in with why, changed and taken out while it is a draft, only added once it was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.drives.actions.drives import DriveDraft, create_drive, lock_drive, record_drive, take_turns
from zhijian.drives.actions.telling import tell_of_targets
from zhijian.drives.enums import ANSWERABLE, Act, DriveState, Reason
from zhijian.drives.models import Drive, Target
from zhijian.drives.queries import ANSWER_KIND, Fact, Proposal, Proposals, asked_elsewhere, find_target
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.registry.enums import LIVE_STATES
from zhijian.registry.queries import visible_accounts

if TYPE_CHECKING:
    from collections.abc import Collection

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

MOST_AT_ONCE: Final = 5_000


@dataclass(slots=True)
class Taken:
    """What became of the accounts somebody wanted to put in: put in, in already, asked in another drive, not theirs."""

    added: int = 0
    already: int = 0
    elsewhere: list[str] = field(default_factory=list)
    outside: int = 0


def why_not_change_targets(*, actor: User, row: Drive) -> list[str]:
    """Give every reason why the targets of a drive cannot be changed or taken out."""
    reasons = why_not(Permission.DRIVE_RUN, actor=actor, thing=row.organisation)
    if row.state != DriveState.DRAFT:
        reasons.append("已经下发，账号只能增加，不能修改或去掉。")
    return reasons


@transaction.atomic
def create_with_targets(
    *, actor: User, organisation: Organisation, draft: DriveDraft, account_ids: Collection[int]
) -> tuple[int, Taken]:
    """Begin a drive with accounts in it; return its id and what became of them. Raises Refused with every reason."""
    row = create_drive(actor=actor, organisation=organisation, draft=draft)
    return row.pk, add_targets(actor=actor, drive_id=row.pk, account_ids=account_ids)


@transaction.atomic
def add_targets(*, actor: User, drive_id: int, account_ids: Collection[int]) -> Taken:
    """Put accounts into a drive that is not over, each with why it is proposed and what is suggested.

    What another running drive asks already is left out: nobody is asked twice for one account. In a drive that was sent
    the bodies are told at once. Raises Missing, Refused with every reason.
    """
    row = lock_drive(actor, drive_id)
    take_turns()
    _check(row, account_ids)
    accounts = _own_accounts(actor, row, account_ids)
    taken = Taken(outside=len(set(account_ids)) - len(accounts))
    known = set(Target.objects.filter(drive=row, account__in=accounts).values_list("account_id", flat=True))
    asked = asked_elsewhere(row, accounts)
    fresh = [account for pk, account in accounts.items() if pk not in known and pk not in asked]
    taken.already = len(known)
    taken.elsewhere = [f"“{accounts[pk].name}”已在“{title}”里。" for pk, title in asked.items() if pk not in known]
    proposed = _proposed(actor, [account.pk for account in fresh])
    targets = Target.objects.bulk_create(_target(row, actor, account, proposed) for account in fresh)
    taken.added = len(targets)
    if targets:
        record_drive(EventName.DRIVE_TARGETS_ADDED, row, actor, accounts=[target.account_id for target in targets])
    if row.state == DriveState.SENT:
        tell_of_targets(row, targets)
    return taken


def _check(row: Drive, account_ids: Collection[int]) -> None:
    reasons = []
    if row.state == DriveState.CLOSED:
        reasons.append("行动已结束，不能再列入账号。请新建一个行动。")
    if not account_ids:
        reasons.append("请先勾选要列入的账号。")
    if len(account_ids) > MOST_AT_ONCE:
        reasons.append(f"一次最多列入 {MOST_AT_ONCE:,} 个账号。请先用筛选缩小范围，分几次列入。")
    if reasons:
        raise Refused(reasons)


def _own_accounts(actor: User, row: Drive, account_ids: Collection[int]) -> dict[int, Account]:
    rows = visible_accounts(actor=actor, roles=[Role.SUPERVISING_OFFICER]).filter(
        pk__in=account_ids, state__in=LIVE_STATES, organisation__path__startswith=row.organisation.path
    )
    return {account.pk: account for account in rows.order_by("pk")}


def _proposed(actor: User, account_ids: Collection[int]) -> dict[int, Proposal]:
    proposals = Proposals(actor=actor)
    return {account.pk: proposals.describe(account) for account in proposals.rows().filter(pk__in=account_ids)}


def _target(row: Drive, actor: User, account: Account, proposed: dict[int, Proposal]) -> Target:
    by_hand = Fact(Reason.BY_HAND, "主管人员查看后列入。", row.basis)
    proposal = proposed.get(account.pk) or Proposal([by_hand], Act.CLOSE)
    return Target(
        drive=row, organisation=account.organisation, account=account, act=proposal.act,
        into_id=proposal.into[0] if proposal.into else None, facts=[fact.as_data() for fact in proposal.facts],
        added_by=actor, added_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def change_target(*, actor: User, target_id: int, act: str, into_id: int | None = None) -> Target:
    """Decide otherwise what becomes of one account of a draft; merging names a live account of the actor's branch.

    Raises Missing, Refused with every reason.
    """
    target = find_target(actor=actor, target_id=target_id)
    row = lock_drive(actor, target.drive_id)
    reasons = why_not_change_targets(actor=actor, row=row)
    into = _into(actor, target, into_id) if act == Act.MERGE else None
    if act == Act.MERGE and into is None:
        reasons.append("请选并入哪个账号：要在用，不能是它自己。")
    if reasons:
        raise Refused(reasons)
    target.act, target.into = Act(act), into
    target.save(update_fields=["act", "into"])
    record_drive(EventName.DRIVE_TARGET_CHANGED, row, actor, account=target.account_id, act=act, into=into_id)
    return target


def _into(actor: User, target: Target, into_id: int | None) -> Account | None:
    rows = visible_accounts(actor=actor, roles=[Role.SUPERVISING_OFFICER]).filter(state__in=LIVE_STATES)
    return rows.filter(pk=into_id or 0).exclude(pk=target.account_id).exclude(state="closing").first()


@transaction.atomic
def remove_targets(*, actor: User, drive_id: int, target_ids: Collection[int]) -> int:
    """Take accounts out of a draft; return how many. Raises Missing, Refused with every reason."""
    row = lock_drive(actor, drive_id)
    reasons = why_not_change_targets(actor=actor, row=row)
    if reasons:
        raise Refused(reasons)
    rows = Target.objects.filter(drive=row, pk__in=target_ids)
    accounts = list(rows.values_list("account_id", flat=True))
    if not accounts:
        raise Missing
    rows.delete()
    record_drive(EventName.DRIVE_TARGETS_REMOVED, row, actor, accounts=accounts)
    return len(accounts)


def follow_account(*, account_id: int, organisation_id: int) -> None:
    """Ask the body that has an account now, in every drive that is not over; what was said stays.

    The system's own work, in the transaction of the move.
    """
    rows = Target.objects.select_for_update(of=("self",), no_key=True).filter(account=account_id)
    rows = rows.exclude(drive__state=DriveState.CLOSED).exclude(organisation=organisation_id).order_by("pk")
    for target in rows.select_related("drive__organisation"):
        before, target.organisation_id = target.organisation_id, organisation_id
        target.save(update_fields=["organisation"])
        record(
            EventName.DRIVE_TARGET_MOVED, actor=None, organisation_id=organisation_id, thing_kind=ANSWER_KIND,
            thing_id=target.pk, data={"drive": target.drive_id, "before": before, "after": organisation_id},
        )  # fmt: skip
        if target.drive.state == DriveState.SENT and target.state in ANSWERABLE:
            tell_of_targets(target.drive, [target])

"""What ends with a contract: the access of the vendor's people.

Why at once: a county's menu led to a gambling site months after the contract had ended, and nobody had taken anything
back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.actions import end_vendor_sign_in
from zhijian.organisations.models import Organisation
from zhijian.vendors.actions.contracts import (
    is_over,
    lock_contract,
    save_next,
    why_not_change,
    why_not_keep,
    write_down,
)
from zhijian.vendors.actions.telling import tell_of_end
from zhijian.vendors.models import Contract, NamedPerson
from zhijian.vendors.queries import find_named, in_force

if TYPE_CHECKING:
    from zhijian.organisations.models import User


def why_not_end(*, actor: User, contract: Contract) -> list[str]:
    """Give every reason why a contract cannot be ended early."""
    reasons = why_not_keep(actor=actor, contract=contract)
    if is_over(contract):
        reasons.append("合同已经结束。")
    return reasons


@transaction.atomic
def end_contract(*, actor: User, contract_id: int, reason: str) -> Contract:
    """End a contract today, before its day: its people lose their access at once. Raises Missing, Refused."""
    row = lock_contract(actor, contract_id)
    reasons = why_not_end(actor=actor, contract=row)
    if not reason.strip():
        reasons.append("请写终止的原因。")
    if reasons:
        raise Refused(reasons)
    row.ended_on, row.ended_reason = clock.today(), reason
    save_next(row, "ended_on", "ended_reason")
    write_down(EventName.VENDOR_CONTRACT_ENDED, row, actor, reason=reason)
    _end_access_of_all(row)
    return row


def why_not_leave(*, actor: User, person: NamedPerson) -> list[str]:
    """Give every reason why a person of a vendor cannot be written off."""
    reasons = why_not_change(actor=actor, contract=person.contract)
    if person.access_ended_at is not None:
        reasons.append("这个人已经不再参与。")
    return reasons


@transaction.atomic
def leave(*, actor: User, contract_id: int, named_id: int) -> NamedPerson:
    """Write down that somebody of the vendor works here no more: their access ends. Raises Missing, Refused."""
    contract = lock_contract(actor, contract_id)
    person = find_named(actor=actor, contract_id=contract_id, named_id=named_id)
    reasons = why_not_leave(actor=actor, person=person)
    if reasons:
        raise Refused(reasons)
    write_down(EventName.VENDOR_PERSON_LEFT, contract, actor, person=person.pk)
    _end_access(person, contract)
    return person


def end_due_access() -> list[int]:
    """End the access of everybody whose contract is over; return the contracts. The system's own work."""
    over = Q(contract__ends_on__lt=clock.today()) | Q(contract__ended_on__isnull=False)
    rows = NamedPerson.objects.filter(over, access_ended_at=None).order_by("contract_id")
    due = list(rows.values_list("contract_id", flat=True).distinct())
    return [contract_id for contract_id in due if _end_due(contract_id)]


@transaction.atomic
def _end_due(contract_id: int) -> bool:
    row = Contract.objects.select_for_update(of=("self",)).select_related("organisation", "vendor").get(pk=contract_id)
    if not is_over(row):
        return False
    ended = _end_access_of_all(row)
    if ended:
        tell_of_end(row, ended)
    return True


def _end_access_of_all(contract: Contract) -> int:
    """End everybody's access by a contract; return how many sign-ins lost theirs."""
    people = contract.people.select_related("user").filter(access_ended_at=None).order_by("pk")
    return sum(_end_access(person, contract) for person in people)


def _end_access(person: NamedPerson, contract: Contract) -> bool:
    """End one person's access, but for what another contract in force that names the sign-in still gives."""
    person.access_ended_at = clock.now()
    person.save(update_fields=["access_ended_at"])
    write_down(EventName.VENDOR_ACCESS_ENDED, contract, None, person=person.pk, sign_in=person.user_id)
    if person.user_id is None:
        return False
    return end_vendor_sign_in(
        user_id=person.user_id, organisation=contract.organisation, kept=_named_at(person),
        reason=f"代运营结束：{contract.title}",
    )  # fmt: skip


def _named_at(person: NamedPerson) -> list[Organisation]:
    """Return the bodies whose contracts in force still name the sign-in."""
    standing = Contract.objects.filter(in_force(clock.today()))
    others = NamedPerson.objects.filter(contract__in=standing, user=person.user_id, access_ended_at=None)
    return list(Organisation.objects.filter(pk__in=others.exclude(pk=person.pk).values("organisation")))

"""The hosts that accounts link to and that hang on a vendor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.vendors.actions.contracts import lock_contract, lock_to_change, why_not_keep, write_down
from zhijian.vendors.models import LinkedDomain
from zhijian.vendors.queries import find_domain

if TYPE_CHECKING:
    from datetime import date

    from zhijian.organisations.models import User


@dataclass(frozen=True, slots=True)
class DomainDraft:
    """A host as somebody filled it in."""

    host: str
    use: str
    is_ours: bool
    expires_on: date | None
    note: str = ""


@transaction.atomic
def link_domain(*, actor: User, contract_id: int, draft: DomainDraft) -> LinkedDomain:
    """Write down a host that hangs on the vendor. Raises Missing, Refused."""
    contract = lock_to_change(actor, contract_id)
    if contract.domains.filter(host=draft.host, use=draft.use, taken_off_at=None).exists():
        raise Refused(f"“{draft.host}”已经登记过这个用处。")
    row = LinkedDomain.objects.create(
        organisation=contract.organisation, contract=contract, host=draft.host, use=draft.use, is_ours=draft.is_ours,
        expires_on=draft.expires_on, note=draft.note,
    )  # fmt: skip
    write_down(EventName.VENDOR_DOMAIN_LINKED, contract, actor, domain=row.pk, host=row.host)
    return row


def why_not_take_off(*, actor: User, domain: LinkedDomain) -> list[str]:
    """Give every reason why a domain cannot be written off as no longer linked."""
    reasons = why_not_keep(actor=actor, contract=domain.contract)
    if domain.taken_off_at is not None:
        reasons.append("这个域名的链接已经撤下。")
    return reasons


@transaction.atomic
def take_off(*, actor: User, contract_id: int, domain_id: int) -> LinkedDomain:
    """Write down that nothing of ours links to a host any more. Raises Missing, Refused."""
    contract = lock_contract(actor, contract_id)
    row = find_domain(actor=actor, contract_id=contract_id, domain_id=domain_id)
    reasons = why_not_take_off(actor=actor, domain=row)
    if reasons:
        raise Refused(reasons)
    row.taken_off_at = clock.now()
    row.save(update_fields=["taken_off_at"])
    write_down(EventName.VENDOR_DOMAIN_TAKEN_OFF, contract, actor, domain=row.pk, host=row.host)
    return row

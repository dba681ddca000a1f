"""Naming who of the vendor works here, and with which sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.audit.events import EventName
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import ADMIN_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.models import RoleAssignment, User
from zhijian.vendors.actions.contracts import lock_to_change, write_down
from zhijian.vendors.models import NamedPerson

if TYPE_CHECKING:
    from zhijian.vendors.models import Contract

NOT_FOR_VENDORS = (*ADMIN_ROLES, *REVIEWER_ROLES, Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)
"""What stays with the body's own people: who reviews is named by the body itself (policy vendor.named_reviewers)."""


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody of the vendor; `username` is the sign-in they use, "" for none."""

    name: str
    duties: str
    username: str = ""


@transaction.atomic
def name_person(*, actor: User, contract_id: int, draft: PersonDraft) -> NamedPerson:
    """Name somebody of the vendor. Raises Missing, Refused with every reason."""
    contract = lock_to_change(actor, contract_id)
    user = _sign_in(actor, contract, draft.username) if draft.username else None
    row = NamedPerson.objects.create(
        organisation=contract.organisation, contract=contract, name=draft.name, duties=draft.duties, user=user
    )
    write_down(
        EventName.VENDOR_PERSON_NAMED, contract, actor, person=row.pk, sign_in=user.pk if user else None
    )  # fmt: skip
    return row


def _sign_in(actor: User, contract: Contract, username: str) -> User:
    """Return the sign-in of a vendor's person: one of this body, that decides nothing. Raises Refused."""
    user = User.objects.filter(
        username__iexact=username, organisation=contract.organisation, is_active=True
    ).first()  # fmt: skip
    if user is None:
        raise Refused(f"{contract.organisation.name}没有在用的登录名“{username}”。请先请系统管理员开立。")
    reasons = []
    if user.pk == actor.pk:
        reasons.append("这是您自己的登录名。请填代运营人员用的登录名。")
    held = RoleAssignment.objects.filter(user=user, revoked_at=None).values_list("role", flat=True)
    kept = [Role(role).label for role in held if role in NOT_FOR_VENDORS]
    if kept:
        reasons.append(f"这个登录名是{'、'.join(kept)}，要由本单位人员担任。请先收回这些角色，或另开登录名。")
    if contract.people.filter(user=user, access_ended_at=None).exists():
        reasons.append("这份合同里已经写了这个登录名。")
    if reasons:
        raise Refused(reasons)
    return user

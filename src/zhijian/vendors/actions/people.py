"""Naming who of the vendor works here, and with which sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from zhijian.audit.events import EventName
from zhijian.lib.errors import Refused
from zhijian.organisations.models import User
from zhijian.vendors.actions.contracts import lock_to_change, write_down
from zhijian.vendors.models import NamedPerson

if TYPE_CHECKING:
    from zhijian.vendors.models import Contract


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
    """Return the sign-in of a vendor's person, opened for one and working for this body. Raises Refused.

    Only such a sign-in: what a contract names, its end closes, and no officer may close a colleague's (三员分立).
    """
    body = contract.organisation
    works = Q(organisation=body) | Q(role_rows__organisation=body, role_rows__revoked_at=None)
    user = User.objects.filter(works, username__iexact=username, is_active=True).select_for_update(of=("self",)).first()
    if user is None:
        raise Refused(f"{body.name}没有在用的登录名“{username}”。请先请系统管理员开立。")
    reasons = []
    if user.pk == actor.pk:
        reasons.append("这是您自己的登录名。请填代运营人员用的登录名。")
    if not user.is_of_vendor:
        reasons.append("这个登录名是本单位人员的。请系统管理员给代运营人员另开，开的时候勾“给代运营单位的人用”。")
    if contract.people.filter(user=user, access_ended_at=None).exists():
        reasons.append("这份合同里已经写了这个登录名。")
    if reasons:
        raise Refused(reasons)
    return user

"""Founding an installation: what it is, and its first government with its three administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.actions.bodies import create_organisation
from zhijian.organisations.actions.people import create_person
from zhijian.organisations.actions.roles import grant_role
from zhijian.organisations.enums import ADMIN_ROLES, BodyKind, Role
from zhijian.organisations.models import (
    Installation,
    Organisation,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


@transaction.atomic
def found_installation(*, government_name: str, is_demonstration: bool) -> Installation:
    """Write down, once, what this deployment is. Raises Refused when it was founded before."""
    if Installation.objects.exists():
        raise Refused("这套系统已经初始化过了。")
    row = Installation.objects.create(
        government_name=government_name, is_demonstration=is_demonstration, founded_at=clock.now()
    )
    record(
        EventName.INSTALLATION_FOUNDED,
        actor=None,
        organisation_id=None,
        thing_kind="organisations.installation",
        thing_id=1,
        data={"is_demonstration": is_demonstration},
    )
    return row


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """One of the people an installation begins with: the sign-in and the one role they hold at the government."""

    username: str
    display_name: str
    password: str
    role: str


@transaction.atomic
def found_government(
    *, name: str, short_name: str, code: str, level: str, policy_pack: str, people: Sequence[FirstPerson]
) -> Organisation:
    """Found an empty installation: its government, the three administrators and whoever else is named.

    Raises Refused when it was founded before, when one of the three administrator roles (三权分立) is missing, or when
    a name is taken or a password too weak; then nothing is kept.
    """
    missing = [Role(role).label for role in ADMIN_ROLES if role not in {person.role for person in people}]
    if missing:
        raise Refused(f"还缺{'、'.join(missing)}：三类管理员要由三个人分别担任。")
    found_installation(government_name=name, is_demonstration=False)
    body = create_organisation(
        actor=None, name=name, short_name=short_name, code=code, level=level, kind=BodyKind.GOVERNMENT,
        parent=None, policy_pack=policy_pack,
    )  # fmt: skip
    for person in people:
        user = create_person(
            actor=None, username=person.username, display_name=person.display_name, organisation=body,
            password=person.password,
        )  # fmt: skip
        grant_role(
            actor=None, user=user, organisation=body, role=person.role,
            includes_subtree=person.role not in ADMIN_ROLES,
        )  # fmt: skip
    return body

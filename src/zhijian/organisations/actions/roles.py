"""Giving roles and taking them back, and what ends with a vendor's contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import ADMIN_ROLES, OWN_PEOPLE_ROLES, Role
from zhijian.organisations.models import (
    ApiToken,
    Organisation,
    RoleAssignment,
    User,
)
from zhijian.organisations.queries import (
    PEOPLE_KEEPERS,
    administers,
    manageable_people,
)

if TYPE_CHECKING:
    from collections.abc import Collection


def why_not_grant(*, actor: User | None, user: User, role: str) -> list[str]:
    """Give every reason why `role` cannot be granted to `user` by `actor`."""
    reasons: list[str] = []
    if actor is not None and actor.pk == user.pk:
        reasons.append("不能给自己授予角色，请由另一位安全管理员操作。")
    if not user.is_active:
        reasons.append("该人员的登录账号已停用。")
    held = set(RoleAssignment.objects.filter(user=user, revoked_at=None).values_list("role", flat=True))
    if role in ADMIN_ROLES and held:
        reasons.append("系统、安全、审计三类管理员互斥，也不能兼任业务角色；请先收回其现有角色。")
    if role not in ADMIN_ROLES and held & set(ADMIN_ROLES):
        reasons.append("系统、安全、审计管理员不能兼任业务角色；请先收回其管理员角色。")
    if user.is_of_vendor and role in OWN_PEOPLE_ROLES:
        reasons.append(f"这是代运营单位的登录名。{Role(role).label}要由本单位人员担任。")
    return reasons


@transaction.atomic
def grant_role(
    *, actor: User | None, user: User, organisation: Organisation, role: str, includes_subtree: bool = False
) -> RoleAssignment:
    """Give `user` a role at a body. Raises Refused with every reason; the database holds the same line."""
    if actor is not None:
        require(Permission.ROLE_GRANT, actor=actor, thing=organisation)
        if not manageable_people(actor=actor).filter(pk=user.pk).exists():
            raise Missing
    reasons = why_not_grant(actor=actor, user=user, role=role)
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            row = RoleAssignment.objects.create(
                user=user, organisation=organisation, role=role, includes_subtree=includes_subtree,
                granted_by=actor, granted_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"该人员在本单位已有“{Role(role).label}”角色。") from error
    user.__dict__.pop("assignments", None)
    record(
        EventName.ROLE_GRANTED,
        actor=actor,
        organisation_id=organisation.pk,
        thing_kind="organisations.person",
        thing_id=user.pk,
        data={"role": role, "includes_subtree": includes_subtree},
    )
    return row


@transaction.atomic
def revoke_role(*, actor: User, assignment_id: int) -> RoleAssignment:
    """End a role from now on. Raises Refused when it ended before, or it is the actor's own."""
    rows = RoleAssignment.objects.select_for_update(of=("self",)).select_related("organisation", "user")
    row = rows.filter(pk=assignment_id).first()
    if row is None or not administers(actor=actor, roles=PEOPLE_KEEPERS, organisation=row.organisation):
        raise Missing
    require(Permission.ROLE_GRANT, actor=actor, thing=row.organisation)
    if row.user_id == actor.pk:
        raise Refused("不能收回自己的角色，请由另一位安全管理员操作。")
    if row.revoked_at is not None:
        raise Refused("这个角色已经收回。")
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    record(
        EventName.ROLE_REVOKED,
        actor=actor,
        organisation_id=row.organisation_id,
        thing_kind="organisations.person",
        thing_id=row.user_id,
        data={"role": row.role},
    )
    return row


@transaction.atomic
def end_vendor_sign_in(
    *, user_id: int, organisation: Organisation, kept: Collection[Organisation], reason: str
) -> bool:  # fmt: skip
    """End what a vendor's sign-in may do, as the system itself, when a contract of `organisation` is over.

    `kept` are the bodies whose contracts in force still name it: only the roles at the body and below it end, but for
    those at or below a kept one. With none of them, every role ends wherever it is held, the sign-in is closed and its
    programs' keys end. Nothing happens to a sign-in of the body's own people. Return whether anything ended.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if not user.is_of_vendor:
        return False
    rows = RoleAssignment.objects.select_for_update(of=("self",)).select_related("organisation")
    rows = rows.filter(user=user, revoked_at=None).order_by("pk")
    ended = [row for row in rows if not kept or _ends_with(row.organisation, organisation, kept)]
    for row in ended:
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        _record_as_system(EventName.ROLE_REVOKED, user, row.organisation, role=row.role, reason=reason)
    closes = not kept and user.is_active
    if closes:
        user.is_active = False
        user.save(update_fields=["is_active"])
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
        _record_as_system(EventName.PERSON_DEACTIVATED, user, organisation, reason=reason)
    return closes or bool(ended)


def _ends_with(place: Organisation, organisation: Organisation, kept: Collection[Organisation]) -> bool:
    return place.is_within(organisation) and not any(place.is_within(body) for body in kept)


def _record_as_system(event: EventName, user: User, organisation: Organisation, **data: str) -> None:
    record(
        event, actor=None, organisation_id=organisation.pk, thing_kind="organisations.person", thing_id=user.pk,
        data=data,
    )  # fmt: skip

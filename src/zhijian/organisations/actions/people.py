"""Keeping people: sign-ins, passwords, second factors, whose they are."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import ADMIN_ROLES, OWN_PEOPLE_ROLES
from zhijian.organisations.models import (
    ApiToken,
    Organisation,
    RoleAssignment,
    User,
)
from zhijian.organisations.queries import (
    PEOPLE_KEEPERS,
    administered,
    manageable_bodies,
    manageable_people,
)


@transaction.atomic
def move_person(*, actor: User, user_id: int, organisation_id: int) -> User:
    """Give a person another home body; their roles stay until they are revoked. Raises Refused, Missing."""
    user = _lock_person(actor=actor, user_id=user_id, permission=Permission.PERSON_MANAGE)
    body = manageable_bodies(actor=actor).filter(pk=organisation_id, is_active=True).first()
    if body is None:
        raise Missing
    require(Permission.PERSON_MANAGE, actor=actor, thing=body)
    before = user.organisation_id
    user.organisation = body
    user.save(update_fields=["organisation"])
    record(
        EventName.PERSON_MOVED, actor=actor, organisation_id=body.pk, thing_kind="organisations.person",
        thing_id=user.pk, data={"from": before, "to": body.pk},
    )  # fmt: skip
    return user


@transaction.atomic
def create_person(
    *,
    actor: User | None,
    username: str,
    display_name: str,
    organisation: Organisation | None,
    password: str = "",
    encoded_password: str = "",
    is_demonstration: bool = False,
    is_of_vendor: bool = False,
) -> User:
    """Open a sign-in. Raises Refused when the name is taken or the password is too weak.

    One `is_of_vendor` is for somebody of a company that runs accounts: a contract may name it, and ends it.

    `encoded_password` is a password hashed before, for the many people of a demonstration, who share one. Whose
    password an administrator (`actor`) chose must choose their own at the first sign-in; demonstration people need not.
    """
    if actor is not None:
        if organisation is None:
            raise Refused("请选择所在单位。")
        require(Permission.PERSON_MANAGE, actor=actor, thing=organisation)
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"登录名“{username}”已有人使用，请换一个。")
    user = User(
        username=username, display_name=display_name, organisation=organisation, is_demonstration=is_demonstration,
        must_change_password=actor is not None and not is_demonstration, is_of_vendor=is_of_vendor,
    )  # fmt: skip
    if not is_demonstration:
        _refuse_weak_password(password, user)
    user.password = encoded_password or make_password(password)
    user.save()
    record(
        EventName.PERSON_CREATED,
        actor=actor,
        organisation_id=organisation.pk if organisation else None,
        thing_kind="organisations.person",
        thing_id=user.pk,
        data={"is_of_vendor": True} if is_of_vendor else {},
    )
    return user


def why_not_mark(user: User, *, is_of_vendor: bool) -> list[str]:
    """Give every reason why a sign-in cannot become a vendor's, or one of the body's own people again."""
    reasons = [] if user.is_active else ["该人员的登录账号已停用。"]
    held = RoleAssignment.objects.filter(user=user, revoked_at=None, role__in=OWN_PEOPLE_ROLES)
    kept = "、".join(dict.fromkeys(row.get_role_display() for row in held.order_by("pk")))
    if is_of_vendor and kept:
        reasons.append(f"这个登录名是{kept}，要由本单位人员担任。请先收回这些角色，或另开登录名。")
    return reasons


@transaction.atomic
def mark_of_vendor(*, actor: User, user_id: int, is_of_vendor: bool) -> User:
    """Say whether a sign-in is for somebody of a vendor. Raises Refused with every reason, Missing."""
    user = _lock_person(actor=actor, user_id=user_id, permission=Permission.PERSON_MANAGE)
    reasons = why_not_mark(user, is_of_vendor=is_of_vendor)
    if user.pk == actor.pk:
        reasons.append("这是您自己的登录名，请由另一位系统管理员操作。")
    if reasons:
        raise Refused(reasons)
    user.is_of_vendor = is_of_vendor
    user.save(update_fields=["is_of_vendor"])
    record(
        EventName.PERSON_MARKED, actor=actor, organisation_id=user.organisation_id,
        thing_kind="organisations.person", thing_id=user.pk, data={"is_of_vendor": is_of_vendor},
    )  # fmt: skip
    return user


def _refuse_weak_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(error.messages) from error


def _lock_person(*, actor: User, user_id: int, permission: Permission) -> User:
    user = manageable_people(actor=actor).select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        require(permission, actor=actor)
        raise Missing
    require(permission, actor=actor, thing=user.organisation)
    return user


def _refuse_reaching_beyond(*, actor: User, user: User) -> None:
    """Who works for a body outside the actor's subtree too is closed or let in anew by an administrator above both."""
    outside = RoleAssignment.objects.filter(user=user, revoked_at=None)
    if outside.exclude(administered(actor=actor, roles=PEOPLE_KEEPERS, field="organisation")).exists():
        raise Refused("该人员在您管辖范围以外的单位还有角色，请由上级单位的管理员操作。")


@transaction.atomic
def deactivate_person(*, actor: User, user_id: int) -> User:
    """Close a sign-in: the person can no longer sign in; every role ends. What they did stays theirs."""
    user = _lock_person(actor=actor, user_id=user_id, permission=Permission.PERSON_MANAGE)
    if user.pk == actor.pk:
        raise Refused("不能停用自己的登录账号，请由另一位系统管理员操作。")
    _refuse_reaching_beyond(actor=actor, user=user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    RoleAssignment.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
    record(
        EventName.PERSON_DEACTIVATED,
        actor=actor,
        organisation_id=user.organisation_id,
        thing_kind="organisations.person",
        thing_id=user.pk,
    )
    return user


@transaction.atomic
def reset_password(*, actor: User, user_id: int, password: str) -> User:
    """Give a person who forgot it a new password, to be told in person and changed by them at the next sign-in.

    Their sessions and their programs' keys end.

    Raises Refused for a weak password, for one's own (that is changed with the old one), and for another
    administrator's: who opens sign-ins must not be able to become the one who grants roles (三权分立).
    """
    user = _lock_person(actor=actor, user_id=user_id, permission=Permission.PERSON_MANAGE)
    if user.pk == actor.pk:
        raise Refused("自己的密码请在右上角菜单“修改密码”里改。")
    if RoleAssignment.objects.filter(user=user, revoked_at=None, role__in=ADMIN_ROLES).exists():
        raise Refused("不能重设另一位管理员的密码：请先由安全管理员收回其管理员角色，重设后再授予。")
    _refuse_reaching_beyond(actor=actor, user=user)
    _refuse_weak_password(password, user)
    user.set_password(password)
    user.must_change_password = not user.is_demonstration
    user.save(update_fields=["password", "must_change_password"])
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
    record(
        EventName.PASSWORD_RESET,
        actor=actor,
        organisation_id=user.organisation_id,
        thing_kind="organisations.person",
        thing_id=user.pk,
    )
    return user


@transaction.atomic
def settle_own_password(*, actor: User) -> None:
    """Write down that a person has chosen their own password; nothing stands between them and their work any more.

    The caller has saved the password in the same transaction.
    """
    was_initial = actor.must_change_password
    actor.must_change_password = False
    actor.save(update_fields=["must_change_password"])
    record(
        EventName.PASSWORD_CHANGED,
        actor=actor,
        organisation_id=actor.organisation_id,
        thing_kind="organisations.person",
        thing_id=actor.pk,
        data={"was_initial": was_initial},
    )


@transaction.atomic
def reset_second_factor(*, actor: User, user_id: int) -> User:
    """Take the second factor from a person who lost the telephone and the recovery codes; they set up a new one.

    The password stays: who resets the one cannot set the other (三权分立). Raises Refused when there is none, for
    one's own, and for a person who works outside the actor's subtree too.
    """
    user = _lock_person(actor=actor, user_id=user_id, permission=Permission.SECOND_FACTOR_RESET)
    if user.pk == actor.pk:
        raise Refused("自己的两步验证请在右上角菜单“两步验证”里改，或由另一位安全管理员重设。")
    _refuse_reaching_beyond(actor=actor, user=user)
    removed, _ = Authenticator.objects.filter(user_id=user.pk).delete()
    if not removed:
        raise Refused("该人员没有启用两步验证。")
    record(
        EventName.SECOND_FACTOR_RESET,
        actor=actor,
        organisation_id=user.organisation_id,
        thing_kind="organisations.person",
        thing_id=user.pk,
    )
    return user

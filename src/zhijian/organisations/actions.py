"""Keeping the tree of bodies, the people and their roles."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pypinyin import lazy_pinyin

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations import signals
from zhijian.organisations.enums import ADMIN_ROLES, OWN_PEOPLE_ROLES, BodyKind, Level, RelationKind, Role
from zhijian.organisations.models import (
    ApiToken,
    Installation,
    Organisation,
    PastBodyName,
    Relation,
    RoleAssignment,
    User,
)
from zhijian.organisations.queries import (
    PEOPLE_KEEPERS,
    administered,
    administers,
    manageable_bodies,
    manageable_people,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


TOKEN_DAYS, MOST_TOKEN_DAYS = 90, 365


def pinyin_key(text: str) -> str:
    """Return the toneless pinyin of `text` for sorting and for search by initials (PostgreSQL sorts by code point)."""
    return " ".join(lazy_pinyin(text))[:200]


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


@transaction.atomic
def create_organisation(
    *,
    actor: User | None,
    name: str,
    short_name: str,
    code: str,
    level: str,
    kind: str,
    parent: Organisation | None,
    policy_pack: str = "",
) -> Organisation:
    """Add a body under `parent` (None: a root). `actor` None is the installation itself (wizard, import, demo).

    Raises Refused when the code is taken or the level is above the parent's.
    """
    if actor is not None:
        require(Permission.ORGANISATION_MANAGE, actor=actor, thing=parent)
    _refuse_bad_place(code=code, level=level, parent=parent)
    body = Organisation(
        name=name, short_name=short_name or name, code=code, level=level, kind=kind, parent=parent,
        policy_pack=policy_pack, sort_key=pinyin_key(short_name or name), created_at=clock.now(), path=f"new-{code}",
    )  # fmt: skip
    body.save()
    body.path = f"{parent.path if parent else ''}{body.pk:08d}."
    body.save(update_fields=["path"])
    record(
        EventName.ORGANISATION_CREATED,
        actor=actor,
        organisation_id=body.pk,
        thing_kind="organisations.organisation",
        thing_id=body.pk,
        data={"code": code, "parent": parent.pk if parent else None},
    )
    return body


def _refuse_bad_place(*, code: str, level: str, parent: Organisation | None) -> None:
    if Organisation.objects.filter(code=code).exists():
        raise Refused(f"机构编码“{code}”已有单位使用，请核对编码。")
    if parent is not None and Level(level).rank < Level(parent.level).rank:
        raise Refused(f"{Level(level).label}单位不能放在{Level(parent.level).label}单位之下。")


@transaction.atomic
def change_organisation(*, actor: User, organisation_id: int, changes: Mapping[str, str]) -> Organisation:
    """Change the name, short name or policy pack of a body. Raises Refused without the right or with another field."""
    body = manageable_bodies(actor=actor).select_for_update().filter(pk=organisation_id).first()
    if body is None:
        raise Missing
    require(Permission.ORGANISATION_MANAGE, actor=actor, thing=body)
    unknown = set(changes) - {"name", "short_name", "policy_pack"}
    if unknown:
        raise Refused("只能修改全称、规范简称和地方规则。")
    before = {field: getattr(body, field) for field in changes}
    if {name: changes[name] for name in ("name", "short_name") if name in changes and changes[name] != before[name]}:
        PastBodyName.objects.create(
            organisation=body, name=body.name, short_name=body.short_name, until=clock.now()
        )  # fmt: skip
    for field, value in changes.items():
        setattr(body, field, value)
    body.sort_key = pinyin_key(body.short_name)
    body.save(update_fields=[*changes, "sort_key"])
    record(
        EventName.ORGANISATION_CHANGED,
        actor=actor,
        organisation_id=body.pk,
        thing_kind="organisations.organisation",
        thing_id=body.pk,
        data={"before": before, "after": dict(changes)},
    )
    return body


def why_not_end(body: Organisation) -> list[str]:
    """Give every reason why a body cannot be ended yet: bodies under it, people there, what other rooms still keep."""
    reasons = []
    if body.children.filter(is_active=True).exists():
        reasons.append("下面还有在用的单位，请先调整。")
    roles = RoleAssignment.objects.filter(organisation=body, revoked_at=None).count()
    if roles:
        reasons.append(f"还有 {roles} 个角色没有收回，请安全管理员收回。")
    people = User.objects.filter(organisation=body, is_active=True).count()
    if people:
        reasons.append(f"还有 {people} 人在这个单位，请系统管理员调整所在单位或停用。")
    for _, told in signals.body_ending.send(sender=Organisation, organisation_id=body.pk):
        reasons += told or []
    return reasons


@transaction.atomic
def end_organisation(*, actor: User, organisation_id: int) -> Organisation:
    """End a body (撤销): nothing new can be done for it, what it did stays its own. Raises Refused, Missing."""
    body = manageable_bodies(actor=actor).select_for_update().filter(pk=organisation_id, is_active=True).first()
    if body is None:
        raise Missing
    require(Permission.ORGANISATION_MANAGE, actor=actor, thing=body)
    reasons = why_not_end(body)
    if reasons:
        raise Refused(reasons)
    body.is_active = False
    body.save(update_fields=["is_active"])
    record(
        EventName.ORGANISATION_ENDED, actor=actor, organisation_id=body.pk,
        thing_kind="organisations.organisation", thing_id=body.pk,
    )  # fmt: skip
    return body


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
def relate(*, actor: User | None, organisation: Organisation, other: Organisation, kind: str) -> Relation:
    """Set one of the four lines of a body; a line of the same kind gives way (guiding offices may be several)."""
    if actor is not None:
        require(Permission.ORGANISATION_MANAGE, actor=actor, thing=organisation)
    if kind != RelationKind.GUIDING:
        Relation.objects.filter(organisation=organisation, kind=kind).delete()
    row, _ = Relation.objects.get_or_create(organisation=organisation, other=other, kind=kind)
    record(
        EventName.ORGANISATION_CHANGED,
        actor=actor,
        organisation_id=organisation.pk,
        thing_kind="organisations.organisation",
        thing_id=organisation.pk,
        data={"relation": kind, "other": other.pk},
    )
    return row


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


@transaction.atomic
def create_api_token(*, actor: User, name: str, days: int = TOKEN_DAYS) -> str:
    """Make a key for a program of this person, good for `days`; return it.

    It is shown this once: only its digest is kept. Raises Refused for less than a day or more than a year.
    """
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise Refused(f"令牌的有效期是 1 到 {MOST_TOKEN_DAYS} 天。")
    text, now = f"zj_{secrets.token_urlsafe(32)}", clock.now()
    row = ApiToken.objects.create(
        user=actor, name=name, digest=sha256_hex(text.encode()), created_at=now, expires_at=now + timedelta(days=days)
    )
    _record_token(EventName.TOKEN_CREATED, row)
    return text


@transaction.atomic
def revoke_api_token(*, actor: User, token_id: int) -> ApiToken:
    """End a key of one's own. Raises Missing when it is another's, Refused when it ended before."""
    row = ApiToken.objects.select_for_update().filter(pk=token_id, user=actor).first()
    if row is None:
        raise Missing
    if row.revoked_at is not None:
        raise Refused("这个令牌已经作废。")
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    _record_token(EventName.TOKEN_REVOKED, row)
    return row


def _record_token(event: EventName, row: ApiToken) -> None:
    record(
        event,
        actor=row.user,
        organisation_id=row.user.organisation_id,
        thing_kind="organisations.person",
        thing_id=row.user_id,
        data={"token": row.pk},
    )

"""Keeping the tree of bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from pypinyin import lazy_pinyin

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations import signals
from zhijian.organisations.enums import Level, RelationKind
from zhijian.organisations.models import (
    Organisation,
    PastBodyName,
    Relation,
    RoleAssignment,
    User,
)
from zhijian.organisations.queries import (
    manageable_bodies,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def pinyin_key(text: str) -> str:
    """Return the toneless pinyin of `text` for sorting and for search by initials (PostgreSQL sorts by code point)."""
    return " ".join(lazy_pinyin(text))[:200]


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

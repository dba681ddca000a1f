"""Who works where, and which rows a person may see. Every other room asks here for its scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from zhijian.audit.labels import label_of
from zhijian.audit.queries import events_of
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import BUSINESS_ROLES, SECOND_FACTOR_ROLES, RelationKind, Role
from zhijian.organisations.models import ApiToken, Installation, Organisation, Relation, RoleAssignment, User
from zhijian.ui.parts import Happening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

    from zhijian.audit.models import Event

NOTHING = Q(pk__in=[])
LONGEST_ID = 12
PEOPLE_KEEPERS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


class TokenExpired(Exception):  # noqa: N818 - reads as what happened
    """A program's key is past its time; the message is for whoever runs the program."""


def in_scope(*, actor: User, roles: Iterable[str] | None = None, field: str = "organisation") -> Q:
    """Return the filter that keeps the rows of the bodies where `actor` holds one of `roles`.

    `roles` None means any role that works with content or accounts (administrators of the system hold none of
    these: 三权分立). `field` is the path of the foreign key to Organisation, "" for Organisation itself.
    """
    wanted = set(BUSINESS_ROLES if roles is None else roles)
    condition = NOTHING
    for row in actor.assignments:
        if row.role in wanted:
            condition |= _reach(row, field)
    return condition


def _reach(row: RoleAssignment, field: str) -> Q:
    prefix = f"{field}__" if field else ""
    if row.includes_subtree:
        return Q(**{f"{prefix}path__startswith": row.organisation.path})
    return Q(**{f"{prefix}pk" if prefix else "pk": row.organisation_id})


def branches_supervised(*, actor: User) -> list[RoleAssignment]:
    """Return the roles by which `actor` supervises a whole branch: those that cover the bodies below as well."""
    return [row for row in actor.assignments if row.role == Role.SUPERVISING_OFFICER and row.includes_subtree]


def supervises_branch(*, actor: User, organisation: Organisation | None) -> bool:
    """Tell whether `actor` supervises the branch of a body; without a body, whether they supervise any branch."""
    return any(organisation is None or row.covers(organisation) for row in branches_supervised(actor=actor))


def bodies_in_scope(*, actor: User, roles: Iterable[str] | None = None) -> QuerySet[Organisation]:
    """Return the active bodies where `actor` holds one of `roles`, in tree order."""
    return Organisation.objects.filter(in_scope(actor=actor, roles=roles, field=""), is_active=True)


def find_body(*, actor: User, organisation_id: int, roles: Iterable[str] | None = None) -> Organisation:
    """Return one body of the actor's scope. Raises Missing when there is none, or it is not theirs."""
    body = bodies_in_scope(actor=actor, roles=roles).filter(pk=organisation_id).first()
    if body is None:
        raise Missing
    return body


def holds_role(*, actor: User, roles: Iterable[str], organisation: Organisation) -> bool:
    """Tell whether `actor` holds one of `roles` over `organisation`."""
    return bool(actor.roles_at(organisation) & set(roles))


def holders(*, organisation: Organisation, roles: Iterable[str]) -> QuerySet[User]:
    """Return the active people who hold one of `roles` over `organisation`, directly or from above."""
    above = Q(role_rows__organisation=organisation) | Q(
        role_rows__organisation__in=[*organisation.ancestor_ids], role_rows__includes_subtree=True
    )
    rows = User.objects.filter(above, is_active=True, role_rows__revoked_at=None, role_rows__role__in=list(roles))
    return rows.distinct().order_by("pk")


class HoldersByBody:
    """Who holds one of some roles over each body, asked once a body: for a run over many rows of few bodies."""

    def __init__(self, roles: Iterable[str]) -> None:
        self._roles = tuple(roles)
        self._known: dict[int, list[User]] = {}

    def at(self, organisation: Organisation) -> list[User]:
        """Return the active people who hold one of the roles over a body."""
        if organisation.pk not in self._known:
            self._known[organisation.pk] = list(holders(organisation=organisation, roles=self._roles))
        return self._known[organisation.pk]


def own_holders(*, organisations: Iterable[Organisation], roles: Iterable[str]) -> dict[int, list[User]]:
    """Return the active people of each body who hold one of `roles` over it, by body id. One query for any number."""
    rows = RoleAssignment.objects.filter(
        user__organisation__in=list(organisations), user__is_active=True, role__in=list(roles), revoked_at=None
    ).select_related("user__organisation", "organisation")
    found: dict[int, dict[int, User]] = {}
    for row in rows.order_by("user_id"):
        home = row.user.organisation
        if home is not None and row.covers(home):
            found.setdefault(home.pk, {})[row.user_id] = row.user
    return {pk: list(people.values()) for pk, people in found.items()}


def ancestors(organisation: Organisation) -> list[Organisation]:
    """Return the bodies above, nearest first."""
    return list(Organisation.objects.filter(pk__in=organisation.ancestor_ids).order_by("-path"))


def pack_codes(organisation: Organisation) -> list[str]:
    """Return the codes of the policy packs that apply to a body, nearest first; the national pack is implied."""
    line = [organisation, *ancestors(organisation)]
    return [body.policy_pack for body in line if body.policy_pack]


def supervising_body(organisation: Organisation) -> Organisation | None:
    """Return the supervising body (主管单位): the relation where one is set, else the parent."""
    relation = (
        Relation.objects.filter(organisation=organisation, kind=RelationKind.SUPERVISING)
        .select_related("other")
        .first()
    )
    return relation.other if relation else organisation.parent


def body_at_level(organisation: Organisation, level: str) -> Organisation | None:
    """Return the nearest body at `level` on the supervising line above `organisation`, or None."""
    seen: set[int] = set()
    current: Organisation | None = organisation
    while current is not None and current.pk not in seen:
        seen.add(current.pk)
        if current is not organisation and current.level == level:
            return current
        current = supervising_body(current)
    return None


def relations_of(organisation: Organisation) -> list[Relation]:
    """Return the four lines of a body, with the bodies they lead to."""
    return list(Relation.objects.filter(organisation=organisation).select_related("other").order_by("kind"))


def installation() -> Installation | None:
    """Return what this deployment is, or None before it was founded."""
    return Installation.objects.first()


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names people are shown by, by id."""
    rows = User.objects.filter(pk__in={number for number in user_ids if number is not None})
    return {row.pk: str(row) for row in rows}


def timeline_of(*, thing_kind: str, thing_id: object, tell: Callable[[Event], str] | None = None) -> list[Happening]:
    """Return everything that happened to a thing, newest first, for `{% timeline %}`. Rights are the caller's.

    `tell` adds what the log itself may not hold, such as the words an event was about.
    """
    events = list(events_of(thing_kind=thing_kind, thing_id=thing_id))
    names = names_of(event.actor_id for event in events)
    return [
        Happening(
            at=event.at,
            what=label_of(event.name),
            who=names.get(event.actor_id or 0, "系统"),
            where=event.address or "",
            text=tell(event) if tell else "",
        )
        for event in reversed(events)
    ]


def has_second_factor(user: User) -> bool:
    """Tell whether a person signs in with a code beside the password."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def needs_second_factor(user: User) -> bool:
    """Tell whether a person's roles ask for a second factor here (settings.ZHIJIAN_SECOND_FACTOR)."""
    return settings.ZHIJIAN_SECOND_FACTOR == "required" and user.holds(*SECOND_FACTOR_ROLES)


def token_in_force(text: str) -> ApiToken | None:
    """Return the key with its active person, None when it is unknown or ended.

    Raises TokenExpired, whose sentence says how to go on, when only its time is over.
    """
    row = (
        ApiToken.objects.filter(digest=sha256_hex(text.encode()), revoked_at=None, user__is_active=True)
        .select_related("user")
        .first()
    )
    if row is None:
        return None
    if row.is_expired:
        day = f"{timezone.localtime(row.expires_at):%Y 年 %-m 月 %-d 日}"
        raise TokenExpired(f"令牌“{row.name}”已在 {day}到期。请登录工作台，在“接口令牌”里新建一个。")
    ApiToken.objects.filter(pk=row.pk).update(last_used_at=clock.now())
    return row


def tokens_of(user: User) -> list[ApiToken]:
    """Return the keys of a person that were not ended, expired ones among them."""
    return list(ApiToken.objects.filter(user=user, revoked_at=None).order_by("-id"))


def administered(*, actor: User, roles: Iterable[str], field: str = "") -> Q:
    """Return the filter that keeps what lies in the subtree of a body where `actor` is one of these administrators.

    An administrator's office always reaches the whole subtree of its body, and never further. `field` as in in_scope.
    """
    wanted, prefix = set(roles), f"{field}__" if field else ""
    condition = NOTHING
    for row in actor.assignments:
        if row.role in wanted:
            condition |= Q(**{f"{prefix}path__startswith": row.organisation.path})
    return condition


def administers(*, actor: User, roles: Iterable[str], organisation: Organisation) -> bool:
    """Tell whether `organisation` lies in the subtree of a body where `actor` is one of these administrators."""
    wanted = set(roles)
    return any(row.role in wanted and organisation.is_within(row.organisation) for row in actor.assignments)


def administers_everything(*, actor: User, roles: Iterable[str]) -> bool:
    """Tell whether `actor` is one of these administrators at a root body, where what belongs to no body is kept."""
    wanted = set(roles)
    return any(row.role in wanted and row.organisation.parent_id is None for row in actor.assignments)


def manageable_bodies(*, actor: User) -> QuerySet[Organisation]:
    """Return the bodies this person may look after: the subtree of an administrator or of a supervising officer."""
    kept = administered(actor=actor, roles=PEOPLE_KEEPERS)
    officer = in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER], field="")
    return Organisation.objects.filter(kept | Q(officer, is_active=True))


def administered_body_ids(*, actor: User, roles: Iterable[str]) -> QuerySet[Organisation, int]:
    """Return the ids of the bodies in the subtree of these offices, as a query to put into another room's."""
    return Organisation.objects.filter(administered(actor=actor, roles=roles)).values_list("pk", flat=True)


def roles_at(organisation: Organisation) -> list[RoleAssignment]:
    """Return the roles in force at a body itself, with their people."""
    rows = RoleAssignment.objects.filter(organisation=organisation, revoked_at=None).select_related("user")
    return list(rows.order_by("role", "user__username"))


def manageable_people(*, actor: User) -> QuerySet[User]:
    """Return the sign-ins of the subtree for the two administrators who keep them, nobody's for others.

    A sign-in without a body is kept by the administrators of a root body.
    """
    kept = administered(actor=actor, roles=PEOPLE_KEEPERS, field="organisation")
    if administers_everything(actor=actor, roles=PEOPLE_KEEPERS):
        kept |= Q(organisation=None)
    return User.objects.filter(kept).select_related("organisation")


def find_person(*, actor: User, user_id: int) -> User:
    """Return one person of the administrator's subtree. Raises Missing."""
    person = manageable_people(actor=actor).filter(pk=user_id).first()
    if person is None:
        raise Missing
    return person


def security_administrators(organisation: Organisation | None) -> list[RoleAssignment]:
    """Return who grants roles to the people of a body, with their bodies: the nearest first; without one, at the roots.

    An administrator's office reaches the whole subtree of its body.
    """
    rows = RoleAssignment.objects.filter(
        role=Role.SECURITY_ADMIN, revoked_at=None, user__is_active=True, organisation__is_active=True
    )
    if organisation is None:
        rows = rows.filter(organisation__parent=None)
    else:
        rows = rows.filter(organisation__in=[organisation.pk, *organisation.ancestor_ids])
    return list(rows.select_related("user", "organisation").order_by("-organisation__path", "user__username"))


def public_body(number: str) -> Organisation | None:
    """Return an active body by its number as it stands in a public address; None for anything else."""
    if not number.isascii() or not number.isdigit() or len(number) > LONGEST_ID:
        return None
    return Organisation.objects.filter(pk=int(number), is_active=True).first()

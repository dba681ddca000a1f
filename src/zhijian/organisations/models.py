from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from zhijian.lib import clock
from zhijian.organisations.enums import ADMIN_ROLES, BodyKind, Level, RelationKind, Role


class Installation(models.Model):
    """The one row that tells what this deployment is: its government's name and whether it is a demonstration."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    government_name = models.CharField("政府名称", max_length=64)
    is_demonstration = models.BooleanField(default=False)
    founded_at = models.DateTimeField()

    class Meta:
        verbose_name = "安装"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="organisations_one_installation")]

    def __str__(self) -> str:
        return self.government_name


class Organisation(models.Model):
    """A body (单位). `path` holds the ids from the root down, each as eight digits and a dot: a subtree is a prefix."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=90, unique=True, db_collation="C", editable=False)
    code = models.CharField("机构编码", max_length=32, unique=True)
    name = models.CharField("全称", max_length=80)
    short_name = models.CharField("规范简称", max_length=40)
    sort_key = models.CharField("拼音", max_length=200, db_index=True, editable=False)
    level = models.CharField("层级", max_length=16, choices=Level)
    kind = models.CharField("类别", max_length=16, choices=BodyKind)
    policy_pack = models.CharField("地方规则", max_length=32, blank=True)
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "单位"
        ordering = ["path"]

    def __str__(self) -> str:
        return self.short_name

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to the parent."""
        return [int(part) for part in self.path.split(".")[:-2]]

    def is_within(self, other: Organisation) -> bool:
        """Tell whether this body is `other` or lies below it."""
        return self.path.startswith(other.path)


class PastBodyName(models.Model):
    """A name a body bore before (机构改革改名), kept: old ledgers and documents still mean it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="past_names")
    name = models.CharField(max_length=80, db_index=True)
    short_name = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = "单位曾用名"

    def __str__(self) -> str:
        return self.name


class Relation(models.Model):
    """One of the four lines from a body to another; none gives rights by itself, the rules of the rooms read it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="relations_to")
    kind = models.CharField("关系", max_length=16, choices=RelationKind)

    class Meta:
        verbose_name = "单位关系"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=~Q(kind=RelationKind.GUIDING),
                name="organisations_one_relation_of_a_kind",
            ),
            models.CheckConstraint(condition=~Q(organisation=models.F("other")), name="organisations_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()} {self.other}"


class User(AbstractUser):
    """A person who works with the platform. `organisation` is the home body; rights come from role assignments."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field: display_name
    last_name = None  # type: ignore[assignment]  # as above
    display_name = models.CharField("姓名", max_length=40)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people", verbose_name="所在单位"
    )
    is_demonstration = models.BooleanField(default=False)
    # The password was set by an administrator: the person chooses one of their own before anything else.
    must_change_password = models.BooleanField("要改初始密码", default=False, db_default=False)
    # Opened for somebody of a company that runs accounts: it decides nothing, and it ends with the company's contract.
    is_of_vendor = models.BooleanField("给代运营单位的人用", default=False, db_default=False)

    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = "人员"

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def assignments(self) -> list[RoleAssignment]:
        """The roles in force, with their bodies, read once per request."""
        rows = RoleAssignment.objects.filter(user=self, revoked_at=None, organisation__is_active=True)
        return list(rows.select_related("organisation"))

    def roles_at(self, organisation: Organisation) -> set[str]:
        """Return the roles this person holds at `organisation`, directly or by the scope of a role above it."""
        return {row.role for row in self.assignments if row.covers(organisation)}

    def holds(self, *roles: str) -> bool:
        """Tell whether this person holds any of `roles` anywhere."""
        return any(row.role in roles for row in self.assignments)


class RoleAssignment(models.Model):
    """A role at a body, over the body alone or over its subtree. Ended by `revoked_at`, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_rows")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="role_rows")
    role = models.CharField("角色", max_length=32, choices=Role)
    includes_subtree = models.BooleanField("含下级单位", default=False)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "角色"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(revoked_at=None),
                name="organisations_role_once",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at=None, role__in=[str(role) for role in ADMIN_ROLES]),
                name="organisations_admin_roles_exclusive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.organisation}"

    def covers(self, organisation: Organisation) -> bool:
        """Tell whether the scope of this role reaches `organisation`."""
        if self.organisation_id == organisation.pk:
            return True
        return self.includes_subtree and organisation.path.startswith(self.organisation.path)


class ApiToken(models.Model):
    """A key with which a program acts as one person, with that person's rights, until it expires.

    Only its digest is kept.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField("用途", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField("有效期至", db_default=Now() + timedelta(days=90))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "接口令牌"

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        """Tell whether the key opens nothing any more because its time is over."""
        return self.expires_at <= clock.now()

    @property
    def days_left(self) -> int:
        """Whole days until the key expires, the begun one counted; 0 once it has."""
        return max(0, -((clock.now() - self.expires_at) // timedelta(days=1)))

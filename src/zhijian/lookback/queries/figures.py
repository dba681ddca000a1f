"""What rules did over all days at the bodies somebody supervises: one row for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import BooleanField, Case, F, IntegerField, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf

from zhijian.lookback.models import RuleDay
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User

MANY: Final = 20
"""So many hits tell something about a rule."""


def rule_figures(*, actor: User) -> QuerySet[RuleDay]:
    """Return for each rule its newest day, with `hits_drafts`, `hits_posts`, `aside`, `hits`, `share` and `advised`.

    `share` is the percentage of the hits that was set aside.

    `advised`: many hits and more than half of them set aside, so a person should look whether the rule is any use.
    """
    scoped = RuleDay.objects.filter(in_scope(actor=actor, roles=[Role.SUPERVISING_OFFICER]))
    newest = scoped.order_by("rule_id", "-day", "-pk").distinct("rule_id").values("pk")

    def total(field: str) -> Coalesce:
        rows = scoped.filter(rule_id=OuterRef("rule_id")).order_by().values("rule_id")
        return Coalesce(Subquery(rows.annotate(number=Sum(field)).values("number")), 0, output_field=IntegerField())

    rows = RuleDay.objects.filter(pk__in=newest).annotate(
        hits_drafts=total("drafts"), hits_posts=total("posts"), aside=total("waived")
    )
    rows = rows.annotate(hits=F("hits_drafts") + F("hits_posts"))
    rows = rows.annotate(share=Coalesce(F("aside") * 100 / NullIf(F("hits"), 0), 0, output_field=IntegerField()))
    advised = When(hits__gte=MANY, share__gt=50, then=Value(value=True))
    return rows.annotate(advised=Case(advised, default=Value(value=False), output_field=BooleanField()))

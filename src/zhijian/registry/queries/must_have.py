"""Who must have an account and has none (应开未开); who may not is a finding of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from zhijian.organisations.enums import BodyKind, Level
from zhijian.organisations.queries import bodies_in_scope
from zhijian.registry.enums import LIVE_STATES
from zhijian.registry.models import Account
from zhijian.registry.queries.ruling import Ruling

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User

KEY = "account.must_open"


def is_low_body(organisation: Organisation) -> bool:
    """Tell of county departments, and everything of a town; a county's own government may (and must) open."""
    if organisation.level == Level.TOWNSHIP:
        return True
    return organisation.level == Level.COUNTY and organisation.kind not in {BodyKind.GOVERNMENT, BodyKind.OFFICE}


def bodies_without(*, actor: User) -> QuerySet[Organisation]:
    """Return the bodies of the actor's scope that must have an account and have none (国办发〔2018〕123号 四（一）).

    An account of a government's own office counts for the government.
    """
    ruling = Ruling()
    bound = [body.pk for body in bodies_in_scope(actor=actor) if _must(body, ruling)]
    live = Account.objects.filter(state__in=LIVE_STATES)
    own = Exists(live.filter(organisation=OuterRef("pk")))
    office = Exists(live.filter(organisation__parent=OuterRef("pk"), organisation__kind=BodyKind.OFFICE))
    return bodies_in_scope(actor=actor).filter(pk__in=bound).exclude(own).exclude(office).select_related("parent")


def _must(body: Organisation, ruling: Ruling) -> bool:
    rule = ruling.policy(body).find(KEY, level=body.level, body_kind=body.kind)
    return rule is not None and bool(rule.value)

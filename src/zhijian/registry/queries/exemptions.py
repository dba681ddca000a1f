"""Leave to keep a further account on a platform: in force, over, and shown to the public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhijian.lib import clock
from zhijian.organisations.queries import in_scope
from zhijian.registry.models import Exemption

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import Organisation, User


def exemptions_in_force() -> QuerySet[Exemption]:
    """Return the exemptions whose term runs today, with body and account; they are public (公开的例外清单)."""
    rows = Exemption.objects.filter(ended_at=None, valid_until__gte=clock.today())
    return rows.select_related("organisation", "account", "filing")


def visible_exemptions(*, actor: User) -> QuerySet[Exemption]:
    """Return the exemptions of the bodies in the actor's scope, those that are over too."""
    return Exemption.objects.filter(in_scope(actor=actor)).select_related("organisation", "account", "filing")


def exemption_for(organisation: Organisation, platform_group: str, account_id: int | None) -> Exemption | None:
    """Return what lets this account stand beside the one that holds the place.

    An exemption granted for the account itself, or, while it is not there yet, one that no account has taken.
    """
    rows = exemptions_in_force().filter(organisation=organisation, platform_group=platform_group)
    waiting = Q(account=None)
    return rows.filter(waiting if account_id is None else waiting | Q(account_id=account_id)).order_by("pk").first()

"""Cases and allowed names as people may see them."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from zhijian.impostors.enums import CaseState
from zhijian.impostors.models import AllowedName, Case, Evidence
from zhijian.impostors.rules import HANDLERS, VIEWERS
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import RelationKind
from zhijian.organisations.models import Relation
from zhijian.organisations.queries import in_scope
from zhijian.registry.enums import LIVE_STATES, AccountState
from zhijian.registry.queries import all_accounts
from zhijian.registry.queries.searching import address_key
from zhijian.screening.lookalikes import plain

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

COMPLAINTS: Final[dict[str, Any]] = tomllib.loads(
    files("zhijian.impostors").joinpath("complaints.toml").read_text(encoding="utf-8")
)


def visible_cases(*, actor: User) -> QuerySet[Case]:
    """Return the cases of the bodies in the actor's scope, and of those that the actor's body guides (read only)."""
    guided = Relation.objects.filter(
        in_scope(actor=actor, roles=VIEWERS, field="other"), kind=RelationKind.GUIDING
    ).values("organisation")
    rows = Case.objects.filter(in_scope(actor=actor, roles=VIEWERS) | Q(organisation__in=guided))
    return rows.select_related("organisation", "account")


def find_case(*, actor: User, case_id: int) -> Case:
    """Return one case the actor may see. Raises Missing."""
    row = visible_cases(actor=actor).select_related("opened_by", "account__organisation").filter(pk=case_id).first()
    if row is None:
        raise Missing
    return row


def known_case(*, name: str, platform: str, url: str) -> Case | None:
    """Return the case of this very account that was not dismissed. For the system's own work."""
    rows = Case.objects.exclude(state=CaseState.UNFOUNDED).filter(platform=platform)
    key = address_key(url)
    same_name = rows.filter(name_key=plain(name)[:80], url_key=key)
    found = same_name.first()
    return found or (rows.filter(url_key=key).order_by("pk").first() if key else None)


def live_accounts() -> QuerySet[Account]:
    """Return every account that was approved or filed and has not ended, whichever body's. For the system's own work.

    One that was never filed may be anybody's: a case of it can be confirmed.
    """
    return all_accounts().filter(state__in=LIVE_STATES).exclude(state=AccountState.UNFILED)


def account_at(*, platform: str, url: str, platform_uid: str) -> Account | None:
    """Return the registered account of this very address, or of this id on this platform."""
    key, uid = address_key(url), platform_uid.strip()
    condition = Q(url_key=key) if key else Q(pk__in=[])
    if platform and uid:
        condition |= Q(platform=platform) & (Q(platform_uid=uid) | Q(handle=uid))
    return live_accounts().filter(condition).order_by("pk").first()


def held_pictures(sha256s: Collection[str]) -> set[str]:
    """Return which of these hashes are evidence of a case, for who lets go of pictures nobody needs."""
    return set(Evidence.objects.filter(sha256__in=sha256s).values_list("sha256", flat=True))


def visible_allowed(*, actor: User) -> QuerySet[AllowedName]:
    """Return the allowed names of the bodies in the actor's scope."""
    rows = AllowedName.objects.filter(in_scope(actor=actor, roles=VIEWERS))
    return rows.select_related("organisation", "by")


def find_allowed(*, actor: User, allowed_id: int) -> AllowedName:
    """Return one allowed name the actor may end. Raises Missing."""
    rows = AllowedName.objects.filter(in_scope(actor=actor, roles=HANDLERS)).select_related("organisation")
    row = rows.filter(pk=allowed_id).first()
    if row is None:
        raise Missing
    return row

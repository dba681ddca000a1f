from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from zhijian.census.enums import Against, DifferenceKind
from zhijian.census.models import Comparison, Difference, Dump, Report
from zhijian.census.rules import OVERSEERS
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User

KEEPERS = (Role.SUPERVISING_OFFICER,)
WRITABLE = frozenset(
    {"handle", "platform_uid", "url", "positioning", "is_main", "verified_subject", "certified_until", "opened_on",
     "followers", "leader", "contact", "phone", "vendor", "update_frequency", "remark"}
)  # fmt: skip
"""What a body's correction may write into the register at once; a name or a state needs its filing (备案)."""


def visible_reports(*, actor: User) -> QuerySet[Report]:
    """Return the consolidated files of the branches this person oversees."""
    rows = Report.objects.filter(in_scope(actor=actor, roles=OVERSEERS))
    return rows.select_related("campaign", "organisation", "requested_by")


def find_report(*, actor: User, report_id: int) -> Report:
    """Return one consolidated file of the actor's scope. Raises Missing."""
    row = visible_reports(actor=actor).filter(pk=report_id).first()
    if row is None:
        raise Missing
    return row


def visible_dumps(*, actor: User) -> QuerySet[Dump]:
    """Return the dumps of the national system that the actor's supervising office has."""
    return Dump.objects.filter(in_scope(actor=actor, roles=KEEPERS)).select_related("organisation", "uploaded_by")


def find_dump(*, actor: User, dump_id: int) -> Dump:
    """Return one dump of the actor's scope. Raises Missing."""
    row = visible_dumps(actor=actor).filter(pk=dump_id).first()
    if row is None:
        raise Missing
    return row


def visible_comparisons(*, actor: User) -> QuerySet[Comparison]:
    """Return the comparisons of the branches this person supervises."""
    rows = Comparison.objects.filter(in_scope(actor=actor, roles=KEEPERS))
    return rows.select_related("campaign__organisation", "organisation", "other", "dump", "made_by")


def find_comparison(*, actor: User, comparison_id: int) -> Comparison:
    """Return one comparison of the actor's scope. Raises Missing."""
    row = visible_comparisons(actor=actor).filter(pk=comparison_id).first()
    if row is None:
        raise Missing
    return row


def visible_differences(*, actor: User) -> QuerySet[Difference]:
    """Return the differences about bodies this person supervises."""
    rows = Difference.objects.filter(in_scope(actor=actor, roles=KEEPERS))
    rows = rows.filter(comparison__in=visible_comparisons(actor=actor).values("pk"))
    return rows.select_related("comparison__campaign", "organisation", "settled_by")


def find_difference(*, actor: User, difference_id: int) -> Difference:
    """Return one difference of the actor's scope. Raises Missing."""
    row = visible_differences(actor=actor).filter(pk=difference_id).first()
    if row is None:
        raise Missing
    return row


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to put a difference right: a link, or `post` when the button does it at once."""

    label: str
    url: str
    post: bool = False


def remedies(row: Difference) -> list[Remedy]:
    """Return what puts a difference right, the nearest first; [] where only its settling is left."""
    if row.kind == DifferenceKind.DIFFERS:
        return _of_fields(row)
    if row.not_ours and row.account_id:
        return [_filing("deregister", row, "办理注销"), _filing("change", row, "改主办单位")]
    if row.account_id is None:
        return [_opening(row)]
    if row.comparison.against == Against.REGISTER and row.kind == DifferenceKind.ONLY_THERE:
        return [Remedy("看账号", f"/desk/accounts/{row.account_id}/")]
    return [Remedy("看账号", f"/desk/accounts/{row.account_id}/"), _filing("deregister", row, "办理注销")]


def _of_fields(row: Difference) -> list[Remedy]:
    found = []
    keys = set(row.fields)
    if row.comparison.against == Against.REGISTER and keys & WRITABLE:
        found.append(Remedy("按填报改登记册", f"/desk/census/differences/{row.pk}/apply/", post=True))
    if "name" in keys:
        found.append(_filing("change", row, "办理变更"))
    if "measure" in keys:
        kind, label = ("merging", "办理合并") if row.fields["measure"][0] == "merge" else ("closing", "办理关停")
        found.append(_filing(kind, row, label))
    if "state" in keys:
        found.append(_filing(_FOR_STATE.get(str(row.fields["state"][0]), "change"), row, "办理状态备案"))
    if not found and row.account_id:
        found.append(Remedy("改登记信息", f"/desk/accounts/{row.account_id}/edit/"))
    return found


_FOR_STATE = {"frozen": "freeze", "closing": "closing", "deregistered": "deregister"}


def _filing(kind: str, row: Difference, label: str) -> Remedy:
    address = f"/desk/accounts/filings/new/?kind={kind}&account={row.account_id}&organisation={row.organisation_id}"
    return Remedy(label, address)


def _opening(row: Difference) -> Remedy:
    query = urlencode(
        {
            "kind": "opening", "organisation": row.organisation_id, "name": row.name,
            "platform_kind": f"{row.platform}:{row.platform_kind}",
        }
    )  # fmt: skip
    return Remedy("补办开设备案", f"/desk/accounts/filings/new/?{query}")

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
from zhijian.registry.queries import kinds_for

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
    return rows.select_related("comparison__campaign", "organisation", "account", "settled_by")


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
    """Return what puts a difference right, the nearest first; [] where only its settling is left.

    Only filings that the state of the account allows now are offered: nobody fills in a form to be refused.
    """
    if row.kind == DifferenceKind.DIFFERS:
        return _of_fields(row)
    if row.account is None:
        return [_opening(row)]
    look = Remedy("看账号", f"/desk/accounts/{row.account_id}/")
    if row.not_ours:
        return [*_filings(row, "closing", "deregister", "change")] or [look]
    if row.comparison.against == Against.REGISTER and row.kind == DifferenceKind.ONLY_THERE:
        return [look]
    return [look, *_filings(row, "closing", "deregister")]


def _of_fields(row: Difference) -> list[Remedy]:
    found = []
    keys = set(row.fields)
    if row.comparison.against == Against.REGISTER and keys & WRITABLE:
        found.append(Remedy("按填报改登记册", f"/desk/census/differences/{row.pk}/apply/", post=True))
    kinds = ["change"] if "name" in keys else []
    if "measure" in keys:
        kinds.append("merging" if row.fields["measure"][0] == "merge" else "closing")
    if "state" in keys:
        kinds += _FOR_STATE.get(str(row.fields["state"][0]), ())
    found += _filings(row, *dict.fromkeys(kinds))
    if not found and row.account_id:
        # A state is never written by hand: what it needs is told at the account.
        page = "edit/" if keys - {"name", "measure", "state"} else ""
        found.append(Remedy("改登记信息" if page else "看账号", f"/desk/accounts/{row.account_id}/{page}"))
    return found


# Which filings lead to a state, from wherever the account is: those that its own state allows are offered.
_FOR_STATE = {
    "active": ("resume", "late"), "frozen": ("freeze",), "closing": ("closing",),
    "deregistered": ("closing", "deregister"),
}  # fmt: skip
_WORDS = {
    "change": "办理变更", "merging": "办理合并", "closing": "办理关停", "deregister": "办理注销",
    "freeze": "办理停更", "resume": "恢复更新", "late": "补办备案",
}  # fmt: skip


def _filings(row: Difference, *kinds: str) -> list[Remedy]:
    """Return a link to each of these filings that the state of the account allows now, in this order."""
    allowed = kinds_for(row.account) if row.account else []
    words = {**_WORDS, "change": "改主办单位"} if row.not_ours else _WORDS
    return [_filing(kind, row, words[kind]) for kind in kinds if kind in allowed]


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

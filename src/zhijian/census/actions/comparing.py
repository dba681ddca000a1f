"""Holding a census against the register, the last census, or a dump of the national system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from procrastinate.contrib.django import app

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.actions.opening import register_values
from zhijian.census.enums import (
    Against,
    CampaignState,
    DifferenceKind,
    DumpState,
    JobState,
    Measure,
    SheetState,
    Standing,
)
from zhijian.census.layouts import account_keys, asked_keys
from zhijian.census.matching import Side, differing, match
from zhijian.census.models import Campaign, Comparison, Difference, Dump, Row
from zhijian.census.queries import WRITABLE, find_comparison, find_difference, last_campaign
from zhijian.lib import clock
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Refused
from zhijian.organisations.models import Organisation
from zhijian.registry.actions import edit_account
from zhijian.registry.enums import LIVE_STATES, AccountState
from zhijian.registry.queries import all_accounts
from zhijian.registry.queries.tables import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhijian.organisations.models import User

INLINE_ROWS: Final = 3_000
COMPARE_TASK: Final = "census.compare"
CHUNK: Final = 2_000


def why_not_compare(
    *, actor: User, campaign: Campaign, branch: Organisation, against: str, dump: Dump | None = None
) -> list[str]:
    """Give every reason why a branch of a census cannot be compared so."""
    reasons = why_not(Permission.CENSUS_COMPARE, actor=actor, thing=branch)
    if campaign.state not in {CampaignState.RUNNING, CampaignState.CLOSED}:
        reasons.append("下发以后才能比对。")
    if against == Against.LAST and last_campaign(campaign) is None:
        reasons.append("这个范围以前没有排查过，没有上一次可比。")
    if against == Against.NATIONAL and (dump is None or dump.state != DumpState.READY):
        reasons.append("请先上传全国系统的导出表，核对好列。")
    return reasons


def compare(
    *, actor: User, campaign: Campaign, branch: Organisation, against: str, dump: Dump | None = None
) -> Comparison:
    """Compare, or compare anew: what was settled stays settled while the difference is the same.

    At once for a small branch, in the background otherwise. Raises Refused with every reason.
    """
    reasons = why_not_compare(actor=actor, campaign=campaign, branch=branch, against=against, dump=dump)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        row = _place(actor, campaign, branch, Against(against), dump)
        record(
            EventName.CENSUS_COMPARED, actor=actor, organisation_id=branch.pk, thing_kind="census.comparison",
            thing_id=row.pk, data={"campaign": campaign.pk, "against": against},
        )  # fmt: skip
        long = Row.objects.filter(campaign=campaign).count() > INLINE_ROWS
        if long:
            app.configure_task(COMPARE_TASK).defer(comparison_id=row.pk)
    if not long:
        run_comparison(comparison_id=row.pk)
        row.refresh_from_db()
    return row


def _place(actor: User, campaign: Campaign, branch: Organisation, against: Against, dump: Dump | None) -> Comparison:
    other = last_campaign(campaign) if against is Against.LAST else None
    row, _ = Comparison.objects.update_or_create(
        campaign=campaign, organisation=branch, against=against, other=other,
        dump=dump if against is Against.NATIONAL else None,
        defaults={"state": JobState.WAITING, "message": "", "made_by": actor, "made_at": clock.now()},
    )  # fmt: skip
    return row


@transaction.atomic
def run_comparison(*, comparison_id: int) -> None:
    """Find the differences of a comparison, in one transaction; a second run does nothing."""
    row = Comparison.objects.select_for_update(of=("self",)).select_related("campaign", "organisation").get(
        pk=comparison_id
    )  # fmt: skip
    if row.state != JobState.WAITING:
        return
    keys = asked_keys(row.campaign.keys)
    found = match(_here(row), _there(row))
    differences = list(_differences(row, found, keys))
    unique = {difference.key: difference for difference in differences}
    Difference.objects.filter(comparison=row).exclude(key__in=unique).delete()
    known = set(Difference.objects.filter(comparison=row).values_list("key", flat=True))
    Difference.objects.bulk_create((one for key, one in unique.items() if key not in known), batch_size=CHUNK)
    row.state, row.same = (
        JobState.DONE,
        len(found.pairs) - sum(one.kind == DifferenceKind.DIFFERS for one in differences),
    )
    row.save(update_fields=["state", "same"])


def _here(row: Comparison) -> Iterator[Side]:
    """Return what the bodies of a branch told; an account that is not theirs is told as missing."""
    against_register = row.against == Against.REGISTER
    for one in _rows(row.campaign, row.organisation):
        if one.standing != Standing.NOT_OURS:
            yield _side(one, corrections_only=against_register and one.account_id is not None)


def _rows(campaign: Campaign, branch: Organisation) -> Iterable[Row]:
    rows = Row.objects.filter(campaign=campaign, organisation__path__startswith=branch.path)
    return rows.select_related("organisation").order_by("pk").iterator(chunk_size=CHUNK)


def _side(one: Row, *, corrections_only: bool = False) -> Side:
    """Return one account as its body tells it.

    Against the register only what the body corrected counts: what the register has learnt since the opening is newer
    than the copy on the table.
    """
    values = dict(one.told) if corrections_only else {**one.values, "name": one.name}
    return Side(
        one.platform, one.kind, one.name, one.organisation.name, values, one.account_id, one.organisation_id,
        measure=one.measure,
    )  # fmt: skip


def _there(row: Comparison) -> Iterator[Side]:
    if row.against == Against.REGISTER:
        return _register(row)
    if row.against == Against.LAST and row.other is not None:
        kept = (one for one in _rows(row.other, row.organisation) if one.standing != Standing.NOT_OURS)
        return (_side(one) for one in kept)
    return _dump(row)


def _register(row: Comparison) -> Iterator[Side]:
    """Return what the register says today of the bodies that were asked."""
    disowned = set(
        Row.objects.filter(campaign=row.campaign, standing=Standing.NOT_OURS).values_list("account_id", flat=True)
    )
    asked = row.campaign.sheets.values("organisation")
    accounts = all_accounts().filter(
        organisation__in=asked, organisation__path__startswith=row.organisation.path, state__in=LIVE_STATES
    )
    for one in accounts.order_by("pk").iterator(chunk_size=CHUNK):
        yield Side(
            one.platform, one.kind, one.name, one.organisation.name, register_values(one), one.pk,
            one.organisation_id, one.pk in disowned,
        )  # fmt: skip


def _dump(row: Comparison) -> Iterator[Side]:
    """Return the accounts of a dump; a body the branch does not have is named, and stands under the branch itself."""
    if row.dump is None:
        return
    bodies = {
        folded(name): pk
        for pk, full, short in Organisation.objects.filter(path__startswith=row.organisation.path).values_list(
            "pk", "name", "short_name"
        )
        for name in (short, full)
    }
    for one in row.dump.rows.order_by("pk").iterator(chunk_size=CHUNK):
        body = str(one.values.get("body", ""))
        told = {key: value for key, value in one.values.items() if key in account_keys()}
        yield Side(
            one.values["platform"], one.values.get("kind", ""), one.values["name"], body, told, None,
            bodies.get(folded(body)),
        )  # fmt: skip


def _differences(row: Comparison, found: Any, keys: list[str]) -> Iterator[Difference]:
    for side in found.only_here:
        yield _difference(row, side, DifferenceKind.ONLY_HERE, {})
    for side in found.only_there:
        yield _difference(row, side, DifferenceKind.ONLY_THERE, {})
    for here, there in found.pairs:
        fields = differing(here, there, keys) | _undone(row, here, there)
        if fields:
            yield _difference(row, here, DifferenceKind.DIFFERS, fields)


def _undone(row: Comparison, here: Side, there: Side) -> dict[str, list[Any]]:
    """An account its body wants closed or merged, and that goes on as if nothing were, is a difference too."""
    asked = here.measure in {Measure.CLOSE, Measure.MERGE} and row.against == Against.REGISTER
    state = there.values["state"] if asked else ""
    return {"measure": [here.measure, state]} if asked and state != AccountState.CLOSING else {}


def _difference(row: Comparison, side: Side, kind: DifferenceKind, fields: dict[str, list[Any]]) -> Difference:
    key = digest_of(
        {"kind": str(kind), "account": side.account_id, "body": side.body_name, "platform": side.platform,
         "name": side.name, "fields": fields}
    )  # fmt: skip
    return Difference(
        comparison=row, organisation_id=side.organisation_id or row.organisation_id, account_id=side.account_id,
        kind=kind, platform=side.platform, platform_kind=side.kind, name=side.name, body_name=side.body_name,
        not_ours=side.not_ours, fields=fields, key=key,
    )  # fmt: skip


@transaction.atomic
def settle_difference(*, actor: User, difference_id: int, reason: str) -> Difference:
    """Mark a difference as settled, with the reason. Raises Missing, Refused with every reason."""
    row = _locked(actor, difference_id)
    if row.settled_at is not None:
        raise Refused("这条差异已经销号。")
    if not reason.strip() or len(reason) > 200:  # noqa: PLR2004 - the column
        raise Refused("请写销号说明，不超过 200 个字：怎样处理的，或为什么不用处理。")
    row.settled_at, row.settled_by, row.settled_reason = clock.now(), actor, reason.strip()
    row.save(update_fields=["settled_at", "settled_by", "settled_reason"])
    _record(EventName.CENSUS_DIFFERENCE_SETTLED, row, actor)
    return row


@transaction.atomic
def reopen_difference(*, actor: User, difference_id: int) -> Difference:
    """Take the settling of a difference back. Raises Missing, Refused."""
    row = _locked(actor, difference_id)
    if row.settled_at is None:
        raise Refused("这条差异没有销号。")
    row.settled_at, row.settled_by, row.settled_reason = None, None, ""
    row.save(update_fields=["settled_at", "settled_by", "settled_reason"])
    _record(EventName.CENSUS_DIFFERENCE_REOPENED, row, actor)
    return row


def why_not_apply(*, actor: User, row: Difference) -> list[str]:
    """Give every reason why what a body told cannot be written into the register at once."""
    reasons = why_not(Permission.CENSUS_COMPARE, actor=actor, thing=row.organisation)
    if row.comparison.against != Against.REGISTER or not set(row.fields) & WRITABLE or row.account_id is None:
        reasons.append("这条差异没有可以直接写入登记册的内容。")
    if row.settled_at is not None:
        reasons.append("这条差异已经销号。")
    signed = Row.objects.filter(
        campaign=row.comparison.campaign_id, account=row.account_id, sheet__state=SheetState.SIGNED
    )
    if not signed.exists():
        reasons.append("这张统计表还没有签字，签字以后再写入登记册。")
    return reasons


@transaction.atomic
def apply_difference(*, actor: User, difference_id: int) -> Difference:
    """Write what a body told and signed into the register: what a filing must carry (name, state) stays open.

    Raises Missing; Refused with every reason, also those of the register.
    """
    row = _locked(actor, difference_id)
    reasons = why_not_apply(actor=actor, row=row)
    if reasons or row.account_id is None:
        raise Refused(reasons)
    account = all_accounts().get(pk=row.account_id)
    for key, (_, there) in row.fields.items():
        if key in WRITABLE and register_values(account)[key] != there:
            raise Refused("比对以后登记册又改过。请重新比对，看过新的差异再写入。")
    values = {key: _typed(account, key, here) for key, (here, _) in row.fields.items() if key in WRITABLE}
    edit_account(actor=actor, account_id=account.pk, values=values)
    rest = {key: pair for key, pair in row.fields.items() if key not in WRITABLE}
    if rest:
        row.fields = rest
        row.save(update_fields=["fields"])
        return row
    return settle_difference(actor=actor, difference_id=row.pk, reason="已按填报写入登记册。")


def _typed(account: Any, key: str, value: Any) -> Any:
    """Return a plain JSON value as the register keeps it."""
    field = account._meta.get_field(key)  # noqa: SLF001 - Django's name for the documented options of a model
    if value in (None, ""):
        return None if field.null else ""
    return field.to_python(value)


def _locked(actor: User, difference_id: int) -> Difference:
    find_difference(actor=actor, difference_id=difference_id)
    rows = Difference.objects.select_for_update(of=("self",)).select_related("comparison__campaign", "organisation")
    row = rows.get(pk=difference_id)
    require(Permission.CENSUS_COMPARE, actor=actor, thing=row.comparison.organisation)
    return row


def waiting_comparisons() -> list[int]:
    """Return the comparisons whose work was lost with its worker."""
    return list(Comparison.objects.filter(state=JobState.WAITING).values_list("pk", flat=True))


def compare_again(*, actor: User, comparison_id: int) -> Comparison:
    """Compare the same two sides anew. Raises Missing, Refused with every reason."""
    row = find_comparison(actor=actor, comparison_id=comparison_id)
    return compare(actor=actor, campaign=row.campaign, branch=row.organisation, against=row.against, dump=row.dump)


def _record(event: EventName, row: Difference, actor: User) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind="census.difference", thing_id=row.pk,
        data={"comparison": row.comparison_id},
    )  # fmt: skip

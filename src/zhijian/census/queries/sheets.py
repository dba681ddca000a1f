from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Q

from zhijian.census.enums import FILLABLE_STATES, CampaignState, SheetState, Standing
from zhijian.census.layouts import asked_keys, catalogue, problem_names, shown
from zhijian.census.models import Row, Sheet
from zhijian.census.rules import FILLERS, READERS
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Missing
from zhijian.organisations.queries import in_scope
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.review.models import Review

SHEET_KIND: Final = "census.sheet"


def visible_sheets(*, actor: User) -> QuerySet[Sheet]:
    """Return the tables of the bodies in the actor's scope, of censuses that run or are over."""
    rows = Sheet.objects.filter(in_scope(actor=actor, roles=READERS))
    return rows.exclude(campaign__state=CampaignState.OPENING).select_related(
        "campaign", "campaign__organisation", "organisation", "signed_by", "changed_by"
    )


def find_sheet(*, actor: User, sheet_id: int) -> Sheet:
    """Return one table of the actor's scope. Raises Missing."""
    row = visible_sheets(actor=actor).filter(pk=sheet_id).first()
    if row is None:
        raise Missing
    return row


def sheets_to_fill(*, actor: User) -> QuerySet[Sheet]:
    """Return the tables that wait for this person to fill them in, of censuses that run."""
    rows = visible_sheets(actor=actor).filter(in_scope(actor=actor, roles=FILLERS))
    return rows.filter(campaign__state=CampaignState.RUNNING, state__in=FILLABLE_STATES)


def with_counts(rows: QuerySet[Sheet]) -> QuerySet[Sheet]:
    """Add how many accounts, and how many with problems, each table lists."""
    listed = ~Q(rows__standing=Standing.NOT_OURS)
    return rows.annotate(
        accounts=Count("rows", filter=listed), troubled=Count("rows", filter=listed & ~Q(rows__problems=[]))
    )


def rows_of(sheet: Sheet) -> list[Row]:
    """Return the accounts of a table in a steady order."""
    return list(Row.objects.filter(sheet=sheet).order_by("platform", "name", "pk"))


def visible_rows(*, actor: User) -> QuerySet[Row]:
    """Return the accounts of every table of the actor's scope."""
    return Row.objects.filter(in_scope(actor=actor, roles=READERS))


def find_row(*, actor: User, sheet_id: int, row_id: int) -> Row:
    """Return one account of one table of the actor's scope. Raises Missing."""
    find_sheet(actor=actor, sheet_id=sheet_id)
    row = visible_rows(actor=actor).filter(pk=row_id, sheet=sheet_id).select_related("sheet__campaign").first()
    if row is None:
        raise Missing
    return row


def content_hash(sheet: Sheet, rows: Iterable[Row]) -> str:
    """Return the digest over everything a head signs for: the census, the body, and every account as told."""
    lines: list[object] = [
        [
            row.account_id, row.platform, row.kind, row.standing, row.values, sorted(row.problems), row.problem_note,
            row.measure, row.measure_on.isoformat() if row.measure_on else None,
        ]
        for row in rows
    ]  # fmt: skip
    return digest_of({"campaign": sheet.campaign_id, "organisation": sheet.organisation_id, "rows": lines})


@dataclass(frozen=True, slots=True)
class Correction:
    """One value the body corrects: `key`, what the register said at the opening, what the body says."""

    key: str
    label: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as a page draws it."""

    row: Row
    platform: str
    state: object
    corrections: list[Correction]
    problems: list[str]
    facts: list[tuple[str, object]]


def shown_rows(sheet: Sheet) -> list[ShownRow]:
    """Return the accounts of a table with everything the body says of them."""
    return [shown_row(row, sheet.campaign.keys) for row in rows_of(sheet)]


def shown_row(row: Row, keys: list[str]) -> ShownRow:
    """Return one account as a page draws it; `keys` are the columns the census asks."""
    values = row.values
    asked = [key for key in asked_keys(keys) if key not in {"name", "state"}]
    return ShownRow(
        row, platform_label(row.platform, row.kind), shown("state", values.get("state")), corrections_of(row),
        problem_names(row.problems), [(catalogue()[key].label, shown(key, values.get(key))) for key in asked],
    )  # fmt: skip


def corrections_of(row: Row) -> list[Correction]:
    """Return what a body says differently of an account the register has."""
    if row.standing == Standing.ADDED:
        return []
    return [
        Correction(key, kind.label, shown(key, row.register.get(key)), shown(key, row.told[key]))
        for key, kind in catalogue().items()
        if key in row.told
    ]


class SheetSubject:
    """The provider of `census.sheet` for the review page (`review.subjects`)."""

    label = "排查统计表"
    template = "census/subject.html"

    def lock(self, *, thing_id: int) -> None:
        """Lock the table until the transaction ends."""
        Sheet.objects.select_for_update(no_key=True).filter(pk=thing_id).values("pk").first()

    def context(self, *, review: Review, actor: User) -> dict[str, Any]:
        """Return the table as it was sent to be signed; it does not change while it waits."""
        _ = actor
        sheet = Sheet.objects.select_related("campaign__organisation", "organisation").get(pk=review.thing_id)
        return {"sheet": sheet, "rows": shown_rows(sheet)}

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]:
        """Refuse a signature over a table that is not the one that was sent, or of a census that is over."""
        _ = actor
        sheet = Sheet.objects.select_related("campaign").get(pk=review.thing_id)
        if sheet.campaign.state != CampaignState.RUNNING:
            return [f"“{sheet.campaign.title}”{sheet.campaign.get_state_display()}，不能再签字。"]
        same = sheet.state == SheetState.SIGNING and sheet.version_hash == review.version_hash
        return [] if same else ["送签以后统计表变了，请退回重新送签。"]

"""Filling a table in: correcting what the register says, adding what it does not know, naming problems and measures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.enums import Measure, SheetState, Standing
from zhijian.census.layouts import asked_keys, catalogue, problem_labels, shown
from zhijian.census.models import Row, Sheet
from zhijian.census.queries import find_row, find_sheet
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.policy.queries import UnknownPlatform, load_platforms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from zhijian.organisations.models import User

MOST_ADDED: Final = 200
MOST_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class RowDraft:
    """What a body says of one account: `values` by column key (dates ISO), its problems and what is done about them."""

    values: Mapping[str, Any]
    problems: Sequence[str] = ()
    problem_note: str = ""
    measure: str = Measure.KEEP
    measure_on: date | None = None
    not_ours: bool = False
    platform_kind: str = field(default="")


@transaction.atomic
def change_row(*, actor: User, sheet_id: int, row_id: int, base_version: int, draft: RowDraft) -> Row:
    """Save what a body says of one account, upon the version the person saw.

    Raises Missing; Refused with every reason, and with what somebody else saved meanwhile.
    """
    sheet, row = _locked_row(actor, sheet_id, row_id)
    require(Permission.CENSUS_FILL, actor=actor, thing=sheet)
    if row.version != base_version:
        raise Refused(overtaken(row))
    _refuse_faults(sheet, draft, added=row.standing == Standing.ADDED)
    before = _state_of(row)
    _apply(row, sheet, draft)
    changes = {key: [before[key], value] for key, value in _state_of(row).items() if before[key] != value}
    if changes:
        _save(row, sheet, actor, changes, EventName.CENSUS_ROW_CHANGED)
    return row


def overtaken(row: Row) -> list[str]:
    """Tell what somebody else did to a row meanwhile."""
    told = row.last_change
    when = f"{told['at'][11:16]} " if told.get("at") else ""
    parts = [f"{label_of(key)}：{pair[0] or '空'} → {pair[1] or '空'}" for key, pair in told.get("changes", {}).items()]
    who = f"{told.get('by', '别人')} {when}"
    return [f"您填写期间，{who}改过这个账号：{'；'.join(parts)}。您填的内容还在下面，核对后再保存一次。"]


def label_of(key: str) -> str:
    """Name a thing that can change on a row."""
    return catalogue()[key].label if key in catalogue() else _OTHER_LABELS[key]


_OTHER_LABELS: Final = {"standing": "填报情况", "platform_kind": "平台"}


def _state_of(row: Row) -> dict[str, Any]:
    """Return everything a person can change on a row, in the users' words, to tell changes by."""
    values = {key: shown(key, row.values.get(key)) for key in asked_keys(row.sheet.campaign.keys)}
    return {
        **values, "standing": Standing(row.standing).label, "platform_kind": f"{row.platform}:{row.kind}",
        "problems": "；".join(problem_labels().get(code, code) for code in row.problems),
        "problem_note": row.problem_note, "measure": Measure(row.measure).label,
        "measure_on": row.measure_on.isoformat() if row.measure_on else "",
    }  # fmt: skip


def _refuse_faults(sheet: Sheet, draft: RowDraft, *, added: bool) -> None:
    reasons = []
    if not str(draft.values.get("name") or "").strip():
        reasons.append("请填账号名称。")
    if added and draft.not_ours:
        reasons.append("这是本单位补报的账号。不是本单位的，请直接删去这一行。")
    if unknown := set(draft.problems) - set(problem_labels()):
        reasons.append(f"有认不出的问题：{'、'.join(sorted(unknown))[:60]}。请重新勾选。")
    if "other" in draft.problems and not draft.problem_note.strip():
        reasons.append("勾了“其他”，请在问题说明里写清楚。")
    reasons += _measure_faults(sheet, draft)
    if reasons:
        raise Refused(reasons)


def _measure_faults(sheet: Sheet, draft: RowDraft) -> list[str]:
    if draft.measure not in Measure.values:
        return ["处理措施认不出来，请重新选。"]
    if draft.measure == Measure.KEEP:
        return []
    opened = (sheet.campaign.opened_at or clock.now()).date()
    if draft.measure_on is None:
        return [f"措施是“{Measure(draft.measure).label}”的，请写完成时限。"]
    if not opened.year <= draft.measure_on.year <= opened.year + MOST_YEARS:
        return ["完成时限的年份不对，请核对。"]
    return []


def _apply(row: Row, sheet: Sheet, draft: RowDraft) -> None:
    asked = asked_keys(sheet.campaign.keys)
    told = {key: value for key, value in draft.values.items() if key in asked}
    if row.standing == Standing.ADDED:
        row.told = {**row.told, **told}
    else:
        kept = {key: value for key, value in row.told.items() if key not in told}
        row.told = {**kept, **{key: value for key, value in told.items() if value != row.register.get(key)}}
        row.standing = Standing.NOT_OURS if draft.not_ours else Standing.LISTED
    row.is_corrected = row.standing != Standing.ADDED and bool(row.told)
    row.name, row.state = str(row.values["name"])[:80], str(row.values.get("state") or "active")
    row.problems = [code for code in problem_labels() if code in draft.problems]
    row.problem_note, row.measure = draft.problem_note.strip(), draft.measure
    row.measure_on = None if draft.measure == Measure.KEEP else draft.measure_on


def _save(row: Row, sheet: Sheet, actor: User, changes: dict[str, list[Any]], event: EventName) -> None:
    row.version += 1
    row.last_change = {"by": str(actor), "at": clock.now().isoformat(), "changes": changes}
    row.save()
    _touch(sheet, actor)
    _record(event, sheet, actor, row=row.pk, changed=sorted(changes))


def _touch(sheet: Sheet, actor: User) -> None:
    """Count a change of a table; what came back stays marked as returned until it is sent again."""
    sheet.version += 1
    sheet.author_ids = sorted({*sheet.author_ids, actor.pk})
    sheet.changed_by, sheet.changed_at = actor, clock.now()
    if sheet.state == SheetState.NOT_STARTED:
        sheet.state = SheetState.FILLING
    sheet.save(update_fields=["version", "author_ids", "changed_by", "changed_at", "state"])


@transaction.atomic
def add_row(*, actor: User, sheet_id: int, draft: RowDraft) -> Row:
    """Add an account the register does not know: private, forgotten, not filed. Raises Missing, Refused."""
    sheet = lock_sheet(actor, sheet_id)
    require(Permission.CENSUS_FILL, actor=actor, thing=sheet)
    platform, kind = _platform(draft.platform_kind)
    _refuse_faults(sheet, draft, added=True)
    _refuse_repeats(sheet, platform, str(draft.values["name"]))
    row = Row(
        sheet=sheet, campaign=sheet.campaign, organisation=sheet.organisation, level=sheet.organisation.level,
        platform=platform, kind=kind, standing=Standing.ADDED,
    )  # fmt: skip
    _apply(row, sheet, draft)
    _save(row, sheet, actor, {}, EventName.CENSUS_ROW_ADDED)
    return row


def _platform(code: str) -> tuple[str, str]:
    platform, _, kind = code.partition(":")
    try:
        known = load_platforms().platform_kind(platform, kind)
    except UnknownPlatform as error:
        raise Refused("请选平台。") from error
    return known.platform.code, known.kind.code


def _refuse_repeats(sheet: Sheet, platform: str, name: str) -> None:
    rows = Row.objects.filter(sheet=sheet)
    if rows.filter(platform=platform, name=name).exists():
        raise Refused(f"表里已经有这个平台上的“{name}”，请在那一行上改。")
    if rows.filter(standing=Standing.ADDED).count() >= MOST_ADDED:
        raise Refused(f"一张表最多补报 {MOST_ADDED} 个账号。更多的请先导入台账。")


@transaction.atomic
def remove_row(*, actor: User, sheet_id: int, row_id: int) -> None:
    """Take an added account off the table again; what the register has cannot be removed. Raises Missing, Refused."""
    sheet, row = _locked_row(actor, sheet_id, row_id)
    require(Permission.CENSUS_FILL, actor=actor, thing=sheet)
    if row.standing != Standing.ADDED:
        raise Refused("登记册里有的账号不能删行。不是本单位的，请勾“不是本单位的账号”。")
    row.delete()
    _touch(sheet, actor)
    _record(EventName.CENSUS_ROW_REMOVED, sheet, actor, row=row_id, platform=row.platform, name=row.name)


def lock_sheet(actor: User, sheet_id: int) -> Sheet:
    """Lock a table for the transaction of an act. Raises Missing outside the scope."""
    find_sheet(actor=actor, sheet_id=sheet_id)
    rows = Sheet.objects.select_for_update(of=("self",), no_key=True).select_related("campaign", "organisation")
    sheet = rows.filter(pk=sheet_id).first()
    if sheet is None:
        raise Missing
    return sheet


def _locked_row(actor: User, sheet_id: int, row_id: int) -> tuple[Sheet, Row]:
    """Lock a table, then read the row: everything about its rows passes the table's lock."""
    sheet = lock_sheet(actor, sheet_id)
    row = find_row(actor=actor, sheet_id=sheet_id, row_id=row_id)
    row.sheet = sheet
    return sheet, row


def _record(event: EventName, sheet: Sheet, actor: User | None, **data: object) -> None:
    record(
        event, actor=actor, organisation_id=sheet.organisation_id, thing_kind="census.sheet", thing_id=sheet.pk,
        data=data,
    )  # fmt: skip

"""An office's own layout: the heads come from its file, what goes below each is guessed and then chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.layouts import LONGEST_LABEL, MOST_COLUMNS, catalogue, guess_key
from zhijian.census.models import TableLayout
from zhijian.census.queries import find_layout
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.registry.queries.tables import UnfitFile, guess_column, guess_layout, read_file, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.queries.tables import Grid

PEEK_ROWS: Final = 20
FEWEST_COLUMNS: Final = 2


@transaction.atomic
def bring_layout(
    *, actor: User, organisation: Organisation, name: str, sheet_per_body: bool, content: bytes
) -> TableLayout:
    """Take the column heads out of an office's empty form and guess their meaning. Raises Refused with what to do."""
    require(Permission.CENSUS_LAYOUT_KEEP, actor=actor, thing=organisation)
    try:
        grid = read_file(content=content, first_rows=PEEK_ROWS)[0]
    except UnfitFile as error:
        raise Refused(str(error)) from error
    row = TableLayout.objects.create(
        organisation=organisation, name=name[:80], sheet_per_body=sheet_per_body, columns=_guessed(grid),
        created_by=actor, created_at=clock.now(),
    )  # fmt: skip
    _record(row, actor)
    return row


def _guessed(grid: Grid) -> list[dict[str, Any]]:
    labels = _heads(grid)
    if len(labels) < FEWEST_COLUMNS:
        raise Refused("没有找到表头。请上传带表头的空表：表头在前 15 行里，至少两列。")
    if len(labels) > MOST_COLUMNS:
        raise Refused(f"表头超过 {MOST_COLUMNS} 列。请去掉多余的列再上传。")
    taken: set[str] = set()
    columns = []
    for place, label in enumerate(labels):
        key = guess_key(label, guess_column(place, [label]).field)
        columns.append({"key": "" if key in taken else key, "label": label})
        taken.add(key)
    return columns


def _heads(grid: Grid) -> list[str]:
    """Return the head row: where a ledger's would be, else the fullest of the first rows."""
    layout = guess_layout(grid)
    if layout.first_header:
        return [column.header[:LONGEST_LABEL] for column in layout.columns if column.header]
    rows = [[text_of(value)[:LONGEST_LABEL] for value in row if text_of(value)] for row in grid.rows[:PEEK_ROWS]]
    return max(rows, key=lambda row: len(set(row)), default=[])


@transaction.atomic
def map_layout(*, actor: User, layout_id: int, keys: Sequence[str]) -> TableLayout:
    """Settle what goes into each column of a layout, in order; "" leaves a column empty.

    Raises Missing, Refused with every reason. Censuses that run keep the layout they were sent out with.
    """
    row = find_layout(actor=actor, layout_id=layout_id)
    require(Permission.CENSUS_LAYOUT_KEEP, actor=actor, thing=row.organisation)
    row = TableLayout.objects.select_for_update().get(pk=row.pk)
    reasons = _faults(row.columns, keys)
    if reasons:
        raise Refused(reasons)
    row.columns = [{**column, "key": key} for column, key in zip(row.columns, keys, strict=True)]
    row.is_ready = True
    row.save(update_fields=["columns", "is_ready"])
    _record(row, actor)
    return row


def _faults(columns: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[str]:
    if len(keys) != len(columns) or set(keys) - {*catalogue(), ""}:
        return ["有一列选了没有的内容。请刷新页面重新选。"]
    chosen = [key for key in keys if key]
    reasons = [
        f"“{catalogue()[key].label}”选了两次，请只留一列。" for key in dict.fromkeys(chosen) if chosen.count(key) > 1
    ]
    if "name" not in chosen:
        reasons.append("要有一列是“账号名称”。")
    return reasons


def _record(row: TableLayout, actor: User) -> None:
    record(
        EventName.CENSUS_LAYOUT_KEPT, actor=actor, organisation_id=row.organisation_id, thing_kind="census.layout",
        thing_id=row.pk, data={"columns": len(row.columns), "ready": row.is_ready},
    )  # fmt: skip

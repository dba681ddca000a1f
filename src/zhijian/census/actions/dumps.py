"""A file taken out of the national system: uploaded, its columns confirmed, read; then a census is held against it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from procrastinate.contrib.django import app

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.census.enums import DumpState
from zhijian.census.models import Dump, DumpFile, DumpRow
from zhijian.census.queries import find_dump
from zhijian.lib import clock
from zhijian.lib.copying import copy_rows
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Refused
from zhijian.registry.queries.tables import FIELDS, Layout, UnfitFile, guess_layout, read_entries, read_file, samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.queries.tables import Entry, Grid

PEEK_ROWS: Final = 60
INLINE_ROWS: Final = 2_000
CHUNK: Final = 2_000
READ_TASK: Final = "census.read_dump"


@transaction.atomic
def upload_dump(*, actor: User, organisation: Organisation, file_name: str, content: bytes) -> Dump:
    """Take a dump in and guess its columns. Raises Refused without the right, or with what is wrong with the file."""
    require(Permission.CENSUS_COMPARE, actor=actor, thing=organisation)
    try:
        grids = read_file(content=content, first_rows=PEEK_ROWS)
    except UnfitFile as error:
        raise Refused(str(error)) from error
    grid, layout = _best(grids)
    row = Dump.objects.create(
        organisation=organisation, file_name=file_name[-200:], sha256=sha256_hex(content), total=grid.height,
        columns={**layout.as_json(), "samples": samples(grid, layout)}, uploaded_by=actor, uploaded_at=clock.now(),
    )  # fmt: skip
    DumpFile.objects.create(dump=row, content=content)
    _record(EventName.CENSUS_DUMP_UPLOADED, row, actor, bytes=len(content))
    return row


def _best(grids: Sequence[Grid]) -> tuple[Grid, Layout]:
    """Return the sheet whose heads tell most."""
    found = [(grid, guess_layout(grid)) for grid in grids]
    grid, layout = max(found, key=lambda pair: len(pair[1].fields))
    if not layout.first_header:
        raise Refused("前 15 行里没有找到表头（写着主办单位、平台、账号名称的一行）。请核对是不是选错了文件。")
    return grid, layout


def layout_of(row: Dump) -> Layout:
    """Return how the dump is read."""
    return Layout.from_json({key: value for key, value in row.columns.items() if key != "samples"})


def choose_dump_columns(*, actor: User, dump_id: int, fields: Sequence[str]) -> Dump:
    """Settle what each column means ("" is not read) and read the dump, in the background when it is long.

    Raises Missing, Refused with every reason.
    """
    with transaction.atomic():
        find_dump(actor=actor, dump_id=dump_id)
        row = Dump.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=dump_id)
        require(Permission.CENSUS_COMPARE, actor=actor, thing=row.organisation)
        if row.state not in {DumpState.MAPPING, DumpState.FAILED}:
            raise Refused(f"这份导出表{row.get_state_display()}，不能再改列。")
        row.columns, row.state, row.message = _with_fields(row, fields), DumpState.READING, ""
        row.save(update_fields=["columns", "state", "message"])
        if row.total > INLINE_ROWS:
            app.configure_task(READ_TASK).defer(dump_id=row.pk)
    if row.total <= INLINE_ROWS:
        read_dump(dump_id=row.pk)
        row.refresh_from_db()
    return row


def _with_fields(row: Dump, fields: Sequence[str]) -> dict[str, Any]:
    columns = row.columns["columns"]
    if len(fields) != len(columns) or set(fields) - {*FIELDS, ""}:
        raise Refused("有一列选了没有的含义。请刷新页面重新选。")
    chosen = [
        {**column, "field": field, "platform": column["platform"] if field == column["field"] else ""}
        for column, field in zip(columns, fields, strict=True)
    ]
    used = [(column["field"], column["platform"]) for column in chosen if column["field"]]
    reasons = [
        f"“{FIELDS[code]}”选了两次，请只留一列。"
        for code, platform in dict.fromkeys(used)
        if used.count((code, platform)) > 1
    ]
    found = {**row.columns, "columns": chosen}
    missing = Layout.from_json({key: value for key, value in found.items() if key != "samples"}).missing
    if missing:
        reasons.append(f"还没有指定这些列：{'、'.join(missing)}。")
    if reasons:
        raise Refused(reasons)
    return found


@transaction.atomic
def read_dump(*, dump_id: int) -> None:
    """Read a dump into rows, in one transaction; a second run does nothing."""
    row = Dump.objects.select_for_update(of=("self",)).get(pk=dump_id)
    if row.state != DumpState.READING:
        return
    try:
        grids = {grid.name: grid for grid in read_file(content=bytes(row.file.content))}
        layout = layout_of(row)
        entries = read_entries(grids[layout.sheet], layout)
        row.total, row.faulty = _keep(row, entries)
        row.state = DumpState.READY
    except (UnfitFile, KeyError) as error:
        row.state, row.message = DumpState.FAILED, str(error)[:300]
    row.save(update_fields=["state", "message", "total", "faulty"])
    if row.state == DumpState.READY:
        DumpFile.objects.filter(dump=row).delete()
    _record(EventName.CENSUS_DUMP_READ, row, row.uploaded_by, rows=row.total, faulty=row.faulty)


def _keep(row: Dump, entries: Iterator[Entry]) -> tuple[int, int]:
    """Keep every account that can be told from others; return how many were kept, how many could not be."""
    kept = faulty = 0
    while chunk := list(islice(entries, CHUNK)):
        good = [entry for entry in chunk if entry.values.get("platform") and entry.values.get("name")]
        copy_rows([DumpRow(dump=row, row=entry.row, values=entry.values) for entry in good])
        kept += len(good)
        faulty += len(chunk) - len(good)
    return kept, faulty


def unread_dumps() -> list[int]:
    """Return the dumps whose reading was lost with its worker."""
    return list(Dump.objects.filter(state=DumpState.READING).values_list("pk", flat=True))


def _record(event: EventName, row: Dump, actor: User | None, **data: object) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind="census.dump", thing_id=row.pk, data=data
    )

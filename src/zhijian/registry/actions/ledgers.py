"""A ledger from upload to import. Nothing reaches the accounts before the person has seen the preview and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.actions import create_organisation
from zhijian.organisations.models import Organisation
from zhijian.registry.actions.bodies import guess_kind, guess_level
from zhijian.registry.actions.ledger_steps import (
    advance,
    build_preview,
    defer,
    is_long,
    layouts_of,
    lock_ledger,
    record_ledger,
    require_state,
    run_import,
    unknown_bodies,
)
from zhijian.registry.actions.matching import Judge
from zhijian.registry.enums import LedgerState, Outcome
from zhijian.registry.importing.headers import guess_layout, layout_at, samples
from zhijian.registry.importing.marking import write_faulty
from zhijian.registry.importing.reading import UnfitFile, read_file
from zhijian.registry.models import Ledger, LedgerFile, LedgerRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zhijian.organisations.models import User
    from zhijian.registry.importing.headers import Layout
    from zhijian.registry.importing.reading import Grid

PEEK_ROWS = 80


def upload_ledger(*, actor: User, organisation: Organisation, file_name: str, content: bytes) -> Ledger:
    """Take a file in and guess its columns; nothing is read into the register yet.

    Raises Refused without the right, or with a sentence about what is wrong with the file and what to do.
    """
    require(Permission.LEDGER_IMPORT, actor=actor, thing=organisation)
    try:
        grids = read_file(content=content, first_rows=PEEK_ROWS)
    except UnfitFile as error:
        raise Refused(str(error)) from error
    sheets = [{**_sheet(grid), "height": grid.height, "hidden": grid.hidden} for grid in grids]
    with transaction.atomic():
        ledger = Ledger.objects.create(
            organisation=organisation, file_name=file_name[-200:], sha256=sha256_hex(content),
            columns={"sheets": sheets}, uploaded_by=actor, run_by=actor, uploaded_at=clock.now(),
            total=sum(grid.height for grid in grids),
        )  # fmt: skip
        LedgerFile.objects.create(ledger=ledger, content=content)
        record_ledger(EventName.LEDGER_UPLOADED, ledger, actor, bytes=len(content))
    return ledger


def _sheet(grid: Grid) -> dict[str, Any]:
    layout = guess_layout(grid)
    return {**layout.as_json(), "use": not layout.missing and not grid.hidden, "samples": samples(grid, layout)}


@transaction.atomic
def guess_columns(*, actor: User, ledger_id: int, sheet: int, header_row: int) -> Ledger:
    """Guess the columns of one sheet (0 = the first) anew, with its header in `header_row`. Raises Missing, Refused."""
    ledger = lock_ledger(actor, ledger_id)
    require_state(ledger, LedgerState.MAPPING, LedgerState.PREVIEW)
    grids = read_file(content=bytes(ledger.file.content), first_rows=PEEK_ROWS)
    if not 0 <= sheet < len(grids):
        raise Missing
    layout = layout_at(grids[sheet], header_row)
    sheets = ledger.columns["sheets"]
    sheets[sheet] = {
        **sheets[sheet], **layout.as_json(), "use": not layout.missing, "samples": samples(grids[sheet], layout)
    }  # fmt: skip
    ledger.save(update_fields=["columns"])
    record_ledger(EventName.LEDGER_COLUMNS_CHANGED, ledger, actor, sheet=sheet, header_row=header_row)
    return ledger


def choose_columns(*, actor: User, ledger_id: int, layouts: Sequence[Layout]) -> Ledger:
    """Settle what each column means and read the file: at once when it is short, in the background otherwise.

    Raises Missing; Refused when no sheet is chosen, a chosen one lacks a needed column, the ledger is done with, or
    somebody else has had it read meanwhile.
    """
    with transaction.atomic():
        ledger = lock_ledger(actor, ledger_id)
        require_state(ledger, LedgerState.MAPPING, LedgerState.PREVIEW)
        _refuse_unfit_layouts(layouts)
        sheets = ledger.columns["sheets"]
        ledger.columns = {
            "sheets": [{**sheet, **layout.as_json()} for sheet, layout in zip(sheets, layouts, strict=True)]
        }
        ledger.save(update_fields=["columns"])
        record_ledger(EventName.LEDGER_COLUMNS_CHANGED, ledger, actor)
        _start_reading(ledger, actor)
    return _read_now(ledger)


def _refuse_unfit_layouts(layouts: Sequence[Layout]) -> None:
    used = [layout for layout in layouts if layout.use]
    reasons = [
        f"“{layout.sheet or '表格'}”还没有指定这些列：{'、'.join(layout.missing)}。请在下拉框里选好。"
        for layout in used
        if layout.missing
    ]
    if not used:
        headless = "、".join(f"“{layout.sheet or '表格'}”" for layout in layouts if not layout.first_header)
        found = f"{headless}的前 15 行里没有找到表头（写着主办单位、平台、账号名称的一行）。" if headless else ""
        reasons.append(f"{found}请至少选一张表。")
    if reasons:
        raise Refused(reasons)


def _start_reading(ledger: Ledger, actor: User) -> None:
    """Enter the reading in the transaction that has the ledger locked: the state is changed once."""
    advance(ledger, LedgerState.READING, actor=actor)
    if is_long(ledger):
        defer("read_ledger", ledger)


def _read_now(ledger: Ledger) -> Ledger:
    return ledger if is_long(ledger) else build_preview(ledger_id=ledger.pk)


def create_missing_bodies(*, actor: User, ledger_id: int) -> Ledger:
    """Add the unknown bodies of a ledger to the tree, and read the ledger again.

    Each goes under its supervising body where that is known, else under the body the ledger is for. Raises Missing,
    and Refused without the right to keep the tree, or when somebody else has done it meanwhile.
    """
    with transaction.atomic():
        ledger = lock_ledger(actor, ledger_id)
        require_state(ledger, LedgerState.PREVIEW)
        names = unknown_bodies(ledger)
        if not names:
            raise Refused("台账里的单位都已经有了，不用新建。请刷新页面。")
        _create_bodies(ledger, names, actor)
        _start_reading(ledger, actor)
    return _read_now(ledger)


def _create_bodies(ledger: Ledger, names: Sequence[tuple[str, str]], actor: User) -> None:
    """Make the bodies; codes go on counting, for the ledger may be read and found wanting more than once."""
    judge = Judge(ledger)
    record_ledger(EventName.LEDGER_BODIES_CREATED, ledger, actor, bodies=len(names))
    taken = Organisation.objects.filter(code__startswith=f"TZ{ledger.pk}-").count()
    for serial, (name, above) in enumerate(names, start=taken + 1):
        known = judge.index.find(above, near=ledger.organisation) if above else []
        parent = known[0] if len(known) == 1 else ledger.organisation
        create_organisation(
            actor=actor, name=name, short_name=name[:40], code=f"TZ{ledger.pk}-{serial}",
            level=guess_level(name, parent), kind=guess_kind(name), parent=parent,
        )  # fmt: skip


def why_not_confirm(*, ledger: Ledger, skip_faulty: bool) -> list[str]:
    """Give every reason why a previewed ledger cannot be imported as it is."""
    if ledger.state != LedgerState.PREVIEW:
        return [f"这份台账{ledger.get_state_display()}，不能确认导入。"]
    faulty = ledger.summary.get("faulty", 0)
    reasons = []
    if faulty and not skip_faulty:
        reasons.append(f"有 {faulty:,} 行有问题。请改正后重新上传，或勾选“跳过有问题的 {faulty:,} 行，其余导入”。")
    if not ledger.summary.get("new") and not ledger.summary.get("update"):
        reasons.append("没有可以导入的行：都有问题，或者与登记册一致。")
    return reasons


def confirm_ledger(*, actor: User, ledger_id: int, skip_faulty: bool) -> Ledger:
    """Import a previewed ledger, in one transaction: at once when it is short, in the background otherwise.

    What is written is written with the rights and in the name of the actor, whoever uploaded the file. Raises Missing;
    Refused with every reason, also when the register changed since the preview or the actor keeps fewer bodies than
    whoever had it read (it is then read again, and the person looks again).
    """
    with transaction.atomic():
        ledger = lock_ledger(actor, ledger_id)
        reasons = why_not_confirm(ledger=ledger, skip_faulty=skip_faulty)
        if reasons:
            raise Refused(reasons)
        _start_import(ledger, actor)
        if is_long(ledger):
            defer("import_ledger", ledger)
    return ledger if is_long(ledger) else run_import(ledger_id=ledger_id)


def _start_import(ledger: Ledger, actor: User) -> None:
    advance(ledger, LedgerState.IMPORTING, actor=actor)
    record_ledger(EventName.LEDGER_CONFIRMED, ledger, actor)


@transaction.atomic
def discard_ledger(*, actor: User, ledger_id: int) -> Ledger:
    """Give a ledger up, also while it is being read; the register stays as it is. Raises Missing, Refused."""
    ledger = lock_ledger(actor, ledger_id)
    require_state(ledger, LedgerState.MAPPING, LedgerState.READING, LedgerState.PREVIEW)
    advance(ledger, LedgerState.DISCARDED, actor=actor)
    LedgerFile.objects.filter(ledger=ledger).delete()
    LedgerRow.objects.filter(ledger=ledger).delete()
    record_ledger(EventName.LEDGER_DISCARDED, ledger, actor)
    return ledger


def faulty_workbook(ledger: Ledger) -> bytes:
    """Return the faulty rows as XLSX, the wrong cells marked and the reasons beside them."""
    headers = {layout.sheet: [column.header for column in layout.columns] for layout in layouts_of(ledger)}
    rows = LedgerRow.objects.filter(ledger=ledger, outcome=Outcome.FAULTY).order_by("id")
    return write_faulty(
        headers=headers, rows=_merged_rows(dict(row) for row in rows.values("sheet", "row", "raw", "problems"))
    )


def _merged_rows(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Join the accounts of one file row again: it goes back as one row."""
    last: dict[str, Any] | None = None
    for row in rows:
        if last is not None and (last["sheet"], last["row"]) == (row["sheet"], row["row"]):
            last["problems"] += [problem for problem in row["problems"] if problem not in last["problems"]]
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def import_ledger_file(
    *, actor: User, organisation: Organisation, file_name: str, content: bytes, skip_faulty: bool = False
) -> Ledger:
    """Import a ledger in one go, for the command line: guessed columns, everything before this function returns.

    Raises Refused with every reason; with faulty rows and without `skip_faulty` nothing is imported and the ledger
    waits in the workbench for a person to look at it.
    """
    uploaded = upload_ledger(actor=actor, organisation=organisation, file_name=file_name, content=content)
    _refuse_unfit_layouts(layouts_of(uploaded))
    with transaction.atomic():
        ledger = lock_ledger(actor, uploaded.pk)
        require_state(ledger, LedgerState.MAPPING)
        advance(ledger, LedgerState.READING, actor=actor)
    ledger = build_preview(ledger_id=ledger.pk)
    if ledger.message:
        raise Refused(ledger.message)
    with transaction.atomic():
        ledger = lock_ledger(actor, ledger.pk)
        reasons = why_not_confirm(ledger=ledger, skip_faulty=skip_faulty)
        if reasons:
            raise Refused(reasons)
        _start_import(ledger, actor)
    return run_import(ledger_id=ledger.pk)

"""A ledger from upload to import. Nothing reaches the accounts before the person has seen the preview and says so."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.actions import create_organisation
from zhijian.registry.actions.bodies import guess_kind, guess_level
from zhijian.registry.actions.matching import Judge
from zhijian.registry.actions.writing import write_rows
from zhijian.registry.enums import LedgerState, Outcome
from zhijian.registry.importing.headers import Layout, guess_layout, layout_at, samples
from zhijian.registry.importing.marking import write_faulty
from zhijian.registry.importing.reading import UnfitFile, read_file
from zhijian.registry.importing.tables import read_entries
from zhijian.registry.models import Ledger, LedgerFile, LedgerRow
from zhijian.registry.queries.filings import find_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.importing.reading import Grid
    from zhijian.registry.importing.tables import Entry

CHUNK = 2_000
INLINE_ROWS = 2_000
PEEK_ROWS = 80
THING_KIND = "registry.ledger"


def upload_ledger(*, actor: User, organisation: Organisation, file_name: str, content: bytes) -> Ledger:
    """Take a file in and guess its columns; nothing is read into the register yet.

    Raises Refused without the right, or with a sentence about what is wrong with the file and what to do.
    """
    require(Permission.LEDGER_IMPORT, actor=actor, thing=organisation)
    try:
        grids = read_file(name=file_name, content=content, first_rows=PEEK_ROWS)
    except UnfitFile as error:
        raise Refused(str(error)) from error
    sheets = [{**_sheet(grid), "height": grid.height, "hidden": grid.hidden} for grid in grids]
    with transaction.atomic():
        ledger = Ledger.objects.create(
            organisation=organisation, file_name=file_name[-200:], sha256=sha256_hex(content),
            columns={"sheets": sheets}, uploaded_by=actor, uploaded_at=clock.now(),
            total=sum(grid.height for grid in grids),
        )  # fmt: skip
        LedgerFile.objects.create(ledger=ledger, content=content)
    return ledger


def _sheet(grid: Grid) -> dict[str, Any]:
    layout = guess_layout(grid)
    return {**layout.as_json(), "use": not layout.missing and not grid.hidden, "samples": samples(grid, layout)}


def layouts_of(ledger: Ledger) -> list[Layout]:
    """Return how each sheet is read, from the ledger's columns."""
    extra = {"height", "hidden", "samples"}
    rows = ledger.columns.get("sheets", [])
    return [Layout.from_json({key: value for key, value in row.items() if key not in extra}) for row in rows]


@transaction.atomic
def guess_columns(*, actor: User, ledger_id: int, sheet: int, header_row: int) -> Ledger:
    """Guess the columns of one sheet (0 = the first) anew, with its header in `header_row`. Raises Missing, Refused."""
    ledger = _locked(actor, ledger_id)
    _require_state(ledger, LedgerState.MAPPING, LedgerState.PREVIEW)
    grids = read_file(name=ledger.file_name, content=bytes(ledger.file.content), first_rows=PEEK_ROWS)
    if not 0 <= sheet < len(grids):
        raise Missing
    layout = layout_at(grids[sheet], header_row)
    sheets = ledger.columns["sheets"]
    sheets[sheet] = {
        **sheets[sheet], **layout.as_json(), "use": not layout.missing, "samples": samples(grids[sheet], layout)
    }  # fmt: skip
    ledger.save(update_fields=["columns"])
    return ledger


def choose_columns(*, actor: User, ledger_id: int, layouts: Sequence[Layout]) -> Ledger:
    """Settle what each column means and read the file: at once when it is short, in the background otherwise.

    Raises Missing; Refused when no sheet is chosen, a chosen one lacks a needed column, or the ledger is done with.
    """
    with transaction.atomic():
        ledger = _locked(actor, ledger_id)
        _require_state(ledger, LedgerState.MAPPING, LedgerState.PREVIEW)
        _refuse_unfit_layouts(layouts)
        sheets = ledger.columns["sheets"]
        ledger.columns = {
            "sheets": [{**sheet, **layout.as_json()} for sheet, layout in zip(sheets, layouts, strict=True)]
        }
        ledger.save(update_fields=["columns"])
    return start_reading(ledger)


def _refuse_unfit_layouts(layouts: Sequence[Layout]) -> None:
    used = [layout for layout in layouts if layout.use]
    reasons = [
        f"“{layout.sheet or '表格'}”还没有指定这些列：{'、'.join(layout.missing)}。请在下拉框里选好。"
        for layout in used
        if layout.missing
    ]
    if not used:
        reasons.append("请至少选一张表。")
    if reasons:
        raise Refused(reasons)


def start_reading(ledger: Ledger) -> Ledger:
    """Begin (again) to read a ledger into its preview."""
    _advance(ledger, LedgerState.READING, message="")
    if ledger.total <= INLINE_ROWS:
        return build_preview(ledger_id=ledger.pk)
    _defer("read_ledger", ledger)
    return ledger


def _defer(task: str, ledger: Ledger) -> None:
    from zhijian.registry import tasks  # noqa: PLC0415 - tasks import the actions

    transaction.on_commit(lambda: getattr(tasks, task).defer(ledger_id=ledger.pk))


def _advance(ledger: Ledger, state: LedgerState, *, message: str) -> None:
    ledger.state, ledger.message, ledger.done, ledger.beat_at = state, message, 0, clock.now()
    ledger.save(update_fields=["state", "message", "done", "beat_at"])


def build_preview(*, ledger_id: int) -> Ledger:
    """Read the file into rows and judge them, for the system. Ends in 待确认, or back at the columns with a message.

    Row chunks are committed as they come, so that the page can show how far it is; a ledger that was discarded
    meanwhile is left alone. Running it twice gives the same rows.
    """
    ledger = Ledger.objects.select_related("organisation", "uploaded_by").get(pk=ledger_id)
    if ledger.state != LedgerState.READING:
        return ledger
    LedgerRow.objects.filter(ledger=ledger).delete()
    try:
        grids = read_file(name=ledger.file_name, content=bytes(ledger.file.content))
    except UnfitFile as error:
        _advance(ledger, LedgerState.MAPPING, message=str(error))
        return ledger
    ledger.total = sum(len(grid.rows) for grid in grids)
    judge = Judge(ledger)
    done = 0
    for chunk in _chunks(_entries(grids, layouts_of(ledger))):
        rows = [_row(ledger, entry) for entry in chunk]
        judge.judge(rows)
        LedgerRow.objects.bulk_create(rows, batch_size=CHUNK)
        done += len(rows)
        if not _beat(ledger, min(done, ledger.total)):
            return ledger
    return _finish_preview(ledger)


def _entries(grids: Sequence[Grid], layouts: Sequence[Layout]) -> Iterator[Entry]:
    by_name = {layout.sheet: layout for layout in layouts if layout.use}
    for grid in grids:
        if grid.name in by_name:
            yield from read_entries(grid, by_name[grid.name])


def _chunks(entries: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(entries)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _row(ledger: Ledger, entry: Entry) -> LedgerRow:
    return LedgerRow(
        ledger=ledger, sheet=entry.sheet[:64], row=entry.row, values=entry.values, letters=entry.letters,
        problems=[problem.as_json() for problem in entry.problems], raw=entry.raw,
        notices=[{"sentence": notice} for notice in dict.fromkeys(entry.notices)],
    )  # fmt: skip


def _beat(ledger: Ledger, done: int) -> bool:
    """Tell how far the reading is; False when the person has discarded the ledger meanwhile."""
    ledger.done = done
    alive = Ledger.objects.filter(pk=ledger.pk, state=LedgerState.READING)
    return bool(alive.update(done=done, total=ledger.total, beat_at=clock.now()))


@transaction.atomic
def _finish_preview(ledger: Ledger) -> Ledger:
    LedgerRow.objects.filter(ledger=ledger).exclude(outcome=Outcome.FAULTY).update(raw=[])
    counts = LedgerRow.objects.filter(ledger=ledger).order_by().values("outcome").annotate(number=Count("pk"))
    summary: dict[str, int] = {str(outcome): 0 for outcome in Outcome}
    summary.update({row["outcome"]: row["number"] for row in counts})
    summary["unknown_bodies"] = len(unknown_bodies(ledger))
    if not sum(summary[str(outcome)] for outcome in Outcome):
        _advance(ledger, LedgerState.MAPPING, message="选中的表里没有读到账号。请核对表头在第几行、各列是什么。")
        return ledger
    moved = Ledger.objects.filter(pk=ledger.pk, state=LedgerState.READING)
    if moved.update(state=LedgerState.PREVIEW, summary=summary, done=ledger.total, message=""):
        ledger.refresh_from_db()
        _record(EventName.LEDGER_PREVIEWED, ledger, ledger.uploaded_by)
    return ledger


def unknown_bodies(ledger: Ledger) -> list[tuple[str, str]]:
    """Return (name, supervising body as written) of the bodies the ledger names and the tree does not have."""
    rows = LedgerRow.objects.filter(ledger=ledger, problems__contains=[{"code": "unknown_body"}]).order_by("id")
    names: dict[str, str] = {}
    for values in rows.values_list("values", flat=True):
        names.setdefault(values["body"], values.get("supervising", ""))
    return list(names.items())


def create_missing_bodies(*, actor: User, ledger_id: int) -> Ledger:
    """Add the unknown bodies of a ledger to the tree, and read the ledger again.

    Each goes under its supervising body where that is known, else under the body the ledger is for. Raises Missing,
    and Refused without the right to keep the tree.
    """
    with transaction.atomic():
        ledger = _locked(actor, ledger_id)
        _require_state(ledger, LedgerState.PREVIEW)
        judge = Judge(ledger)
        for serial, (name, above) in enumerate(unknown_bodies(ledger), start=1):
            known = judge.index.find(above, near=ledger.organisation) if above else []
            parent = known[0] if len(known) == 1 else ledger.organisation
            create_organisation(
                actor=actor, name=name, short_name=name[:40], code=f"TZ{ledger.pk}-{serial}",
                level=guess_level(name, parent), kind=guess_kind(name), parent=parent,
            )  # fmt: skip
    return start_reading(ledger)


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

    Raises Missing; Refused with every reason, also when the register changed since the preview (it is then read
    again, and the person looks again).
    """
    with transaction.atomic():
        ledger = _locked(actor, ledger_id)
        reasons = why_not_confirm(ledger=ledger, skip_faulty=skip_faulty)
        if reasons:
            raise Refused(reasons)
        _advance(ledger, LedgerState.IMPORTING, message="")
        if ledger.total > INLINE_ROWS:
            _defer("import_ledger", ledger)
    return ledger if ledger.total > INLINE_ROWS else run_import(ledger_id=ledger_id, actor=actor)


def run_import(*, ledger_id: int, actor: User | None = None) -> Ledger:
    """Write a confirmed ledger into the register, for the system. Whatever fails leaves the register as it was."""
    try:
        return _import(ledger_id, actor)
    except Refused as refused:
        ledger = Ledger.objects.get(pk=ledger_id)
        if ledger.state == LedgerState.IMPORTING:
            _advance(ledger, LedgerState.READING, message="")
            build_preview(ledger_id=ledger_id)
            Ledger.objects.filter(pk=ledger_id).update(message=" ".join(refused.reasons)[:300])
        raise


@transaction.atomic
def _import(ledger_id: int, actor: User | None) -> Ledger:
    locked = Ledger.objects.select_for_update(of=("self",)).select_related("organisation", "uploaded_by")
    ledger = locked.get(pk=ledger_id)
    if ledger.state != LedgerState.IMPORTING:
        return ledger
    actor = actor or ledger.uploaded_by
    _refuse_changed(ledger)
    numbers = write_rows(ledger=ledger, actor=actor)
    ledger.summary = {**ledger.summary, **numbers}
    ledger.state, ledger.imported_at, ledger.message, ledger.done = LedgerState.IMPORTED, clock.now(), "", ledger.total
    ledger.save(update_fields=["summary", "state", "imported_at", "message", "done"])
    LedgerFile.objects.filter(ledger=ledger).delete()
    _record(EventName.LEDGER_IMPORTED, ledger, actor)
    return ledger


def _refuse_changed(ledger: Ledger) -> None:
    """Judge every row again: what the person confirmed must be what happens now."""
    judge = Judge(ledger)
    rows = LedgerRow.objects.filter(ledger=ledger).order_by("id")
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        seen = [(row.outcome, row.changes, row.account_id, row.organisation_id) for row in chunk]
        judge.judge(chunk)
        if seen != [(row.outcome, row.changes, row.account_id, row.organisation_id) for row in chunk]:
            raise Refused("预览之后登记册有了变化，已重新预览。请再看一遍，然后确认。")


@transaction.atomic
def discard_ledger(*, actor: User, ledger_id: int) -> Ledger:
    """Give a ledger up, also while it is being read; the register stays as it is. Raises Missing, Refused."""
    ledger = _locked(actor, ledger_id)
    _require_state(ledger, LedgerState.MAPPING, LedgerState.READING, LedgerState.PREVIEW)
    _advance(ledger, LedgerState.DISCARDED, message="")
    LedgerFile.objects.filter(ledger=ledger).delete()
    LedgerRow.objects.filter(ledger=ledger).delete()
    _record(EventName.LEDGER_DISCARDED, ledger, actor)
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
    ledger = upload_ledger(actor=actor, organisation=organisation, file_name=file_name, content=content)
    _refuse_unfit_layouts(layouts_of(ledger))
    _advance(ledger, LedgerState.READING, message="")
    ledger = build_preview(ledger_id=ledger.pk)
    reasons = [ledger.message] if ledger.message else why_not_confirm(ledger=ledger, skip_faulty=skip_faulty)
    if reasons:
        raise Refused(reasons)
    _advance(ledger, LedgerState.IMPORTING, message="")
    return run_import(ledger_id=ledger.pk, actor=actor)


def _locked(actor: User, ledger_id: int) -> Ledger:
    find_ledger(actor=actor, ledger_id=ledger_id)
    locked = Ledger.objects.select_for_update(of=("self",)).select_related("organisation", "uploaded_by")
    ledger = locked.filter(pk=ledger_id).first()
    if ledger is None:
        raise Missing
    require(Permission.LEDGER_IMPORT, actor=actor, thing=ledger.organisation)
    return ledger


def _require_state(ledger: Ledger, *states: LedgerState) -> None:
    if ledger.state not in states:
        raise Refused(f"这份台账{ledger.get_state_display()}，不能再做这一步。请刷新页面。")


def _record(event: EventName, ledger: Ledger, actor: User) -> None:
    record(
        event, actor=actor, organisation_id=ledger.organisation_id, thing_kind=THING_KIND, thing_id=ledger.pk,
        data={"sha256": ledger.sha256, **ledger.summary},
    )  # fmt: skip

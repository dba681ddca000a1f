"""The two long steps of a ledger, run at once or by a worker: reading it into its preview, writing it down.

Either may be started twice (the sweep cannot tell a slow worker from a dead one). A reading counts its runs in
`Ledger.claim`: the last one goes on, the others stop at their next chunk. A writing holds the ledger's row.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.copying import copy_rows
from zhijian.lib.errors import Missing, Refused
from zhijian.registry.actions.matching import Judge
from zhijian.registry.actions.writing import write_rows
from zhijian.registry.enums import LedgerState, Outcome
from zhijian.registry.importing.headers import Layout
from zhijian.registry.importing.reading import UnfitFile, read_file
from zhijian.registry.importing.tables import read_entries
from zhijian.registry.models import Ledger, LedgerFile, LedgerRow
from zhijian.registry.queries.filings import find_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from zhijian.organisations.models import User
    from zhijian.registry.importing.reading import Grid
    from zhijian.registry.importing.tables import Entry

CHUNK = 2_000
INLINE_ROWS = 2_000
THING_KIND = "registry.ledger"
_NOT_A_LAYOUT = {"height", "hidden", "samples", "title"}


def layouts_of(ledger: Ledger) -> list[Layout]:
    """Return how each sheet is read, from the ledger's columns."""
    rows = ledger.columns.get("sheets", [])
    return [Layout.from_json({key: value for key, value in row.items() if key not in _NOT_A_LAYOUT}) for row in rows]


def is_long(ledger: Ledger) -> bool:
    """Tell whether the steps of this ledger run in the background."""
    return ledger.total > INLINE_ROWS


def lock_ledger(actor: User, ledger_id: int) -> Ledger:
    """Lock a ledger for the transaction of an act. Raises Missing outside the scope, Refused without the right."""
    find_ledger(actor=actor, ledger_id=ledger_id)
    locked = Ledger.objects.select_for_update(of=("self",)).select_related("organisation", "uploaded_by", "run_by")
    ledger = locked.filter(pk=ledger_id).first()
    if ledger is None:
        raise Missing
    require(Permission.LEDGER_IMPORT, actor=actor, thing=ledger.organisation)
    return ledger


def require_state(ledger: Ledger, *states: LedgerState) -> None:
    """Raise Refused when a locked ledger is in none of these states."""
    if ledger.state not in states:
        raise Refused(f"这份台账{ledger.get_state_display()}，不能再做这一步。请刷新页面。")


def advance(ledger: Ledger, state: LedgerState, *, actor: User) -> None:
    """Enter a step in the name of a person. The caller has locked the ledger and checked its state."""
    ledger.state, ledger.run_by, ledger.message, ledger.done, ledger.beat_at = state, actor, "", 0, clock.now()
    ledger.save(update_fields=["state", "run_by", "message", "done", "beat_at"])


def defer(task: str, ledger: Ledger) -> None:
    """Hand a step to the worker once the transaction has ended."""
    from zhijian.registry import tasks  # noqa: PLC0415 - tasks import the actions

    transaction.on_commit(lambda: getattr(tasks, task).defer(ledger_id=ledger.pk))


def record_ledger(event: EventName, ledger: Ledger, actor: User, **more: object) -> None:
    """Write down an act on a ledger, with the digest of its file and the counts of its rows."""
    record(
        event, actor=actor, organisation_id=ledger.organisation_id, thing_kind=THING_KIND, thing_id=ledger.pk,
        data={"sha256": ledger.sha256, **ledger.summary, **more},
    )  # fmt: skip


def build_preview(*, ledger_id: int) -> Ledger:
    """Read the file into rows and judge them, for the system. Ends in 待确认, or back at the columns with a message.

    Row chunks are committed as they come, so that the page can show how far it is; a ledger that was discarded
    meanwhile is left alone, and so is one that another run has taken over. Running it twice gives the same rows.
    """
    ledger = _claimed(ledger_id)
    if ledger is not None:
        try:
            grids = read_file(content=bytes(ledger.file.content))
        except UnfitFile as error:
            _back_to_columns(ledger, str(error))
        else:
            ledger.total = sum(len(grid.rows) for grid in grids)
            if _read_rows(ledger, grids):
                _finish_preview(ledger)
    return Ledger.objects.select_related("organisation", "uploaded_by", "run_by").get(pk=ledger_id)


@transaction.atomic
def _claimed(ledger_id: int) -> Ledger | None:
    """Take the reading over from whoever was at it; None when the ledger is not to be read."""
    reading = Ledger.objects.filter(pk=ledger_id, state=LedgerState.READING)
    if not reading.update(claim=F("claim") + 1, done=0, beat_at=clock.now()):
        return None
    LedgerRow.objects.filter(ledger_id=ledger_id).delete()
    return Ledger.objects.select_related("organisation", "uploaded_by", "run_by").get(pk=ledger_id)


def _mine(ledger: Ledger) -> QuerySet[Ledger]:
    return Ledger.objects.filter(pk=ledger.pk, state=LedgerState.READING, claim=ledger.claim)


def _read_rows(ledger: Ledger, grids: Sequence[Grid]) -> bool:
    """Read and judge every row; False when the ledger was discarded or taken over meanwhile."""
    judge = Judge(ledger)
    for chunk in chunks(_entries(grids, layouts_of(ledger))):
        rows = [_row(ledger, entry) for entry in chunk]
        judge.judge(rows)
        for row in rows:
            row.raw = row.raw if row.outcome == Outcome.FAULTY else []
        if not _keep(ledger, rows):
            return False
    return True


def _entries(grids: Sequence[Grid], layouts: Sequence[Layout]) -> Iterator[Entry]:
    by_name = {layout.sheet: layout for layout in layouts if layout.use}
    for grid in grids:
        if grid.name in by_name:
            yield from read_entries(grid, by_name[grid.name])


def chunks(entries: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut anything long into lists of CHUNK."""
    source = iter(entries)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _row(ledger: Ledger, entry: Entry) -> LedgerRow:
    return LedgerRow(
        ledger=ledger, sheet=entry.sheet[:64], row=entry.row, values=entry.values, letters=entry.letters,
        problems=[problem.as_json() for problem in entry.problems], raw=entry.raw,
        notices=[{"sentence": notice} for notice in dict.fromkeys(entry.notices)],
    )  # fmt: skip


@transaction.atomic
def _keep(ledger: Ledger, rows: Sequence[LedgerRow]) -> bool:
    """Store a chunk and tell how far the reading is; False (and nothing stored) when it is no longer ours."""
    ledger.done = min(ledger.done + len(rows), ledger.total)
    if not _mine(ledger).update(done=ledger.done, total=ledger.total, beat_at=clock.now()):
        return False
    copy_rows(rows)
    return True


def _back_to_columns(ledger: Ledger, message: str) -> None:
    _mine(ledger).update(state=LedgerState.MAPPING, message=message[:300], done=0)


@transaction.atomic
def _finish_preview(ledger: Ledger) -> None:
    counts = LedgerRow.objects.filter(ledger=ledger).order_by().values("outcome").annotate(number=Count("pk"))
    summary: dict[str, int] = {str(outcome): 0 for outcome in Outcome}
    summary.update({row["outcome"]: row["number"] for row in counts})
    if not sum(summary.values()):
        _back_to_columns(ledger, "选中的表里没有读到账号。请核对表头在第几行、各列是什么。")
        return
    ledger.summary = {**summary, "unknown_bodies": len(unknown_bodies(ledger))}
    if _mine(ledger).update(state=LedgerState.PREVIEW, summary=ledger.summary, done=ledger.total, message=""):
        record_ledger(EventName.LEDGER_PREVIEWED, ledger, ledger.acting)


def unknown_bodies(ledger: Ledger) -> list[tuple[str, str]]:
    """Return (name, supervising body as written) of the bodies the ledger names and the tree does not have."""
    rows = LedgerRow.objects.filter(ledger=ledger, problems__contains=[{"code": "unknown_body"}]).order_by("id")
    names: dict[str, str] = {}
    for values in rows.values_list("values", flat=True):
        names.setdefault(values["body"], values.get("supervising", ""))
    return list(names.items())


def run_import(*, ledger_id: int) -> Ledger:
    """Write a confirmed ledger into the register, with the rights of whoever confirmed it.

    Whatever fails leaves the register as it was. Raises Refused when the register is no longer as it was previewed:
    the ledger is then read again.
    """
    try:
        return _import(ledger_id)
    except Refused as refused:
        confirmed = Ledger.objects.filter(pk=ledger_id, state=LedgerState.IMPORTING)
        if confirmed.update(state=LedgerState.READING, done=0, beat_at=clock.now()):
            build_preview(ledger_id=ledger_id)
            Ledger.objects.filter(pk=ledger_id).update(message=" ".join(refused.reasons)[:300])
        raise


@transaction.atomic
def _import(ledger_id: int) -> Ledger:
    locked = Ledger.objects.select_for_update(of=("self",)).select_related("organisation", "uploaded_by", "run_by")
    ledger = locked.get(pk=ledger_id)
    if ledger.state != LedgerState.IMPORTING:
        return ledger
    _refuse_changed(ledger)
    numbers = write_rows(ledger=ledger, actor=ledger.acting)
    ledger.summary = {**ledger.summary, **numbers}
    ledger.state, ledger.imported_at, ledger.message, ledger.done = LedgerState.IMPORTED, clock.now(), "", ledger.total
    ledger.save(update_fields=["summary", "state", "imported_at", "message", "done"])
    LedgerFile.objects.filter(ledger=ledger).delete()
    record_ledger(EventName.LEDGER_IMPORTED, ledger, ledger.acting)
    return ledger


def _refuse_changed(ledger: Ledger) -> None:
    """Judge every row again by the rights of whoever confirmed: what was seen must be what happens now."""
    judge = Judge(ledger)
    rows = LedgerRow.objects.filter(ledger=ledger).order_by("id")
    for chunk in chunks(rows.iterator(chunk_size=CHUNK)):
        seen = [_verdict(row) for row in chunk]
        judge.judge(chunk)
        if seen != [_verdict(row) for row in chunk]:
            raise Refused("预览之后登记册有了变化，已重新预览。请再看一遍，然后确认。")


def _verdict(row: LedgerRow) -> tuple[object, ...]:
    return row.outcome, row.changes, row.account_id, row.organisation_id, row.notices

"""Background jobs: each takes ids and calls one action.

The rows of `Ledger` are the truth; `sweep_ledgers` finds what a lost job left behind.
"""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.registry.actions import begin_day, build_preview, run_import
from zhijian.registry.enums import LedgerState
from zhijian.registry.queries import silent_ledgers

SILENT_FOR = timedelta(minutes=10)


@app.task(name="registry.read_ledger", queue="registry")
def read_ledger(*, ledger_id: int) -> None:
    """Read an uploaded ledger into its preview."""
    build_preview(ledger_id=ledger_id)


@app.task(name="registry.import_ledger", queue="registry")
def import_ledger(*, ledger_id: int) -> None:
    """Write a confirmed ledger into the register."""
    try:
        run_import(ledger_id=ledger_id)
    except Refused:
        # The ledger carries the reasons; the person reads them on its page and decides.
        return


@app.periodic(cron="*/10 * * * *")
@app.task(name="registry.sweep_ledgers", queue="registry", queueing_lock="registry.sweep_ledgers")
def sweep_ledgers(timestamp: int) -> None:
    """Start again what has been silent for ten minutes (its worker died). Both steps may run twice without harm."""
    _ = timestamp
    for ledger_id, state in silent_ledgers(since=clock.now() - SILENT_FOR):
        task = read_ledger if state == LedgerState.READING else import_ledger
        task.defer(ledger_id=ledger_id)


@app.periodic(cron="7 * * * *")
@app.task(name="registry.begin_day", queue="registry", queueing_lock="registry.begin_day")
def begin_the_day(timestamp: int) -> None:
    """End what ends by the calendar; every hour, so that a night without the worker loses no day."""
    _ = timestamp
    begin_day()

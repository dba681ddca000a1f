"""Background work: the night's run, carrying on what a dead worker left, and the days of orders."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.inspection import actions
from zhijian.lib.errors import Refused


@app.task(name="inspection.run")
def run(run_id: int) -> None:
    """Carry a run on to its end."""
    actions.carry_on_run(run_id=run_id)


@app.periodic(cron="30 4 * * *")
@app.task(name="inspection.nightly", queueing_lock="inspection.nightly")
def nightly(timestamp: int) -> None:
    """Begin the night's run, after the night's looks and link checks; one that still runs goes on instead."""
    try:
        actions.start_run()
    except Refused:
        sweep(timestamp)


@app.periodic(cron="*/10 * * * *")
@app.task(name="inspection.sweep", queueing_lock="inspection.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Carry on the runs whose worker died."""
    for run_id in actions.stalled_runs():
        run.configure(lock=f"inspection.run.{run_id}").defer(run_id=run_id)


@app.periodic(cron="20 * * * *")
@app.task(name="inspection.due", queueing_lock="inspection.due")
def due(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Tell of the orders whose day is near or past."""
    actions.tell_due_orders()

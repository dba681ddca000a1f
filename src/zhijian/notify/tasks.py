"""Background work: sending, the sweep that rebuilds lost jobs from the rows, and the daily summary."""

from __future__ import annotations

from typing import Final

from procrastinate.contrib.django import app

from zhijian.lib import clock
from zhijian.notify import actions
from zhijian.notify.actions.telling import SEND_TASK
from zhijian.notify.queries import due_dispatches

SWEEP_AT_ONCE: Final = 500
DIGEST_HOUR: Final = 8


@app.task(name=SEND_TASK)
def send(dispatch_id: int) -> None:
    """Send one message."""
    actions.run_dispatch(dispatch_id=dispatch_id)


@app.periodic(cron="* * * * *")
@app.task(name="notify.sweep", queueing_lock="notify.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Find what is due by its row, and what a dead worker left behind."""
    actions.give_up_silent()
    for dispatch_id in due_dispatches().values_list("pk", flat=True)[:SWEEP_AT_ONCE]:
        actions.hurry(dispatch_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="notify.digest", queueing_lock="notify.digest")
def digest(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Make the daily summary from eight o'clock on; a machine that slept then makes it when it wakes."""
    if clock.now().hour >= DIGEST_HOUR:
        actions.collect_digests()

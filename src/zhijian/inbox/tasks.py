"""Background work; rows are the truth, the sweep finds whatever a lost job left."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.inbox import actions
from zhijian.inbox.actions.moving import SEND_TASK


@app.task(name=SEND_TASK)
def send(outgoing_id: int) -> None:
    """Send one word to a citizen."""
    actions.send_word(outgoing_id=outgoing_id)


@app.periodic(cron="* * * * *")
@app.task(name="inbox.sweep", queueing_lock="inbox.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Send what is due by its row."""
    actions.sweep_outgoing()


@app.periodic(cron="7 * * * *")
@app.task(name="inbox.recompute", queueing_lock="inbox.recompute")
def recompute(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Lay the calendar over every running clock: a holiday notice may have come."""
    actions.recompute_running()


@app.periodic(cron="*/10 * * * *")
@app.task(name="inbox.tell", queueing_lock="inbox.tell")
def tell(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Tell staff of new messages, and of deadlines that are near or over."""
    actions.tell_new()
    actions.tell_deadlines()


@app.periodic(cron="23 3 * * *")
@app.task(name="inbox.photos", queueing_lock="inbox.photos")
def photos(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Let go of pictures that no message came of."""
    actions.sweep_photos()

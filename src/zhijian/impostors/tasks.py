"""Background work: telling of platforms whose time is over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.impostors import actions


@app.periodic(cron="10 8,13 * * *")
@app.task(name="impostors.overdue", queueing_lock="impostors.overdue")
def overdue(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Tell of the cases whose platform has not acted in time."""
    actions.tell_overdue_cases()

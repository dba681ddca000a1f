"""Background work: what ends by the calendar. The rows say what is due; a lost job loses an hour."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.vendors import actions


@app.periodic(cron="17 * * * *")
@app.task(name="vendors.begin_day", queueing_lock="vendors.begin_day")
def begin_the_day(timestamp: int) -> None:
    """End the access of people whose contract is over, and tell of what ends soon."""
    _ = timestamp
    actions.end_due_access()
    actions.warn()

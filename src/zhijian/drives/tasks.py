"""Background work: what ends by the calendar. The rows say what is due; a lost job loses a day at most."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.drives import actions


@app.periodic(cron="25 8 * * *")
@app.task(name="drives.warn", queueing_lock="drives.warn")
def warn(timestamp: int) -> None:
    """Remind the bodies whose accounts are not done."""
    _ = timestamp
    actions.warn_due()

"""Background work: what ends by the calendar. The rows say what is due; a lost job loses an hour."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.resources import actions


@app.periodic(cron="23 * * * *")
@app.task(name="resources.warn", queueing_lock="resources.warn")
def warn(timestamp: int) -> None:
    """Tell of licences that end and rules to look at again, each once."""
    _ = timestamp
    actions.warn()

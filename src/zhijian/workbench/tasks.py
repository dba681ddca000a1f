"""Background work of the desk: calling who is on duty when the machinery of another room stands still."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.workbench.actions import raise_alarms


@app.periodic(cron="5-59/10 * * * *")
@app.task(name="workbench.alarms", queueing_lock="workbench.alarms")
def alarms(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Raise an alarm for every run and source that stands still."""
    raise_alarms()

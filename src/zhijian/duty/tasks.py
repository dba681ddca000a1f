"""Background work: calling the next in line when nobody answered. The rows say who; a lost job loses a minute."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.duty.actions import escalate_due


@app.periodic(cron="* * * * *")
@app.task(name="duty.escalate", queueing_lock="duty.escalate")
def escalate(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Call the next in line for every alarm nobody answered in time."""
    escalate_due()

"""Background work on the log: it is sealed a little after it is written, never inside the transaction that writes."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.audit.actions import seal_events


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal")
def seal(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Seal the audit log, batch after batch."""
    while seal_events():
        pass

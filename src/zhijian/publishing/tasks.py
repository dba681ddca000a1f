"""Background work. Tasks take ids, and hurry what the rows say anyway: were all of them lost, the sweep would do it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from zhijian.connectors.contract import PlatformError
from zhijian.publishing import actions
from zhijian.publishing.actions.moving import RUN_TASK, hurry
from zhijian.publishing.actions.strays import SCAN_TASK
from zhijian.publishing.queries import due_deliveries

if TYPE_CHECKING:
    from procrastinate import JobContext

SWEEP_AT_ONCE = 500
STALLED_SECONDS = 60
KEPT_HOURS = 48
log = logging.getLogger(__name__)


@app.task(name=RUN_TASK)
def run_delivery(delivery_id: int) -> None:
    """Work on one delivery, and ask to be called again when the row wants it."""
    actions.run_delivery(delivery_id=delivery_id)
    actions.hurry_next(delivery_id=delivery_id)


@app.periodic(cron="* * * * *")
@app.task(name="publishing.sweep", queueing_lock="publishing.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Find every delivery that is due by its row: planned, unanswered, handed over, or left by a dead worker."""
    for delivery_id in due_deliveries().values_list("pk", flat=True)[:SWEEP_AT_ONCE]:
        hurry(delivery_id)


@app.task(name=SCAN_TASK)
def scan_box(connection_id: int) -> None:
    """Look into one draft box because somebody asked; one that does not answer is looked into by the next round."""
    try:
        actions.scan_strays(connection_id=connection_id)
    except PlatformError as error:
        log.info("draft box of connection %s: %s", connection_id, error.code)


@app.periodic(cron="*/10 * * * *")
@app.task(name="publishing.scan_strays", queueing_lock="publishing.scan_strays")
def scan_strays(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Look for drafts that nobody needs any more."""
    actions.scan_all_strays()


@app.periodic(cron="* * * * *")
@app.task(name="publishing.rescue_jobs", queueing_lock="publishing.rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Give the jobs of workers that died back to the queue, and drop what was done two days ago."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        log.warning("job %s of a dead worker is tried again", job.id)
        await manager.retry_job(job)
    await manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)

"""Background work on connections. Tasks take ids; the rows say what is wanted, so a lost job loses nothing."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.channels import actions
from zhijian.channels.actions.probing import PROBE_TASK
from zhijian.channels.queries import wanted_probes


@app.task(name=PROBE_TASK)
def probe(connection_id: int) -> None:
    """Ask a platform what an account may do."""
    actions.run_probe(connection_id=connection_id)


@app.periodic(cron="* * * * *")
@app.task(name="channels.sweep", queueing_lock="channels.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Find what was asked for and is not answered: its job was lost, or its worker died."""
    for connection_id in wanted_probes().values_list("pk", flat=True):
        actions.hurry_probe(connection_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="channels.forget_nonces", queueing_lock="channels.forget_nonces")
def forget_old_nonces(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Forget callback signatures that are too old to be replayed."""
    actions.forget_nonces()

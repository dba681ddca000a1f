"""Background work. Tasks take ids and call one action; the sweep finds by the rows what a lost job would have done."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhijian.observation import actions, queries

LOOKS_AT_ONCE = 300


@app.task(name="observation.look")
def look(source_id: int) -> None:
    """Look at one source."""
    actions.look_at(source_id=source_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="observation.sweep", queueing_lock="observation.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Start a look at every source whose turn it is; one that is being looked at refuses the second."""
    for source_id in queries.due_sources().values_list("pk", flat=True)[:LOOKS_AT_ONCE]:
        _ask_for(source_id)


def _ask_for(source_id: int) -> None:
    """Put a look at a source into the queue, unless one waits there already: a slow night piles up none."""
    name = f"observation.source.{source_id}"
    try:
        with transaction.atomic():
            look.configure(lock=name, queueing_lock=name).defer(source_id=source_id)
    except AlreadyEnqueued:
        pass


@app.task(name="observation.check_some_links", queueing_lock="observation.check_some_links")
def check_some_links() -> None:
    """Try some links and go on while there are more: each batch is a job of its own, so that others get their turn."""
    urls = actions.due_links()
    if urls:
        actions.check_links(urls=urls)
        check_some_links.defer()


@app.periodic(cron="30 2 * * *")
@app.task(name="observation.check_links", queueing_lock="observation.check_links")
def check_links(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Begin the night's link checks."""
    check_some_links.defer()


@app.task(name="observation.run_history")
def run_history(history_id: int) -> None:
    """Go on with a file of past posts."""
    actions.run_history(history_id=history_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="observation.sweep_histories", queueing_lock="observation.sweep_histories")
def sweep_histories(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Go on with the files whose worker died."""
    for history_id in queries.stalled_histories():
        run_history.defer(history_id=history_id)

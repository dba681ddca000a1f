"""Background work: reading pictures. Tasks take a hash and call one action; the sweep finds what a lost job left."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhijian.content import actions, queries


@app.task(name="content.look_at_picture")
def look_at_picture(sha256: str) -> None:
    """Read one picture."""
    actions.look_at_picture(sha256=sha256)


@app.periodic(cron="* * * * *")
@app.task(name="content.sweep_pictures", queueing_lock="content.sweep_pictures")
def sweep_pictures(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Ask for a look at every picture that waits for one: new ones, and those whose job was lost."""
    for sha256 in queries.due_pictures():
        name = f"content.picture.{sha256}"
        try:
            with transaction.atomic():
                look_at_picture.configure(lock="content.pictures", queueing_lock=name).defer(sha256=sha256)
        except AlreadyEnqueued:
            continue

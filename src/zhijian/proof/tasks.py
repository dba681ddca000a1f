"""Background work: the chain is sealed a little after it is written, the files follow, pages are looked at by night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.proof import actions


@app.periodic(cron="* * * * *")
@app.task(name="proof.seal", queueing_lock="proof.seal")
def seal(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Seal what changed in the register."""
    actions.seal_all()


@app.periodic(cron="*/5 * * * *")
@app.task(name="proof.publish", queueing_lock="proof.publish")
def publish(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Write the files of the register anew when it changed."""
    actions.publish_register()


@app.task(name="proof.check_some_links", queueing_lock="proof.check_some_links")
def check_some_links() -> None:
    """Look at some pages and go on while there are more: each batch is a job, so that others get their turn."""
    due = actions.due_link_backs()
    if due:
        actions.check_link_backs(account_ids=due)
        check_some_links.defer()


@app.periodic(cron="15 3 * * *")
@app.task(name="proof.check_links", queueing_lock="proof.check_links")
def check_links(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Begin the night's look at the pages of accounts."""
    check_some_links.defer()

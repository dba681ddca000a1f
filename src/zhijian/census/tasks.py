"""Background jobs: each takes an id and calls one action.

The rows are the truth; `sweep` finds what a lost job left.
"""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.census import actions


@app.task(name="census.fill_sheets", queue="census")
def fill_sheets(*, campaign_id: int) -> None:
    """Make the tables of a census that was sent out."""
    actions.fill_sheets(campaign_id=campaign_id)


@app.task(name="census.make_report", queue="census")
def make_report(*, report_id: int) -> None:
    """Write a consolidated file."""
    actions.make_report(report_id=report_id)


@app.task(name="census.read_dump", queue="census")
def read_dump(*, dump_id: int) -> None:
    """Read a dump of the national system."""
    actions.read_dump(dump_id=dump_id)


@app.task(name="census.compare", queue="census")
def compare(*, comparison_id: int) -> None:
    """Find the differences of a comparison."""
    actions.run_comparison(comparison_id=comparison_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="census.sweep", queue="census", queueing_lock="census.sweep")
def sweep(timestamp: int) -> None:
    """Start again what lost its worker; each of these steps may run twice without harm."""
    _ = timestamp
    for campaign_id in actions.stuck_campaigns():
        fill_sheets.defer(campaign_id=campaign_id)
    for report_id in actions.waiting_reports():
        make_report.defer(report_id=report_id)
    for dump_id in actions.unread_dumps():
        read_dump.defer(dump_id=dump_id)
    for comparison_id in actions.waiting_comparisons():
        compare.defer(comparison_id=comparison_id)


@app.periodic(cron="40 8 * * *")
@app.task(name="census.warn", queueing_lock="census.warn")
def warn(timestamp: int) -> None:
    """Tell who has not signed that a deadline is near."""
    _ = timestamp
    actions.warn_due()

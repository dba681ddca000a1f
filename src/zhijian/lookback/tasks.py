"""Background work. A task takes an id and calls one action; the sweep finds by the rows what a dead worker left."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhijian.lookback import actions, queries


@app.task(name="lookback.run")
def run(look_back_id: int) -> None:
    """Carry a look-back on to its end."""
    actions.carry_on(look_back_id=look_back_id)


@app.task(name="lookback.estimate")
def estimate(look_back_id: int) -> None:
    """Tell what a proposed look-back would find in the newest texts."""
    actions.estimate(look_back_id=look_back_id)


@app.task(name="lookback.look_again")
def look_again(rule_id: str, organisation_id: int) -> None:
    """Judge anew what a rule found, after something was set aside of it or counts again."""
    actions.look_again_by_rule(rule_id=rule_id, organisation_id=organisation_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="lookback.sweep", queueing_lock="lookback.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate hands every periodic task its time
    """Carry on the look-backs whose worker died."""
    for look_back_id in queries.stalled():
        run.configure(lock=f"lookback.run.{look_back_id}").defer(look_back_id=look_back_id)


@app.periodic(cron="10 5 * * *")
@app.task(name="lookback.nightly", queueing_lock="lookback.nightly")
def nightly(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """See after the night's looks what was mended or deleted, propose a look-back where rules changed, count."""
    actions.look_again()
    actions.look_again_where_rules_return()
    actions.propose_for_rules()
    actions.propose_for_begun_terms()
    actions.fold_days()

"""Driving a connector: the intent is committed before each change, and a doubt is read back before any retry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from zhijian.connectors.contract import ErrKind, PlatformError, Step, StepName
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.connectors.contract import Account, Connector, Receipt, Rendered, State

MOST_STEPS = 200


def intend(state: State, step: Step) -> State:
    """Return the state with the intent to do `step`; commit it before the step is run."""
    doing = {"name": step.name.value, "ref": step.ref, "at": clock.now().isoformat()}
    return {**state, "doing": doing}


def settle(state: State) -> State:
    """Return the state without an open intent: the outcome of the last step is known."""
    return {name: value for name, value in state.items() if name not in {"doing", "not_before"}}


def open_intent(state: State) -> tuple[Step, datetime] | None:
    """Return the step that was begun and never settled, and when it was begun."""
    doing = state.get("doing")
    if not doing:
        return None
    return Step(StepName(doing["name"]), doing["ref"]), datetime.fromisoformat(doing["at"])


def wait_until(state: State, moment: datetime) -> State:
    """Return the state that asks not to be looked at before `moment`."""
    return {**state, "not_before": moment.isoformat()}


def not_before(state: State) -> datetime | None:
    """Return the moment before which there is nothing to do, or None."""
    value = state.get("not_before")
    return datetime.fromisoformat(value) if value else None


def is_waiting(state: State) -> bool:
    """Say whether the connector asked to be left alone until later."""
    moment = not_before(state)
    return moment is not None and clock.now() < moment


def advance(
    connector: Connector, account: Account, rendered: Rendered, state: State, *, save: Callable[[State], None]
) -> Receipt:
    """Run step after step until the bundle is out, refused, or has to wait; return where it stands.

    `save` must commit the state: it is called before every change on the platform and after every step.
    Raises PlatformError; the last saved state is the one to resume from, whatever the error.
    """
    for _ in range(MOST_STEPS):
        step = None if is_waiting(state) else connector.next_step(rendered, state)
        if step is None:
            return connector.receipt(state)
        if step.mutates:
            state = intend(state, step)
            save(state)
        state = _run(connector, account, rendered, state, step, save)
    raise PlatformError(ErrKind.INVALID, "endless", "The connector did not come to an end.", hint_zh="请联系技术人员。")


def _run(
    connector: Connector,
    account: Account,
    rendered: Rendered,
    state: State,
    step: Step,
    save: Callable[[State], None],
) -> State:
    try:
        done = connector.run_step(account, rendered, state, step)
    except PlatformError as error:
        if step.mutates and error.outcome_known:
            save(settle(state))
        raise
    save(done)
    return done

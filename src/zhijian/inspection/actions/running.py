"""A run: begun by the clock or a person, carried on batch by batch, finished with its counts. Rows are the truth."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.db.models import Count
from procrastinate.contrib.django import app

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.inspection.actions.rulings import RunRules
from zhijian.inspection.actions.stumbling import judge_batch, look_again, take_checks, take_texts
from zhijian.inspection.enums import Result, RunKind, RunState
from zhijian.inspection.models import Run, Standing
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.observation.queries import watched_accounts

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

RUN_KIND: Final = "inspection.run"
RUN_TASK: Final = "inspection.run"
AT_ONCE: Final = 1_000
SILENT_FOR: Final = timedelta(minutes=10)
ONE_AT_A_TIME: Final = "inspection_one_run_at_a_time"
BUSY: Final = "另一次巡检正在进行，完成后再开始。"


@transaction.atomic
def start_run(*, actor: User | None = None, organisation: Organisation | None = None) -> Run:
    """Begin a run over all accounts (the clock's) or over those of one body and below (a person's).

    It takes up post versions and link checks where the last run left them. Raises Refused while another runs.
    """
    if actor is not None:
        require(Permission.INSPECTION_RUN, actor=actor, thing=organisation)
    if Run.objects.filter(state=RunState.RUNNING).exists():
        raise Refused(BUSY)
    last, at = Run.objects.order_by("-pk").first(), clock.now()
    try:
        with transaction.atomic():
            run = Run.objects.create(
                organisation=organisation, by=actor, kind=RunKind.ON_DEMAND if actor else RunKind.NIGHTLY,
                started_at=at, beat_at=at, after_version=last.after_version if last else 0,
                after_check=last.after_check if last else 0,
            )  # fmt: skip
    except IntegrityError as error:
        if ONE_AT_A_TIME not in str(error):
            raise
        raise Refused(BUSY) from error
    record(
        EventName.INSPECTION_STARTED, actor=actor, organisation_id=organisation.pk if organisation else None,
        thing_kind=RUN_KIND, thing_id=run.pk,
    )  # fmt: skip
    transaction.on_commit(lambda: app.configure_task(RUN_TASK, lock=f"inspection.run.{run.pk}").defer(run_id=run.pk))
    return run


def carry_on_run(*, run_id: int) -> Run:
    """Carry a run on to its end from where it stands; each batch is a transaction of its own.

    Accounts are read batch by batch, so that a run needs the same memory for ten and for a hundred thousand.
    """
    rules = RunRules()
    while _step(run_id, rules):
        pass
    return Run.objects.get(pk=run_id)


@transaction.atomic
def _step(run_id: int, rules: RunRules) -> bool:
    """Do one batch under the lock of the run; False when there is nothing left to do."""
    run = Run.objects.select_for_update(no_key=True, of=("self",)).get(pk=run_id)
    if run.state != RunState.RUNNING:
        return False
    texts = take_texts(run, rules)
    links = 0 if texts else take_checks(run, rules)
    run.texts, run.links = run.texts + texts, run.links + links
    if not texts and not links and not _accounts(run, rules):
        _finish(run, not_rechecked=look_again(run, rules))
    run.beat_at, run.rules = clock.now(), {**run.rules, **rules.used}
    run.save()
    return run.state == RunState.RUNNING


def _accounts(run: Run, rules: RunRules) -> bool:
    rows = watched_accounts().filter(pk__gt=run.after_account).order_by("pk")
    if run.organisation is not None:
        rows = rows.filter(organisation__path__startswith=run.organisation.path)
    ahead = list(rows[:AT_ONCE])
    if not ahead:
        return False
    judge_batch(run, ahead, rules)
    run.after_account, run.accounts = ahead[-1].pk, run.accounts + len(ahead)
    return True


def _finish(run: Run, *, not_rechecked: int) -> None:
    run.state, run.finished_at, run.not_rechecked = RunState.DONE, clock.now(), not_rechecked
    counted = dict(Standing.objects.filter(run=run).values_list("result").annotate(number=Count("pk")).order_by())
    run.counts = {str(one): counted.get(str(one), 0) for one in Result}
    record(
        EventName.INSPECTION_FINISHED, actor=None, organisation_id=run.organisation_id, thing_kind=RUN_KIND,
        thing_id=run.pk,
        data={"accounts": run.accounts, "texts": run.texts, "not_rechecked": not_rechecked, **run.counts},
    )  # fmt: skip


def stalled_runs() -> list[int]:
    """Return the ids of the runs that have been silent for ten minutes: their worker died, or never began."""
    rows = Run.objects.filter(state=RunState.RUNNING, beat_at__lt=clock.now() - SILENT_FOR)
    return list(rows.values_list("pk", flat=True))

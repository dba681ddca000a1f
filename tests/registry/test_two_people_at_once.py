"""A ledger in two hands: each step is taken once, the second person is told, and it runs as whoever took it."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from tests.registry.test_long_ledgers import ROWS, begin
from tests.registry.world import make_person, make_world, workbook

from zhijian.audit.models import Event
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation
from zhijian.registry import tasks
from zhijian.registry.actions import (
    build_preview,
    choose_columns,
    confirm_ledger,
    create_missing_bodies,
    discard_ledger,
    layouts_of,
    ledger_steps,
    upload_ledger,
)
from zhijian.registry.enums import LedgerState
from zhijian.registry.models import Account, Ledger, LedgerRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.registry.world import World

    from zhijian.organisations.models import User

HEAD = ["主办单位", "主管单位", "平台", "账号名称"]
ROWS_OF_TWO = [["东溪县教育局", "", "微信", "东溪教育"], ["东溪县水利局", "", "微信", "东溪水利"]]


def uploaded(world: World, *rows: list[str]) -> Ledger:
    content = workbook(("台账", [HEAD, *(rows or ROWS_OF_TWO)]))
    return upload_ledger(actor=world.supervisor, organisation=world.county, file_name="a.xlsx", content=content)


def at_once(act: Callable[[User], object], *actors: User) -> list[list[str]]:
    """Have each person do it at the same moment on a connection of their own; return what each was refused with."""
    barrier, told = Barrier(len(actors)), []

    def one(actor: User) -> None:
        try:
            barrier.wait()
            act(actor)
            told.append([])
        except Refused as refused:
            told.append(list(refused.reasons))
        finally:
            connection.close()

    threads = [Thread(target=one, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_the_same_step_one_goes_on_and_nothing_is_doubled() -> None:
    world = make_world()
    second = make_person("second", world.county, Role.SUPERVISING_OFFICER, subtree=True)
    ledger = uploaded(world)
    layouts = layouts_of(ledger)
    steps: list[Callable[[User], Any]] = [
        lambda actor: choose_columns(actor=actor, ledger_id=ledger.pk, layouts=layouts),
        lambda actor: create_missing_bodies(actor=actor, ledger_id=ledger.pk),
        lambda actor: confirm_ledger(actor=actor, ledger_id=ledger.pk, skip_faulty=True),
    ]
    at_once(steps[0], world.supervisor, second)
    assert sorted(LedgerRow.objects.values_list("row", "outcome")) == [(2, "new"), (3, "faulty")]
    refused = at_once(steps[1], world.supervisor, second)
    assert (refused[0], len(refused[1])) == ([], 1)
    assert refused[1][0] in {
        "这份台账读取中，不能再做这一步。请刷新页面。", "台账里的单位都已经有了，不用新建。请刷新页面。",
    }  # fmt: skip
    assert Organisation.objects.filter(name="东溪县水利局").count() == 1
    assert sorted(LedgerRow.objects.values_list("row", "outcome")) == [(2, "new"), (3, "new")]
    refused = at_once(steps[2], world.supervisor, second)
    assert (refused[0], refused[1]) in [
        ([], [f"这份台账{LedgerState(state).label}，不能确认导入。"]) for state in ("importing", "imported")
    ]
    assert sorted(Account.objects.values_list("name", flat=True)) == ["东溪教育", "东溪水利"]
    assert Event.objects.filter(name="registry.ledger.confirmed").count() == 1
    with pytest.raises(Refused, match="已导入"):
        discard_ledger(actor=second, ledger_id=ledger.pk)


def test_a_reading_that_was_overtaken_stops_and_leaves_no_row(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    """The sweep took a slow worker for a dead one: the second run goes on, the first ends at its next chunk."""
    ledger = begin(world, django_capture_on_commit_callbacks)
    slow = ledger_steps._claimed(ledger.pk)  # noqa: SLF001 - the middle of a run, where a second one comes in
    assert slow is not None
    build_preview(ledger_id=ledger.pk)
    Ledger.objects.filter(pk=ledger.pk).update(state=LedgerState.READING)
    rows = [LedgerRow(ledger=slow, row=1, values={})]
    assert ledger_steps._keep(slow, rows) is False  # noqa: SLF001 - as above
    ledger.refresh_from_db()
    assert (LedgerRow.objects.count(), ledger.done, ledger.claim, slow.claim) == (ROWS, ROWS + 1, 2, 1)


def test_the_worker_imports_in_the_name_of_whoever_confirmed(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    ledger = begin(world, django_capture_on_commit_callbacks)
    tasks.read_ledger(ledger_id=ledger.pk)
    second = make_person("second", world.county, Role.SUPERVISING_OFFICER, subtree=True)
    confirm_ledger(actor=second, ledger_id=ledger.pk, skip_faulty=False)
    tasks.import_ledger(ledger_id=ledger.pk)
    who = Event.objects.filter(name__in=["registry.account.imported", "registry.ledger.imported"])
    assert (Account.objects.count(), set(who.values_list("actor_label", flat=True))) == (ROWS, {"second"})
    assert set(Event.objects.filter(name="registry.ledger.previewed").values_list("actor_label")) == {("supervisor",)}


def test_nobody_imports_more_than_their_own_bodies_whoever_uploaded(world: World) -> None:
    ledger = uploaded(world, ROWS_OF_TWO[0])
    choose_columns(actor=world.supervisor, ledger_id=ledger.pk, layouts=layouts_of(ledger))
    narrow = make_person("narrow", world.county, Role.SUPERVISING_OFFICER)
    with pytest.raises(Refused, match="已重新预览"):
        confirm_ledger(actor=narrow, ledger_id=ledger.pk, skip_faulty=False)
    ledger.refresh_from_db()
    assert (ledger.state, ledger.summary["faulty"], Account.objects.count()) == (LedgerState.PREVIEW, 1, 0)


def test_a_main_account_that_gives_the_flag_up_is_in_the_log(world: World) -> None:
    head = "主办单位,平台,账号名称,主账号\n"
    for rows in ("东溪县教育局,微信,东溪教育,是", "东溪县教育局,微博,东溪教育,是"):
        ledger = upload_ledger(
            actor=world.supervisor, organisation=world.county, file_name="a.csv", content=(head + rows).encode()
        )
        choose_columns(actor=world.supervisor, ledger_id=ledger.pk, layouts=layouts_of(ledger))
        confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    first = Account.objects.get(platform="wechat")
    told = Event.objects.filter(name="registry.account.changed", thing_id=str(first.pk)).values_list("data", flat=True)
    assert (first.is_main, list(told)) == (False, [{"ledger": ledger.pk, "changes": {"is_main": [True, False]}}])

"""Ledgers too long for one request: read and written in the background, left and found again, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procrastinate.contrib.django.models import ProcrastinateJob

from zhijian.registry import tasks
from zhijian.registry.actions import choose_columns, confirm_ledger, layouts_of, upload_ledger
from zhijian.registry.enums import LedgerState
from zhijian.registry.models import Account, Ledger, LedgerRow

if TYPE_CHECKING:
    from django.test import Client
    from tests.registry.world import World

ROWS = 2_100


def begin(world: World, callbacks: Any) -> Ledger:
    lines = ["主办单位,平台,账号名称,账号ID", *(f"东溪县教育局,其他平台,东溪{row},d{row}" for row in range(ROWS))]
    ledger = upload_ledger(
        actor=world.supervisor, organisation=world.county, file_name="长.csv", content="\n".join(lines).encode()
    )  # fmt: skip
    with callbacks(execute=True):
        return choose_columns(actor=world.supervisor, ledger_id=ledger.pk, layouts=layouts_of(ledger))


def test_a_long_ledger_is_read_and_written_by_the_worker(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:  # fmt: skip
    ledger = begin(world, django_capture_on_commit_callbacks)
    assert (ledger.state, LedgerRow.objects.count()) == (LedgerState.READING, 0)
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="registry.")
    assert list(jobs.values_list("task_name", "args")) == [("registry.read_ledger", {"ledger_id": ledger.pk})]
    tasks.read_ledger(ledger_id=ledger.pk)
    ledger.refresh_from_db()
    assert (ledger.state, ledger.summary["new"], Account.objects.count()) == (LedgerState.PREVIEW, ROWS, 0)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_ledger(actor=world.supervisor, ledger_id=ledger.pk, skip_faulty=False)
    ledger.refresh_from_db()
    assert (ledger.state, Account.objects.count()) == (LedgerState.IMPORTING, 0)
    tasks.import_ledger(ledger_id=ledger.pk)
    tasks.import_ledger(ledger_id=ledger.pk)
    ledger.refresh_from_db()
    assert (ledger.state, Account.objects.count()) == (LedgerState.IMPORTED, ROWS)
    assert Account.objects.filter(holds_place=True).count() == 1
    assert ledger.summary["surplus"] == ROWS - 1


def test_the_page_shows_how_far_it_is_and_may_cancel(
    client: Client, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    ledger = begin(world, django_capture_on_commit_callbacks)
    client.force_login(world.supervisor)
    address = f"/desk/accounts/ledgers/{ledger.pk}/"
    Ledger.objects.filter(pk=ledger.pk).update(done=2_000)
    page = client.get(address).content.decode()
    assert ("正在读取台账" in page, "2,000 / 2,101" in page) == (True, True)
    assert "2,000 / 2,101" in client.get(f"{address}progress/").content.decode()
    client.post(f"{address}discard/")
    assert client.get(f"{address}progress/").headers["HX-Redirect"] == address
    tasks.read_ledger(ledger_id=ledger.pk)
    ledger.refresh_from_db()
    assert (ledger.state, LedgerRow.objects.count()) == (LedgerState.DISCARDED, 0)


def test_the_sweep_starts_again_what_a_dead_worker_left(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:  # fmt: skip
    ledger = begin(world, django_capture_on_commit_callbacks)
    jobs = ProcrastinateJob.objects.filter(task_name="registry.read_ledger")
    tasks.sweep_ledgers(timestamp=0)
    assert jobs.count() == 1
    Ledger.objects.filter(pk=ledger.pk).update(beat_at=ledger.uploaded_at - tasks.SILENT_FOR * 2)
    tasks.sweep_ledgers(timestamp=0)
    assert jobs.count() == 2

"""The real worker process: it finds what is planned by the queue, and by the rows alone when the queue is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from tests.publishing.pressroom import make_pressroom

from zhijian.audit.models import Seal
from zhijian.lib import clock
from zhijian.publishing.enums import DeliveryState
from zhijian.publishing.models import Delivery
from zhijian.publishing.tasks import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.publishing.pressroom import Bench

SOURCES = Path(__file__).resolve().parents[2] / "src"


@contextmanager
def worker(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    """Run `zhijian worker` on the tests' database until the end of the block."""
    facts = connection.settings_dict
    address = f"postgresql://{facts['USER']}@/{facts['NAME']}?host={facts['HOST']}&port={facts['PORT']}"
    environment = {**os.environ, "DATABASE_URL": address, "ZHIJIAN_SANDBOX_URL": bench.base_url}
    process = subprocess.Popen(
        [sys.executable, "-m", "zhijian.cli.main", "worker"], cwd=SOURCES, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(fact: Callable[[], bool], *, seconds: int = 150) -> bool:
    """Wait until something is so; the time is only there to end a hopeless wait."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.django_db(transaction=True)
def test_a_planned_delivery_is_published_and_the_log_sealed_by_the_worker(bench: Bench) -> None:
    press = make_pressroom(bench)
    delivery = press.plan(press.wechat, press.approved("城东片区停水通知"), press.approved("水费缴纳提醒"))
    with worker(bench):
        assert wait_for(lambda: Delivery.objects.get(pk=delivery.pk).state == DeliveryState.PUBLISHED)
        assert wait_for(Seal.objects.exists)
    assert bench.titles() == [["城东片区停水通知", "水费缴纳提醒"]]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_rebuilds_the_queue_from_the_rows(bench: Bench) -> None:
    press = make_pressroom(bench)
    due = press.plan(press.wechat, press.approved("城东片区停水通知"))
    later = clock.now() + timedelta(hours=1)
    press.plan(press.wechat, press.approved("水费缴纳提醒"), scheduled_at=later)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
        for _ in range(2):
            sweep(timestamp=0)
        cursor.execute("SELECT task_name, args ->> 'delivery_id' FROM procrastinate_jobs WHERE status = 'todo'")
        assert [(name, args) for name, args in cursor.fetchall()] == [("publishing.run_delivery", str(due.pk))]
    assert app.tasks["publishing.run_delivery"] is not None

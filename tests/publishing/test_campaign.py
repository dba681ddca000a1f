"""Workers are killed at any moment while the platform misbehaves: in every run exactly one post, the right one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections
from tests.publishing.pressroom import SECRET, Bench, make_account, make_pressroom

from zhijian.channels import actions as channels
from zhijian.channels.actions import Credentials
from zhijian.lib import clock
from zhijian.publishing import actions
from zhijian.publishing.enums import ON_THE_WAY, DeliveryState
from zhijian.publishing.models import Delivery, StrayDraft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.publishing.pressroom import Pressroom

HERE = Path(__file__).resolve().parent
PATHS = ("uploadimg", "add_material", "draft/add", "draft/get", "freepublish/submit", "freepublish/get", "batchget")
KINDS = ("drop_after_commit", "drop_after_commit", "drop_after_commit", "latency", "reset", "truncate", "http")
MOMENTS = ("material_added", "draft_added", "publish_submitted", "published")
LONGEST_LATENCY = 0.25
LATE = 4.0
LATE_SHARE = 0.15
MOST_ROUNDS = 60


@dataclass
class Lane:
    """One sandbox, one clock and one nursery of workers; its runs follow each other."""

    bench_url: str
    nursery: subprocess.Popen[str]
    clock_file: Path
    dice: random.Random
    kills: int = 0
    offset: float = 0.0
    stuck: list[str] = field(default_factory=list)

    def ask(self, line: str) -> str:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(f"{line}\n")
        self.nursery.stdin.flush()
        return self.nursery.stdout.readline().strip()

    def move_clock_to(self, moment: datetime) -> None:
        """Let the workers and the sandbox of this lane live later; the clock never goes back."""
        wanted = (moment - clock.now()).total_seconds() + 1
        self.offset = max(self.offset, wanted)
        draft = self.clock_file.with_suffix(".new")
        draft.write_text(str(self.offset), encoding="ascii")
        draft.replace(self.clock_file)


@contextmanager
def lane(folder: Path, seed: int) -> Iterator[Lane]:
    """Start the sandbox and the nursery of one lane; both end with it."""
    folder.mkdir()
    clock_file = folder / "clock"
    clock_file.write_text("0", encoding="ascii")
    port = free_port()
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"
    environment = {**os.environ, "ZHIJIAN_CLOCK_FILE": str(clock_file), "DATABASE_URL": address}
    python = [sys.executable, "-u"]
    sandbox = subprocess.Popen(  # noqa: S603 -- our own program
        [*python, "-m", "zhijian.sandbox", "--port", str(port)], env=environment, cwd=HERE.parents[1] / "src",
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    nursery = subprocess.Popen(  # noqa: S603 -- our own program
        [*python, str(HERE / "worker_nursery.py")], env=environment, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=(folder / "log").open("w"),
    )  # fmt: skip
    try:
        assert nursery.stdout is not None
        assert nursery.stdout.readline().strip() == "ready", (folder / "log").read_text()
        wait_for_port(port)
        yield Lane(f"http://127.0.0.1:{port}", nursery, clock_file, random.Random(seed))  # noqa: S311 -- a dice for tests
    finally:
        for process in (nursery, sandbox):
            process.kill()
            process.wait()


def free_port() -> int:
    import socket  # noqa: PLC0415 -- used here only

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for_port(port: int) -> None:
    import socket  # noqa: PLC0415 -- used here only

    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise TimeoutError("The sandbox did not start.")


@dataclass
class Run:
    """One publication of two pieces: its account, its delivery, what it must look like."""

    bench: Bench
    delivery: Delivery
    titles: list[str]
    late: bool = False


def make_run(press: Pressroom, chosen: Lane, number: int, revisions: list[Any]) -> Run:
    bench = Bench(chosen.bench_url, f"wxcampaign{number:08d}")
    dice = chosen.dice
    bench.settings(secret=SECRET, publish_seconds=dice.choice([0, 0, 40]), consume=dice.choice(["submit", "finish"]))
    account = make_account(press.body, "wechat", name=f"第 {number} 个账号")
    row = channels.connect_account(
        actor=press.officer, account_id=account.pk, app_id=bench.appid, credentials=Credentials(secret=SECRET),
        base_url=f"{chosen.bench_url}/wechat",
    )  # fmt: skip
    channels.probe_connection(actor=press.officer, connection_id=row.pk)
    delivery = press.plan(row, *revisions)
    return Run(bench, delivery, [revision.title for revision in revisions], late=dice.random() < LATE_SHARE)


def misbehave(run: Run, dice: random.Random) -> None:
    """Spoil some of the next answers of the platform."""
    run.bench.calm()
    for _ in range(dice.randint(0, 3)):
        run.bench.fault(
            dice.choice(PATHS), dice.choice(KINDS), times=dice.randint(1, 2), probability=dice.choice([0.5, 1.0]),
            seconds=dice.uniform(0.02, LONGEST_LATENCY),
        )  # fmt: skip


def kill_somewhere(chosen: Lane, run: Run, pid: str) -> None:
    """End a worker the hard way: after a random time, or as soon as the platform has done a certain thing."""
    dice = chosen.dice
    if dice.random() < 0.5:
        time.sleep(dice.uniform(0.0, 0.35))
    else:
        kind, deadline = dice.choice(MOMENTS), time.monotonic() + 0.6
        while time.monotonic() < deadline and not run.bench.ledger(kind):
            time.sleep(0.002)
    with suppress(ProcessLookupError):
        os.kill(int(pid), signal.SIGKILL)
        chosen.kills += 1
    chosen.ask(f"wait {pid}")
    # No clock may jump over what the dead worker has sent.
    run.bench.wait_until_idle()


def leave_a_late_draft(chosen: Lane, run: Run) -> None:
    """Kill a worker whose draft is still under way: it lands long after everybody has given it up."""
    run.bench.calm()
    run.bench.fault("draft/add", "latency", seconds=LATE)
    pid = chosen.ask(f"start {run.delivery.pk}")
    for _ in range(2000):
        if run.bench.ledger("material_added"):
            break
        time.sleep(0.002)
    time.sleep(0.2)
    os.kill(int(pid), signal.SIGKILL)
    chosen.kills += 1
    chosen.ask(f"wait {pid}")
    chosen.move_clock_to(clock.now() + timedelta(seconds=chosen.offset) + timedelta(minutes=3))


def publish(press: Pressroom, chosen: Lane, run: Run) -> None:
    """Drive one delivery to its end through deaths and doubts."""
    deaths = chosen.dice.randint(1, 3)
    if run.late:
        leave_a_late_draft(chosen, run)
        deaths = 0
    _go_on(press, chosen, run, deaths)
    run.bench.wait_until_idle()


def _go_on(press: Pressroom, chosen: Lane, run: Run, deaths: int) -> None:
    for round_number in range(MOST_ROUNDS):
        dies = round_number < deaths
        if dies:
            misbehave(run, chosen.dice)
        elif round_number == deaths + 6:
            run.bench.calm()
        pid = chosen.ask(f"start {run.delivery.pk}")
        if dies:
            kill_somewhere(chosen, run, pid)
        else:
            chosen.ask(f"wait {pid}")
        run.delivery.refresh_from_db()
        if run.delivery.state == DeliveryState.FAILED:
            # Too many refusals before anything was out: a person presses the button once the platform is well again.
            run.bench.calm()
            actions.retry_delivery(actor=press.editor, delivery_id=run.delivery.pk)
            run.delivery.refresh_from_db()
        elif run.delivery.state not in {DeliveryState.PLANNED, *ON_THE_WAY}:
            return
        due = [moment for moment in (run.delivery.next_attempt_at, run.delivery.lease_until) if moment]
        chosen.move_clock_to(max(due) + timedelta(seconds=1))
    chosen.stuck.append(f"{run.delivery.pk} {run.delivery.state} {run.delivery.problem} {run.delivery.progress}")


def faults_of(chosen: Lane, run: Run) -> list[str]:
    """Say everything that is not as it must be after a run."""
    told = []
    run.bench.calm()
    if run.delivery.state != DeliveryState.PUBLISHED:
        told.append(f"{run.delivery.pk} is {run.delivery.state}: {run.delivery.problem}")
    if run.bench.titles() != [run.titles]:
        told.append(f"{run.delivery.pk} readers got {run.bench.titles()}")
    published = run.bench.ledger("published")
    if [entry["keys"] for entry in published] != [[run.delivery.key]]:
        told.append(f"{run.delivery.pk} was published {len(published)} times")
    return told


def clean_up(press: Pressroom, run: Run) -> int:
    """List what was left in the draft box and clean it; return how many there were."""
    left = len(run.bench.drafts())
    listed = actions.scan_strays(connection_id=run.delivery.connection_id)
    assert listed == left
    for stray in StrayDraft.objects.filter(connection=run.delivery.connection_id, cleaned_at=None):
        actions.clean_stray(actor=press.editor, stray_id=stray.pk)
    assert run.bench.drafts() == []
    return left


def campaign(press: Pressroom, folder: Path, *, runs: int, lanes: int, seed: int) -> tuple[list[str], int, int]:
    """Return every fault, how many workers were killed, and how many strays were found and cleaned."""
    revisions = [press.approved("城东片区停水通知"), press.approved("水费缴纳提醒")]
    faults: list[str] = []
    kills, strays = [0], [0]

    def work(chosen: Lane, numbers: range) -> None:
        try:
            for number in numbers:
                run = make_run(press, chosen, number, revisions)
                publish(press, chosen, run)
                faults.extend(faults_of(chosen, run))
                strays[0] += clean_up(press, run)
        except Exception as error:  # noqa: BLE001 -- a thread's failure belongs to the test
            faults.append(f"lane failed: {type(error).__name__}: {error}")
        finally:
            faults.extend(chosen.stuck)
            kills[0] += chosen.kills
            connections.close_all()

    with ExitStack() as stack:
        started = [stack.enter_context(lane(folder / f"lane{index}", seed + index)) for index in range(lanes)]
        threads = [
            threading.Thread(target=work, args=(one, range(index, runs, lanes))) for index, one in enumerate(started)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return faults, kills[0], strays[0]


@pytest.mark.django_db(transaction=True)
def test_five_runs_with_killed_workers_end_in_one_post_each(tmp_path: Path) -> None:
    faults, kills, _ = campaign(make_pressroom(None), tmp_path, runs=5, lanes=1, seed=7)
    assert faults == []
    assert kills >= 5


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.django_db(transaction=True)
def test_two_hundred_runs_with_killed_workers_end_in_one_post_each(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    faults, kills, strays = campaign(make_pressroom(None), tmp_path, runs=200, lanes=2, seed=seed)
    assert faults == [], f"seed {seed}"
    assert kills >= 200
    assert strays > 0

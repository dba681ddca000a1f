"""Intake: 500 citizens write at once for five minutes to a real server on two cores; none lost, none doubled.

A throw-away PostgreSQL and gunicorn (two workers, eight threads each, as `zhijian up` starts it) run beside the
writers.
Each citizen opens the form, fills it in and sends it; every fifth clicks the button twice at the same moment. Every
answer that says "received" must be a row, and every form one row. `--seconds` and `--citizens` make it shorter;
`--think` is how long a citizen takes to fill in the form. The last answers are waited for, and that time counts.
Figures: messages lost, messages doubled, failed answers, messages a second, p95 of the sending.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.cli import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

CITIZENS, SECONDS, THINK, SEED, TIMEOUT = 500, 300, 20.0, 20_261_122, 30.0
PLACE = re.compile(r"/messages/(20\d\d-\d{7,10}-\d)/")
TOKEN = re.compile(r'name="token" value="([^"]+)"')
WORDS = ("路灯不亮", "水压太低", "井盖松动", "夜里施工", "公交不准点", "水费疑问", "垃圾没清", "树枝挡路")


@dataclass
class Tally:
    """What the citizens were told."""

    numbers: list[str] = field(default_factory=list)
    by_form: dict[str, set[str]] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    again: int = 0
    seconds: float = 0.0


@contextmanager
def site() -> Iterator[str]:
    """Start a database with a county in it and a server before it; yield its address."""
    folder = Path(tempfile.mkdtemp(prefix="zhijian-bench-", dir="/tmp"))
    folder.chmod(0o755)
    cluster = postgres.cluster_in(folder)
    os.environ.update(DJANGO_SETTINGS_MODULE="zhijian.config.settings", ZHIJIAN_DATA=str(folder / "data"))
    # Each citizen writes from an address of their own, told by a gateway we trust; the limits are the usual ones.
    os.environ.update(ZHIJIAN_INBOX_LEAST_SECONDS="0", ZHIJIAN_TRUSTED_PROXIES="127.0.0.1")
    server = None
    try:
        cluster.start()
        os.environ["DATABASE_URL"] = cluster.url("postgres")
        furnish()
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        os.environ["ZHIJIAN_BASE_URL"] = address
        server = subprocess.Popen(  # noqa: S603 -- our own server
            [sys.executable, "-m", "gunicorn", "zhijian.config.wsgi:application", "--bind", f"127.0.0.1:{port}",
             "--workers", "2", "--threads", "8", "--preload", "--timeout", "60", "--log-level", "warning",
             "--worker-class", "zhijian.cli.webworker.Worker"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        wait_for(address)
        yield address
    finally:
        if server is not None:
            server.terminate()
            server.wait(30)
        cluster.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


def furnish() -> None:
    """Make a government with somebody who answers."""
    import django  # noqa: PLC0415 - only once the database has an address

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - as above

    from zhijian.organisations import actions  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    actions.found_installation(government_name="某县人民政府", is_demonstration=False)
    body = actions.create_organisation(
        actor=None,
        name="某县人民政府",
        short_name="某县政府",
        code="999999",
        level="county",
        kind="government",
        parent=None,
    )
    person = actions.create_person(
        actor=None, username="bench", display_name="bench", organisation=body, password="", is_demonstration=True
    )
    actions.grant_role(actor=None, user=person, organisation=body, role="answerer")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(address: str) -> None:
    """Wait until the server answers."""
    for _ in range(200):
        try:
            if httpx2.get(f"{address}/messages/write/").status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")


async def citizen(
    client: httpx2.AsyncClient, tally: Tally, until: float, think: float, draw: random.Random
) -> None:  # fmt: skip
    """Write one message after the other until the time is over, each as somebody else."""
    await asyncio.sleep(draw.random() * think)
    while time.monotonic() < until:
        form = secrets.token_hex(8)
        address = f"10.{draw.randrange(256)}.{draw.randrange(256)}.{draw.randrange(256)}"
        try:
            opened = await client.get("/messages/write/", headers={"X-Forwarded-For": address})
            found = TOKEN.search(opened.text)
            if found is None:
                tally.failed[f"form {opened.status_code}"] += 1
                continue
            await asyncio.sleep(think * draw.uniform(0.5, 1.5))
            client_of = Visitor(client, address)
            await send(client_of, tally, unescape(found[1]), form, twice=draw.random() < 0.2, word=draw.choice(WORDS))
        except httpx2.HTTPError as error:
            tally.failed[type(error).__name__] += 1


@dataclass(frozen=True)
class Visitor:
    """A citizen's own line to the site. A sending that gets no answer is sent again: the form's token makes it safe."""

    client: httpx2.AsyncClient
    address: str

    async def post(self, data: dict[str, str], tally: Tally) -> httpx2.Response:
        """Send the form, at most three times."""
        for _ in range(2):
            try:
                return await self._once(data)
            except httpx2.TransportError:
                tally.again += 1
        return await self._once(data)

    async def _once(self, data: dict[str, str]) -> httpx2.Response:
        headers = {"X-Forwarded-For": self.address}
        return await self.client.post("/messages/write/", data=data, headers=headers)


async def send(client: Visitor, tally: Tally, token: str, form: str, *, twice: bool, word: str) -> None:
    """Send a filled-in form, with a second click on the button now and then."""
    data = {
        "token": token, "kind": "complaint", "title": f"{word} {form}", "text": f"{word}，请尽快处理。{form}",
        "similar_seen": "1",
    }  # fmt: skip
    start = time.monotonic()
    answers = await asyncio.gather(*(client.post(data, tally) for _ in range(2 if twice else 1)))
    tally.times.append((time.monotonic() - start) * 1000)
    for answer in answers:
        place = PLACE.search(answer.headers.get("Location", ""))
        if answer.status_code != 302 or place is None:
            tally.failed[f"answer {answer.status_code}"] += 1
        else:
            tally.by_form.setdefault(form, set()).add(place[1])


async def write_all(address: str, citizens: int, seconds: float, think: float) -> Tally:
    """Let all citizens write at once."""
    tally, draw = Tally(), random.Random(SEED)  # noqa: S311 - the same citizens in every run
    limits = httpx2.Limits(max_connections=citizens * 2, max_keepalive_connections=0)
    begun = time.monotonic()
    until = begun + seconds
    async with httpx2.AsyncClient(base_url=address, timeout=TIMEOUT, limits=limits) as client:
        await asyncio.gather(
            *(citizen(client, tally, until, think, random.Random(draw.random())) for _ in range(citizens))  # noqa: S311 - as above
        )
    tally.seconds = time.monotonic() - begun
    return tally


def compare(tally: Tally) -> dict[str, dict[str, object]]:
    """Lay what was told beside the rows."""
    from zhijian.inbox.models import Case, Clock, Entry  # noqa: PLC0415 - Django is set up by now

    rows = dict(Case.objects.values_list("number", "title"))
    forms = Counter(title.rpartition(" ")[2] for title in rows.values())
    told = {number for numbers in tally.by_form.values() for number in numbers}
    whole = Clock.objects.count() == Entry.objects.count() == len(rows)
    lost = len(told - set(rows)) + (0 if whole else 1)
    doubled = sum(times - 1 for times in forms.values()) + sum(len(found) - 1 for found in tally.by_form.values())
    p95 = statistics.quantiles(tally.times, n=20)[-1] if len(tally.times) > 1 else 0.0
    print(f"{len(rows):,} messages, {len(told):,} told to citizens in {tally.seconds:.0f} s, sent again: {tally.again}")
    print(f"failed: {dict(tally.failed) or 'none'}")
    return {
        "lost": {"value": lost, "goal": 0, "better": "lower"},
        "doubled": {"value": doubled, "goal": 0, "better": "lower"},
        "failed_answers": {"value": sum(tally.failed.values()), "goal": 0, "better": "lower"},
        "messages_per_second": {"value": round(len(rows) / tally.seconds, 1), "goal": 15, "better": "higher"},
        "p95_ms": {"value": round(p95, 0), "goal": 3_000, "better": "lower"},
    }


def main() -> None:
    """Start everything, let them write, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--citizens", type=int, default=CITIZENS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--think", type=float, default=THINK)
    options = parser.parse_args()
    with site() as address:
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        print(f"{options.citizens} citizens write for {options.seconds:.0f} s")
        tally = asyncio.run(write_all(address, options.citizens, options.seconds, options.think))
        print(json.dumps(compare(tally)))


if __name__ == "__main__":
    main()

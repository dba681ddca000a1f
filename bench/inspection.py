"""A night's inspection of 20,000 accounts: how long it takes, and how many queries a batch of 1,000 costs.

Every account has a source that sees all, a look a day for sixteen days, and a post every other day; one in ten fell
silent three weeks ago, so that it is judged by what was seen. The rows are invented and written by COPY.
Figures: seconds of the first run and of the next night's, queries of a batch. `--accounts N` takes fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.cli import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNTS, BODIES, DAYS, SILENT_FROM = 20_000, 2_000, 16, 21


@contextmanager
def database() -> Iterator[None]:
    """Start a throw-away PostgreSQL with the schema in it."""
    folder = Path(tempfile.mkdtemp(prefix="zhijian-bench-", dir="/tmp"))
    cluster = postgres.cluster_in(folder, settings=postgres.THROW_AWAY)
    cluster.start()
    os.environ |= {
        "DATABASE_URL": cluster.url("postgres"), "ZHIJIAN_DATA": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "zhijian.config.settings",
    }  # fmt: skip
    (folder / "data" / "static").mkdir(parents=True)
    import django  # noqa: PLC0415 -- not before the database has an address
    from django.core.management import call_command  # noqa: PLC0415 -- as above

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        yield
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


def fill(accounts: int) -> None:
    """Write bodies, accounts, sources, looks and posts."""
    from zhijian.lib import clock  # noqa: PLC0415 -- not before Django is set up
    from zhijian.lib.copying import copy_rows  # noqa: PLC0415 -- as above
    from zhijian.observation.models import Look, Post, Source  # noqa: PLC0415 -- as above
    from zhijian.organisations.actions import create_organisation  # noqa: PLC0415 -- as above
    from zhijian.registry.models import Account  # noqa: PLC0415 -- as above

    now = clock.now()

    def body(name: str, parent: object) -> object:
        return create_organisation(
            actor=None, name=name, short_name=name, code=name, level="county", kind="department", parent=parent
        )

    root = body("云南岭市人民政府", None)
    bodies = [body(f"局{number}", root) for number in range(min(BODIES, accounts))]
    _hosts(bodies)
    rows = [
        Account(
            organisation=bodies[number % len(bodies)], number=f"B{number:08}", platform="wechat", kind="",
            platform_group="wechat", name=f"账号{number}", sort_key=f"{number}", initials="", holds_place=False,
            platform_uid=f"uid-{number}", state="active", created_at=now, changed_at=now,
        )
        for number in range(accounts)
    ]  # fmt: skip
    copy_rows(rows)
    sources = [
        Source(
            account=row, method="platform_read_back", sees_all=True, sees_all_basis="平台列表", legality="authorised",
            health_since=now, created_at=now,
        )
        for row in rows
    ]  # fmt: skip
    copy_rows(sources)
    for day in range(DAYS):
        end = now - day * timedelta(days=1)
        copy_rows([
            Look(
                source=source, account_id=source.account_id, at=end, covers_from=end - timedelta(days=1), covers_to=end,
                result="saw", sees_all=True, seen=0,
            )
            for source in sources
        ])  # fmt: skip
    for day in range(1, 60, 2):
        at = now - day * timedelta(days=1)
        copy_rows([
            Post(
                account=row, key=f"{row.pk}-{day}", title="通知", published_at=at, dated=True, first_seen_at=at,
                last_seen_at=at,
            )
            for number, row in enumerate(rows)
            if number % 10 or day >= SILENT_FROM
        ])  # fmt: skip


def _hosts(bodies: list[Any]) -> None:
    """Give every body one host, who is told of each warning."""
    from zhijian.lib import clock  # noqa: PLC0415 -- not before Django is set up
    from zhijian.lib.copying import copy_rows  # noqa: PLC0415 -- as above
    from zhijian.organisations.models import RoleAssignment, User  # noqa: PLC0415 -- as above

    people = [User(username=f"host{one.pk}", display_name="主办", organisation=one, password="!") for one in bodies]  # noqa: S106 -- nobody signs in
    copy_rows(people)
    now = clock.now()
    copy_rows([
        RoleAssignment(user=person, organisation=person.organisation, role="host_officer", granted_at=now)
        for person in people
    ])  # fmt: skip


def night() -> tuple[float, int, dict[str, int]]:
    """Make one run; return its seconds, its queries and its counts."""
    from django.db import connection, reset_queries  # noqa: PLC0415 -- not before Django is set up

    from zhijian.inspection import actions  # noqa: PLC0415 -- as above

    run = actions.start_run()
    connection.force_debug_cursor = True
    reset_queries()
    begun = time.perf_counter()
    done = actions.carry_on_run(run_id=run.pk)
    return time.perf_counter() - begun, len(connection.queries), done.counts


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    accounts = parser.parse_args().accounts
    with database():
        fill(accounts)
        first, queries, counts = night()
        second, again, _ = night()
        batches = -(-accounts // 1_000)
        print(json.dumps({
            "accounts": accounts, "first_night_s": round(first, 1), "next_night_s": round(second, 1),
            "queries_a_batch": round(again / batches, 1), "queries_first": queries, "counts": counts,
        }))  # fmt: skip


if __name__ == "__main__":
    main()

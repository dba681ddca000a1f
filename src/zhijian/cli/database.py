"""The database of a command: the operator's (`DATABASE_URL`), or the embedded one while anybody needs it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

import psycopg

from zhijian.cli import datafolder, postgres
from zhijian.cli.problems import StartupProblem, explained

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLDEST = 15


@contextmanager
def ready() -> Iterator[postgres.Cluster | None]:
    """Make sure a database answers and `DATABASE_URL` names it; give our own cluster, or None for the operator's.

    Every user of the embedded server holds a shared lock; whoever leaves last stops it. So a short command never
    takes the server away from a running installation, and none is left behind.
    """
    if os.environ.get("DATABASE_URL"):
        require_reachable(os.environ["DATABASE_URL"])
        yield None
        return
    folder = datafolder.prepare()
    with _lock_file(folder) as lock:
        cluster = _start(folder, lock)
        os.environ["DATABASE_URL"] = cluster.url()
        try:
            yield cluster
        finally:
            del os.environ["DATABASE_URL"]
            _leave(cluster, lock)


def require_reachable(url: str) -> None:
    """Raise `StartupProblem` unless a PostgreSQL of version 15 or newer answers at `url`."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            found = connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise StartupProblem(
            f"连不上 DATABASE_URL 指定的数据库（{_where(url)}）。请确认它已启动，地址、用户和密码正确。"
        ) from error
    if found < OLDEST:
        raise StartupProblem(f"数据库是 PostgreSQL {found}，需要 {OLDEST} 或更新的版本。请升级数据库。")


def _where(url: str) -> str:
    """Name the server without its password."""
    with suppress(psycopg.Error):
        parts = psycopg.conninfo.conninfo_to_dict(url)
        return f"{parts.get('host', '本机')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"
    return "地址写法有误"


def _lock_file(folder: Path) -> IO[str]:
    try:
        return (folder / "database.lock").open("a", encoding="ascii")
    except OSError as error:
        raise explained(error, folder) from error


def _start(folder: Path, lock: IO[str]) -> postgres.Cluster:
    """Start or join the server. Only one process does so at a time; afterwards the lock is shared."""
    _wait_for_exclusive(lock)
    cluster = postgres.cluster_in(folder)
    cluster.start()
    cluster.make_database()
    fcntl.flock(lock, fcntl.LOCK_SH)
    return cluster


def _wait_for_exclusive(lock: IO[str]) -> None:
    """Take the lock alone while nobody uses the server; beside running users a shared one will do to join them."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)


def _leave(cluster: postgres.Cluster, lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    cluster.stop()

"""The embedded PostgreSQL: made, started, joined and stopped by our own small launcher.

It listens on a Unix socket only, in a folder of mode 0700, so nobody else on the machine reaches it and no
password is needed. Everything a start may meet (a killed server, a full disk, an older version's data) ends
either in a running server or in one `StartupProblem` sentence.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from zhijian.cli import binaries
from zhijian.cli.problems import StartupProblem, disk_full, explained

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

# pg_trgm reads LC_CTYPE: under plain C it finds no trigram in Chinese. macOS has no C.UTF-8.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
NEEDED_BYTES = 300 * 1024 * 1024
USER = "zhijian"
DATABASE = "zhijian"
LOG_NAME = "start.log"
ROOT_DATA = Path("/var/lib/zhijian")
SECONDS_FOR_OLD_SERVER = 20.0
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL data folder and everything needed to run it."""

    data: Path
    programs: Path
    owner: binaries.Owner | None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def sockets(self) -> Path:
        """The socket's folder: short (107 bytes is the limit), with our uid so that two users never meet."""
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(f"/tmp/zhijian-{os.geteuid()}-{digest}")  # noqa: S108 -- made 0700 and checked to be ours

    @property
    def log(self) -> Path:
        return self.data / LOG_NAME

    def url(self, database: str = DATABASE) -> str:
        """Return the connection address of `database` in the form `DATABASE_URL` takes."""
        return f"postgresql://{USER}@/{database}?host={self.sockets}"

    def is_answering(self) -> bool:
        """Tell whether a server really answers here; a pid file alone proves nothing after a kill."""
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=5):
                return True
        except psycopg.Error:
            return False

    def process_lives(self) -> bool:
        """Tell whether the server's process is there: cheap enough to ask every moment."""
        try:
            os.kill(int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0]), 0)
        except (OSError, ValueError, IndexError):
            return False
        return True

    def start(self) -> bool:
        """Make the data if there is none and start the server; True when we started it, False when it ran already.

        Raises `StartupProblem`.
        """
        if not (self.data / "PG_VERSION").exists():
            _create(self)
        _require_same_version(self)
        if self.is_answering():
            return False
        _make_socket_folder(self)
        _start_server(self)
        return True

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server and wait for it; one that is already down is fine."""
        _run(self, "pg_ctl", "stop", "-D", self.data, "-m", mode, "-w", "-t", "60")
        shutil.rmtree(self.sockets, ignore_errors=True)

    def make_database(self, name: str = DATABASE) -> None:
        """Create database `name` unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def cluster_in(folder: Path, *, settings: Mapping[str, str] | None = None) -> Cluster:
    """Return the cluster that belongs to the data folder `folder` (made if missing).

    As root the data lies in `folder/postgres` when the system user can reach that, else under
    `/var/lib/zhijian` with a note of the place in `folder` (a home folder of mode 0700 is the usual case).
    """
    owner = binaries.find_owner()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = _place(folder.resolve(), owner)
    except OSError as error:
        raise explained(error, folder) from error
    return Cluster(place, binaries.programs(owner), owner, settings or {})


def _place(folder: Path, owner: binaries.Owner | None) -> Path:
    note = folder / "postgres.location"
    if note.exists():
        return Path(note.read_text(encoding="utf-8").strip())
    if owner is None or (folder / "postgres").exists():
        return folder / "postgres"
    folder.chmod(folder.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
    if _reaches(folder, owner):
        return folder / "postgres"
    ROOT_DATA.mkdir(mode=0o755, parents=True, exist_ok=True)
    place = ROOT_DATA / secrets.token_hex(6)
    note.write_text(f"{place}\n", encoding="utf-8")
    return place


def _reaches(folder: Path, owner: binaries.Owner) -> bool:
    return binaries.run(["/bin/sh", "-c", 'cd "$0"', folder], owner=owner, environment={}).returncode == 0


def _environment() -> dict[str, str]:
    """Return a clean environment: a PGDATA or PGPORT of the caller must not lead the server astray."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": LOCALE, "HOME": "/"}


def _run(cluster: Cluster, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return binaries.run([cluster.programs / program, *arguments], owner=cluster.owner, environment=_environment())


def _create(cluster: Cluster) -> None:
    """Make the data in a folder beside the final one and rename it, so that a killed start leaves nothing half-made."""
    parent = cluster.data.parent
    require_space(parent)
    incomplete = parent / f"{cluster.data.name}.new"
    try:
        shutil.rmtree(incomplete, ignore_errors=True)
        incomplete.mkdir(mode=0o700)
        if cluster.owner:
            os.chown(incomplete, cluster.owner.uid, cluster.owner.gid)
        _initialise(cluster, incomplete)
        incomplete.rename(cluster.data)
    except OSError as error:
        raise explained(error, parent) from error


def _initialise(cluster: Cluster, folder: Path) -> None:
    options = [f"--locale={LOCALE}", "-E", "UTF8", "-U", USER, "--auth=trust"]
    speed = ["--no-sync"] if cluster.settings.get("fsync") == "off" else []
    made = _run(cluster, "initdb", *options, *speed, "-D", folder)
    if made.returncode:
        raise _problem(made.stdout, folder)


def require_space(folder: Path, *, needed: int = NEEDED_BYTES) -> None:
    """Raise the sentence for a full disk when fewer than `needed` bytes are free at `folder`."""
    if shutil.disk_usage(folder).free < needed:
        raise disk_full(folder)


def _require_same_version(cluster: Cluster) -> None:
    try:
        found = (cluster.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise explained(error, cluster.data) from error
    ours = binaries.version().partition(".")[0]
    if found != ours:
        raise StartupProblem(
            f"“{cluster.data}”里的数据由 PostgreSQL {found} 建立，现在的程序是 {ours}。"
            "请先用旧版本的程序导出数据，再换新版本导入。"
        )


def _make_socket_folder(cluster: Cluster) -> None:
    """Make the socket's folder ours alone; `/tmp` is open to everybody, so what is found there is checked."""
    folder = cluster.sockets
    keeper = cluster.owner.uid if cluster.owner else os.geteuid()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (keeper, os.geteuid()):
            raise StartupProblem(f"“{folder}”被别的用户占用。请删掉它后重新启动。")
        if cluster.owner:
            os.chown(folder, cluster.owner.uid, cluster.owner.gid)
        folder.chmod(0o700)
    except OSError as error:
        raise explained(error, folder) from error


def _start_server(cluster: Cluster) -> None:
    """Start the server and wait until it answers.

    After a kill -9 the dead server keeps its process number until it is reaped and its children keep the shared
    memory until they notice, so "somebody is running here" is believed only after a while.
    """
    require_space(cluster.data, needed=NEEDED_BYTES // 10)
    patience = time.monotonic() + SECONDS_FOR_OLD_SERVER
    while True:
        output = _try_to_start(cluster)
        if output is None or cluster.is_answering():
            return
        if not _is_held_by_old_server(output) or time.monotonic() > patience:
            raise _problem(output, cluster.data)
        time.sleep(0.3)


def _try_to_start(cluster: Cluster) -> str | None:
    """Return nothing when the server runs, else everything it said."""
    _forget_old_log(cluster)
    wait: list[str | Path] = ["-w", "-t", "60", "-l", cluster.log]
    started = _run(cluster, "pg_ctl", "start", "-D", cluster.data, *wait, "-o", _options(cluster))
    return started.stdout + _read_log(cluster) if started.returncode else None


def _is_held_by_old_server(output: str) -> bool:
    return "shared memory block" in output or ("already exists" in output and "postmaster.pid" in output)


def _options(cluster: Cluster) -> str:
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": str(cluster.sockets),
        "unix_socket_permissions": "0700",
        "log_checkpoints": "off",
        # Data folders lie on flash today: an index is worth its while sooner than on a spinning disk.
        "random_page_cost": "1.1",
        **cluster.settings,
    }
    return " ".join(f"-c {name}='{value}'" for name, value in settings.items())


def _forget_old_log(cluster: Cluster) -> None:
    try:
        cluster.log.unlink(missing_ok=True)
    except OSError as error:
        raise explained(error, cluster.data) from error


def _read_log(cluster: Cluster) -> str:
    try:
        return cluster.log.read_text(encoding="utf-8", errors="replace")[-4000:]
    except OSError:
        return ""


def _problem(output: str, folder: Path) -> StartupProblem:
    """Choose the sentence for what PostgreSQL's programs said."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(folder)
    if "Permission denied" in output:
        return StartupProblem(f"PostgreSQL 没有读写“{folder}”的权限。请修改它的权限，或把 ZHIJIAN_DATA 指向别处。")
    if _is_held_by_old_server(output):
        return StartupProblem(f"“{folder}”正被另一个 PostgreSQL 使用。请先停掉它。")
    last = next((line for line in reversed(output.splitlines()) if "FATAL" in line or "error:" in line), "")
    detail = f"（{last.strip()}）" if last else ""
    return StartupProblem(f"内置的 PostgreSQL 启动不了{detail}。详情见“{folder / LOG_NAME}”。")

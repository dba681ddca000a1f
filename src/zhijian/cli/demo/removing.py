"""Taking the demonstration away: the log is exported with its seals, then everything is emptied.

The log is append-only; no row of it can be deleted, so the database is dropped and built anew as a whole.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from zhijian.audit.actions import seal_events
from zhijian.audit.queries import export_lines
from zhijian.cli.demo.platforms import STATE_FILE
from zhijian.cli.problems import StartupProblem
from zhijian.lib import clock
from zhijian.organisations.models import User
from zhijian.organisations.queries import installation
from zhijian.proof.actions import register_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOCK_SECONDS: Final = 15


class NotADemonstration(StartupProblem):
    """There is nothing here that may be removed."""


def remove(*, say: Callable[[str], None]) -> Path:
    """Export the log into the data folder, then empty the database and the files; return where the log is.

    Raises NotADemonstration, and StartupProblem when somebody is still working on the database. Whether the person
    means it is asked by the command.
    """
    require_demonstration()
    while seal_events():
        pass
    log = _export()
    say(f"操作记录已导出：{log}（可用 zhijian audit verify 核对）")
    empty_database()
    shutil.rmtree(settings.FILES_FOLDER, ignore_errors=True)
    shutil.rmtree(register_folder(), ignore_errors=True)
    (settings.ZHIJIAN_DATA / STATE_FILE).unlink(missing_ok=True)
    say("演示县已移除，现在是空白安装。")
    return log


def require_demonstration() -> None:
    """Raise NotADemonstration unless this installation was founded as one."""
    founded = installation()
    if founded is None:
        raise NotADemonstration("这里没有装演示县，不用移除。")
    if not founded.is_demonstration:
        raise NotADemonstration("这是一套正式建立的安装，不是演示县，不能用这条命令清空。")


def added_by_people() -> list[tuple[str, int]]:
    """Return (what, how many) of what people added since the demonstration was loaded, as the log tells it."""
    from zhijian.audit.queries import all_events  # noqa: PLC0415 - used by the question of the command only

    acts = all_events().exclude(request="")
    people = User.objects.filter(is_demonstration=False).count()
    counts = [("在网页上做的操作", acts.count()), ("自己开立的登录账号", people)]
    return [(what, number) for what, number in counts if number]


def _export() -> Path:
    path: Path = settings.ZHIJIAN_DATA / f"演示县操作记录-{clock.now():%Y%m%d-%H%M%S}.jsonl"
    with path.open("x", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in export_lines())
    return path


def empty_database() -> None:
    """Drop the schema with everything in it and build the tables anew."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = %s", [f"{LOCK_SECONDS}s"])
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
            cursor.execute("RESET lock_timeout")
    except DatabaseError as error:
        raise StartupProblem(f"数据库清不空（{error}）。请先停掉正在运行的指尖（Ctrl-C），再试一次。") from error
    connection.close()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)

"""`zhijian import`: a ledger from a file, with the rights of the person named, as on the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zhijian.cli import database, project
from zhijian.cli.people import acting_person
from zhijian.cli.problems import StartupProblem, explained
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

    from zhijian.organisations.models import Organisation, User

HELP = "导入账号台账（XLSX 或 CSV）"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the file, the person and the body."""
    parser.add_argument("file", metavar="文件", help="台账文件")
    parser.add_argument(
        "--as", dest="username", required=True, metavar="登录名", help="以谁的身份导入（主管或主办人员）"
    )
    parser.add_argument("--body", default="", metavar="机构编码", help="台账属于哪个单位；不写就是此人所在单位")
    parser.add_argument("--skip-faulty", action="store_true", help="跳过有问题的行，导入其余的行")


def run(options: argparse.Namespace) -> int:
    """Import, or say every reason why not; 1 when nothing was imported."""
    path = Path(options.file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise explained(error, path) from error
    with database.ready():
        project.set_up()
        try:
            return _import(options, path.name, content)
        finally:
            project.forget_connections()


def _import(options: argparse.Namespace, name: str, content: bytes) -> int:
    from zhijian.lib.errors import Refused  # noqa: PLC0415 -- only once the rooms are loaded
    from zhijian.registry.actions import import_ledger_file  # noqa: PLC0415 -- as above

    actor = acting_person(options.username)
    try:
        ledger = import_ledger_file(
            actor=actor, organisation=_body(actor, options.body), file_name=name, content=content,
            skip_faulty=options.skip_faulty,
        )  # fmt: skip
    except Refused as refused:
        for reason in refused.reasons:
            say(f"  · {reason}")
        say("没有导入。有问题的行可以在工作台的“账号 → 台账”里逐行查看和下载。")
        return 1
    counts = ledger.summary
    say(f"已导入：新增 {counts.get('new', 0):,} 个，更新 {counts.get('update', 0):,} 个。")
    return 0


def _body(actor: User, code: str) -> Organisation:
    from zhijian.organisations.queries import bodies_in_scope  # noqa: PLC0415 -- only once the rooms are loaded

    if not code:
        if actor.organisation is None:
            raise StartupProblem(f"“{actor.username}”没有所在单位，请用 --body 写明机构编码。")
        return actor.organisation
    body = bodies_in_scope(actor=actor).filter(code=code).first()
    if body is None:
        raise StartupProblem(f"“{actor.username}”的管理范围内没有机构编码“{code}”。")
    return body

"""`zhijian audit verify | export`: is the log of operations whole, and a copy of it for the archive."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from zhijian.audit import chain
from zhijian.cli import database, project
from zhijian.cli.problems import StartupProblem
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

HELP = "核对或导出操作记录"
SEAL = re.compile("[0-9a-f]{64}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the two acts."""
    acts = parser.add_subparsers(dest="act", metavar="动作", required=True)
    verify = acts.add_parser("verify", help="核对操作记录是否被改动")
    verify.add_argument("file", nargs="?", metavar="文件", help="导出的记录文件；不写就核对数据库")
    verify.add_argument("--anchor", default="", metavar="指纹", help="以前记下的封存指纹，用来发现链尾被截断")
    export = acts.add_parser("export", help="把全部操作记录导出为文件（每行一条 JSON）")
    export.add_argument("file", metavar="文件", help="写到哪里；写 - 表示输出到屏幕")


def run(options: argparse.Namespace) -> int:
    """Verify or export; 1 when the log is not whole."""
    if options.act == "export":
        return _export(options.file)
    if options.anchor and not SEAL.fullmatch(options.anchor):
        raise StartupProblem("--anchor 应是 64 位的封存指纹（数字和 a 到 f），请从以前的记录里整段复制。")
    verdict = _verify_file(options) if options.file else _verify_database(options)
    say(f"共 {verdict.events:,} 条记录，{verdict.seals:,} 次封存，{verdict.unsealed:,} 条等待封存。")
    say(f"最后的封存指纹：{verdict.last_digest}")
    for fault in verdict.faults:
        say(f"  · {fault}")
    say("操作记录完整，没有被改动。" if verdict.intact else "操作记录不完整。请保留现场，并通知审计管理员。")
    return 0 if verdict.intact else 1


def _verify_file(options: argparse.Namespace) -> chain.Verdict:
    """Verify an export with neither database nor Django."""
    path = Path(options.file)
    try:
        with path.open(encoding="utf-8") as lines:
            events, seals = chain.read_export(lines)
    except OSError as error:
        raise StartupProblem(f"打不开文件“{path}”（{error.strerror}）。请检查路径。") from error
    except ValueError as error:
        raise StartupProblem(str(error)) from error
    return chain.verify(events, seals, anchor=options.anchor)


def _verify_database(options: argparse.Namespace) -> chain.Verdict:
    with database.ready():
        project.set_up()
        from zhijian.audit import queries  # noqa: PLC0415 -- only once the rooms are loaded

        verdict = queries.verify_database(anchor=options.anchor)
        project.forget_connections()
    return verdict


def _export(name: str) -> int:
    with database.ready():
        project.set_up()
        from zhijian.audit import queries  # noqa: PLC0415 -- only once the rooms are loaded

        lines = (f"{line}\n" for line in queries.export_lines())
        if name == "-":
            sys.stdout.writelines(lines)
        else:
            _write(Path(name), lines)
        project.forget_connections()
    return 0


def _write(path: Path, lines: Iterator[str]) -> None:
    """Write a file that is not there yet: an export is evidence and does not replace another."""
    try:
        with path.open("x", encoding="utf-8") as file:
            count = sum(bool(file.write(line)) for line in lines)
    except FileExistsError as error:
        raise StartupProblem(f"文件“{path}”已经存在，没有覆盖。请换一个文件名。") from error
    except OSError as error:
        raise StartupProblem(f"写不了文件“{path}”（{error.strerror}）。请检查路径和权限。") from error
    say(f"已导出 {count:,} 行到“{path}”。")

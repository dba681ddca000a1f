"""`zhijian demo load | remove`: the demonstration county comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.cli import database, datafolder, project
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

HELP = "装入或移除演示县"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the two acts."""
    acts = parser.add_subparsers(dest="act", metavar="动作", required=True)
    acts.add_parser("load", help="装入演示县（虚构的县，有单位、人员、账号和稿件）")
    acts.add_parser("remove", help="移除演示县的全部数据和演示登录")


def run(options: argparse.Namespace) -> int:
    """Load or remove, and note the choice for the next start."""
    with database.ready():
        project.set_up()
        project.apply_migrations()
        from zhijian.cli import demo  # noqa: PLC0415 -- only once the rooms are loaded

        if options.act == "load":
            demo.load(say=say)
        else:
            demo.remove(say=say)
        project.forget_connections()
    datafolder.remember(datafolder.prepare(), choice="demonstration" if options.act == "load" else "empty", loaded=True)
    return 0

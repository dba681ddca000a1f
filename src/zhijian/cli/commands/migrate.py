"""`zhijian migrate`: bring the tables up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.cli import database, project
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

HELP = "更新数据库的表结构"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Apply what is pending and say whether there was anything."""
    del options
    with database.ready():
        project.set_up()
        say("表结构已更新。" if project.apply_migrations() else "表结构已是最新，没有要更新的。")
        project.forget_connections()
    return 0

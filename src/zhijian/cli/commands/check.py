"""`zhijian check`: tell whether a start would succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.cli import database, project
from zhijian.cli.commands.up import read_addresses
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

HELP = "检查设置、数据库和表结构，不改动任何东西"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add nothing: everything is checked."""


def run(options: argparse.Namespace) -> int:
    """Run every check; return 1 when the tables are behind the program."""
    del options
    read_addresses()
    with database.ready():
        project.set_up()
        project.require_sound()
        pending = project.has_pending_migrations()
        project.forget_connections()
    if pending:
        say("设置没有问题，但表结构不是最新的。请执行 zhijian migrate。")
        return 1
    say("设置、数据库和表结构都没有问题。")
    return 0

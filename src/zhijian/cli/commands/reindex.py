"""`zhijian reindex`: make the index of answers and services again from their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.cli import database, project
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

HELP = "重建答问和办事的搜索索引"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Make both indexes again while the system may go on running, and say how many entries there are."""
    del options
    with database.ready():
        project.set_up()
        from zhijian.knowledge import actions as knowledge  # noqa: PLC0415 -- only once the rooms are loaded
        from zhijian.services import actions as services  # noqa: PLC0415 -- as above

        answers, offered = knowledge.rebuild_index(), services.rebuild_index()
        project.forget_connections()
    say(f"索引已重建：答问 {answers:,} 条，办事 {offered:,} 项。")
    return 0

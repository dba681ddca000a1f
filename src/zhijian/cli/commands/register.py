"""`zhijian register publish | rotate-key`: the files of the signed register now, and a new key for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.cli import database, project
from zhijian.cli.problems import StartupProblem
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

HELP = "立即生成公开的登记册，或更换它的签名密钥"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the two acts."""
    acts = parser.add_subparsers(dest="act", metavar="动作", required=True)
    acts.add_parser("publish", help="封存变更，立即生成一版登记册文件（平时后台每五分钟看一次）")
    acts.add_parser("rotate-key", help="换一把签名密钥；旧密钥的公钥继续公布，签过的仍能核对")


def run(options: argparse.Namespace) -> int:
    """Do it in the running installation."""
    with database.ready():
        project.set_up()
        from zhijian.lib.errors import Refused  # noqa: PLC0415 -- only once the rooms are loaded
        from zhijian.proof import actions  # noqa: PLC0415 -- as above

        try:
            if options.act == "rotate-key":
                say(f"已换上新密钥：{actions.rotate_key().name}")
            edition = actions.publish_register(always=True)
        except Refused as refused:
            raise StartupProblem(str(refused)) from refused
        finally:
            project.forget_connections()
    if edition is None:
        say("后台正在生成登记册，这次没有重复生成。")
    else:
        say(f"已生成登记册：{edition.accounts:,} 个账号，链到第 {edition.seal_number:,} 号封存。")
    return 0

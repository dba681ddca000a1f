"""`zhijian demo load | remove`: the demonstration county comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.cli import database, datafolder, project
from zhijian.cli.problems import StartupProblem
from zhijian.cli.terminal import ask, say

if TYPE_CHECKING:
    import argparse

HELP = "装入或移除演示县"
ANSWER_SECONDS = 60


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the two acts."""
    acts = parser.add_subparsers(dest="act", metavar="动作", required=True)
    acts.add_parser("load", help="装入演示县（虚构的县，有单位、人员、账号和稿件）")
    remove = acts.add_parser("remove", help="移除演示县的全部数据和演示登录，变回空白安装")
    remove.add_argument("--yes", action="store_true", help="不再询问，直接移除")


def run(options: argparse.Namespace) -> int:
    """Load or remove, and note the choice for the next start."""
    folder = datafolder.prepare()
    with datafolder.held(folder), database.ready():
        project.set_up()
        project.apply_migrations()
        done = _load() if options.act == "load" else _remove(sure=options.yes)
        project.forget_connections()
    if done:
        datafolder.remember(folder, choice="demonstration" if options.act == "load" else "empty", loaded=True)
    return 0


def _load() -> bool:
    from zhijian.cli import demo  # noqa: PLC0415 -- only once the rooms are loaded

    demo.load(say=say)
    return True


def _remove(*, sure: bool) -> bool:
    """Tell what will be gone, ask, remove; tell whether it was done."""
    from zhijian.cli import demo  # noqa: PLC0415 -- only once the rooms are loaded

    demo.require_demonstration()
    say("将清空整个演示安装：单位、人员、账号、稿件、发布记录和上传的图片。操作记录先导出到数据文件夹。")
    for what, number in demo.added_by_people():
        say(f"  其中您和同事自己加的：{what} {number:,} 项，也会清空。")
    if not sure:
        answer = ask(f"确定移除请输入 yes（{ANSWER_SECONDS} 秒内不答即取消）：", seconds=ANSWER_SECONDS)
        if answer is None:
            raise StartupProblem("没有得到确认，什么都没有动。要直接移除：zhijian demo remove --yes")
        if answer.lower() != "yes":
            say("已取消，什么都没有动。")
            return False
    demo.remove(say=say)
    return True

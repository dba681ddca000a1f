"""Reading the command line, in Chinese, and handing over to one command."""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn, Protocol

from zhijian.cli import datafolder
from zhijian.cli.commands import (
    audit,
    check,
    createadmin,
    demo,
    ledger_export,
    ledger_import,
    migrate,
    register,
    reindex,
    screen,
    up,
    verify,
    worker,
)
from zhijian.cli.problems import StartupProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

REFUSED = 1
MISUSED = 2
INTERRUPTED = 130


class Command(Protocol):
    """What each module of `commands` offers."""

    HELP: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's options."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it and return the exit code. Raises `StartupProblem`."""


COMMANDS: dict[str, Command] = {
    "up": up,
    "migrate": migrate,
    "worker": worker,
    "check": check,
    "import": ledger_import,
    "export": ledger_export,
    "audit": audit,
    "screen": screen,
    "register": register,
    "verify-register": verify,
    "reindex": reindex,
    "demo": demo,
    "createadmin": createadmin,
}


class _ChineseFormatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=110)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class ChineseParser(argparse.ArgumentParser):
    """argparse with its words in Chinese."""

    def __init__(self, **options: object) -> None:
        options |= {"add_help": False, "formatter_class": _ChineseFormatter, "allow_abbrev": False}
        super().__init__(**options)  # type: ignore[arg-type]  # argparse itself passes these on to every subparser
        self._positionals.title = "命令与参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """End with the usage and the word that was wrong."""
        self.print_usage(sys.stderr)
        self.exit(MISUSED, f"{_in_chinese(message)}请看说明：{self.prog} --help\n")


# The sentences of argparse that a person can bring about, and ours for them.
_SENTENCES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"argument .*: invalid choice: '(.*)' \(choose from (.*)\)", lambda found: _no_such_word(found[1], found[2])),
    (r"unrecognized arguments: (.*)", lambda found: f"看不懂“{found[1]}”。"),
    (r"the following arguments are required: (.*)", lambda found: f"还缺：{found[1].replace(', ', '、')}。"),
    (r"argument (.*): expected .*argument.*", lambda found: f"“{found[1]}”后面要写一个值。"),
    (r"argument (.*): invalid .* value: '(.*)'", lambda found: f"“{found[1]}”不能是“{found[2]}”。"),
)


def _in_chinese(message: str) -> str:
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, message):
            return sentence(found)
    return "命令没有写对。"


def _no_such_word(word: str, choices: str) -> str:
    near = difflib.get_close_matches(word, [choice.strip("'") for choice in choices.split(", ")], n=1)
    return f"没有“{word}”。是不是“{near[0]}”？" if near else f"没有“{word}”。"


def build_parser() -> ChineseParser:
    """Return the parser of the whole command."""
    parser = ChineseParser(prog="zhijian", description="指尖：政务新媒体工作平台的管理命令。")
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)
    for name, command in COMMANDS.items():
        command.configure(commands.add_parser(name, help=command.HELP, description=command.HELP))
    return parser


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 refused with a sentence, 2 misused, 130 interrupted."""
    options = build_parser().parse_args(arguments)
    try:
        return COMMANDS[options.command].run(options)
    except StartupProblem as problem:
        print(problem, file=sys.stderr)  # noqa: T201 -- a command speaks on its terminal
        return problem.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 -- the last resort: the operator reads a sentence, the developer the log
        print(f"出了意外的错误，命令没有完成。详情见“{_write_down()}”，请把它交给技术支持。", file=sys.stderr)  # noqa: T201 -- as above
        return REFUSED


def _write_down() -> str:
    """Keep the trace of the error at hand in the data folder, or in the terminal when there is none; say where."""
    try:
        log = datafolder.prepare() / "log" / "error.log"
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{' '.join(sys.argv)}\n{traceback.format_exc()}\n")
    except (StartupProblem, OSError):
        traceback.print_exc()
        return "上面"
    return str(log)

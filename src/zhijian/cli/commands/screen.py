"""`zhijian screen`: check texts, files, pictures and pages by the packaged rules; no database is needed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhijian.cli.problems import StartupProblem
from zhijian.cli.screened.sources import Screened, Source, read_sources
from zhijian.cli.screened.telling import FORMATS
from zhijian.cli.terminal import say
from zhijian.lib import clock
from zhijian.screening import BadRule, Severity, compile_ruleset, default_rules, rules_of_toml
from zhijian.screening.looking import PATIENT, look_at

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from zhijian.screening import Rule, RuleSet

HELP = "检查文字、文件、图片和网页里的错误表述、个人信息等"
NEVER: Final = "never"
FOUND: Final = 1
NOT_LOOKED: Final = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what to look at and how to tell it."""
    parser.epilog = (
        "退出码：0 没有达到级别的问题；1 有达到级别的问题；2 命令写错了；3 没有达到级别的问题，但有内容没有检查。"
    )
    parser.add_argument("what", nargs="+", metavar="对象", help="文件、文件夹、网址，或者 -（读标准输入）")
    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help="text（默认）、json 或 sarif")
    parser.add_argument("--output", metavar="文件", help="把结果写进文件，不写到屏幕上")
    parser.add_argument(
        "--fail-on", choices=(*(str(one) for one in Severity), NEVER), default=str(Severity.ERROR),
        help="达到哪一级算有问题：veto、error（默认）、warning、hint，never 表示都不算",
    )  # fmt: skip
    parser.add_argument(
        "--rules", action="append", default=[], metavar="文件", help="另加一份规则（TOML，写法同自带规则）"
    )
    parser.add_argument("--on", metavar="日期", help="按哪一天有效的规则检查，如 2026-11-22；默认今天")
    parser.add_argument("--typos", action="store_true", help="另用字词模型找可能的错别字，作为提醒")
    parser.add_argument("--no-pictures", action="store_true", help="不识别图片和视频画面（识别一张约两秒）")


def run(options: argparse.Namespace) -> int:
    """Look at everything and return the exit code the epilog tells."""
    ruleset = _ruleset(options)
    looked = [_screened(source, ruleset, options) for source in read_sources(options.what)]
    if not looked:
        raise StartupProblem("这里没有可以检查的文件。请换一个文件夹，或者直接写文件名。")
    told = FORMATS[options.format](looked, ruleset)
    if options.output:
        _write(Path(options.output), told)
    else:
        say(told)
    return exit_code(looked, options.fail_on)


def _screened(source: Source, ruleset: RuleSet, options: argparse.Namespace) -> Screened:
    if source.why_not:
        return Screened(source.name, (), (source.why_not,))
    name = "stdin.txt" if source.name == "-" else source.name
    limits = replace(PATIENT, pictures=0) if options.no_pictures else PATIENT
    found = look_at(
        source.data, ruleset, name=name, url=source.url, limits=limits, typos=options.typos,
        listener=os.environ.get("ZHIJIAN_LISTENER", ""),
    )  # fmt: skip
    left = (f"另有 {found.left_out:,} 处问题没有列出。改好列出的再查一次。",) if found.left_out else ()
    return Screened(source.name, found.seen, (*found.not_looked, *left), found.sentence_of_looks)


def exit_code(looked: Sequence[Screened], fail_on: str) -> int:
    """Return 1 when anything as bad as `fail_on` was found, else 3 when something was not looked at, else 0."""
    if fail_on != NEVER:
        least = Severity(fail_on).rank
        if any(seen.finding.severity.rank <= least for one in looked for seen in one.seen):
            return FOUND
    return NOT_LOOKED if any(one.not_looked for one in looked) else 0


def _ruleset(options: argparse.Namespace) -> RuleSet:
    try:
        day = date.fromisoformat(options.on) if options.on else clock.today()
    except ValueError:
        raise StartupProblem(f"“{options.on}”不是日期。请写成 2026-11-22 的样子。") from None
    rules: list[Rule] = [*default_rules()]
    try:
        for name in options.rules:
            own = rules_of_toml(Path(name).read_text(encoding="utf-8"), name=name)
            _try(own, name, taken={rule.id for rule in rules}, day=day)
            rules += own
        return compile_ruleset(rules, on=day)
    except (OSError, UnicodeDecodeError):
        raise StartupProblem(f"规则文件“{name}”读不出来。请检查路径，并存为 UTF-8。") from None
    except BadRule as bad:
        raise StartupProblem(str(bad)) from None


def _try(rules: tuple[Rule, ...], name: str, *, taken: set[str], day: date) -> None:
    """Refuse a file whose rules cannot work or carry an id that is taken, while its name is known."""
    doubled = next((rule.id for rule in rules if rule.id in taken), None)
    if doubled is not None:
        raise BadRule(f"{name}：规则 {doubled} 与系统自带或者前面文件里的规则同号，请改用别的编号。")
    try:
        compile_ruleset(rules, on=day)
    except BadRule as bad:
        raise BadRule(f"{name}：{bad}") from bad


def _write(path: Path, told: str) -> None:
    try:
        path.write_text(told + "\n", encoding="utf-8")
    except OSError as error:
        raise StartupProblem(f"结果写不进“{path}”（{error.strerror}）。请换一个位置。") from None

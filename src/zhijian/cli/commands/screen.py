"""`zhijian screen`: check texts, files, pictures and pages by the packaged rules; no database is needed."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhijian.cli.problems import Misused
from zhijian.cli.screened.personal import without_personal
from zhijian.cli.screened.sources import Screened, Source, read_sources
from zhijian.cli.screened.telling import FORMATS
from zhijian.cli.terminal import say
from zhijian.lib import clock
from zhijian.screening import BadRule, Severity, compile_ruleset, default_rules, rules_of_toml, scan
from zhijian.screening.looking import PATIENT, look_at

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from zhijian.screening import Rule, RuleSet

HELP = "检查文字、文件、图片和网页里的错误表述、个人信息等"
NEVER: Final = "never"
FOUND: Final = 1
NOT_LOOKED: Final = 3
FILLED: Final = ("found", "right", "note")
"""What the message of a rule is filled with."""
_FILLED: Final = re.compile(r"\{(\w*)\}")


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
    parser.add_argument("--show-personal", action="store_true", help="json 和 sarif 里写出个人信息全文；不写就遮挡")
    parser.add_argument("--no-pictures", action="store_true", help="不识别图片和视频画面（识别一张约两秒）")


def run(options: argparse.Namespace) -> int:
    """Look at everything and return the exit code the epilog tells."""
    if not all(word.strip() for word in options.what):
        raise Misused("有一个对象是空的。请写文件、文件夹、网址，或者 -；用变量时请检查它有没有值。")
    ruleset = _ruleset(options)
    looked = [_screened(source, ruleset, options) for source in read_sources(options.what)]
    if not looked:
        raise Misused("这里没有可以检查的文件。请换一个文件夹，或者直接写文件名。")
    shown = looked if options.show_personal else [without_personal(one) for one in looked]
    told = FORMATS[options.format](shown, ruleset)
    if options.output:
        _write(Path(options.output), told)
    else:
        say(told)
    return exit_code(looked, options.fail_on)


def _screened(source: Source, ruleset: RuleSet, options: argparse.Namespace) -> Screened:
    if source.why_not:
        return Screened(source.name, (), (source.why_not,), is_read=False)
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
        raise Misused(f"“{options.on}”不是日期。请写成 2026-11-22 的样子。") from None
    rules: list[Rule] = [*default_rules()]
    try:
        for name in options.rules:
            own = rules_of_toml(Path(name).read_text(encoding="utf-8"), name=name)
            _try(own, name, taken={rule.id for rule in rules}, day=day)
            rules += own
        return compile_ruleset(rules, on=day)
    except OSError:
        raise Misused(f"规则文件“{name}”读不出来。请检查路径和权限。") from None
    except UnicodeDecodeError:
        raise Misused(f"规则文件“{name}”不是 UTF-8 编码的文字。请用编辑器另存为 UTF-8。") from None
    except BadRule as bad:
        raise Misused(str(bad)) from None


def _try(rules: tuple[Rule, ...], name: str, *, taken: set[str], day: date) -> None:
    """Refuse a file whose rules cannot work or carry an id that is taken, while its name is known."""
    doubled = next((rule.id for rule in rules if rule.id in taken), None)
    if doubled is not None:
        raise BadRule(f"{name}：规则 {doubled} 与系统自带或者前面文件里的规则同号，请改用别的编号。")
    try:
        compile_ruleset(rules, on=day)
        for rule in rules:
            _try_message(rule)
            _try_examples(rule, day)
    except BadRule as bad:
        raise BadRule(f"{name}：{bad}") from bad


def _try_message(rule: Rule) -> None:
    unknown = next((name for name in _FILLED.findall(rule.message) if name not in FILLED), None)
    if unknown is not None:
        known = "、".join(f"{{{name}}}" for name in FILLED)
        raise BadRule(f"规则 {rule.id}：message 里的“{{{unknown}}}”填不上，可以写：{known}。")


def _try_examples(rule: Rule, day: date) -> None:
    """Refuse a rule that does not do what its own examples say."""
    if not rule.in_force(day):
        return
    alone = compile_ruleset([rule], on=day)
    for example in rule.examples_hit:
        if not scan(example, alone):
            raise BadRule(f"规则 {rule.id}：examples_hit 里的“{example}”没有查出来。请改规则或者例子。")
    for example in rule.examples_pass:
        if scan(example, alone):
            raise BadRule(f"规则 {rule.id}：examples_pass 里的“{example}”被查了出来。请改规则或者例子。")


def _write(path: Path, told: str) -> None:
    try:
        path.write_text(told + "\n", encoding="utf-8")
    except OSError:
        raise Misused(f"结果写不进“{path}”。请检查文件夹在不在、能不能写，或者换一个位置。") from None

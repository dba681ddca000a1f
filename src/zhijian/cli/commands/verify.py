"""`zhijian verify-register FILE…`: is the signed register whole, checked with neither database nor network."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhijian.cli.problems import StartupProblem
from zhijian.cli.terminal import say
from zhijian.lib.signing import known_providers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from zhijian.proof.verifying import Report

HELP = "不联网核对公开的登记册：指纹、签名、变更链"
WHOLE, ALTERED, UNREADABLE, INCOMPLETE = range(4)
LARGEST: Final = 512 * 1024 * 1024
DIGEST: Final = re.compile("[0-9a-f]{64}")
KEY: Final = re.compile("[0-9a-f]{16}")
SUFFIXES: Final = (".json", ".sig", ".csv")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add files and anchors."""
    parser.add_argument("files", nargs="+", metavar="文件", help="下载的文件，或者装着它们的文件夹")
    parser.add_argument("--anchor", default="", metavar="指纹", help="以前记下的链尾指纹，用来发现历史被截断")
    parser.add_argument("--key", default="", metavar="密钥", help="以前记下的密钥，用来发现换了发布单位")


def run(options: argparse.Namespace) -> int:
    """Verify; 0 whole, 1 altered, 2 unreadable, 3 what was given is right but not everything was given."""
    try:
        report = _report(options)
    except StartupProblem as problem:
        print(problem, file=sys.stderr)  # noqa: T201 -- as `commandline` tells of a problem
        return UNREADABLE
    _tell(report)
    if not report.intact:
        return ALTERED
    return WHOLE if report.is_proved else INCOMPLETE


def _report(options: argparse.Namespace) -> Report:
    if options.anchor and not DIGEST.fullmatch(options.anchor):
        raise StartupProblem("--anchor 应是 64 位的链尾指纹（数字和 a 到 f），请从以前的记录里整段复制。")
    if options.key and not KEY.fullmatch(options.key):
        raise StartupProblem("--key 应是 16 位的密钥名（数字和 a 到 f），请从以前的记录里整段复制。")
    try:
        providers = known_providers(os.environ.get("ZHIJIAN_SIGNING_PROVIDER", ""))
    except ValueError as error:
        raise StartupProblem(str(error)) from error
    from zhijian.proof.verifying import Verifier  # noqa: PLC0415 -- other commands need not wait for it

    verifier = Verifier(providers, anchor=options.anchor, trusted=options.key)
    return verifier.verify(_read(_paths(options.files)))


def _paths(names: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, names):
        if path.is_dir():
            found += sorted(one for one in path.iterdir() if one.is_file() and one.suffix in SUFFIXES)
        else:
            found.append(path)
    if not found:
        raise StartupProblem("文件夹里没有登记册的文件。请把 register.json 等文件放进去再核对。")
    return found


def _read(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            if path.stat().st_size > LARGEST:
                raise StartupProblem(f"“{path}”超过 512 MB，不像登记册的文件。")
            yield path.name, path.read_bytes()
        except OSError as error:
            raise StartupProblem(f"打不开文件“{path}”（{error.strerror}）。请检查路径。") from error


def _tell(report: Report) -> None:
    say(f"账号 {report.accounts:,} 个，变更 {report.changes:,} 条，封存 {report.seals:,} 次。")
    say(f"链尾指纹：{report.head}")
    say(f"密钥：{'、'.join(report.keys) or '没有给'}")
    for fault in report.faults:
        say(f"  · {fault}")
    for missing in report.missing:
        say(f"  – {missing}")
    if not report.intact:
        say("登记册被改过，或者不是这个单位发布的。请不要使用，并告知发布单位。")
    elif report.missing:
        say("给了的文件都对得上，但没有给全，不能证明整本登记册没有被改过。")
    else:
        say("登记册完整，没有被改过。")

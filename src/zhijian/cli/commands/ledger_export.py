"""`zhijian export`: the accounts of a person's scope as CSV, in the layout that `zhijian import` reads back."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from zhijian.cli import database, project
from zhijian.cli.people import acting_person
from zhijian.cli.problems import explained
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

HELP = "把账号导出为 CSV，可再用 import 导入"
HEADER = (
    "主办单位", "平台", "账号名称", "平台账号标识", "账号", "主页地址", "功能定位", "认证主体", "开设日期", "关注数",
    "分管负责人", "联系人", "联系电话", "代运营单位", "登记号",
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the file and the person."""
    parser.add_argument("file", metavar="文件", help="写到哪里；写 - 表示输出到屏幕")
    parser.add_argument("--as", dest="username", required=True, metavar="登录名", help="以谁的身份导出")


def run(options: argparse.Namespace) -> int:
    """Write the file."""
    with database.ready():
        project.set_up()
        try:
            if options.file == "-":
                _write(options.username, sys.stdout)
            else:
                _write_file(options.username, Path(options.file))
        finally:
            project.forget_connections()
    return 0


def _write_file(username: str, path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            count = _write(username, file)
    except OSError as error:
        raise explained(error, path) from error
    say(f"已导出 {count:,} 个账号：{path}")


def _write(username: str, file: TextIO) -> int:
    from zhijian.registry.actions import record_export  # noqa: PLC0415 -- only once the rooms are loaded
    from zhijian.registry.queries import platform_label, visible_accounts  # noqa: PLC0415 -- as above
    from zhijian.ui.listing.exports import neutralised  # noqa: PLC0415 -- as above

    actor = acting_person(username)
    rows = visible_accounts(actor=actor).order_by("organisation__path", "pk")
    record_export(actor=actor, what="accounts", file_format="csv", rows=rows.count())
    writer, count = csv.writer(file), 0
    writer.writerow(HEADER)
    for row in rows.iterator(chunk_size=2_000):
        cells = (
            row.organisation.name, platform_label(row.platform, row.kind), row.name, row.platform_uid, row.handle,
            row.url, row.positioning, row.verified_subject, row.opened_on or "", row.followers or "", row.leader,
            row.contact, row.phone, row.vendor, row.number,
        )  # fmt: skip
        writer.writerow([neutralised(str(cell)) for cell in cells])
        count += 1
    return count

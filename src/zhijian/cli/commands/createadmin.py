"""`zhijian createadmin`: the first administrator, or one more when nobody can sign in."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING, Any

from zhijian.cli import database, project
from zhijian.cli.problems import StartupProblem
from zhijian.cli.terminal import say

if TYPE_CHECKING:
    import argparse

HELP = "建立管理员登录账号"
ROLES = {"system": "system_admin", "security": "security_admin", "audit": "audit_admin"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add who it is and which of the three administrators."""
    parser.add_argument("username", metavar="登录名", help="管理员的登录名")
    parser.add_argument("--name", required=True, metavar="姓名", help="管理员的姓名")
    parser.add_argument(
        "--role", choices=sorted(ROLES), default="system", metavar="类别", help="system 系统、security 安全、audit 审计"
    )
    parser.add_argument("--organisation", metavar="机构编码", help="所在单位；不写就是最高一级的单位")


def run(options: argparse.Namespace) -> int:
    """Create the sign-in with its role over the whole tree, in one transaction."""
    password = _password()
    with database.ready():
        project.set_up()
        project.apply_migrations()
        from django.db import transaction  # noqa: PLC0415 -- only once the rooms are loaded

        from zhijian.lib.errors import Refused  # noqa: PLC0415 -- as above
        from zhijian.organisations import actions  # noqa: PLC0415 -- as above

        body = _organisation(options.organisation)
        try:
            with transaction.atomic():
                person = actions.create_person(
                    actor=None,
                    username=options.username,
                    display_name=options.name,
                    organisation=body,
                    password=password,
                )
                actions.grant_role(
                    actor=None, user=person, organisation=body, role=ROLES[options.role], includes_subtree=True
                )
        except Refused as error:
            raise StartupProblem("\n".join(error.reasons)) from error
        project.forget_connections()
    say(f"“{options.username}”可以登录了。")
    return 0


def _organisation(code: str | None) -> Any:
    from zhijian.organisations.models import Organisation  # noqa: PLC0415 -- only once the rooms are loaded

    bodies = Organisation.objects.filter(code=code) if code else Organisation.objects.filter(parent=None)
    body = bodies.order_by("path").first()
    if body is None:
        missing = f"没有机构编码为“{code}”的单位。" if code else "还没有任何单位。"
        raise StartupProblem(f"{missing}请先打开网页完成安装向导，或核对编码。")
    return body


def _password() -> str:
    """Ask twice on a terminal; else read the first line of the standard input, so that scripts need no argument."""
    given = os.environ.get("ZHIJIAN_ADMIN_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("密码（至少 10 位）：")
    if first != getpass.getpass("再输一次："):
        raise StartupProblem("两次输入的密码不一样。请重新执行。")
    return first

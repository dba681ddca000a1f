"""`zhijian worker`: do the background jobs until a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from zhijian.cli import database, project

if TYPE_CHECKING:
    import argparse

    from procrastinate.contrib.django.django_connector import DjangoConnector

HELP = "处理后台任务（发布、回读、定时检查），直到收到停止信号"
CONCURRENCY = 4
PATIENCE_SECONDS = 15


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the number of jobs done side by side."""
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY, metavar="个数", help="同时处理的任务数，默认 4")


def run(options: argparse.Namespace) -> int:
    """Run procrastinate's worker; it stops by itself on SIGTERM and SIGINT, letting running jobs end."""
    with database.ready():
        project.set_up(talkative=True)
        from procrastinate.contrib.django import app  # noqa: PLC0415 -- only once the rooms are loaded

        connector = cast("DjangoConnector", app.connector).get_worker_connector()
        worker_app = app.with_connector(connector)
        with worker_app.open():
            worker_app.run_worker(concurrency=options.concurrency, shutdown_graceful_timeout=PATIENCE_SECONDS)
    return 0

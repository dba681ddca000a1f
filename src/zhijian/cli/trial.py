"""A complete, empty installation that vanishes afterwards: for benchmarks, drills and long campaigns."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zhijian.cli import postgres, project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PLACES = Path("/tmp")  # noqa: S108 -- short enough for a socket, and the system user of a root start reaches it


@contextmanager
def installation(*, settings: Mapping[str, str] | None = None) -> Iterator[Path]:
    """Set up Django over a new database with all tables, and give the data folder.

    Once per process, before anything of Django is imported. `settings` are PostgreSQL's; without them the server
    works as in production (with `fsync`), so that measured times mean something. `postgres.THROW_AWAY` is faster.
    """
    folder = Path(tempfile.mkdtemp(prefix="zhijian-trial-", dir=PLACES))
    cluster = postgres.cluster_in(folder, settings=settings)
    try:
        cluster.start()
        cluster.make_database()
        os.environ["DATABASE_URL"], os.environ["ZHIJIAN_DATA"] = cluster.url(), str(folder)
        project.set_up()
        project.apply_migrations()
        yield folder
        project.forget_connections()
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)

"""Django inside a command: set up once, with its complaints turned into sentences for the operator."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from zhijian.cli import datafolder
from zhijian.cli.problems import StartupProblem


def set_up(*, talkative: bool = False) -> None:
    """Read the settings and load every room; only a `talkative` command (one with a log of its own) logs everything.

    Raises `StartupProblem` for a setting that cannot be used.
    """
    import django  # noqa: PLC0415 -- not before the environment is complete
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- as above

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijian.config.settings")
    if not talkative:
        logging.disable(logging.INFO)
    try:
        django.setup()
    except (ValueError, ImproperlyConfigured) as error:
        raise StartupProblem(f"设置有误：{error}") from error


def has_pending_migrations() -> bool:
    """Tell whether the tables are behind the program."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- as above

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def apply_migrations() -> bool:
    """Bring the tables up to date; tell whether there was anything to do (a second start skips it all)."""
    from django.core.management import call_command  # noqa: PLC0415 -- Django is set up by now

    if not has_pending_migrations():
        return False
    # Before the migrations: whoever stops in between finds something pending at the next start, and it is made then.
    call_command("createcachetable", verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    return True


def require_sound() -> None:
    """Raise `StartupProblem` with every error Django's and our own checks find (production refuses a lot)."""
    from django.core.checks import ERROR, run_checks  # noqa: PLC0415 -- Django is set up by now

    found = [str(message.msg) for message in run_checks(databases=["default"]) if message.level >= ERROR]
    if found:
        raise StartupProblem("\n".join(["现在的设置不能启动：", *(f"  · {sentence}" for sentence in found)]))


def collect_static(folder: Path) -> None:
    """Gather the static files where production serves them from, unless they are the ones gathered last time.

    Elsewhere they are served where they lie, and there is nothing to do.
    """
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by now
    from django.core.management import call_command  # noqa: PLC0415 -- as above

    if settings.WHITENOISE_USE_FINDERS:
        return
    found = _static_fingerprint()
    if datafolder.remembered(folder).get("static") != found:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        datafolder.remember(folder, static=found)


def _static_fingerprint() -> str:
    """Return a digest over name, size and time of every static file: quick, and different after every update."""
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415 -- Django is set up by now

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def forget_connections() -> None:
    """Close our own database connections before other processes take over."""
    from django.db import connections  # noqa: PLC0415 -- Django is set up by now

    connections.close_all()


def pending_setup_code() -> str:
    """Return the code of the wizard while nobody has founded the installation, "" afterwards."""
    from zhijian.organisations.founding import setup_code  # noqa: PLC0415 -- as above
    from zhijian.organisations.queries import installation  # noqa: PLC0415 -- only once the rooms are loaded

    founded = installation() is not None
    forget_connections()
    return "" if founded else setup_code()

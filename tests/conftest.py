"""What every test needs before Django's settings are read: a real, throw-away PostgreSQL and a data folder.

The controller of the test session starts one embedded server (or takes the operator's `DATABASE_URL`); the
workers of pytest-xdist inherit its address and make a database each.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.cli import postgres

SESSIONS = Path("/tmp")  # noqa: S108 -- short enough for a socket, reachable for the system user when root runs tests
PREFIX = f"zhijian-tests-{os.geteuid()}-"
NOT_MODELS = ("procrastinate_jobs", "procrastinate_workers", "procrastinate_periodic_defers", "zhijian_cache")
HERE = Path(__file__).resolve().parent
LONG = ("isolation", "browser", "cli")
TOGETHER = ("tests/cli/test_demo.py", "tests/isolation/test_neighbours.py")
SESSION = pytest.StashKey[tuple[Path, postgres.Cluster | None]]()
# A database with every migration done, which the workers of `pytest -n` copy: migrating takes far longer than copying.
TEMPLATE = "TEMPLATE_OF_TESTS"


class OneByOne(LoadScopeScheduling):
    """Gives each worker the next test, in order; those of a module that prepares much stay together."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneByOne:
    """Let the workers of `pytest -n` share the tests so."""
    return OneByOne(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Give each worker a data folder of its own: what one tidies away may be what another is about to serve."""
    for number, spec in enumerate(specs):
        own = Path(os.environ["ZHIJIAN_DATA"]) / f"worker-{number}"
        (own / "static").mkdir(parents=True)
        spec.env["ZHIJIAN_DATA"] = str(own)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left alone with it at the end."""
    rooms = [HERE / room for room in LONG]
    items.sort(
        key=lambda item: next((place for place, room in enumerate(rooms) if room in item.path.parents), len(rooms))
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the environment, then read the settings; pytest-django sets Django up after this."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhijian.config.settings"
    if not hasattr(config, "workerinput"):
        config.stash[SESSION] = _prepare()
        if config.getoption("numprocesses", None) and config.stash[SESSION][1]:
            _make_template(config.stash[SESSION][1])
    # A busy machine is no fault of what is tested: nothing here is judged by how long it took.
    untimed = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.register_profile("untimed", parent=untimed)
    hypothesis_settings.load_profile("untimed")
    if os.environ.get("CI"):
        # A change is judged by the same examples every time; new ones are looked for on desks and in `make test-slow`.
        repeated = config.getoption("markexpr", "") != "slow"
        hypothesis_settings.register_profile("ci", parent=untimed, derandomize=repeated)
        hypothesis_settings.load_profile("ci")
    if config.pluginmanager.hasplugin("django"):
        # pytest-django leaves Django alone until somebody has read the settings.
        from django.conf import settings  # noqa: PLC0415 -- not before the database has an address

        assert settings.DATABASES
        if hasattr(config, "workerinput") and os.environ.get(TEMPLATE):
            settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = os.environ[TEMPLATE]
        # Hashing a password as production does takes a tenth of a second; a story signs in many people.
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        _empty_tables_past_their_guards()


def _empty_tables_past_their_guards() -> None:
    """Let the tests that commit (`transactional_db`, `live_server`) empty the tables afterwards.

    PostgreSQL itself refuses to truncate the audit log; triggers sleep in a session of the role `replica`, which
    only the owner of the throw-away server may take. Queue and cache are no models, so Django would forget them.
    """
    import django.db.models  # noqa: PLC0415 -- before the operations, which import each other with it
    from django.db import connections, transaction  # noqa: PLC0415 -- not before the database has an address
    from django.db.backends.postgresql.operations import DatabaseOperations  # noqa: PLC0415 -- as above

    del django

    def execute(self: Any, statements: list[str]) -> None:
        database = self.connection.alias
        with transaction.atomic(using=database), connections[database].cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in [*statements, f"TRUNCATE {', '.join(NOT_MODELS)} CASCADE"]:
                cursor.execute(statement)

    DatabaseOperations.execute_sql_flush = execute


def _prepare() -> tuple[Path, postgres.Cluster | None]:
    """Start the session's server and point the environment at it and at an empty data folder."""
    _remove_what_killed_sessions_left()
    folder = SESSIONS / f"{PREFIX}{os.getpid()}"
    (folder / "data" / "static").mkdir(parents=True)
    os.environ["ZHIJIAN_DATA"] = str(folder / "data")
    if os.environ.get("DATABASE_URL"):
        return folder, None
    cluster = postgres.cluster_in(folder, settings=postgres.THROW_AWAY)
    cluster.start()
    os.environ["DATABASE_URL"] = cluster.url("postgres")
    return folder, cluster


def _make_template(cluster: postgres.Cluster) -> None:
    """Migrate a database of its own, before there are workers that would each do the same."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE zhijian_template")
    environment = os.environ | {"DATABASE_URL": cluster.url("zhijian_template"), "PYTHONPATH": sys.path[0]}
    for words in ("migrate --verbosity 0", "createcachetable"):
        command = [sys.executable, "-m", "django", *words.split()]
        subprocess.run(command, env=environment, check=True, timeout=600)  # noqa: S603 -- our own command
    os.environ[TEMPLATE] = "zhijian_template"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove everything of this session."""
    folder, cluster = config.stash.get(SESSION, (None, None))
    if folder is not None:
        _remove(folder, cluster)


def _remove(folder: Path, cluster: postgres.Cluster | None) -> None:
    if cluster is not None:
        cluster.stop(mode="immediate")
    shutil.rmtree(folder, ignore_errors=True)


def _remove_what_killed_sessions_left() -> None:
    for folder in SESSIONS.glob(f"{PREFIX}*"):
        process = folder.name.removeprefix(PREFIX)
        if process.isdigit() and not _is_alive(int(process)):
            _remove(folder, postgres.cluster_in(folder))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

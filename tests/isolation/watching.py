"""Are the rows of a body still what they were? One question to PostgreSQL, asked after every attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.backends.utils import CursorWrapper
    from django.db.models import ForeignKey, Model

    from zhijian.organisations.models import Organisation

UNWATCHED = {"django_session", "django_migrations", "django_content_type", "auth_permission"}


def _models() -> list[type[Model]]:
    models = [model for model in apps.get_models() if model._meta.managed]  # noqa: SLF001 - Django's public use of it
    return [model for model in models if model._meta.db_table not in UNWATCHED]  # noqa: SLF001 - as above


def rows_now() -> dict[str, set[Any]]:
    """Return the keys of every row of every table, by table."""
    return {
        model._meta.db_table: set(model._base_manager.values_list("pk", flat=True))  # noqa: SLF001 - past any scoping
        for model in _models()
    }


# Writes of this transaction by table, those taken back among them. PostgreSQL keeps the figures; asking costs little.
WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


@dataclass
class Watch:
    """The rows of one body by table, and for each table the questions that tell whether they are the same and alone.

    A question is the select and its values. Only tables that were written to since the last look are asked anew.
    """

    questions: dict[str, list[tuple[str, Any]]]
    written: dict[str, int] = field(default_factory=dict)
    untouched: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Take what is now as what must stay."""
        with connection.cursor() as cursor:
            self.written = _written(cursor)
            self.untouched = self._asked(cursor, self.questions)

    def changes(self) -> list[str]:
        """Return what is no more as it was: tables whose rows were changed or deleted, or are joined by new ones."""
        with connection.cursor() as cursor:
            written = _written(cursor)
            tables = [name for name in self.questions if written.get(name) != self.written.get(name)]
            self.written = written
            now = self._asked(cursor, tables)
        return [name for name in now if now[name] != self.untouched[name]]

    def _asked(self, cursor: CursorWrapper, tables: Iterable[str]) -> dict[str, str]:
        asked = [question for table in tables for question in self.questions[table]]
        if not asked:
            return {}
        cursor.execute(" UNION ALL ".join(select for select, _ in asked), [value for _, value in asked])
        return dict(cursor.fetchall())


def _written(cursor: CursorWrapper) -> dict[str, int]:
    cursor.execute(WRITTEN)
    return dict(cursor.fetchall())


def watch(body: Organisation, before: dict[str, set[Any]], after: dict[str, set[Any]]) -> Watch:
    """Watch every row that came to be between two moments, and every new row that would point at one of them."""
    rows = {table: sorted(keys - before[table]) for table, keys in after.items() if keys - before[table]}
    rows["organisations_organisation"] = [body.pk]
    questions: dict[str, list[tuple[str, Any]]] = {}
    for model in _models():
        if found := list(_questions(model, rows)):
            questions[model._meta.db_table] = found  # noqa: SLF001 - the tables' own description
    of_the_log = "SELECT 'audit_event of the body', count(*)::text FROM audit_event WHERE organisation_id = %s"
    questions.setdefault("audit_event", []).append((of_the_log, body.pk))
    return Watch(questions)


def _questions(model: type[Model], rows: dict[str, list[Any]]) -> Iterator[tuple[str, Any]]:
    meta = model._meta  # noqa: SLF001 - the tables' own description
    table, key = meta.db_table, meta.pk.column if meta.pk else "id"
    if rows.get(table):
        yield (
            f"SELECT '{table}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY {key}), '')) FROM {table} t WHERE {key} = ANY(%s)",  # noqa: S608, E501 - our own names
            rows[table],
        )
    for column in meta.concrete_fields:
        target = _target(column)
        if target and rows.get(target):
            yield (
                f"SELECT '{table}.{column.column}', count(*)::text FROM {table} WHERE {column.column} = ANY(%s)",  # noqa: S608 - our own names
                rows[target],
            )


def _target(column: ForeignKey[Any, Any] | Any) -> str:
    related = column.related_model if column.is_relation else None
    return related._meta.db_table if related is not None else ""  # noqa: SLF001 - the tables' own description

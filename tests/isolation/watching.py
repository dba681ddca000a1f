"""Are the rows of a body still what they were? One question to PostgreSQL, asked after every attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@dataclass(frozen=True)
class Watch:
    """The rows of one body by table, and the statement that tells whether they are the same and alone."""

    rows: dict[str, list[Any]]
    statement: str
    parameters: list[Any]

    def fingerprint(self) -> dict[str, str]:
        """Return a digest for each table; two differ where a row was changed, deleted, or joined by a new one."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement, self.parameters)
            return dict(cursor.fetchall())


def watch(body: Organisation, before: dict[str, set[Any]], after: dict[str, set[Any]]) -> Watch:
    """Watch every row that came to be between two moments, and every new row that would point at one of them."""
    rows = {table: sorted(keys - before[table]) for table, keys in after.items() if keys - before[table]}
    rows["organisations_organisation"] = [body.pk]
    parts: list[str] = []
    parameters: list[Any] = []
    for model in _models():
        for part, values in _questions(model, rows):
            parts.append(part)
            parameters += values
    parts.append("SELECT 'audit_event of the body', count(*)::text FROM audit_event WHERE organisation_id = %s")
    parameters.append(body.pk)
    return Watch(rows, " UNION ALL ".join(parts), parameters)


def _questions(model: type[Model], rows: dict[str, list[Any]]) -> Iterator[tuple[str, list[Any]]]:
    meta = model._meta  # noqa: SLF001 - the tables' own description
    table, key = meta.db_table, meta.pk.column if meta.pk else "id"
    if rows.get(table):
        yield (
            f"SELECT '{table}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY {key}), '')) FROM {table} t WHERE {key} = ANY(%s)",  # noqa: S608, E501 - our own names
            [rows[table]],
        )
    for field in meta.concrete_fields:
        target = _target(field)
        if target and rows.get(target):
            yield (
                f"SELECT '{table}.{field.column}', count(*)::text FROM {table} WHERE {field.column} = ANY(%s)",  # noqa: S608 - our own names
                [rows[target]],
            )


def _target(field: ForeignKey[Any, Any] | Any) -> str:
    related = field.related_model if field.is_relation else None
    return related._meta.db_table if related is not None else ""  # noqa: SLF001 - the tables' own description

"""Reading an insert-only table by a mark of ids without losing a row: ids are given out before they are committed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Max

if TYPE_CHECKING:
    from zhijian.observation.models import LinkCheck, PostVersion

ROUNDS: Final = 50
PAUSE: Final = 0.1
WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def settled_id(model: type[PostVersion | LinkCheck]) -> int:
    """Return the newest id below which nobody is still writing a row; 0 when a writer does not end within seconds.

    A writer locks the table before it is given an id. So once everybody who was writing when the newest id was read has
    ended, all ids up to it are there for the next query to see, or never will be.
    """
    newest: int = model.objects.aggregate(newest=Max("pk"))["newest"] or 0
    writers = _writers(model)
    for _ in range(ROUNDS):
        if not writers:
            return newest
        time.sleep(PAUSE)
        writers &= _writers(model)
    return 0


def _writers(model: type[PostVersion | LinkCheck]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [model._meta.db_table])  # noqa: SLF001 - how Django gives out the name of a table
        return {transaction for (transaction,) in cursor.fetchall()}

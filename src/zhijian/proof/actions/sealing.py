"""Sealing the changes: batch after batch, each chained to the one before and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from zhijian.lib import clock
from zhijian.proof import documents
from zhijian.proof.actions.keys import current_key, sign
from zhijian.proof.models import Change, Seal
from zhijian.proof.queries.chain import change_text, head, plain_seal, unsealed

if TYPE_CHECKING:
    from collections.abc import Sequence

SEAL_LOCK = 0x5A4A_0BE2
BATCH = 2_000


@transaction.atomic
def seal_changes() -> int:
    """Seal the committed changes that lie under no seal yet, at most 2,000; return how many.

    A change whose transaction ends late comes under the next seal, whatever its id. An advisory lock keeps two sealers
    apart; the second returns 0. Raises Refused when the key does not open.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    batch = list(Change.objects.filter(pk__in=unsealed(BATCH)).order_by("pk"))
    if batch:
        _seal(batch)
    return len(batch)


def seal_all() -> int:
    """Seal everything there is; return how many changes."""
    total = 0
    while sealed := seal_changes():
        total += sealed
    return total


def _seal(batch: Sequence[Change]) -> None:
    before, key = head(), current_key()
    seal = Seal(
        number=before.seal + 1,
        sealed_at=max(clock.now(), key.since),
        count=len(batch),
        previous=before.digest,
        digest=documents.seal_digest(before.digest, map(change_text, batch)),
        key=key,
    )
    seal.signature = sign(key, documents.seal_statement(plain_seal(seal)))
    seal.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO proof_sealedchange (change_id, seal_id) SELECT id, %s FROM unnest(%s::bigint[]) AS batch (id)",
            [seal.number, [change.pk for change in batch]],
        )

"""The chain of changes as others may read it: all of it is public."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from zhijian.lib.digests import canonical_json
from zhijian.proof import documents
from zhijian.proof.documents import START, Head
from zhijian.proof.models import Change, Edition, Seal, SigningKey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

CHANGES_OF_A_PAGE: Final = 8_000
SEALS_OF_A_PAGE: Final = 200
ROWS_AT_ONCE: Final = 5_000
_STANDING: Final = """
SELECT number, shape FROM (
    SELECT DISTINCT ON (c.account_id) c.number, c.kind, c.shape
    FROM proof_change c JOIN proof_sealedchange s ON s.change_id = c.id
    WHERE s.seal_id <= %s ORDER BY c.account_id, s.seal_id DESC, c.id DESC
) AS last WHERE kind <> 'left' ORDER BY number
"""
_UNSEALED: Final = """
SELECT c.id FROM proof_change c LEFT JOIN proof_sealedchange s ON s.change_id = c.id
WHERE s.change_id IS NULL ORDER BY c.id LIMIT %s
"""


def moment_text(moment: datetime) -> str:
    """Write a moment as the documents do: UTC to the microsecond, so that texts compare as moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def change_text(change: Change) -> str:
    """Return the canonical line of a change."""
    return documents.change_line(
        number=change.number, change_id=change.pk, at=moment_text(change.at), kind=change.kind, shape=change.shape
    )


def plain_key(key: SigningKey) -> dict[str, object]:
    """Return the public part of a key as plain JSON values."""
    return {
        "algorithm": key.algorithm,
        "endorsed_by": key.endorsed_by_id or "",
        "endorsement": key.endorsement,
        "key": key.name,
        "public": key.public,
        "since": moment_text(key.since),
        "until": moment_text(key.until) if key.until else "",
    }


def public_keys() -> list[dict[str, object]]:
    """Return the public part of every key there ever was, in order."""
    return [plain_key(key) for key in SigningKey.objects.order_by("since", "name")]


def signing_keys() -> list[SigningKey]:
    """Return every key there ever was, the newest first."""
    return list(SigningKey.objects.order_by("-since", "name"))


def plain_seal(seal: Seal) -> dict[str, object]:
    """Return a seal as plain JSON values, without its changes."""
    return {
        "count": seal.count,
        "digest": seal.digest,
        "key": seal.key_id,
        "number": seal.number,
        "previous": seal.previous,
        "sealed_at": moment_text(seal.sealed_at),
        "signature": seal.signature,
    }


def head() -> Head:
    """Return the end of the chain."""
    last = Seal.objects.order_by("-number").values_list("number", "digest").first()
    return Head(*last) if last else START


def unsealed(most: int) -> list[int]:
    """Return the ids of changes under no seal, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [most])
        return [row[0] for row in cursor.fetchall()]


def changes_page(*, after: int) -> bytes:
    """Return a page of the chain: the seals after a number with their changes, about 8,000 changes at most."""
    seals = _next_seals(after)
    lines: dict[int, list[str]] = {seal.number: [] for seal in seals}
    rows = Change.objects.filter(sealedchange__seal__in=list(lines)).order_by("pk")
    for change in rows.select_related("sealedchange"):
        lines[change.sealedchange.seal_id].append(change_text(change))
    written = (_seal_text(seal, lines[seal.number]) for seal in seals)
    return f'{{"after":{after},"format":"{documents.CHANGES}","seals":[{",".join(written)}]}}\n'.encode()


def _next_seals(after: int) -> list[Seal]:
    seals: list[Seal] = []
    total = 0
    for seal in Seal.objects.filter(number__gt=after).order_by("number")[:SEALS_OF_A_PAGE]:
        total += seal.count
        if seals and total > CHANGES_OF_A_PAGE:
            break
        seals.append(seal)
    return seals


def _seal_text(seal: Seal, lines: list[str]) -> str:
    # `changes` sorts before all other names of a seal, so its canonical text goes in front of theirs.
    rest = canonical_json(plain_seal(seal))
    return f'{{"changes":[{",".join(lines)}],{rest[1:]}'


def standing(head: Head) -> Iterator[str]:
    """Yield the canonical shapes of the accounts that stand in the register at a seal, by number."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [head.seal])
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from (shape for _, shape in rows)


def newest_edition() -> Edition | None:
    """Return the set of files that is published now."""
    return Edition.objects.select_related("key").order_by("-pk").first()


def history_of(account_id: int) -> list[dict[str, Any]]:
    """Return the changes of one account, the newest first, each with its seal (None while it waits for one)."""
    rows = Change.objects.filter(account_id=account_id).select_related("sealedchange__seal").order_by("-pk")[:50]
    return [
        {
            "at": row.at,
            "kind": row.get_kind_display(),
            "seal": row.sealedchange.seal_id if hasattr(row, "sealedchange") else None,
        }
        for row in rows
    ]

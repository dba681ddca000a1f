"""Finding things by the words people use: pairs of characters, weighed by how rare they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from zhijian.lib import clock
from zhijian.lib.wording import meant_grams, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 100
FEWEST_WORDINGS = 1000  # the table's size as the planner knows it, at least this, so that a small one weighs alike

# `found` are all wordings that share a pair with what is asked; `weights` how rare each pair is among them (a pair
# nobody has is the rarest: what is asked beyond all wordings counts against every one of them); of a thing's wordings
# the nearest one speaks for it.
_BY_PAIRS = """
WITH found AS MATERIALIZED (
    SELECT w.id, w.thing_id, w.text, w.plain, w.grams, w.gram_count FROM search_wording w
     WHERE w.grams && %(grams)s::varchar[] AND {allowed}
), shared AS MATERIALIZED (
    SELECT f.id, g.gram FROM found f CROSS JOIN LATERAL unnest(f.grams) AS g(gram)
     WHERE g.gram = ANY(%(grams)s::varchar[])
), counted AS (
    SELECT gram, count(*) AS times FROM shared GROUP BY gram
), weights AS MATERIALIZED (
    SELECT a.gram, ln(1 + %(size)s / (1.0 + coalesce(c.times, 0)))::float8 AS weight
      FROM unnest(%(grams)s::varchar[]) AS a(gram) LEFT JOIN counted c ON c.gram = a.gram
), summed AS (
    SELECT s.id, sum(w.weight) AS weight, count(*)::float8 AS pairs FROM shared s JOIN weights w ON w.gram = s.gram
     GROUP BY s.id
), best AS (
    SELECT f.thing_id, f.text, f.plain, s.weight / (SELECT sum(weight) FROM weights) AS covers,
           s.pairs / greatest(f.gram_count, 1) AS covered
      FROM summed s JOIN found f ON f.id = s.id
     ORDER BY s.weight * (0.6 + 0.4 * s.pairs / greatest(f.gram_count, 1)) DESC LIMIT 400
)
SELECT thing_id, text, covers, covered, covers * (0.6 + 0.4 * covered) + 0.1 * similarity(plain, %(plain)s) AS score
  FROM best ORDER BY score DESC, thing_id
"""
# Nothing shares a pair: one mistyped character in a short word. Trigrams forgive that.
_BY_LIKENESS = """
SELECT w.thing_id, w.text, 0::float8, 0::float8, word_similarity(%(plain)s, w.plain) * 0.3 AS score
  FROM search_wording w
 WHERE (%(plain)s <%% w.plain OR w.plain LIKE %(part)s) AND {allowed}
 ORDER BY score DESC, w.thing_id LIMIT 400
"""
_ALLOWED = (
    "w.thing_kind = %(kind)s AND (w.valid_from IS NULL OR w.valid_from <= %(on)s)"
    " AND (w.valid_to IS NULL OR w.valid_to >= %(on)s)"
)
_PUBLIC = " AND w.is_public"
_OF_LINE = " AND (w.is_public OR w.organisation_path = ANY(%(paths)s))"


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found, by its nearest wording `text`.

    `covers`: the share (0 to 1, by rarity) of what was asked that the wording has; `covered`: the share of the
    wording that was asked for. Both near 1 mean that the same was asked in other words or order.
    """

    thing_id: int
    text: str
    covers: float
    covered: float
    score: float


def find_wordings(
    *, thing_kind: str, text: str, limit: int = 10, public_only: bool = True, paths: Sequence[str] | None = None
) -> list[Hit]:
    """Return the things of a kind asked for in words like `text`, the nearest first, each once, valid today.

    `public_only` False adds those that are not public: of the bodies with these `paths`, or all where it is None.
    The rows are derived: the caller reads its own rows by the ids and shows only what may still be shown.
    """
    asked = plain(text)
    if not asked:
        return []
    allowed = _ALLOWED + (_PUBLIC if public_only else "" if paths is None else _OF_LINE)
    values = {"grams": list(meant_grams(text)), "plain": asked, "part": f"%{_escaped(asked)}%", "kind": thing_kind,
              "on": clock.today(), "paths": list(paths or ())}  # fmt: skip
    hits = _rows(_BY_PAIRS.format(allowed=allowed), {**values, "size": _size()}) if values["grams"] else []
    hits = hits or _rows(_BY_LIKENESS.format(allowed=allowed), values)
    return _nearest(hits, min(limit, MOST))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _rows(sql: str, values: dict[str, Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Hit(*row) for row in cursor.fetchall()]


def _size() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'search_wording'::regclass")
        return max(float(cursor.fetchone()[0]), FEWEST_WORDINGS)


def _nearest(hits: Sequence[Hit], limit: int) -> list[Hit]:
    kept: dict[int, Hit] = {}
    for hit in hits:
        kept.setdefault(hit.thing_id, hit)
    return list(kept.values())[:limit]

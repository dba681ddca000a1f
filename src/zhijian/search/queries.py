"""Finding things by the words people use: pairs of characters, weighed by how rare they are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, combinations
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection

from zhijian.lib import clock
from zhijian.lib.wording import meant_grams, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_Thing = TypeVar("_Thing")
MOST = 100
FEWEST_WORDINGS = 1000  # a smaller index counts as this large, so that small ones weigh alike
SAMPLED = 1000  # wordings: enough to tell a common pair from a rare one
WANTED, MOST_CANDIDATES = 300, 3000
MOST_COMMON = 8  # of the common pairs, how many are tried two by two

# How often each pair occurs, counted on wordings at even distances: things that are written one after another are
# about the same, so that whole pages of the table would tell less. A small table is counted whole.
_SAMPLED = """
WITH span AS (
    SELECT min(id) AS low, max(id) AS high FROM search_wording
), sampled AS MATERIALIZED (
    SELECT w.grams, w.thing_kind = %(kind)s AS is_meant FROM search_wording w
     WHERE w.id = ANY(ARRAY(SELECT generate_series(low, high, greatest(1, (high - low) / %(sampled)s)) FROM span))
), size AS (
    SELECT least(span.high - span.low + 1, greatest(c.reltuples, s.rows))::float8 / greatest(s.rows, 1) AS each
      FROM span, pg_class c, (SELECT count(*) AS rows FROM sampled) s WHERE c.oid = 'search_wording'::regclass
)
SELECT NULL, count(*) * (SELECT each FROM size) FROM sampled WHERE is_meant
UNION ALL
SELECT g.gram, count(*) * (SELECT each FROM size) FROM sampled s CROSS JOIN LATERAL unnest(s.grams) AS g(gram)
 WHERE s.is_meant AND g.gram = ANY(%(grams)s::varchar[]) GROUP BY g.gram
"""
# `found` are the wordings that have a rare pair of what is asked, or two common ones; `weights` how rare each pair is
# (a pair nobody has is the rarest: what is asked beyond all wordings counts against every one of them): as often as
# the sample says, and never less often than among the found; of a thing's wordings the nearest one speaks for it.
_BY_PAIRS = """
WITH found AS MATERIALIZED (
    SELECT w.id, w.thing_id, w.text, w.plain, w.grams, w.gram_count FROM search_wording w
     WHERE ({candidates}) AND {allowed} ORDER BY w.gram_count LIMIT %(most)s
), shared AS MATERIALIZED (
    SELECT f.id, g.gram FROM found f CROSS JOIN LATERAL unnest(f.grams) AS g(gram)
     WHERE g.gram = ANY(%(grams)s::varchar[])
), counted AS (
    SELECT gram, count(*) AS times FROM shared GROUP BY gram
), weights AS MATERIALIZED (
    SELECT a.gram, ln(1 + %(size)s / (1.0 + greatest(a.times, c.times)))::float8 AS weight
      FROM unnest(%(grams)s::varchar[], %(times)s::float8[]) AS a(gram, times) LEFT JOIN counted c ON c.gram = a.gram
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
    values = {"plain": asked, "part": f"%{_escaped(asked)}%", "kind": thing_kind, "on": clock.today(),
              "paths": list(paths or ())}  # fmt: skip
    grams = meant_grams(text)
    hits = _by_pairs(grams, allowed, values) if grams else []
    hits = hits or _rows(_BY_LIKENESS.format(allowed=allowed), values)
    return _nearest(hits, min(limit, MOST))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _rows(sql: str, values: dict[str, Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Hit(*row) for row in cursor.fetchall()]


def _by_pairs(grams: Sequence[str], allowed: str, values: dict[str, Any]) -> list[Hit]:
    times, size = _frequencies(grams, values["kind"])
    more = {"grams": list(grams), "size": size, "most": MOST_CANDIDATES,
            "times": [times.get(gram, 0.0) for gram in grams]}  # fmt: skip
    hits = _among(narrow(grams, times, size), allowed, {**values, **more})
    seen = sorted(times, key=lambda gram: times[gram])
    # No two pairs come together: of what is left, the rarest one that anybody uses says most.
    return hits or (_among((seen[:1], []), allowed, {**values, **more}) if seen else [])


def _among(taken: tuple[list[str], list[tuple[str, str]]], allowed: str, values: dict[str, Any]) -> list[Hit]:
    rare, twos = taken
    parts = ["w.grams && %(rare)s::varchar[]"] if rare else []
    parts += [f"w.grams @> %(two{number})s::varchar[]" for number in range(len(twos))]
    more = {f"two{number}": list(two) for number, two in enumerate(twos)}
    return _rows(
        _BY_PAIRS.format(candidates=" OR ".join(parts), allowed=allowed), {**values, **more, "rare": rare}
    )  # fmt: skip


def _frequencies(grams: Sequence[str], kind: str) -> tuple[dict[str, float], float]:
    """Return in about how many wordings of a kind each pair is, and about how many wordings there are."""
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLED, {"grams": list(grams), "kind": kind, "sampled": SAMPLED})
        times: dict[str | None, float] = dict(cursor.fetchall())
    size = max(times.pop(None) or 0.0, FEWEST_WORDINGS)
    return {gram: count for gram, count in times.items() if gram is not None}, size


def narrow(grams: Sequence[str], times: Mapping[str, float], size: float) -> tuple[list[str], list[tuple[str, str]]]:
    """Return by what to take candidates: pairs of which one is enough, and common ones of which it takes two.

    `grams` in the order asked, `times` how often each occurs among `size` wordings. Together they promise about 300
    candidates, the rarest first, and at least one of the two is never empty. Neighbours (苔溪, 溪镇) nearly always come
    together, so that having both says no more than having one; all others are taken to be independent.
    """
    ordered = sorted(grams, key=lambda gram: times.get(gram, 0.0))
    rare = [gram for gram, total in _totals([(times.get(gram, 0.0), gram) for gram in ordered]) if total <= WANTED]
    common = [gram for gram in ordered if gram not in rare][:MOST_COMMON]
    place = {gram: number for number, gram in enumerate(grams)}
    twos = sorted(
        (times[one] * times[other] / size, (one, other))
        for one, other in combinations(common, 2) if abs(place[one] - place[other]) > 1
    )  # fmt: skip
    left = WANTED - sum(times.get(gram, 0.0) for gram in rare)
    taken = [two for two, total in _totals(twos) if total <= left]
    return (rare, taken) if rare or taken else (ordered[:1], [])


def _totals(sized: Sequence[tuple[float, _Thing]]) -> Iterator[tuple[_Thing, float]]:
    """Give each thing with the sum of all sizes up to its own."""
    return zip((thing for _, thing in sized), accumulate(size for size, _ in sized), strict=True)


def _nearest(hits: Sequence[Hit], limit: int) -> list[Hit]:
    kept: dict[int, Hit] = {}
    for hit in hits:
        kept.setdefault(hit.thing_id, hit)
    return list(kept.values())[:limit]
